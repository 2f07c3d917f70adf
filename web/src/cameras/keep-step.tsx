// SPDX-License-Identifier: Apache-2.0
// One plain question, with what each answer means on these disks.
import { Button, NumberInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import { useAddCamera } from '../api/queries';
import { localeOf } from '../i18n';
import { useStorage } from '../storage/queries';
import { formatSpan, roomOf } from '../storage/words';
import { formatBytes } from '../time/format';
import { DAY } from '../time/wall';
import { estimatePerDay, toNewCamera, type Find } from './finds';

interface Props {
  finds: readonly Find[];
  back: () => void;
  next: (ids: readonly string[]) => void;
}

const offered = [3, 7, 14, 30] as const;

export function KeepStep({ finds, back, next }: Props) {
  const { t } = useTranslation();
  const [choice, setChoice] = useState('14');
  const [other, setOther] = useState<number | ''>(60);
  const [fault, setFault] = useState<string>();
  const [busy, setBusy] = useState(false);
  const add = useAddCamera();
  const days = choice === 'full' ? undefined : choice === 'other' ? other : Number(choice);

  const start = async () => {
    if (days === '') return;
    setBusy(true);
    setFault(undefined);
    const ids: string[] = [];
    for (const find of finds) {
      const answer = await add.mutateAsync(toNewCamera(find, days));
      if (answer.kind === 'ok') ids.push(answer.value.id);
      else {
        const detail = answer.kind === 'refused' ? answer.detail : t('wizard.fault.offline');
        // Half a list added would be added twice at the next try.
        await Promise.all(ids.map((id) => api.removeCamera(id)));
        setFault(t('wizard.keep.failed', { name: find.name, detail }));
        setBusy(false);
        return;
      }
    }
    next(ids);
  };
  return (
    <>
      <h2 id="keep-question" tabIndex={-1}>
        {t('wizard.keep.title')}
      </h2>
      <p className="hint">{t('wizard.keep.body')}</p>
      <div className="choices" role="radiogroup" aria-labelledby="keep-question">
        {offered.map((count) => (
          <Choice key={count} value={String(count)} choice={choice} choose={setChoice}>
            {t('wizard.keep.days', { count })}
          </Choice>
        ))}
        <Choice value="full" choice={choice} choose={setChoice}>
          {t('wizard.keep.full')}
        </Choice>
        <Choice value="other" choice={choice} choose={setChoice}>
          {t('wizard.keep.other')}
        </Choice>
      </div>
      {choice === 'other' && (
        <NumberInput
          aria-label={t('wizard.keep.other')}
          min={0.01}
          max={3650}
          w={140}
          suffix={` ${t('form.keepUnit', { count: other === '' ? 0 : other })}`}
          value={other}
          onChange={(value) => setOther(typeof value === 'number' ? value : '')}
        />
      )}
      <Space finds={finds} days={days === '' ? undefined : days} />
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
      <div className="actions">
        <Button onClick={() => void start()} loading={busy} disabled={days === ''}>
          {t('wizard.keep.start')}
        </Button>
        <Button variant="default" onClick={back} disabled={busy}>
          {t('wizard.back')}
        </Button>
      </div>
    </>
  );
}

interface ChoiceProps {
  value: string;
  choice: string;
  choose: (value: string) => void;
  children: ReactNode;
}

function Choice({ value, choice, choose, children }: ChoiceProps) {
  return (
    <label>
      <input
        type="radio"
        name="keep"
        checked={choice === value}
        data-autofocus={choice === value || undefined}
        onChange={() => choose(value)}
      />
      {children}
    </label>
  );
}

/** What the answer means: how much that is, and whether it fits. */
function Space({ finds, days }: { finds: readonly Find[]; days: number | undefined }) {
  const { t, i18n } = useTranslation();
  const storage = useStorage();
  const day = estimatePerDay(finds);
  if (day === 0) return null;
  const locale = localeOf(i18n.language);
  const volumes = storage?.kind === 'ok' ? storage.value.volumes : [];
  const room = volumes.reduce(
    (sum, volume) => sum + Math.max(0, roomOf(volume).free - volume.reserve_bytes),
    0,
  );
  const recorded = storage?.kind === 'ok' ? storage.value.cameras : [];
  const others = recorded.reduce((sum, { bytes_per_day }) => sum + bytes_per_day, 0);
  const whole = day * (days ?? 0);
  return (
    <p className="space" role="status">
      {days === undefined
        ? t('wizard.keep.perDay', { day: formatBytes(day, locale) })
        : t('wizard.keep.need', {
            day: formatBytes(day, locale),
            days: t('wizard.keep.days', { count: days }),
            whole: formatBytes(whole, locale),
          })}{' '}
      {room > 0 &&
        (days !== undefined && whole <= room
          ? t('wizard.keep.fits', { room: formatBytes(room, locale) })
          : t('wizard.keep.short', {
              room: formatBytes(room, locale),
              reach: formatSpan((room / (day + others)) * DAY, locale),
            }))}
    </p>
  );
}
