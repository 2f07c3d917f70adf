// SPDX-License-Identifier: Apache-2.0
// Another disk to record to. What that changes is said before it is saved; what is wrong with it, beside it.
import { Button, TextInput } from '@mantine/core';
import { useRef, useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocale } from '../i18n';
import { addWords, checkFolder, folderWords, readLimits } from './limits-words';
import { usePutVolume } from './queries';

export function AddDisk() {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const opened = useRef(false);
  if (open) return <AddForm close={() => setOpen(false)} />;
  return (
    <Button
      className="add-disk"
      variant="default"
      autoFocus={opened.current}
      onClick={() => ((opened.current = true), setOpen(true))}
    >
      {t('disks.add')}
    </Button>
  );
}

const noTexts = { path: '', quota: '', reserve: '' };
type Texts = typeof noTexts;

function AddForm({ close }: { close: () => void }) {
  const { t } = useTranslation();
  const locale = useLocale();
  const [texts, setTexts] = useState<Texts>(noTexts);
  const [faults, setFaults] = useState<Partial<Record<keyof Texts | 'all', string>>>({});
  const put = usePutVolume();
  const path = texts.path.trim();
  const { limits, faults: wrong } = readLimits(t, texts, { path, total_bytes: 0 }, locale);
  const badFolder = checkFolder(t, path);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!limits || badFolder !== undefined) {
      setFaults({ ...wrong, ...(badFolder === undefined ? {} : { path: badFolder }) });
      return;
    }
    const answer = await put.mutateAsync(limits);
    if (answer.kind === 'ok') close();
    else {
      const words = folderWords(t, answer, path);
      setFaults(
        answer.kind === 'refused' && answer.field === 'path' ? { path: words } : { all: words },
      );
    }
  };
  const field = (name: keyof Texts) => ({
    value: texts[name],
    error: faults[name],
    onChange: (event: { currentTarget: { value: string } }) => {
      setTexts({ ...texts, [name]: event.currentTarget.value });
      setFaults({});
    },
  });
  return (
    <form
      className="limits-form"
      aria-label={t('disks.add')}
      onSubmit={(event) => void submit(event)}
      noValidate
    >
      <TextInput
        className="folder"
        autoFocus
        label={t('disks.folder')}
        placeholder="/srv/disk2"
        autoComplete="off"
        spellCheck={false}
        {...field('path')}
      />
      <TextInput
        label={t('volumes.quota')}
        placeholder={t('volumes.quotaHint')}
        {...field('quota')}
      />
      <TextInput
        label={t('volumes.reserve')}
        placeholder={t('volumes.reserveHint')}
        {...field('reserve')}
      />
      <p className="effect" role="status">
        {badFolder === undefined && limits ? addWords(t, limits, locale) : t('disks.addHint')}
      </p>
      {faults.all && (
        <p className="fault" role="alert">
          {faults.all}
        </p>
      )}
      <div className="actions">
        <Button type="submit" size="xs" loading={put.isPending}>
          {t('disks.save')}
        </Button>
        <Button size="xs" variant="default" onClick={close}>
          {t('volumes.cancel')}
        </Button>
      </div>
    </form>
  );
}
