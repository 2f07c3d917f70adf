// SPDX-License-Identifier: Apache-2.0
// What time is under the pointer; of a gap why it is one, of activity how much.
import type { TFunction } from 'i18next';
import { useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { notScheduled } from '../api/client';
import type { Gap } from '../api/types';
import { localeOf } from '../i18n';
import { gapWords } from '../live/words';
import { usePage } from '../shell/page';
import { formatClock, formatDay, formatLength, formatZone } from '../time/format';
import { between } from '../time/wall';
import { isRepeated } from '../time/zone';
import { activityAt } from './activity';
import { gapAt } from './lanes';
import type { Hover } from './strip';

/** This near counts as on it: a notch is two pixels wide. */
const nearPixels = 3;
const fineUs = 120e6;
/** From the edges of the page. */
const edge = 8;

/** Over the pointer, or as near to it as the page allows: at its ends half of the card would be cut off. */
function keepWithin(card: HTMLElement | null, x: number): void {
  const strip = card?.parentElement?.getBoundingClientRect();
  if (!card || !strip) return;
  const width = card.offsetWidth;
  const last = document.documentElement.clientWidth - edge - width;
  const left = Math.max(edge, Math.min(last, strip.left + x - width / 2));
  card.style.left = `${Math.round(left - strip.left)}px`;
}

export function HoverCard({ hover, selected }: { hover: Hover; selected: string | undefined }) {
  const { t, i18n } = useTranslation();
  const { engine, lanes, view } = usePage();
  const camera = hover.camera ?? selected;
  const lane = camera === undefined ? undefined : lanes.get().get(camera);
  const length = view.get().to - view.get().from;
  const gap = gapAt(lane, hover.at, (length / hover.width) * nearPixels);
  const amount = gap ? undefined : activityAt(lane?.activity ?? [], hover.at);
  const locale = localeOf(i18n.language);
  const clock = formatClock(hover.at, undefined, length < fineUs ? 'tenths' : 'seconds', locale);
  const card = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => keepWithin(card.current, hover.x));
  return (
    <div className="hover" ref={card}>
      <b>{clock}</b> {formatDay(hover.at, engine.serverNow(), locale)} {formatZone(hover.at)}
      {isRepeated(hover.at, undefined) && ' ↻'}
      {gap && <span>{gapLine(t, gap, locale)}</span>}
      {amount !== undefined && amount > 0 && (
        <span>{t('timeline.activity', { amount: String(amount) })}</span>
      )}
    </div>
  );
}

function gapLine(t: TFunction, gap: Gap, locale: string): string {
  if (gap.cause === notScheduled) return t('schedule.hover');
  const cause = gapWords(t, gap);
  const length = formatLength(gap.missingUs, locale);
  if (gap.count > 1) return t('timeline.severalGaps', { count: gap.count, length, cause });
  return t('gap.hover', { length: formatLength(between(gap.from, gap.to), locale), cause });
}
