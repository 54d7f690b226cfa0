import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { api, answer, type Preview } from '../../api/client';
import { toBody, type Draft } from './draft';

const TYPING_PAUSE_MS = 250;

/** Has the server decide about the draft without doing anything, whenever the user stops typing. */
export function useDryRun(draft: Draft, isComplete: boolean) {
  const [settled, setSettled] = useState(draft);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(draft), TYPING_PAUSE_MS);
    return () => clearTimeout(timer);
  }, [draft]);
  const query = useQuery({
    queryKey: ['dry-run', toBody(settled)],
    enabled: isComplete && settled === draft,
    queryFn: () =>
      answer(api.POST('/v1/vips', { params: { query: { dryRun: true } }, body: toBody(settled) })) as Promise<Preview>,
    staleTime: 0,
    gcTime: 0,
    placeholderData: keepPreviousData,
  });
  const isCurrent = isComplete && settled === draft && !query.isPlaceholderData;
  return {
    data: query.data,
    error: isCurrent ? query.error : null,
    isFetching: isComplete && (settled !== draft || query.isFetching),
    isSuccess: isCurrent && query.isSuccess && !query.isFetching,
  };
}
