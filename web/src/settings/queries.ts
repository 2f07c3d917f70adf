// SPDX-License-Identifier: Apache-2.0
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, type Answer } from '../api/client';
import type { CamerasHealth, Status } from '../api/types';

export function useStatus(): Answer<Status> | undefined {
  const { data } = useQuery({
    queryKey: ['status'],
    queryFn: () => api.status(),
    refetchInterval: 4000,
    placeholderData: keepPreviousData,
  });
  return data;
}

export function useHealth(): Answer<CamerasHealth> | undefined {
  const { data } = useQuery({
    queryKey: ['health'],
    queryFn: ({ signal }) => api.health(signal),
    refetchInterval: 3000,
    placeholderData: keepPreviousData,
  });
  return data;
}
