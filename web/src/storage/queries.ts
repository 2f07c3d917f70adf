// SPDX-License-Identifier: Apache-2.0
// What the recorder says of its disks. A refusal is an answer with words in it, not an exception.
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { api, type Answer } from '../api/client';
import { queryClient } from '../api/queries';
import type { NewHold, Storage, StoragePlan, VolumeLimits } from '../api/types';

const storageKey = ['storage'] as const;

export function useStorage(): Answer<Storage> | undefined {
  const { data } = useQuery({
    queryKey: storageKey,
    queryFn: ({ signal }) => api.storage(signal),
    refetchInterval: 4000,
    placeholderData: keepPreviousData,
  });
  return data;
}

export function usePlan(aheadUs: number): Answer<StoragePlan> | undefined {
  const { data } = useQuery({
    queryKey: [...storageKey, 'plan', aheadUs],
    queryFn: ({ signal }) => api.storagePlan({ aheadUs }, signal),
    placeholderData: keepPreviousData,
  });
  return data;
}

/** What these limits would delete at once; nothing until exactly these have been asked about. */
export function useLimitsPlan(
  limits: Required<VolumeLimits> | undefined,
): Answer<StoragePlan> | undefined {
  const { data } = useQuery({
    queryKey: [...storageKey, 'limits', limits],
    queryFn: ({ signal }) => (limits ? api.storagePlan({ limits }, signal) : undefined),
    enabled: limits !== undefined,
  });
  return data;
}

export const usePutVolume = () =>
  useMutation({ mutationFn: (limits: VolumeLimits) => api.putVolume(limits), onSuccess: changed });

export const useRemoveVolume = () =>
  useMutation({ mutationFn: (path: string) => api.removeVolume(path), onSuccess: changed });

const changed = (answer: Answer<unknown>) => {
  if (answer.kind === 'ok') void queryClient.invalidateQueries({ queryKey: storageKey });
};

export const usePlaceHold = () =>
  useMutation({ mutationFn: (hold: NewHold) => api.placeHold(hold), onSuccess: changed });

export const useLiftHold = (id: string) =>
  useMutation({ mutationFn: () => api.liftHold(id), onSuccess: changed });
