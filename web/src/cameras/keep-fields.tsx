// SPDX-License-Identifier: Apache-2.0
// How much of a camera is kept: at most, at least, in days and in gigabytes.
import { NumberInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Camera } from '../api/types';
import { DAY } from '../time/wall';

type Amount = number | '';

export interface Keep {
  readonly days: Amount;
  readonly size: Amount;
  readonly leastDays: Amount;
  readonly leastSize: Amount;
}

const hundredths = (value: number) => Math.round(value * 100) / 100;

export function keepOf({
  max_age_us,
  max_bytes,
  min_age_us,
  min_bytes,
}: Camera['retention']): Keep {
  const in_ = (amount: number | null, unit: number): Amount =>
    amount === null ? '' : hundredths(amount / unit);
  return {
    days: in_(max_age_us, DAY),
    size: in_(max_bytes, 1e9),
    leastDays: in_(min_age_us, DAY),
    leastSize: in_(min_bytes, 1e9),
  };
}

/** What was not touched stays to the microsecond and the byte. */
export function toRetention(keep: Keep, before: Camera['retention']): Camera['retention'] {
  const shown = keepOf(before);
  const out = (name: keyof Keep, unit: number, kept: number | null) => {
    const value = keep[name];
    if (value === shown[name]) return kept;
    return value === '' ? null : Math.round(value * unit);
  };
  return {
    max_age_us: out('days', DAY, before.max_age_us),
    max_bytes: out('size', 1e9, before.max_bytes),
    min_age_us: out('leastDays', DAY, before.min_age_us),
    min_bytes: out('leastSize', 1e9, before.min_bytes),
  };
}

interface Props {
  keep: Keep;
  change: (keep: Keep) => void;
  fault: string | undefined;
}

export function KeepFields({ keep, change, fault }: Props) {
  const { t } = useTranslation();
  const amount = (name: keyof Keep, unit: string) => ({
    min: 0.01,
    suffix: ` ${unit}`,
    placeholder: unit,
    value: keep[name],
    onChange: (value: number | string) =>
      change({ ...keep, [name]: typeof value === 'number' ? value : '' }),
  });
  const days = (count: Amount) => t('form.keepUnit', { count: count === '' ? 0 : count });
  return (
    <>
      <div className="pair">
        <NumberInput
          label={t('form.keep')}
          max={3650}
          {...amount('days', days(keep.days))}
          error={fault}
        />
        <NumberInput label={t('schedule.keepSize')} {...amount('size', 'GB')} />
      </div>
      <p className="hint">{t('form.keepHint')}</p>
      <div className="pair">
        <NumberInput
          label={t('form.least')}
          max={3650}
          {...amount('leastDays', days(keep.leastDays))}
        />
        <NumberInput label={t('schedule.leastSize')} {...amount('leastSize', 'GB')} />
      </div>
      <p className="hint">{t('form.leastHint')}</p>
    </>
  );
}
