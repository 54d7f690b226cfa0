import { keepPreviousData, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, answer, type HistoryEvent, type Vip } from './client';
import type { operations } from './schema.gen';

export type VipFilter = Omit<NonNullable<operations['listVips']['parameters']['query']>, 'limit' | 'cursor'>;

export interface VipPageData {
  items?: Vip[];
  nextCursor?: string;
  total: number;
}

function vipPage(filter: VipFilter, limit: number, cursor: string | undefined) {
  return queryOptions({
    queryKey: ['vips', filter, limit, cursor],
    queryFn: () =>
      answer<unknown>(
        api.GET('/v1/vips', { params: { query: { ...filter, limit, ...(cursor && { cursor }) } } }),
      ) as Promise<VipPageData>,
  });
}

/** A page of the list; the next one is asked for as soon as this is there. */
export function useVipPage(filter: VipFilter, limit: number, cursor: string | undefined) {
  const queries = useQueryClient();
  const page = useQuery({ ...vipPage(filter, limit, cursor), placeholderData: keepPreviousData });
  const next = page.isPlaceholderData ? undefined : page.data?.nextCursor;
  useEffect(() => {
    if (next !== undefined) {
      void queries.prefetchQuery(vipPage(filter, limit, next));
    }
  }, [queries, filter, limit, next]);
  return page;
}

export function useVip(id: string) {
  return useQuery({
    queryKey: ['vip', id],
    queryFn: () => answer(api.GET('/v1/vips/{id}', { params: { path: { id } } })),
    // Ports go up and down without an event.
    refetchInterval: ({ state }) => (state.error ? false : 10_000),
  });
}

/** What was looked at, once and whenever it is asked for: it makes the fabric ask on the wire. */
export function useExplanation(id: string) {
  return useQuery({
    queryKey: ['explanation', id],
    queryFn: () => answer(api.GET('/v1/vips/{id}/explain', { params: { path: { id } } })),
    staleTime: 'static',
    gcTime: 0,
  });
}

const EVENTS = 1000;

/** The whole history of a VIP; only what is new is asked for again. */
export function useVipEvents(id: string) {
  const queries = useQueryClient();
  return useQuery({
    queryKey: ['events', id],
    queryFn: async () => {
      const events = [...(queries.getQueryData<HistoryEvent[]>(['events', id]) ?? [])];
      let page: HistoryEvent[];
      do {
        const after = events.at(-1)?.id;
        const query = after === undefined ? { limit: EVENTS } : { limit: EVENTS, after };
        const call = api.GET('/v1/vips/{id}/events', { params: { path: { id }, query } });
        page = ((await answer<unknown>(call)) as { items: HistoryEvent[] }).items;
        events.push(...page);
      } while (page.length === EVENTS);
      return events;
    },
  });
}

/** All that the filter lets through, as CSV. */
export function exportVips(filter: VipFilter): Promise<Blob> {
  return answer<unknown>(
    api.GET('/v1/vips', { params: { query: filter }, headers: { Accept: 'text/csv' }, parseAs: 'blob' }),
  ) as Promise<Blob>;
}
