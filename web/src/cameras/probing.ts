// SPDX-License-Identifier: Apache-2.0
// Asks cameras through the recorder, two at a time, as it takes no more.
import { api, type Answer } from '../api/client';
import type { Discovery, Offer, Probe } from '../api/types';
import type { Fault } from './finds';

const atOnce = 2;
const patience = 12;

let underWay = 0;
const waiting: (() => void)[] = [];

async function inTurn<T>(run: () => Promise<T>): Promise<T> {
  if (underWay >= atOnce) await new Promise<void>((go) => waiting.push(go));
  underWay += 1;
  try {
    return await run();
  } finally {
    underWay -= 1;
    waiting.shift()?.();
  }
}

/** Another page may be asking too: waits until the recorder takes the question. */
async function whenFree<T>(ask: () => Promise<Answer<T>>): Promise<Answer<T>> {
  for (let tries = 0; ; tries += 1) {
    const answer = await inTurn(ask);
    if (answer.kind !== 'refused' || answer.code !== 'busy' || tries === patience) return answer;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

export const probe = (question: Probe): Promise<Answer<Offer>> =>
  whenFree(() => api.probe(question));

export const discover = (): Promise<Answer<Discovery>> => whenFree(() => api.discover());

export function faultOf(answer: Answer<unknown>, hadLogin: boolean): Fault {
  if (answer.kind !== 'refused') return { code: 'offline', detail: '' };
  const unasked = answer.code === 'wrong_password' && !hadLogin;
  return { code: unasked ? 'login_needed' : answer.code, detail: answer.detail };
}
