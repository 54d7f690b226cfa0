import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api, answer, type Vip } from './client';
import type { operations } from './schema.gen';

export type DrillBody = operations['beginDrill']['requestBody']['content']['application/json'];
export type Prediction = operations['beginDrill']['responses'][200]['content']['application/json'];

/** The drills of a VIP, newest first; the live events have them asked for again, like all that begins with the VIP. */
export function useDrills(id: string) {
  return useQuery({
    queryKey: ['vip', id, 'drills'],
    queryFn: async () => {
      const { items } = await answer(api.GET('/v1/vips/{id}/drills', { params: { path: { id } } }));
      return items;
    },
  });
}

/** What a drill would do now. */
export function useDrillPrediction(vip: Vip, body: DrillBody) {
  return useQuery({
    queryKey: ['vip', vip.id, 'drill-prediction', body],
    gcTime: 0,
    placeholderData: keepPreviousData,
    queryFn: () =>
      answer(
        api.POST('/v1/vips/{id}/drills', { params: { path: { id: vip.id }, query: { dryRun: true } }, body }),
      ) as Promise<Prediction>,
  });
}
