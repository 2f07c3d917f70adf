// SPDX-License-Identifier: Apache-2.0
// Layouts live on the server: everybody who uses the site has the same ones.
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { api } from '../api/client';
import { queryClient } from '../api/queries';
import type { Layout } from '../api/types';

const layoutsKey = ['layouts'] as const;

export function useLayouts(): readonly Layout[] | undefined {
  const { data } = useQuery({
    queryKey: layoutsKey,
    queryFn: ({ signal }) => api.layouts(signal),
    refetchInterval: 15_000,
    placeholderData: keepPreviousData,
  });
  return data?.kind === 'ok' ? data.value : undefined;
}

const refresh = () => queryClient.invalidateQueries({ queryKey: layoutsKey });

export const usePutLayout = () =>
  useMutation({ mutationFn: (layout: Layout) => api.putLayout(layout), onSuccess: refresh });

export const useRemoveLayout = () =>
  useMutation({ mutationFn: (id: string) => api.removeLayout(id), onSuccess: refresh });
