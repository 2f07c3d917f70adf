// SPDX-License-Identifier: Apache-2.0
// From nothing to cameras that record, in three steps: which, for how long, and the proof.
import { Modal } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCameras } from '../api/queries';
import { useCloseButton } from '../shell/close-button';
import { useSetUrl } from '../shell/page';
import { estimatePerDay, isAddable } from './finds';
import { FindStep } from './find-step';
import { KeepStep } from './keep-step';
import { ProofStep } from './proof-step';
import { useFinds } from './use-finds';
import { openedItself, rememberSkipped } from './skipped';
import './wizard.css';

type Step = 'find' | 'keep' | 'proof';
const steps: readonly Step[] = ['find', 'keep', 'proof'];

export default function Wizard({ opened }: { opened: boolean }) {
  const { t } = useTranslation();
  const setUrl = useSetUrl();
  const phone = useMediaQuery('(max-width: 640px)') ?? false;
  const close = () => {
    openedItself.set(false);
    rememberSkipped();
    setUrl({ panel: undefined });
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={t('wizard.title')}
      size={760}
      fullScreen={phone}
      closeOnClickOutside={false}
      overlayProps={{ opacity: 0.6 }}
      transitionProps={{ duration: 100 }}
      returnFocus={false}
      closeButtonProps={useCloseButton(t('wizard.skip'))}
    >
      {opened && <Steps skip={close} />}
    </Modal>
  );
}

function Steps({ skip }: { skip: () => void }) {
  const { t } = useTranslation();
  const setUrl = useSetUrl();
  const [step, setStep] = useState<Step>('find');
  const [ids, setIds] = useState<readonly string[]>([]);
  const finds = useFinds();
  const top = useFocusOnStep(step);
  const touched = useLeaveToCameras(step);
  const done = () => setUrl({ panel: undefined, cam: ids[0], fill: undefined }, { page: '/' });
  return (
    <div className="wizard" ref={top} onInput={touched} onPointerDown={touched}>
      <p className="step">{t('wizard.steps', { at: steps.indexOf(step) + 1 })}</p>
      {step === 'find' && <FindStep finds={finds} next={() => setStep('keep')} skip={skip} />}
      {step === 'keep' && (
        <KeepStep
          finds={finds.list.filter(isAddable)}
          back={() => setStep('find')}
          next={(added) => {
            setIds(added);
            setStep('proof');
          }}
        />
      )}
      {step === 'proof' && (
        <ProofStep ids={ids} estimate={estimatePerDay(finds.list.filter(isAddable))} done={done} />
      )}
    </div>
  );
}

/**
 * It opened by itself because there was no camera. Where cameras come from elsewhere, as those of the demo
 * do, it makes way for them, unless somebody has begun to use it.
 */
function useLeaveToCameras(step: Step): () => void {
  const setUrl = useSetUrl();
  const { cameras = [] } = useCameras();
  const used = useRef(false);
  useEffect(() => () => openedItself.set(false), []);
  useEffect(() => {
    if (cameras.length === 0 || step !== 'find' || used.current || !openedItself.get()) return;
    openedItself.set(false);
    setUrl({ panel: undefined });
  }, [cameras, step, setUrl]);
  return () => {
    used.current = true;
  };
}

/** What was pressed is gone with its step: the next one begins at its question. */
function useFocusOnStep(step: Step) {
  const top = useRef<HTMLDivElement>(null);
  const shown = useRef(step);
  useEffect(() => {
    if (shown.current === step) return;
    shown.current = step;
    top.current?.querySelector('h2')?.focus();
  }, [step]);
  return top;
}
