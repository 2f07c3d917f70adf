// SPDX-License-Identifier: Apache-2.0
// "3 cameras found — add them?"
import { Button, PasswordInput, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { ByAddress } from './by-address';
import { FindRow } from './find-row';
import { isAddable, noLogin, type Login } from './finds';
import type { Finds } from './use-finds';

interface Props {
  finds: Finds;
  next: () => void;
  skip: () => void;
}

export function FindStep({ finds, next, skip }: Props) {
  const { t } = useTranslation();
  const [login, setLogin] = useState<Login>(noLogin);
  const { list, search } = finds;
  const count = list.filter(isAddable).length;
  const locked = list.some(
    ({ stage, camera, chosen }) => chosen && camera === undefined && stage === 'failed',
  );
  return (
    <>
      <h2 aria-live="polite" tabIndex={-1} data-autofocus>
        <Headline finds={finds} />
      </h2>
      {search === 'looking' && <div className="looking" role="presentation" />}
      {search === 'done' && list.length === 0 && finds.network && (
        <p className="hint">{t('wizard.find.noneBody')}</p>
      )}
      {search === 'done' && list.length === 0 && !finds.network && (
        <p className="notice" role="note">
          {t('wizard.find.noNetwork')}
        </p>
      )}
      {list.length > 0 && (
        <>
          <SignIn finds={finds} login={login} setLogin={setLogin} />
          <ul className="finds">
            {list.map((find) => (
              <FindRow key={find.key} find={find} finds={finds} />
            ))}
          </ul>
          {search === 'done' && !finds.network && (
            <p className="hint">{t('wizard.find.noNetwork')}</p>
          )}
        </>
      )}
      <ByAddress finds={finds} login={login} setLogin={setLogin} alone={list.length === 0} />
      <div className="actions">
        <Button onClick={next} disabled={count === 0}>
          {count === 0 ? t('wizard.find.addNone') : t('wizard.find.add', { count })}
        </Button>
        {search !== 'looking' && (
          <Button variant="default" onClick={finds.look}>
            {t('wizard.find.again')}
          </Button>
        )}
        <Button variant="subtle" color="gray" className="skip-step" onClick={skip}>
          {t('wizard.skip')}
        </Button>
      </div>
      {count === 0 && locked && <p className="hint">{t('wizard.find.pending')}</p>}
    </>
  );
}

function Headline({ finds: { search, list } }: { finds: Finds }) {
  const { t } = useTranslation();
  const count = list.filter(({ camera }) => camera === undefined).length;
  if (search === 'looking' && list.length === 0) return t('wizard.find.looking');
  if (search === 'failed') return t('wizard.find.failed');
  return count > 0 ? t('wizard.find.found', { count }) : t('wizard.find.none');
}

interface LoginProps {
  finds: Finds;
  login: Login;
  setLogin: (login: Login) => void;
}

/** One password for all that have not shown themselves yet. */
function SignIn({ finds, login, setLogin }: LoginProps) {
  const { t } = useTranslation();
  const wanting = finds.list.filter(
    ({ stage, camera }) => stage !== 'ready' && stage !== 'asking' && camera === undefined,
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    for (const find of wanting) void finds.ask(find, login);
  };
  return (
    <form className="sign-in" onSubmit={submit}>
      <p>{t('wizard.find.login')}</p>
      <div className="login">
        <LoginFields login={login} setLogin={setLogin} />
        <Button
          type="submit"
          variant="default"
          disabled={wanting.length === 0 || login.user === ''}
        >
          {t('wizard.find.signIn')}
        </Button>
      </div>
      <p className="hint">{t('wizard.find.loginHint')}</p>
    </form>
  );
}

export function LoginFields({ login, setLogin }: Omit<LoginProps, 'finds'>) {
  const { t } = useTranslation();
  return (
    <>
      <TextInput
        aria-label={t('wizard.find.user')}
        placeholder={t('wizard.find.user')}
        autoComplete="off"
        spellCheck={false}
        value={login.user}
        onChange={({ currentTarget }) => setLogin({ ...login, user: currentTarget.value })}
      />
      <PasswordInput
        aria-label={t('wizard.find.password')}
        placeholder={t('wizard.find.password')}
        autoComplete="new-password"
        value={login.password}
        onChange={({ currentTarget }) => setLogin({ ...login, password: currentTarget.value })}
      />
    </>
  );
}
