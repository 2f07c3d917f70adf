// SPDX-License-Identifier: Apache-2.0
// A disk's quota and reserve, changed in place. What saving deletes is said before it is saved.
import { Button, TextInput } from '@mantine/core';
import { useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Camera, StoredVolume } from '../api/types';
import { useLocale } from '../i18n';
import { formatBytes } from '../time/format';
import type { WallUs } from '../time/wall';
import { deletesWords, readLimits, type LimitTexts } from './limits-words';
import { useLimitsPlan, usePutVolume } from './queries';
import { writeSize } from './size';
import { outlookWords } from './words';

interface Props {
  volume: StoredVolume;
  cameras: readonly Camera[];
  now: WallUs;
}

/** The limits in words, and a button that opens them. */
export function Limits(props: Props) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { volume } = props;
  const [open, setOpen] = useState(false);
  const opened = useRef(false);
  if (volume.removed) return null;
  const reserve = formatBytes(volume.reserve_bytes, locale);
  return open ? (
    <LimitsForm {...props} close={() => setOpen(false)} />
  ) : (
    <>
      <p className="hint">
        {volume.quota_bytes === null
          ? t('volumes.noQuota')
          : t('volumes.quotaIs', { size: formatBytes(volume.quota_bytes, locale) })}{' '}
        {t(volume.reserve_set ? 'storage.reserve' : 'volumes.reserveDefault', { size: reserve })}
      </p>
      <Button
        size="xs"
        variant="default"
        aria-label={t('volumes.changeOf', { path: volume.path })}
        autoFocus={opened.current}
        onClick={() => ((opened.current = true), setOpen(true))}
      >
        {t('volumes.change')}
      </Button>
    </>
  );
}

function LimitsForm({ volume, cameras, now, close }: Props & { close: () => void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [texts, setTexts] = useState<LimitTexts>(() => ({
    quota: volume.quota_bytes === null ? '' : writeSize(volume.quota_bytes, locale),
    reserve: volume.reserve_set ? writeSize(volume.reserve_bytes, locale) : '',
  }));
  const [refusal, setRefusal] = useState<string>();
  const { limits, faults } = readLimits(t, texts, volume, locale);
  const changed = limits !== undefined && isOther(limits, volume);
  const plan = useLimitsPlan(changed ? limits : undefined);
  const put = usePutVolume();
  const planned = plan?.kind === 'ok' ? plan.value : undefined;

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!limits || !planned) return;
    const answer = await put.mutateAsync(limits);
    if (answer.kind === 'ok') close();
    else setRefusal(answer.kind === 'refused' ? answer.detail : t('form.unreachable'));
  };
  const edit = (key: keyof LimitTexts, value: string) => {
    setTexts({ ...texts, [key]: value });
    setRefusal(undefined);
  };
  return (
    <form
      className="limits-form"
      aria-label={t('volumes.changeOf', { path: volume.path })}
      onSubmit={(event) => void submit(event)}
    >
      <TextInput
        autoFocus
        label={t('volumes.quota')}
        placeholder={t('volumes.quotaHint')}
        value={texts.quota}
        error={faults.quota}
        onChange={(event) => edit('quota', event.currentTarget.value)}
      />
      <TextInput
        label={t('volumes.reserve')}
        placeholder={t('volumes.reserveHint')}
        value={texts.reserve}
        error={faults.reserve}
        onChange={(event) => edit('reserve', event.currentTarget.value)}
      />
      <p className="effect" role="status" data-deletes={(planned?.files ?? 0) > 0 || undefined}>
        {!changed && t('volumes.hint')}
        {changed && !plan && t('volumes.asking')}
        {changed && plan?.kind === 'unreachable' && t('form.unreachable')}
        {changed && plan?.kind === 'refused' && plan.detail}
        {planned && deletesWords(t, planned, { cameras, now, locale })}{' '}
        {planned?.forecast && (
          <span className="hint">{outlookWords(t, planned.forecast, locale)}</span>
        )}
      </p>
      {refusal && (
        <p className="fault" role="alert">
          {refusal}
        </p>
      )}
      <div className="actions">
        <Button
          type="submit"
          size="xs"
          disabled={!planned}
          loading={put.isPending}
          {...(planned && planned.files > 0 ? { color: 'red.9' } : {})}
        >
          {planned && planned.files > 0
            ? t('volumes.saveDeletes', { size: formatBytes(planned.bytes, locale) })
            : t('volumes.save')}
        </Button>
        <Button size="xs" variant="default" onClick={close}>
          {t('volumes.cancel')}
        </Button>
      </div>
    </form>
  );
}

const isOther = (
  limits: { quota_bytes: number | null; reserve_bytes: number | null },
  volume: StoredVolume,
): boolean =>
  limits.quota_bytes !== volume.quota_bytes ||
  limits.reserve_bytes !== (volume.reserve_set ? volume.reserve_bytes : null);
