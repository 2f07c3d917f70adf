// SPDX-License-Identifier: Apache-2.0
// Server state through TanStack Query. A refusal is an answer with words in it, not an exception.
import {
  keepPreviousData,
  QueryClient,
  queryOptions,
  useMutation,
  useQuery,
} from '@tanstack/react-query';
import { api, type Answer } from './client';
import type { Camera, CameraPatch, NewCamera } from './types';

export const queryClient = new QueryClient({
  defaultOptions: { queries: { retry: false, refetchOnWindowFocus: true } },
});

const camerasKey = ['cameras'] as const;

const camerasQuery = queryOptions({
  queryKey: camerasKey,
  queryFn: async ({ signal }): Promise<KnownCameras> => {
    const answer = await api.cameras(signal);
    // While the recorder is away the cameras stay on screen as they were last known.
    const known = queryClient.getQueryData<KnownCameras>(camerasKey)?.cameras;
    return answer.kind === 'ok'
      ? { cameras: answer.value, reachable: true }
      : { cameras: known, reachable: false };
  },
  // What was asked before the page was rendered is not asked again with it.
  staleTime: 1000,
});

interface KnownCameras {
  readonly cameras: readonly Camera[] | undefined;
  readonly reachable: boolean;
}

/** Asks before there is a page, so that its first sight has the pictures in it. Never fails. */
export const askCameras = (): Promise<void> => queryClient.prefetchQuery(camerasQuery);

/** Cameras and their states. Polled: states change seldom, and the pictures themselves are pushed. */
export function useCameras(): KnownCameras {
  const { data } = useQuery({
    ...camerasQuery,
    refetchInterval: 2000,
    placeholderData: keepPreviousData,
  });
  return { cameras: data?.cameras, reachable: data?.reachable ?? true };
}

const changed = (answer: Answer<unknown>) => {
  if (answer.kind === 'ok') void queryClient.invalidateQueries({ queryKey: camerasKey });
};

export const useAddCamera = () =>
  useMutation({ mutationFn: (camera: NewCamera) => api.addCamera(camera), onSuccess: changed });

export const useChangeCamera = (id: string) =>
  useMutation({
    mutationFn: (patch: CameraPatch) => api.changeCamera(id, patch),
    onSuccess: changed,
  });

export const useConfirmDevice = (id: string) =>
  useMutation({ mutationFn: () => api.confirmDevice(id), onSuccess: changed });

export const useRemoveCamera = (id: string) =>
  useMutation({ mutationFn: () => api.removeCamera(id), onSuccess: changed });
