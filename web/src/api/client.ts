// SPDX-License-Identifier: Apache-2.0
// Every request ends in one of three ways, and the type says so: an answer, a refusal in the server's
// own words, or no server at all.
import { wall, type WallUs } from '../time/wall';
import type { paths } from './schema';
import { unmeasured } from './types';
import type {
  Camera,
  CamerasHealth,
  CameraPatch,
  Discovery,
  Export,
  Fsck,
  Hold,
  Lane,
  Lanes,
  Layout,
  NewCamera,
  NewExport,
  NewHold,
  Offer,
  Probe,
  Problem,
  Status,
  Storage,
  StoragePlan,
  VolumeLimits,
} from './types';

export type Answer<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | {
      readonly kind: 'refused';
      readonly status: number;
      readonly code: string;
      readonly detail: string;
      /** The member of the request that the refusal is about, where it is about one. */
      readonly field: Problem['field'];
    }
  | { readonly kind: 'unreachable' };

type Path =
  | keyof paths
  | `/api/v1/cameras/${string}`
  | `/api/v1/exports/${string}`
  | `/api/v1/holds/${string}`
  | `/api/v1/layouts/${string}`
  | `/api/v1/storage/plan?${string}`
  | `/api/v1/timeline?${string}`
  | `/api/v1/volumes?path=${string}`;

async function request<T>(
  method: string,
  path: Path,
  options: { body?: unknown; signal?: AbortSignal } = {},
): Promise<Answer<T>> {
  const init: RequestInit = { method, ...(options.signal ? { signal: options.signal } : {}) };
  if (options.body !== undefined) {
    init.body = JSON.stringify(options.body);
    init.headers = { 'Content-Type': 'application/json' };
  }
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (options.signal?.aborted) throw error;
    return { kind: 'unreachable' };
  }
  if (response.ok) {
    const value = response.status === 204 ? undefined : ((await response.json()) as unknown);
    return { kind: 'ok', value: value as T };
  }
  const problem = (await response.json().catch(() => ({}))) as Partial<Problem>;
  // A proxy in front of a recorder that is gone answers without a problem document.
  if (problem.detail === undefined && response.status >= 502) return { kind: 'unreachable' };
  return {
    kind: 'refused',
    status: response.status,
    code: problem.code ?? 'unknown',
    detail: problem.detail ?? problem.title ?? response.statusText,
    field: problem.field,
  };
}

/** What would be deleted: after a time, or at once were these the limits of a volume. */
export type PlanQuestion =
  { readonly aheadUs: number } | { readonly limits: Required<VolumeLimits> };

function planQuery(question: PlanQuestion): string {
  if ('aheadUs' in question) return `ahead_us=${question.aheadUs}`;
  const { path, quota_bytes, reserve_bytes } = question.limits;
  const search = new URLSearchParams({ volume: path });
  if (quota_bytes !== null) search.set('quota_bytes', String(quota_bytes));
  if (reserve_bytes !== null) search.set('reserve_bytes', String(reserve_bytes));
  return search.toString();
}

const cameraPath = (id: string) => `/api/v1/cameras/${encodeURIComponent(id)}` as const;

export const api = {
  cameras: (signal?: AbortSignal) =>
    request<Camera[]>('GET', '/api/v1/cameras', signal ? { signal } : {}),
  addCamera: (camera: NewCamera) => request<Camera>('POST', '/api/v1/cameras', { body: camera }),
  changeCamera: (id: string, patch: CameraPatch) =>
    request<Camera>('PATCH', cameraPath(id), { body: patch }),
  confirmDevice: (id: string) => request<Camera>('POST', `${cameraPath(id)}/device`),
  removeCamera: (id: string) => request<undefined>('DELETE', cameraPath(id)),
  discover: (signal?: AbortSignal) =>
    request<Discovery>('POST', '/api/v1/discovery', { body: {}, ...(signal ? { signal } : {}) }),
  probe: (probe: Probe, signal?: AbortSignal) =>
    request<Offer>('POST', '/api/v1/probe', { body: probe, ...(signal ? { signal } : {}) }),
  status: () => request<Status>('GET', '/api/v1/status'),
  health: (signal?: AbortSignal) =>
    request<CamerasHealth>('GET', '/api/v1/health', signal ? { signal } : {}),
  storage: (signal?: AbortSignal) =>
    request<Storage>('GET', '/api/v1/storage', signal ? { signal } : {}),
  storagePlan: (question: PlanQuestion, signal?: AbortSignal) =>
    request<StoragePlan>(
      'GET',
      `/api/v1/storage/plan?${planQuery(question)}`,
      signal ? { signal } : {},
    ),
  putVolume: (limits: VolumeLimits) =>
    request<VolumeLimits>('PUT', '/api/v1/volumes', { body: limits }),
  removeVolume: (path: string) =>
    request<undefined>('DELETE', `/api/v1/volumes?path=${encodeURIComponent(path)}`),
  placeHold: (hold: NewHold) => request<Hold>('POST', '/api/v1/holds', { body: hold }),
  liftHold: (id: string) => request<undefined>('DELETE', `/api/v1/holds/${encodeURIComponent(id)}`),
  exports: (signal?: AbortSignal) =>
    request<Export[]>('GET', '/api/v1/exports', signal ? { signal } : {}),
  addExport: (wanted: NewExport) => request<Export>('POST', '/api/v1/exports', { body: wanted }),
  removeExport: (id: string) =>
    request<undefined>('DELETE', `/api/v1/exports/${encodeURIComponent(id)}`),
  fsck: (signal?: AbortSignal) => request<Fsck>('GET', '/api/v1/fsck', signal ? { signal } : {}),
  cancelFsck: () => request<undefined>('DELETE', '/api/v1/fsck'),
  layouts: (signal?: AbortSignal) =>
    request<Layout[]>('GET', '/api/v1/layouts', signal ? { signal } : {}),
  putLayout: ({ id, ...layout }: Layout) =>
    request<Layout>('PUT', `/api/v1/layouts/${encodeURIComponent(id)}`, { body: layout }),
  removeLayout: (id: string) =>
    request<undefined>('DELETE', `/api/v1/layouts/${encodeURIComponent(id)}`),
  timeline: async (query: TimelineQuery, signal?: AbortSignal): Promise<Answer<Lanes>> => {
    const search = new URLSearchParams(query.cameras.map((id) => ['camera', id]));
    search.set('from_us', String(query.from));
    search.set('to_us', String(query.to));
    search.set('buckets', String(query.buckets));
    const answer = await request<WireTimeline>('GET', `/api/v1/timeline?${search.toString()}`, {
      ...(signal ? { signal } : {}),
    });
    return answer.kind === 'ok' ? { kind: 'ok', value: toLanes(answer.value) } : answer;
  },
};

export interface TimelineQuery {
  readonly cameras: readonly string[];
  readonly from: WallUs;
  readonly to: WallUs;
  readonly buckets: number;
}

type WireTimeline =
  paths['/api/v1/timeline']['get']['responses']['200']['content']['application/json'];

type Amounts = WireTimeline['cameras'][number]['activity'][string];

/** Nobody wanted a recording: it lies in its lane where a gap would, and is told apart by its cause. */
export const notScheduled = 'not_scheduled';

const toPause = ({ start_us, end_us }: { start_us: number; end_us: number }) => ({
  from: wall(start_us),
  to: wall(end_us),
  open: false,
  cause: notScheduled,
  detail: '',
  count: 1,
  missingUs: end_us - start_us,
});

export function toLanes(timeline: WireTimeline): Lanes {
  const lanes = new Map<string, Lane>();
  const range = { from: wall(timeline.from_us), to: wall(timeline.to_us) };
  for (const { camera, spans, gaps, unscheduled, activity } of timeline.cameras) {
    const { motion, motion_mean: mean } = activity;
    const amounts = (values: Amounts) => Uint8Array.from(values, (value) => value ?? unmeasured);
    lanes.set(camera, {
      spans: spans
        .filter((span) => span.stream === 'main')
        .map((span) => ({ from: wall(span.start_us), to: wall(span.end_us) })),
      gaps: [
        ...gaps
          .filter((gap) => gap.stream === 'main')
          .map(({ start_us, end_us, open, cause, detail, count, missing_us }) => ({
            from: wall(start_us),
            to: wall(end_us),
            open,
            cause,
            detail,
            count: count ?? 1,
            missingUs: missing_us ?? end_us - start_us,
          })),
        ...unscheduled.filter(({ stream }) => stream === 'main').map(toPause),
      ],
      activity: motion
        ? [{ ...range, motion: amounts(motion), ...(mean ? { mean: amounts(mean) } : {}) }]
        : [],
    });
  }
  return lanes;
}
