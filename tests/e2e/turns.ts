// SPDX-License-Identifier: Apache-2.0
// A share of the machine for a browser; setup.ts gives them out. It is given back by the call that is returned, and by
// the end of the process.
import { connect } from 'node:net';
import { inject } from 'vitest';
import { shares, type Share } from './shares';

export async function takeTurn(share: Share): Promise<() => void> {
  const port = inject('turns');
  const socket = connect(port, '127.0.0.1');
  socket.write(String(shares[share]));
  await new Promise<void>((resolve, reject) => {
    socket.once('data', () => resolve());
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('nobody gives out turns')));
  });
  socket.unref();
  return () => void socket.destroy();
}
