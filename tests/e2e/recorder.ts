// SPDX-License-Identifier: Apache-2.0
// The real server and simulated cameras as processes of a test. Ports and folders are its own.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const binary = process.env['VEDETTE_BINARY'] ?? '';
/** The page that is tested is the one of this tree, whatever the server would find. */
export const web = new URL('../../web/dist', import.meta.url).pathname;
export const hasBinary = binary !== '' && existsSync(binary);
if (!hasBinary) console.warn('skipped: no VEDETTE_BINARY (build/release/vedette)');

const isFree = (port: number) =>
  new Promise<boolean>((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });
const given = new Set<number>();

/**
 * A port that was free a moment ago. It stays so while the program that has it is stopped and started again: it is
 * none of those from which connections are made, and files that run side by side are given others.
 */
export async function freePort(): Promise<number> {
  const share = 2000;
  const begin = 10_000 + (Number(process.env['VITEST_POOL_ID'] ?? 0) % 10) * share;
  for (;;) {
    const port = begin + Math.floor(Math.random() * share);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
}

class Program {
  private readonly process: ChildProcess;
  output = '';

  get ended(): boolean {
    return this.process.exitCode !== null || this.process.signalCode !== null;
  }

  constructor(args: readonly string[]) {
    this.process = spawn(binary, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    }
  }

  async stop(): Promise<void> {
    if (this.ended) return;
    const gone = new Promise((resolve) => this.process.once('exit', resolve));
    this.process.kill('SIGTERM');
    const hard = setTimeout(() => this.process.kill('SIGKILL'), 5000);
    await gone;
    clearTimeout(hard);
  }
}

/** Tries until it gives something, or fails with the last reason. */
export async function until<T>(
  what: string,
  attempt: () => Promise<T | undefined>,
  seconds = 60,
): Promise<T> {
  const begun = Date.now();
  const end = begun + seconds * 1000;
  let reason = '';
  while (Date.now() < end) {
    try {
      const found = await attempt();
      if (found !== undefined) return found;
    } catch (error) {
      reason = String(error);
    }
    // What takes long is looked for less often: looking at a picture costs what drawing it needs.
    const pause = Date.now() - begun < 2000 ? 100 : 250;
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
  throw new Error(`${what} did not happen within ${seconds} s ${reason}`);
}

export class Cameras {
  private program: Program | undefined;
  constructor(
    readonly port: number,
    private readonly count: number,
    private readonly options: readonly string[] = [],
  ) {}

  start(): void {
    this.program = new Program([
      'sim',
      '--cameras',
      String(this.count),
      '--port',
      String(this.port),
      ...this.options,
    ]);
  }

  /** Scenes that nobody drew before are drawn first, which takes a machine that is busy a minute. */
  async ready(): Promise<void> {
    await until(
      'a camera',
      () => Promise.resolve(this.isServing() || this.program?.ended ? true : undefined),
      300,
    );
    if (!this.isServing()) throw new Error(`no camera: ${this.program?.output}`);
  }

  private isServing(): boolean {
    return this.program?.output.includes('rtsp://') ?? false;
  }

  async stop(): Promise<void> {
    await this.program?.stop();
  }

  url(index: number): string {
    return `rtsp://127.0.0.1:${this.port}/cam${index}`;
  }
}

export class Recorder {
  readonly data = mkdtempSync(join(tmpdir(), 'vedette-e2e-'));
  private program: Program | undefined;

  constructor(
    readonly port: number,
    private readonly options: readonly string[] = [],
    private readonly page = web,
  ) {}

  get address(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    this.program = new Program([
      'serve',
      '--data',
      this.data,
      '--listen',
      `127.0.0.1:${this.port}`,
      '--web',
      this.page,
      ...this.options,
    ]);
    await until('the server answering', async () => {
      const response = await fetch(`${this.address}/healthz`);
      return response.ok ? true : undefined;
    }).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${this.program?.output ?? ''}`);
    });
  }

  async stop(): Promise<void> {
    await this.program?.stop();
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.data, { recursive: true, force: true });
  }

  async addCamera(id: string, name: string, url: string, subUrl?: string): Promise<void> {
    const response = await fetch(`${this.address}/api/v1/cameras`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ id, name, url, ...(subUrl ? { sub_url: subUrl } : {}) }),
    });
    if (!response.ok) throw new Error(await response.text());
  }

  /** Waits until a camera has this much recorded. */
  async recorded(id: string, seconds: number): Promise<void> {
    await until(
      `${seconds} s of ${id} recorded`,
      async () => {
        const now = Date.now() * 1000;
        const query = `camera=${id}&from_us=${now - 3600e6}&to_us=${now + 60e6}`;
        const response = await fetch(`${this.address}/api/v1/timeline?${query}`);
        const timeline = (await response.json()) as {
          cameras: { spans: { start_us: number; end_us: number }[] }[];
        };
        const spans = timeline.cameras[0]?.spans ?? [];
        const total = spans.reduce((sum, span) => sum + span.end_us - span.start_us, 0);
        return total >= seconds * 1e6 ? true : undefined;
      },
      seconds + 80,
    );
  }
}
