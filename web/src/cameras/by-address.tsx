// SPDX-License-Identifier: Apache-2.0
// A camera that did not answer by itself: its address is tried when typing stops, and what is wrong
// with it is said.
import { TextInput } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { checkAddress } from './address';
import { faultWords } from './fault-words';
import { LoginFields } from './find-step';
import { hostOf, isStream, type Fault, type Login } from './finds';
import type { Finds } from './use-finds';

/** Long enough that nobody is asked who is still being typed. */
const pauseMs = 900;
const host = /^(https?:\/\/)?([\w.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?(\/\S*)?$/i;

function isWhole(text: string): boolean {
  if (isStream(text)) return checkAddress(text) === undefined && hostOf(text).length > 2;
  // Half an IPv4 address is no address yet.
  return host.test(text) && (!/^[\d.]+$/.test(text) || /^\d+(\.\d+){3}$/.test(text));
}

type Outcome = 'none' | 'trying' | 'found' | 'known' | Fault;

interface Props {
  finds: Finds;
  login: Login;
  setLogin: (login: Login) => void;
  /** Nothing is listed: the password is asked for here. */
  alone: boolean;
}

export function ByAddress({ finds, login, setLogin, alone }: Props) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const outcome = useOutcome(text.trim(), login, finds);
  const started = text.trim() !== '';
  const bad = started && !isWhole(text.trim()) && text.trim().length > 11;
  const fault = typeof outcome === 'object' ? outcome : undefined;
  return (
    <section className="by-address">
      <h3>{t('wizard.by.title')}</h3>
      <TextInput
        label={t('wizard.by.label')}
        description={t('wizard.by.hint')}
        autoComplete="off"
        spellCheck={false}
        value={text}
        onChange={({ currentTarget }) => setText(currentTarget.value)}
        error={bad ? t('wizard.by.bad') : undefined}
      />
      {alone && started && (
        <div className="login">
          <LoginFields login={login} setLogin={setLogin} />
        </div>
      )}
      <p className={fault ? 'fault' : 'hint'} role="status">
        {fault && faultWords(t, fault, hostOf(text.trim()))}
        {outcome === 'trying' && t('wizard.by.trying')}
        {outcome === 'found' && t('wizard.by.found')}
        {outcome === 'known' && t('wizard.by.known')}
      </p>
    </section>
  );
}

function useOutcome(text: string, login: Login, finds: Finds): Outcome {
  const [outcome, setOutcome] = useState<Outcome>('none');
  const { tryTarget } = finds;
  const { user, password } = login;
  useEffect(() => {
    setOutcome('none');
    if (!isWhole(text)) return;
    let current = true;
    const timer = setTimeout(() => {
      setOutcome('trying');
      void tryTarget(text, { user, password }).then((found) => {
        if (current) setOutcome(found);
      });
    }, pauseMs);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [text, user, password, tryTarget]);
  return outcome;
}
