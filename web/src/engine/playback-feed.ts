// SPDX-License-Identifier: Apache-2.0
// The recorded picture of one camera at the moment of the clock. Confined to the worker.
import type { StreamChoice } from '../live/frame';
import { shareOf, type Share } from '../playback/budget';
import { neighbourOf, type Neighbour } from '../playback/gops';
import type { Mode } from '../playback/mode';
import { plus, type WallUs } from '../time/wall';
import { hasWebCodecs, type DecoderPool } from './decoder-pool';
import { GopDecoder } from './gop-decoder';
import { HandFollower } from './hand-follower';
import { KeyDecoder } from './key-decoder';
import type { LoaderHost } from './loader';
import { noWebCodecs, type TileReport } from './messages';
import type { Picture, Player } from './player';
import { ReverseDecoder } from './reverse-decoder';
import { Source, type RecordedStream } from './source';
import type { Surface } from './surface';
import type { Turn } from './turn';

export interface FeedHost extends LoaderHost {
  readonly pool: DecoderPool;
  /** How many tiles share decoders and memory. */
  pictures(): number;
}

/** Pictures shown may be this far from the clock, in time of the wall, before they are of another moment. */
const slackUs = 400_000;
/** Having fallen behind twice within this time, a tile shows key frames for a while. */
const strainMs = 6000;
const strainLastsMs = 10_000;

export class PlaybackFeed {
  private readonly sources: Record<RecordedStream, Source>;
  private source: Source;
  private player: { kind: string; source: Source; player: Player } | undefined;
  private shown: WallUs | undefined;
  private state: TileReport = { state: 'loading' };
  private fresh = true;
  private preferred: RecordedStream;
  private unsupported: string | undefined;
  private strain = { skips: 0, since: 0, until: 0 };
  private readonly hand: HandFollower;

  constructor(
    camera: string,
    choice: StreamChoice,
    private readonly surface: Surface,
    private readonly host: FeedHost,
  ) {
    this.sources = {
      main: new Source(camera, 'main', host),
      sub: new Source(camera, 'sub', host),
    };
    this.preferred = recordedOf(choice);
    this.source = this.sources[this.preferred];
    this.hand = new HandFollower({
      sourceOf: (at) => this.choose(at),
      pictures: () => this.host.pictures(),
    });
  }

  /** The clock jumped: what was being decoded is of no use. */
  jump(): void {
    this.fresh = true;
    this.hand.jump();
  }

  prefer(stream: StreamChoice): void {
    this.preferred = recordedOf(stream);
    this.unsupported = undefined;
  }

  close(): void {
    this.player?.player.close();
    this.player = undefined;
    this.sources.main.close();
    this.sources.sub.close();
    this.surface.release();
  }

  report(): TileReport {
    return { ...this.state, shown: this.shown };
  }

  /**
   * Draws what belongs on screen and returns how far it is from that in microseconds: 0 is the picture
   * of this moment, or word that there is none; Infinity is a picture of some other time.
   */
  tick(turn: Turn): number {
    if (!hasWebCodecs()) {
      this.state = { state: 'unsupported', codec: noWebCodecs };
      return 0;
    }
    const at = turn.scrub ? this.hand.momentOf(turn, turn.scrub.speed) : turn.at;
    const lag = this.show(at, turn);
    if (lag === 0) this.hand.arrived();
    return at === turn.at ? lag : Infinity;
  }

  /** The frame before or after the one on screen; `unknown` has been asked for. */
  neighbour(at: WallUs, direction: 1 | -1): Neighbour {
    const found = neighbourOf(this.source.gops, at, direction);
    if (found.kind === 'unknown') {
      const from = direction > 0 ? found.beyond : plus(found.beyond, -1);
      this.source.fetchGops(from, direction, this.share(), true);
    }
    return found;
  }

  edgeBeyond(at: WallUs, direction: 1 | -1): Promise<WallUs | undefined> {
    return this.source.edgeBeyond(at, direction);
  }

  private share(): Share {
    return shareOf(this.host.pictures());
  }

  private show(at: WallUs, turn: Turn): number {
    this.choose(at);
    const mode = this.modeOf(turn);
    const player = this.playerFor(mode);
    const picture = player.turn(at);
    if (picture) this.draw(picture);
    const wanted = player.wanted(at);
    const lag = wanted === undefined ? this.showAbsence(at, turn) : this.judge(wanted, turn);
    this.fetch(at, mode, turn);
    return lag;
  }

  private fetch(at: WallUs, mode: Mode, turn: Turn): void {
    const { rate } = turn;
    if (turn.scrub && turn.mode.kind === 'keys') return; // the hand has asked
    if (mode.kind !== 'keys') {
      // What follows would only hold up the picture that is waited for.
      const goesOn = this.state.state === 'playing' || this.state.state === 'gap';
      this.source.fetchGops(at, rate, this.share(), goesOn);
    } else this.source.fetchKeys(at, mode.everyUs, Math.sign(rate), this.share());
  }

  /** The stream that suits the tile's size; where it is not recorded, the other one. */
  private choose(at: WallUs): Source {
    const first = this.sources[this.preferred];
    const other = this.sources[this.preferred === 'sub' ? 'main' : 'sub'];
    this.source = first.isAbsent(at) && !other.isAbsent(at) ? other : first;
    return this.source;
  }

  /** A tile that cannot decode every frame in time shows key frames: in step, if not fluent. */
  private modeOf({ mode }: Turn): Mode {
    const now = performance.now();
    const { player } = this.player ?? {};
    if (player instanceof GopDecoder && player.skips > this.strain.skips) {
      const again = now - this.strain.since < strainMs;
      const until = again ? now + strainLastsMs : this.strain.until;
      this.strain = { skips: player.skips, since: now, until };
    }
    if (mode.kind !== 'frames' || now > this.strain.until) return mode;
    return { kind: 'keys', everyUs: 0 };
  }

  private playerFor(mode: Mode): Player {
    const { source } = this;
    const kind = mode.kind === 'keys' ? `keys ${mode.everyUs}` : mode.kind;
    const same = this.player?.kind === kind && this.player.source === source;
    if (this.player && same) {
      // Key frames need no beginning: whatever was under way is shown and the next is begun.
      if (this.fresh && mode.kind !== 'keys') this.player.player.drop();
      this.fresh = false;
      return this.player.player;
    }
    this.player?.player.close();
    const player = this.makePlayer(mode, source);
    this.player = { kind, source, player };
    this.strain = { ...this.strain, skips: 0 };
    this.fresh = false;
    return player;
  }

  private makePlayer(mode: Mode, source: Source): Player {
    const base = {
      pool: this.host.pool,
      cache: source.gops,
      onFrame: () => this.host.arrived(),
      onUnsupported: (codec: string) => {
        this.cannotDecode(codec);
        this.host.arrived();
      },
    };
    if (mode.kind === 'keys')
      return new KeyDecoder({ ...base, keyAt: (at) => source.keyAt(at, mode.everyUs) });
    if (mode.kind === 'frames')
      return new GopDecoder({ ...base, ahead: () => this.share().framesAhead });
    return new ReverseDecoder({
      ...base,
      share: () => this.share(),
      box: () => this.surface.size,
    });
  }

  /** The recorder is asked to convert it, once; what it sends then is the last word. */
  private cannotDecode(codec: string): void {
    if (!this.host.conversions.note(codec)) this.unsupported = codec;
    this.sources.main.close();
    this.sources.sub.close();
  }

  private draw(picture: Picture): void {
    this.surface.show(picture);
    this.shown = picture.at;
    const { width, height, at } = picture;
    const config = this.source.gops.covering(at)?.config;
    const { codec } = config ?? this.state;
    const transcodedFrom = config ? config.convertedFrom : this.state.transcodedFrom;
    this.state = { ...this.state, width, height, codec, transcodedFrom };
  }

  private judge(wanted: WallUs, { rate, scrub }: Turn): number {
    if (this.unsupported !== undefined) {
      this.state = { state: 'unsupported', codec: this.unsupported };
      return 0;
    }
    const lag = this.shown === undefined ? Infinity : Math.abs(this.shown - wanted);
    // While a hand moves, the picture it was over a moment ago is the right one to see.
    const slack = slackUs * Math.max(1, Math.abs(scrub ? scrub.speed : rate));
    const right = lag <= slack;
    this.state = { ...this.state, state: right ? 'playing' : 'loading', resumes: undefined };
    return right ? lag : Infinity;
  }

  private showAbsence(at: WallUs, { scrub }: Turn): number {
    if (this.source.isAbsent(at)) {
      // Coming back, the player has to give the picture once more that is taken away here.
      if (this.state.state !== 'gap') this.player?.player.drop();
      this.surface.clear();
      this.shown = undefined;
      this.state = { state: 'gap', resumes: this.source.resumesAfter(at) };
      return 0;
    }
    const failure = this.source.failureAt(at);
    // A hand that moves within a gap knows of the next moment in a moment: nothing is to flicker.
    const still = scrub && this.state.state === 'gap' ? 'gap' : 'loading';
    this.state = failure ? { state: 'error', ...failure } : { ...this.state, state: still };
    return Infinity;
  }
}

const recordedOf = (choice: StreamChoice): RecordedStream => (choice === 'sub' ? 'sub' : 'main');
