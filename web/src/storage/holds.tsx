// SPDX-License-Identifier: Apache-2.0
// What nothing deletes: the list, lifting with a second look, and placing.
import { Button, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Camera, HeldStorage } from '../api/types';
import { useStore } from '../engine/store';
import { writeMoment } from '../exports/moment';
import { localeOf } from '../i18n';
import { usePage, useUrl } from '../shell/page';
import { formatBytes, formatClock, formatSince } from '../time/format';
import { parseGoTo } from '../time/parse';
import { wall, type WallUs } from '../time/wall';
import { useLiftHold, usePlaceHold } from './queries';

export function HoldList({ holds, cameras, now }: Props & { holds: readonly HeldStorage[] }) {
  const { t } = useTranslation();
  if (holds.length === 0) return <p className="hint">{t('storage.noHolds')}</p>;
  return (
    <ul className="holds">
      {holds.map((hold) => (
        <HoldItem key={hold.id} hold={hold} cameras={cameras} now={now} />
      ))}
    </ul>
  );
}

interface Props {
  cameras: readonly Camera[];
  now: WallUs;
}

function HoldItem({ hold, cameras, now }: Props & { hold: HeldStorage }) {
  const { t, i18n } = useTranslation();
  const locale = localeOf(i18n.language);
  const lift = useLiftHold(hold.id);
  const [asked, setAsked] = useState<boolean>();
  const moment = (us: number) => formatSince(wall(us), now, locale);
  // Of a stretch the seconds count.
  const exact = (us: number) => `${moment(us)}${formatClock(wall(us)).slice(5)}`;
  return (
    <li data-hold={hold.id}>
      <div>
        <strong>{cameras.find(({ id }) => id === hold.camera)?.name ?? hold.camera}</strong>{' '}
        {t('storage.holdRange', { from: exact(hold.from_us), to: exact(hold.to_us) })} ·{' '}
        {formatBytes(hold.bytes, locale)}
        <p>{hold.reason}</p>
        <p className="hint">
          {t('storage.holdBy', { by: hold.by, since: moment(hold.placed_us) })}
        </p>
      </div>
      <div className="actions">
        {asked ? (
          <>
            <Button
              size="xs"
              color="red.9"
              loading={lift.isPending}
              onClick={() => void lift.mutateAsync()}
            >
              {t('storage.liftSure')}
            </Button>
            <Button size="xs" variant="default" autoFocus onClick={() => setAsked(false)}>
              {t('storage.keep')}
            </Button>
          </>
        ) : (
          <Button
            size="xs"
            variant="default"
            autoFocus={asked === false}
            onClick={() => setAsked(true)}
          >
            {t('storage.lift')}
          </Button>
        )}
      </div>
    </li>
  );
}

type Faults = Partial<Record<'from' | 'to' | 'reason' | 'all', string>>;

export function HoldForm({ cameras, now }: Props) {
  const { t, i18n } = useTranslation();
  const { marks } = usePage();
  const { cam } = useUrl();
  const { from: markFrom, to: markTo } = useStore(marks);
  const place = usePlaceHold();
  const [camera, setCamera] = useState('');
  const [from, setFrom] = useState(writeMoment(markFrom));
  const [to, setTo] = useState(writeMoment(markTo));
  const [reason, setReason] = useState('');
  const [faults, setFaults] = useState<Faults>({});
  const selected = cameras.find(({ id }) => id === cam) ?? cameras[0];
  const chosen = camera || (selected?.id ?? '');

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const begin = momentOf(from, now);
    const end = momentOf(to, now);
    const found: Faults = {};
    if (begin === undefined) found.from = t('storage.badTime');
    if (end === undefined) found.to = t('storage.badTime');
    else if (begin !== undefined && end <= begin) found.to = t('storage.badOrder');
    if (reason.trim() === '') found.reason = t('storage.needReason');
    setFaults(found);
    if (Object.keys(found).length > 0 || begin === undefined || end === undefined) return;
    const hold = { camera: chosen, from_us: begin, to_us: end, reason: reason.trim() };
    const answer = await place.mutateAsync(hold);
    if (answer.kind === 'unreachable') setFaults({ all: t('form.unreachable') });
    else if (answer.kind === 'refused') setFaults({ all: answer.detail });
    else {
      setFrom('');
      setTo('');
      setReason('');
    }
  };

  return (
    <form className="hold-form" lang={i18n.language} onSubmit={(event) => void submit(event)}>
      <label className="field">
        <span>{t('storage.camera')}</span>
        <select
          data-autofocus
          value={chosen}
          onChange={(event) => setCamera(event.currentTarget.value)}
        >
          {cameras.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <TextInput
        label={t('storage.from')}
        placeholder="14:03"
        value={from}
        error={faults.from}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextInput
        label={t('storage.to')}
        placeholder="14:13"
        value={to}
        error={faults.to}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <TextInput
        className="reason"
        label={t('storage.reason')}
        placeholder={t('storage.reasonHint')}
        value={reason}
        error={faults.reason}
        maxLength={200}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      <Button type="submit" loading={place.isPending}>
        {t('storage.place')}
      </Button>
      <p className="hint">{t('storage.timeHint')}</p>
      {faults.all && (
        <p className="fault" role="alert">
          {faults.all}
        </p>
      )}
    </form>
  );
}

function momentOf(text: string, now: WallUs): WallUs | undefined {
  const read = parseGoTo(text, now);
  if (!read) return undefined;
  return read.kind === 'live' ? now : read.at;
}
