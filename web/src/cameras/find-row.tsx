// SPDX-License-Identifier: Apache-2.0
// One camera that may be added: its picture, what it is called, and what is wrong with it.
import { Button, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { useCameras } from '../api/queries';
import { localeOf } from '../i18n';
import { formatLength } from '../time/format';
import { faultWords } from './fault-words';
import type { Find } from './finds';
import { LoginFields } from './find-step';
import type { Finds } from './use-finds';

export function FindRow({ find, finds }: { find: Find; finds: Finds }) {
  const { t } = useTranslation();
  const { cameras } = useCameras();
  const added = find.camera;
  const known = cameras?.find(({ id }) => id === added)?.name ?? added;
  const label = find.name === '' ? find.host : find.name;
  return (
    <li data-host={find.host} data-stage={added ? 'added' : find.stage}>
      <input
        type="checkbox"
        aria-label={t('wizard.find.choose', { name: label })}
        checked={find.chosen && added === undefined}
        disabled={added !== undefined}
        onChange={({ currentTarget }) => finds.change(find.key, { chosen: currentTarget.checked })}
      />
      <Picture find={find} label={label} />
      <div className="what">
        {added === undefined ? (
          <TextInput
            aria-label={t('wizard.find.name', { host: find.host })}
            value={find.name}
            placeholder={find.host}
            onChange={({ currentTarget }) => finds.change(find.key, { name: currentTarget.value })}
          />
        ) : (
          <strong>{label}</strong>
        )}
        <p className="hint">
          {find.host}
          {find.model !== '' && find.model !== label && ` · ${find.model}`}
        </p>
        {added !== undefined ? (
          <p className="hint">{t('wizard.find.added', { name: known })}</p>
        ) : (
          <Said find={find} finds={finds} />
        )}
      </div>
    </li>
  );
}

function Picture({ find, label }: { find: Find; label: string }) {
  const { t } = useTranslation();
  if (find.snapshot !== undefined) {
    return <img src={find.snapshot} alt={t('wizard.find.picture', { name: label })} />;
  }
  return (
    <div className="no-picture" aria-hidden="true">
      {find.stage === 'asking' ? t('wizard.find.asking') : t('wizard.find.noPicture')}
    </div>
  );
}

/** What it offers, or why not. */
function Said({ find, finds }: { find: Find; finds: Finds }) {
  const { t, i18n } = useTranslation();
  const main = find.offer?.streams.find(({ kind }) => kind === 'main');
  const sub = find.offer?.streams.find(({ kind }) => kind === 'sub');
  if (find.fault) {
    const locked = find.fault.code === 'wrong_password' || find.fault.code === 'login_needed';
    return (
      <>
        <p className={find.fault.code === 'login_needed' ? 'hint' : 'fault'} role="status">
          {faultWords(t, find.fault, find.host)}
        </p>
        {locked && <OwnLogin find={find} finds={finds} />}
      </>
    );
  }
  if (main === undefined) return null;
  const codec = main.codec === 'h265' ? 'H.265' : 'H.264';
  return (
    <p className="hint">
      {t('wizard.find.stream', { codec, width: main.width, height: main.height })}
      {sub && ` ${t('wizard.find.withSub', { width: sub.width, height: sub.height })}`}
      {find.clockUs !== undefined && (
        <span className="warning">
          {' · '}
          {t('wizard.find.clock', { length: formatLength(find.clockUs, localeOf(i18n.language)) })}
        </span>
      )}
    </p>
  );
}

/** For the one camera whose password is another. */
function OwnLogin({ find, finds }: { find: Find; finds: Finds }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [login, setLogin] = useState(find.login);
  if (!open) {
    return (
      <button type="button" className="plain" onClick={() => setOpen(true)}>
        {t('wizard.find.own')}
      </button>
    );
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void finds.ask(find, login);
  };
  return (
    <form className="login" onSubmit={submit}>
      <LoginFields login={login} setLogin={setLogin} />
      <Button type="submit" variant="default" disabled={login.user === ''}>
        {t('wizard.find.ownTry')}
      </Button>
    </form>
  );
}
