// SPDX-License-Identifier: Apache-2.0
// Which cameras, from when to when, and as what. Begins with what is marked on the timeline.
import { Button, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Camera } from '../api/types';
import { usePage, useUrl } from '../shell/page';
import { plus, wall, type WallUs } from '../time/wall';
import { writeMoment } from './moment';
import { useAddExport } from './queries';
import { readDraft, type Draft, type Faults } from './wanted';

const defaultLengthUs = 60e6;

/** A mark made by hand is no finer than a second; the film takes in both ends. */
const wholeSecond = (at: WallUs, round: (seconds: number) => number): WallUs =>
  wall(round(at / 1e6) * 1e6);

function useFirstDraft(cameras: readonly Camera[]): Draft {
  const { engine, marks } = usePage();
  const { cam } = useUrl();
  const { from, to } = marks.get();
  const end = to ?? (from === undefined ? engine.position() : plus(from, defaultLengthUs));
  const chosen = cameras.find(({ id }) => id === cam) ?? cameras[0];
  return {
    cameras: chosen ? [chosen.id] : [],
    from: writeMoment(wholeSecond(from ?? plus(end, -defaultLengthUs), Math.floor)),
    to: writeMoment(wholeSecond(end, Math.ceil)),
    form: 'mp4',
    operator: '',
  };
}

interface Props {
  cameras: readonly Camera[];
  done?: () => void;
}

export function ExportForm({ cameras, done }: Props) {
  const { t, i18n } = useTranslation();
  const { engine } = usePage();
  const add = useAddExport();
  const [draft, setDraft] = useState(useFirstDraft(cameras));
  const [faults, setFaults] = useState<Faults>({});
  const [refusals, setRefusals] = useState<readonly string[]>([]);
  const change = (part: Partial<Draft>) => setDraft({ ...draft, ...part });
  const faultOf = (field: keyof Faults) =>
    faults[field] === undefined ? undefined : t(`exports.${faults[field]}`);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const { wanted, faults: found } = readDraft(draft, engine.serverNow());
    setFaults(found);
    setRefusals([]);
    const refused: string[] = [];
    for (const one of wanted) {
      const answer = await add.mutateAsync(one);
      const name = cameras.find(({ id }) => id === one.camera)?.name ?? one.camera;
      if (answer.kind === 'unreachable') refused.push(t('exports.unreachable'));
      else if (answer.kind === 'refused') refused.push(`${name}: ${answer.detail}`);
    }
    setRefusals([...new Set(refused)]);
    if (wanted.length > 0 && refused.length === 0) done?.();
  };

  return (
    <form
      className="form export-form"
      lang={i18n.language}
      onSubmit={(event) => void submit(event)}
    >
      <CameraChoice cameras={cameras} draft={draft} change={change} fault={faultOf('cameras')} />
      <div className="pair">
        <TextInput
          label={t('storage.from')}
          value={draft.from}
          error={faultOf('from')}
          onChange={(event) => change({ from: event.currentTarget.value })}
        />
        <TextInput
          label={t('storage.to')}
          value={draft.to}
          error={faultOf('to')}
          onChange={(event) => change({ to: event.currentTarget.value })}
        />
      </div>
      <p className="hint">{t('exports.timeHint')}</p>
      <FormChoice draft={draft} change={change} />
      {draft.form === 'bundle' && (
        <TextInput
          label={t('exports.operator')}
          placeholder={t('exports.operatorHint')}
          maxLength={100}
          value={draft.operator}
          onChange={(event) => change({ operator: event.currentTarget.value })}
        />
      )}
      {refusals.map((refusal) => (
        <p className="fault" role="alert" key={refusal}>
          {refusal}
        </p>
      ))}
      <div className="actions">
        <Button type="submit" loading={add.isPending}>
          {t('exports.start')}
        </Button>
      </div>
    </form>
  );
}

interface ChoiceProps {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
}

function CameraChoice({
  cameras,
  draft,
  change,
  fault,
}: ChoiceProps & { cameras: readonly Camera[]; fault: string | undefined }) {
  const { t } = useTranslation();
  const toggle = (id: string) =>
    change({
      cameras: draft.cameras.includes(id)
        ? draft.cameras.filter((one) => one !== id)
        : [...draft.cameras, id],
    });
  return (
    <fieldset className="options" aria-invalid={fault !== undefined}>
      <legend>{t('exports.cameras')}</legend>
      <div className="option-list">
        {cameras.map(({ id, name }, index) => (
          <label key={id}>
            <input
              type="checkbox"
              data-autofocus={index === 0 || undefined}
              checked={draft.cameras.includes(id)}
              onChange={() => toggle(id)}
            />
            {name}
          </label>
        ))}
      </div>
      {fault && <p className="fault">{fault}</p>}
    </fieldset>
  );
}

function FormChoice({ draft, change }: ChoiceProps) {
  const { t } = useTranslation();
  return (
    <fieldset className="options">
      <legend>{t('exports.as')}</legend>
      {(['mp4', 'bundle'] as const).map((form) => (
        <label key={form} className="wide">
          <input
            type="radio"
            name="form"
            checked={draft.form === form}
            onChange={() => change({ form })}
          />
          <span>
            {t(`exports.${form}`)}
            <small>{t(`exports.${form}About`)}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
