// SPDX-License-Identifier: Apache-2.0
// The list of the wizard: searching, signing in, trying by address.
import { useCallback, useEffect, useRef, useState } from 'react';
import { splitAddress } from './address';
import { discover, faultOf, probe } from './probing';
import {
  fromDiscovery,
  hostOf,
  isStream,
  merge,
  noLogin,
  unlisted,
  withLogin,
  withOffer,
  type Fault,
  type Find,
  type Login,
} from './finds';

export type Search = 'looking' | 'done' | 'failed';

export interface Finds {
  readonly list: readonly Find[];
  readonly search: Search;
  /** False when nothing but this machine could be asked. */
  readonly network: boolean;
  readonly look: () => void;
  readonly change: (key: string, change: Partial<Find>) => void;
  /** Asks one of them what it offers. */
  readonly ask: (find: Find, login: Login) => Promise<void>;
  /** Tries an address that a person gave, and lists what is there. */
  readonly tryTarget: (target: string, login: Login) => Promise<Fault | 'found' | 'known'>;
}

export function useFinds(): Finds {
  const [list, setList] = useState<readonly Find[]>([]);
  const [search, setSearch] = useState<Search>('looking');
  const [network, setNetwork] = useState(true);
  const seen = useRef(new Set<string>());
  const listed = useRef(list);
  useEffect(() => {
    listed.current = list;
  }, [list]);

  const change = useCallback((key: string, changed: Partial<Find>) => {
    setList((now) => now.map((find) => (find.key === key ? { ...find, ...changed } : find)));
  }, []);
  const replace = useCallback((key: string, by: readonly Find[]) => {
    setList((now) => now.flatMap((find) => (find.key === key ? by : [find])));
  }, []);

  /** The first picture, which proves that the stream can be recorded. */
  const fetchPicture = useCallback(
    async (find: Find) => {
      const url = find.offer?.streams.find(({ kind }) => kind === 'main')?.url;
      if (url === undefined || find.camera !== undefined) return;
      const answer = await probe({ url: withLogin(url, find.login) });
      if (answer.kind === 'ok')
        change(find.key, { snapshot: answer.value.cameras[0]?.snapshot ?? undefined });
      else change(find.key, { stage: 'failed', fault: faultOf(answer, find.login.user !== '') });
    },
    [change],
  );

  const ask = useCallback(
    async (find: Find, login: Login) => {
      change(find.key, { stage: 'asking', fault: undefined });
      const stream = isStream(find.target);
      const answer = await probe(
        stream ? { url: withLogin(find.target, login) } : { address: find.target, ...login },
      );
      if (answer.kind !== 'ok') {
        change(find.key, { stage: 'failed', login, fault: faultOf(answer, login.user !== '') });
        return;
      }
      const cameras = withOffer(find, answer.value, login);
      replace(find.key, cameras);
      if (!stream) await Promise.all(cameras.map(fetchPicture));
    },
    [change, replace, fetchPicture],
  );

  const look = useCallback(() => {
    setSearch('looking');
    void discover().then((answer) => {
      setSearch(answer.kind === 'ok' ? 'done' : 'failed');
      if (answer.kind !== 'ok') return;
      setNetwork(answer.value.network);
      const found = fromDiscovery(answer.value).filter(({ target }) => !seen.current.has(target));
      for (const { target } of found) seen.current.add(target);
      setList((now) => merge(now, found));
      // Cameras without a password show themselves at once; the others say that they want one.
      for (const find of found) if (find.camera === undefined) void ask(find, noLogin);
    });
  }, [ask]);

  const tryTarget = useCallback(
    async (target: string, shared: Login) => {
      const stream = isStream(target);
      // What stands in the address itself is meant for this camera.
      const { url, user, password } = splitAddress(target);
      const own = stream && user !== '';
      const login = own ? { user, password } : shared;
      const answer = await probe(
        stream ? { url: withLogin(url, login) } : { address: target, ...login },
      );
      if (answer.kind !== 'ok') return faultOf(answer, login.user !== '');
      const find: Find = {
        key: url,
        host: hostOf(target),
        target: stream ? url : target,
        name: stream ? hostOf(target) : '',
        model: '',
        chosen: true,
        stage: 'ready',
        login,
      };
      const cameras = unlisted(withOffer(find, answer.value, login), listed.current);
      if (cameras.length === 0) return 'known';
      setList((now) => merge(now, cameras));
      if (!stream) void Promise.all(cameras.map(fetchPicture));
      return 'found';
    },
    [fetchPicture],
  );

  const begun = useRef(false);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    look();
  }, [look]);

  return { list, search, network, look, change, ask, tryTarget };
}
