// SPDX-License-Identifier: Apache-2.0
// A value that changes outside React and that components may follow.
import { useSyncExternalStore } from 'react';

export class Store<T> {
  private listeners = new Set<() => void>();

  constructor(private value: T) {}

  get = (): T => this.value;

  set(value: T): void {
    if (Object.is(value, this.value)) return;
    this.value = value;
    for (const listener of this.listeners) listener();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };
}

export const useStore = <T>(store: Store<T>): T =>
  useSyncExternalStore(store.subscribe, store.get, store.get);

/** Only what a component needs of a value: it is not rendered again for the rest. */
export const useStorePart = <T, Part extends string | number | boolean>(
  store: Store<T>,
  part: (value: T) => Part,
): Part => {
  const get = () => part(store.get());
  return useSyncExternalStore(store.subscribe, get, get);
};
