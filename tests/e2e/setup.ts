// SPDX-License-Identifier: Apache-2.0
// Once for all files of tests: the scenes of the simulated cameras are drawn, and turns are given out. Files run side
// by side, since much of their time is waiting for recordings; but so many browsers that none gets on would make every
// test a test of patience. Who wants a browser asks here for a share of the machine, and waits for it.
import { createServer, type Socket } from 'node:net';
import type { TestProject } from 'vitest/node';
import { Cameras, freePort, hasBinary } from './recorder';
import { shares } from './shares';

declare module 'vitest' {
  interface ProvidedContext {
    /** The port at which turns are given out. */
    turns: number;
  }
}

class Turns {
  private free = shares.alone;
  private readonly waiting: { socket: Socket; wants: number }[] = [];
  private readonly server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (data) => {
      this.waiting.push({ socket, wants: Number(data.toString()) });
      // Those who want more come first, or they would come last, when nobody is left to share with.
      this.waiting.sort((one, other) => other.wants - one.wants);
      this.give();
    });
    socket.once('close', () => {
      const at = this.waiting.findIndex((one) => one.socket === socket);
      if (at >= 0) this.waiting.splice(at, 1);
    });
  });

  /** The first is not passed by others who want less. */
  private give(): void {
    for (;;) {
      const [first] = this.waiting;
      if (!first || first.wants > this.free) return;
      this.waiting.shift();
      this.free -= first.wants;
      first.socket.once('close', () => {
        this.free += first.wants;
        this.give();
      });
      first.socket.write('go');
    }
  }

  listen(): Promise<number> {
    return new Promise((resolve) => {
      this.server.listen(0, '127.0.0.1', () => {
        const address = this.server.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
  }
  close(): void {
    this.server.close();
  }
}

/** What the files would else draw at the same time, each for itself. */
async function drawScenes(): Promise<void> {
  for (const [count, options] of [
    [3, []],
    [1, ['--stamp']],
    [1, ['--codec', 'h265']],
    [1, ['--codec', 'h265', '--stamp']],
  ] as const) {
    const cameras = new Cameras(await freePort(), count, options);
    cameras.start();
    await cameras.ready();
    await cameras.stop();
  }
}

export default async function setup(project: TestProject): Promise<() => void> {
  if (hasBinary) await drawScenes();
  const turns = new Turns();
  project.provide('turns', await turns.listen());
  return () => turns.close();
}
