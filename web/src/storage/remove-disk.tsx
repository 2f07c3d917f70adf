// SPDX-License-Identifier: Apache-2.0
// Taking a disk out of use: what stays on it, and what can no longer be played, is said first. And back again.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { StoredVolume } from '../api/types';
import { useLocale } from '../i18n';
import { formatBytes } from '../time/format';
import { folderWords } from './limits-words';
import { usePutVolume, useRemoveVolume } from './queries';

interface Props {
  volume: StoredVolume;
  /** Nothing would be recorded without it. */
  only: boolean;
}

export function RemoveDisk({ volume, only }: Props) {
  const { t } = useTranslation();
  const { path } = volume;
  const [asked, setAsked] = useState<boolean>();
  if (volume.removed) return <RecordAgain volume={volume} />;
  return asked ? (
    <Question volume={volume} only={only} close={() => setAsked(false)} />
  ) : (
    <Button
      size="xs"
      variant="default"
      className="remove-disk"
      autoFocus={asked === false}
      aria-label={t('disks.removeOf', { path })}
      onClick={() => setAsked(true)}
    >
      {t('disks.remove')}
    </Button>
  );
}

function Question({ volume, only, close }: Props & { close: () => void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const { path } = volume;
  const remove = useRemoveVolume();
  const [refusal, setRefusal] = useState<string>();
  const size = formatBytes(volume.used_bytes, locale);
  const confirm = async () => {
    const answer = await remove.mutateAsync(path);
    if (answer.kind === 'ok') close();
    else setRefusal(folderWords(t, answer, path));
  };
  return (
    <div
      className="limits-form remove-form"
      role="group"
      aria-label={t('disks.removeOf', { path })}
    >
      <p>
        {only
          ? t('disks.only')
          : volume.used_bytes > 0
            ? t('disks.removeKeeps', { path, size })
            : t('disks.removeEmpty', { path })}
      </p>
      {!only && volume.used_bytes > 0 && <p className="warning">{t('disks.removeLoses')}</p>}
      {refusal && (
        <p className="fault" role="alert">
          {refusal}
        </p>
      )}
      <div className="actions">
        {!only && (
          <Button size="xs" color="red.9" loading={remove.isPending} onClick={() => void confirm()}>
            {t('disks.removeSure')}
          </Button>
        )}
        <Button size="xs" variant="default" autoFocus onClick={close}>
          {t(only ? 'disks.back' : 'disks.keep')}
        </Button>
      </div>
    </div>
  );
}

function RecordAgain({ volume }: { volume: StoredVolume }) {
  const { t } = useTranslation();
  const put = usePutVolume();
  const [refusal, setRefusal] = useState<string>();
  const again = async () => {
    const { path, quota_bytes } = volume;
    // With the limits that it had: to lift them was not asked for.
    const reserve_bytes = volume.reserve_set ? volume.reserve_bytes : null;
    const answer = await put.mutateAsync({ path, quota_bytes, reserve_bytes });
    if (answer.kind !== 'ok') setRefusal(folderWords(t, answer, path));
  };
  return (
    <>
      <Button size="xs" variant="default" loading={put.isPending} onClick={() => void again()}>
        {t('disks.again')}
      </Button>
      {refusal && (
        <p className="fault" role="alert">
          {refusal}
        </p>
      )}
    </>
  );
}
