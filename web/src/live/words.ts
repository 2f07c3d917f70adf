// SPDX-License-Identifier: Apache-2.0
// What a tile says about itself when its picture is not simply the picture: what is, since when, and
// what to do next.
import type { TFunction } from 'i18next';
import type { Camera, Gap } from '../api/types';
import { isOverloaded, noWebCodecs, type LinkState, type TileReport } from '../engine/messages';
import { codecLabel } from '../mp4/codec';
import { formatClock, formatLength, formatSince } from '../time/format';
import { wall, type WallUs } from '../time/wall';

export interface Words {
  readonly title: string;
  readonly body?: string | undefined;
  /** Only when somebody must act. */
  readonly urgent: boolean;
  /** What is wrong may be the address or the password: changing them is offered. */
  readonly editable?: boolean;
  /** Where the recording goes on. */
  readonly resumes?: WallUs | undefined;
}

export interface Situation {
  readonly camera: Camera;
  readonly report: TileReport;
  readonly link: LinkState;
  readonly gap: Gap | undefined;
  /** Of a gap that is not known yet the recorder is being asked. */
  readonly asking: boolean;
  /** The moment on screen, and the moment it is. */
  readonly at: WallUs;
  readonly now: WallUs;
}

const knownCauses = [
  'unreachable',
  'unauthenticated',
  'weaker_login',
  'not_a_camera',
  'unsupported',
  'stalled',
  'bad_stream',
  'closed_by_camera',
  'stopped',
] as const;
/** Causes that go away when address or password are changed. */
const settable = ['unreachable', 'unauthenticated', 'weaker_login', 'not_a_camera'] as const;
const knownGaps = [
  ...knownCauses,
  'parameters_changed',
  'starting',
  'discontinuity',
  'loss',
  'waiting_for_key_frame',
  'overload',
  'disk_full',
  'disk_stalled',
  'write_failed',
  'sync_failed',
  'volume_missing',
  'restart',
  'not_scheduled',
] as const;

export function hostOf(url: string): string {
  return /^rtsps?:\/\/(?:[^@/]*@)?(\[[^\]]+\]|[^/:?]+)/.exec(url)?.[1] ?? url;
}

export function causeWords(
  t: TFunction,
  cause: string | null | undefined,
  host: string,
): string | undefined {
  const known = knownCauses.find((one) => one === cause);
  return known && t(`cause.${known}`, { host });
}

export function gapWords(t: TFunction, gap: Gap | undefined): string {
  const known = knownGaps.find((one) => one === gap?.cause);
  return known ? t(`gap.${known}`) : gap?.detail ? gap.detail : t('gap.unknown');
}

export function tileWords(t: TFunction, locale: string, s: Situation): Words | undefined {
  const { camera, report } = s;
  const host = hostOf(camera.url);
  switch (report.state) {
    case 'down': {
      // The worker hears of it over the socket, the list over HTTP: the one that knows more speaks.
      const since = report.since ?? wall(camera.since_us);
      const body =
        causeWords(t, report.cause ?? camera.cause, host) ?? report.message ?? camera.message;
      const title = t('tile.downTitle', { since: formatSince(since, s.now, locale) });
      const cause = report.cause ?? camera.cause;
      const editable = settable.some((one) => one === cause);
      return { title, body: body ?? undefined, urgent: true, editable };
    }
    case 'late':
      return lateWords(t, locale, s);
    case 'gap':
      return absenceWords(t, s);
    case 'unsupported': {
      if (report.codec === noWebCodecs) {
        return { title: t('tile.noDecoderTitle'), body: t('tile.noDecoderBody'), urgent: false };
      }
      const codec = codecLabel(report.codec ?? '');
      const title = t('tile.unsupportedTitle', { codec });
      return { title, body: t('tile.unsupportedBody', { codec }), urgent: false };
    }
    case 'error':
      if (report.cause === 'transcode_budget') {
        return { title: t('live.budgetTitle'), body: t('live.budgetBody'), urgent: false };
      }
      return { title: t('tile.errorTitle'), body: report.message, urgent: false };
    case 'connecting':
      if (s.link.state !== 'open') return { title: t('tile.linkTitle'), urgent: false };
      if (camera.state === 'down') return tileWords(t, locale, { ...s, report: { state: 'down' } });
      return {
        title: t('tile.connecting'),
        body: t('tile.connectingBody', { host }),
        urgent: false,
      };
    case 'live':
    case 'playing':
    case 'loading':
      return undefined;
  }
}

function lateWords(t: TFunction, locale: string, { report, link, now }: Situation): Words {
  const since = report.shown ?? report.since ?? now;
  if (report.cause === 'asleep') {
    const body = t('tile.pictureFrom', { since: formatClock(since) });
    return { title: t('live.asleepTitle'), body, urgent: false };
  }
  if (link.state !== 'open') {
    const body = t('tile.pictureFrom', { since: formatClock(since) });
    return { title: t('tile.linkTitle'), body, urgent: false };
  }
  const length = formatLength(Math.max(1e6, now - since), locale);
  const title =
    report.ageUs === undefined ? t('tile.lateTitle', { length }) : t('tile.oldTitle', { length });
  // Of a computer that is too slow the page speaks once, over all pictures.
  if (isOverloaded(report)) return { title, urgent: false };
  return { title, body: t('tile.lateBody', { since: formatClock(since) }), urgent: false };
}

function absenceWords(t: TFunction, { report, gap, asking, at }: Situation): Words {
  const title = t('tile.gapTitle', { time: formatClock(at) });
  const resumes = report.resumes ?? (gap && !gap.open ? gap.to : undefined);
  const when = gap?.open
    ? t('tile.gapSince', { since: formatClock(gap.from) })
    : gap && `${formatClock(gap.from)}–${formatClock(gap.to)}`;
  // That nobody knows why is said only when the recorder has been asked.
  if (!gap && asking) return { title, urgent: false, resumes };
  const cause = gap ? `${gapWords(t, gap)}, ${when}` : t('tile.gapUnknown');
  return { title, body: capital(cause), urgent: false, resumes };
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
