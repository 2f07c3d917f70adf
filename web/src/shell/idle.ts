// SPDX-License-Identifier: Apache-2.0
// What no picture may wait for.

/** Calls once the page has nothing more urgent to do, `restMs` from now at the earliest. */
export function whenIdle(act: () => void, restMs = 0): () => void {
  let idle: number | undefined;
  // Safari has no idle time to ask for.
  const soon = () => {
    if ('requestIdleCallback' in window) idle = requestIdleCallback(act, { timeout: 2000 });
    else act();
  };
  const timer = setTimeout(soon, restMs);
  return () => {
    clearTimeout(timer);
    if (idle !== undefined) cancelIdleCallback(idle);
  };
}
