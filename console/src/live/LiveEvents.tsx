import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { api, answer, type HistoryEvent } from '../api/client';

export type LiveState = 'live' | 'down';

const LiveContext = createContext<LiveState>('down');

export function useLiveState(): LiveState {
  return useContext(LiveContext);
}

/** However many events come, pages ask for what is new at most this often. */
const REFRESH_EVERY_MS = 200;
const RETRY_EVERY_MS = 2_000;
/** A stream that only hiccups is not worth an alarm. */
const ALARM_AFTER_MS = 1_000;
/** What changes with an event besides its VIP. */
const ALSO_CHANGED: Partial<Record<HistoryEvent['kind'], readonly string[]>> = {
  vip_created: ['vms', 'addresses'],
  bindings_changed: ['vms', 'addresses'],
  vip_deleted: ['vms', 'addresses'],
  vm_started: ['vms'],
  vm_stopped: ['vms'],
};

/**
 * Follows the account's events, and has the pages ask again for what an event is about. They ask nothing before the
 * stream is open: what changed between their question and it would be missed.
 */
export function LiveEvents({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [state, setState] = useState<LiveState>();

  useEffect(() => follow(new Refresher(queries), queries, setState), [queries]);

  return state !== undefined && <LiveContext value={state}>{children}</LiveContext>;
}

/** Gathers what changed, and refreshes it together. */
class Refresher {
  private readonly vipIds = new Set<string>();
  private readonly lists = new Set<string>();
  private readonly queries: QueryClient;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private last = 0;

  constructor(queries: QueryClient) {
    this.queries = queries;
  }

  take(event: HistoryEvent): void {
    if (event.vipId !== undefined) {
      this.vipIds.add(event.vipId);
    }
    for (const list of ['vips', ...(ALSO_CHANGED[event.kind] ?? [])]) {
      this.lists.add(list);
    }
    const wait = Math.max(0, this.last + REFRESH_EVERY_MS - Date.now());
    this.timer ??= setTimeout(() => this.refresh(), wait);
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private refresh(): void {
    this.timer = undefined;
    this.last = Date.now();
    for (const id of this.vipIds) {
      void this.queries.invalidateQueries({ queryKey: ['vip', id] });
      void this.queries.invalidateQueries({ queryKey: ['events', id] });
    }
    this.vipIds.clear();
    for (const list of this.lists) {
      void this.queries.invalidateQueries({ queryKey: [list] });
    }
    this.lists.clear();
  }
}

function follow(refresher: Refresher, queries: QueryClient, setState: (state: LiveState) => void): () => void {
  let stream: EventSource;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let alarm: ReturnType<typeof setTimeout> | undefined;
  let missed = false;

  function startAlarm(): void {
    missed = true;
    alarm ??= setTimeout(() => setState('down'), ALARM_AFTER_MS);
  }

  function open(): void {
    stream = new EventSource('/v1/events');
    stream.onopen = () => {
      clearTimeout(alarm);
      alarm = undefined;
      setState('live');
      if (missed) {
        // What the old stream did not tell: what is not an event, and what was pruned.
        void queries.invalidateQueries();
      }
      missed = false;
    };
    stream.onmessage = (message) => refresher.take(JSON.parse(message.data as string) as HistoryEvent);
    stream.addEventListener('gap', () => void queries.invalidateQueries());
    stream.onerror = () => {
      startAlarm();
      if (stream.readyState === EventSource.CLOSED) {
        // The server answered, but not with a stream: it starts, or the session is over.
        answer(api.GET('/v1/session')).catch(() => {});
        retry = setTimeout(open, RETRY_EVERY_MS);
      }
    };
  }

  startAlarm();
  open();
  return () => {
    clearTimeout(retry);
    clearTimeout(alarm);
    refresher.stop();
    stream.close();
  };
}
