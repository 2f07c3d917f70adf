// SPDX-License-Identifier: Apache-2.0
// The sound of one camera: coded frames in, samples for the page out. Its own subscription, so that
// the picture does not start again when somebody wants to listen. Confined to the worker.
import { fromBase64, type BinaryMessage, type ServerMessage } from '../live/frame';
import type { FromWorker } from './messages';
import type { Subscriber } from './socket';

type Config = Extract<ServerMessage, { op: 'config' }>;

export class SoundFeed implements Subscriber {
  readonly stream = 'main';
  readonly format = 'frames';
  readonly video = false;
  readonly audio = true;
  private decoder: AudioDecoder | undefined;

  constructor(
    readonly camera: string,
    private readonly post: (message: FromWorker, transfer?: Transferable[]) => void,
  ) {}

  onText(message: ServerMessage): void {
    if (message.op === 'config' && message.track === 1) void this.configure(message);
    if (message.op === 'error') this.say('silent');
  }

  onBinary({ kind, track, catchUp, ptsUs, payload }: BinaryMessage): void {
    // What was said before somebody listened is over.
    if (kind !== 'frame' || track !== 1 || catchUp || this.decoder?.state !== 'configured') return;
    const chunk = new EncodedAudioChunk({ type: 'key', timestamp: ptsUs, data: payload });
    this.decoder.decode(chunk);
  }

  onLost(): void {
    this.close();
  }

  close(): void {
    if (this.decoder && this.decoder.state !== 'closed') this.decoder.close();
    this.decoder = undefined;
  }

  private async configure(message: Config): Promise<void> {
    this.close();
    const { codec = '', description, sample_rate = 48_000, channels = 1 } = message;
    const config: AudioDecoderConfig = {
      codec,
      sampleRate: sample_rate,
      numberOfChannels: channels,
    };
    // Of Opus the description would be an Ogg header, which nobody needs for one or two channels.
    if (codec !== 'opus' && description) config.description = fromBase64(description);
    if (typeof AudioDecoder === 'undefined') return this.say('unsupported');
    const { supported } = await AudioDecoder.isConfigSupported(config);
    if (!supported) return this.say('unsupported');
    this.decoder = new AudioDecoder({
      output: (data) => this.give(data),
      error: () => this.say('unsupported'),
    });
    this.decoder.configure(config);
    this.say('playing');
  }

  private give(data: AudioData): void {
    const { numberOfFrames, numberOfChannels, sampleRate } = data;
    const planes = Array.from({ length: numberOfChannels }, (_, planeIndex) => {
      const plane = new Float32Array(numberOfFrames);
      data.copyTo(plane, { planeIndex, format: 'f32-planar' });
      return plane;
    });
    data.close();
    this.post(
      { op: 'samples', camera: this.camera, sampleRate, planes },
      planes.map(({ buffer }) => buffer),
    );
  }

  private say(state: 'playing' | 'silent' | 'unsupported'): void {
    this.post({ op: 'sound', camera: this.camera, state });
  }
}
