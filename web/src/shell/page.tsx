// SPDX-License-Identifier: Apache-2.0
// What every part of the page may need: the engine, the view of the timeline, the URL.
import { useRouter, useSearch } from '@tanstack/react-router';
import { createContext, useCallback, useContext, useEffect } from 'react';
import type { Engine } from '../engine/engine';
import type { Store } from '../engine/store';
import type { Lanes } from '../api/types';
import type { Range, WallUs } from '../time/wall';
import type { Search } from './search';

export interface Marks {
  readonly from?: WallUs | undefined;
  readonly to?: WallUs | undefined;
}

/** Things that open over the page and are not worth a URL. */
export type Overlay =
  | 'none'
  | 'palette'
  | 'keys'
  | 'goto'
  | 'remove'
  | 'tray'
  | 'new-layout'
  | 'edit-layout'
  | 'remove-layout';

export interface Page {
  readonly engine: Engine;
  readonly view: Store<Range>;
  readonly lanes: Store<Lanes>;
  readonly marks: Store<Marks>;
  readonly overlay: Store<Overlay>;
  /** Whether the view moves along with the playhead. */
  readonly following: Store<boolean>;
}

export const PageContext = createContext<Page | undefined>(undefined);

export function usePage(): Page {
  const page = useContext(PageContext);
  if (!page) throw new Error('outside of the page');
  return page;
}

export const useUrl = (): Search => useSearch({ strict: false });

/** The URL for another page: time, camera and layout stay, what was open over the page does not. */
export const keep = (before: Search): Search => ({ ...before, panel: undefined });

interface UrlOptions {
  /** A new entry in the history, so that "back" undoes it. */
  readonly push?: boolean;
  /** Where to; the page that is shown stays without. */
  readonly page?: '/';
}

/** Changes part of the URL without a new entry in the history, unless asked for one. */
export function useSetUrl(): (change: Search, options?: UrlOptions) => void {
  const router = useRouter();
  return useCallback(
    (change, { push = false, page } = {}) => {
      const here = router.latestLocation.pathname;
      void router.navigate({
        to: page ?? (here as '/'),
        search: (before: Search) => ({ ...before, ...change }),
        replace: !push && (page === undefined || page === here),
      });
    },
    [router],
  );
}

export function useTitle(name: string | undefined): void {
  useEffect(() => {
    document.title = name === undefined ? 'Vedette' : `${name} · Vedette`;
  }, [name]);
}
