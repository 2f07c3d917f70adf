// SPDX-License-Identifier: Apache-2.0
// The video elements over one tile's canvas. A new one stays invisible until it shows a picture;
// only then do the ones before it go.
import type { WallUs } from '../time/wall';
import { MsePlayer } from './mse';

interface Entry {
  readonly feed: number;
  readonly player: MsePlayer;
}

export class MseTile {
  private entries: Entry[] = [];

  constructor(
    private readonly element: HTMLElement,
    private readonly onShown: (feed: number, utc: WallUs, drawnAt: WallUs) => void,
  ) {}

  begin(feed: number, mime: string): boolean {
    if (!MsePlayer.supports(mime)) return false;
    const player = new MsePlayer(this.element, mime, (utc, drawnAt) => {
      this.retire(player);
      this.onShown(feed, utc, drawnAt);
    });
    this.entries.push({ feed, player });
    return true;
  }

  append(feed: number, bytes: Uint8Array, utc: WallUs, ptsUs: number, init: boolean): void {
    this.entries.findLast((entry) => entry.feed === feed)?.player.append(bytes, utc, ptsUs, init);
  }

  end(feed: number): void {
    this.drop(this.entries.filter((entry) => entry.feed === feed));
  }

  close(): void {
    this.drop(this.entries);
  }

  /** The newest that shows something stays. */
  private retire(shown: MsePlayer): void {
    const at = this.entries.findIndex(({ player }) => player === shown);
    if (at > 0) this.drop(this.entries.slice(0, at));
  }

  private drop(gone: readonly Entry[]): void {
    for (const { player } of gone) player.close();
    this.entries = this.entries.filter((entry) => !gone.includes(entry));
  }
}
