// SPDX-License-Identifier: Apache-2.0
// Exports and checks of the archive: the long work of the recorder. Asked for often while something
// runs, seldom otherwise.
import { useMutation, useQuery } from '@tanstack/react-query';
import { api, type Answer } from '../api/client';
import { queryClient } from '../api/queries';
import type { Export, Fsck, NewExport } from '../api/types';
import { notice, type Seen } from './progress';

const exportsKey = ['exports'] as const;
const fsckKey = ['fsck'] as const;
const busyMs = 700;
const idleMs = 10_000;

export const isActive = ({ state }: Export): boolean => state === 'queued' || state === 'running';

/** When each running export was first seen, and how far it was: its rate follows from that. */
const seen = new Map<string, Seen>();

async function fetchExports(signal: AbortSignal): Promise<Answer<Export[]>> {
  const answer = await api.exports(signal);
  if (answer.kind === 'ok') notice(seen, answer.value, performance.now());
  return answer;
}

export function useExports() {
  const { data } = useQuery({
    queryKey: exportsKey,
    queryFn: ({ signal }) => fetchExports(signal),
    refetchInterval: ({ state: { data: last } }) =>
      last?.kind === 'ok' && last.value.some(isActive) ? busyMs : idleMs,
  });
  return { answer: data, jobs: data?.kind === 'ok' ? data.value : [], seen };
}

export function useFsck(): Fsck | undefined {
  const { data } = useQuery({
    queryKey: fsckKey,
    queryFn: ({ signal }) => api.fsck(signal),
    refetchInterval: ({ state: { data: last } }) =>
      last?.kind === 'ok' && last.value.running ? busyMs : idleMs,
  });
  return data?.kind === 'ok' ? data.value : undefined;
}

const refresh = () => queryClient.invalidateQueries({ queryKey: exportsKey });

export const useAddExport = () =>
  useMutation({ mutationFn: (wanted: NewExport) => api.addExport(wanted), onSettled: refresh });

export const useRemoveExport = () =>
  useMutation({ mutationFn: (id: string) => api.removeExport(id), onSettled: refresh });

export const useCancelFsck = () =>
  useMutation({
    mutationFn: () => api.cancelFsck(),
    onSettled: () => queryClient.invalidateQueries({ queryKey: fsckKey }),
  });
