// SPDX-License-Identifier: Apache-2.0
// The page's side of sound: one camera at a time, off until somebody asks. Samples are queued a
// little ahead of the loudspeaker; what comes too late or too early for that is let go.
import { Store } from './store';

export interface SoundState {
  readonly camera?: string | undefined;
  /** `waiting`: asked for, nothing has come yet. */
  readonly state: 'off' | 'waiting' | 'playing' | 'silent' | 'unsupported';
}

/** Ahead of the loudspeaker: enough for the unevenness of a network, short enough for lips. */
const cushionSeconds = 0.15;
const mostSeconds = 0.6;

export class Sound {
  readonly state = new Store<SoundState>({ state: 'off' });
  private context: AudioContext | undefined;
  private endsAt = 0;

  constructor(private readonly ask: (camera: string | undefined) => void) {}

  /** Turns a camera's sound on, and that of any other off; the same again turns it off. */
  toggle(camera: string): void {
    if (this.state.get().camera === camera) return this.off();
    this.context ??= new AudioContext();
    void this.context.resume();
    this.endsAt = 0;
    this.state.set({ camera, state: 'waiting' });
    this.ask(camera);
  }

  off(): void {
    if (this.state.get().state === 'off') return;
    this.state.set({ state: 'off' });
    this.ask(undefined);
    void this.context?.suspend();
  }

  told(camera: string, state: SoundState['state']): void {
    if (this.state.get().camera === camera) this.state.set({ camera, state });
  }

  samples(camera: string, sampleRate: number, planes: readonly Float32Array<ArrayBuffer>[]): void {
    const { context } = this;
    const length = planes[0]?.length ?? 0;
    if (!context || length === 0 || this.state.get().camera !== camera) return;
    const now = context.currentTime;
    if (this.endsAt < now) this.endsAt = now + cushionSeconds;
    if (this.endsAt > now + mostSeconds) return;
    const buffer = context.createBuffer(planes.length, length, sampleRate);
    planes.forEach((plane, channel) => buffer.copyToChannel(plane, channel));
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    source.start(this.endsAt);
    this.endsAt += length / sampleRate;
  }
}
