// SPDX-License-Identifier: Apache-2.0
// A disk on which everything is held: the live picture says since when it is not recorded.
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tile, waitForState } from './browser';
import { hasBinary, type Recorder } from './recorder';
import { Stage } from './stage';

describe.skipIf(!hasBinary)('a disk that takes nothing more', () => {
  const stage = new Stage('little');
  let recorder: Recorder;
  let page: Page;

  beforeAll(async () => {
    ({ recorder, page } = await stage.open({
      cameras: ['Door'],
      serve: ['--quota', '4MB'],
      seconds: 2,
    }));
  });

  afterAll(() => stage.close());

  it('shows “not recorded since” on the live picture', async () => {
    const now = Date.now() * 1000;
    const hold = { camera: 'door', from_us: now - 60e6, to_us: now + 3600e6, reason: 'test' };
    const placed = await fetch(`${recorder.address}/api/v1/holds`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(hold),
    });
    expect(placed.status).toBe(201);
    await page.reload();
    await waitForState(page, 'door', 'live');
    await tile(page, 'door')
      .locator('.badge.refused')
      .getByText(/^Not recorded since \d\d:\d\d$/)
      .waitFor();
  });
});
