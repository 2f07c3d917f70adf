// SPDX-License-Identifier: Apache-2.0
// Any moment has a URL: the playhead goes into it when it comes to rest, and every few seconds while it
// runs; a URL with a moment moves the playhead there.
import { useEffect, useRef } from 'react';
import { fromUrlTime, toUrlTime } from '../time/parse';
import { OwnMoments } from './own-moments';
import { usePage, useSetUrl, useUrl } from './page';

const writeEveryMs = 5000;
/** A drag passes many moments; the one it ends on is written. */
const restMs = 250;

export function useUrlClock(): void {
  const { engine, view } = usePage();
  const { t, span } = useUrl();
  const setUrl = useSetUrl();
  const own = useRef(new OwnMoments());

  useEffect(() => {
    if (!own.current.isForeign(t)) return;
    const at = t === undefined ? undefined : fromUrlTime(t);
    if (at !== undefined) engine.showAt(at);
    else if (!engine.isLive) engine.goLive();
  }, [t, engine]);

  useEffect(() => {
    const write = () => {
      const next = engine.isLive ? undefined : toUrlTime(engine.position());
      const seconds = Math.round((view.get().to - view.get().from) / 1e5) / 10;
      if (next === own.current.last && seconds === (span ?? 3600)) return;
      if (next !== own.current.last) own.current.write(next);
      setUrl({ t: next, span: seconds === 3600 ? undefined : seconds });
    };
    let rest: number | undefined;
    const soon = () => {
      clearTimeout(rest);
      rest = window.setTimeout(write, restMs);
    };
    const forget = engine.clock.subscribe(soon);
    const timer = setInterval(write, writeEveryMs);
    return () => {
      forget();
      clearTimeout(rest);
      clearInterval(timer);
    };
  }, [engine, view, setUrl, span]);
}
