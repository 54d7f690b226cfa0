import Flashbar, { type FlashbarProps } from '@cloudscape-design/components/flashbar';
import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from 'react';
import { useLiveState } from '../live/LiveEvents';

type Notify = (type: 'success' | 'error' | 'info', content: string) => void;

const NotifyContext = createContext<Notify>(() => {});
const ItemsContext = createContext<FlashbarProps.MessageDefinition[]>([]);

/** Tells the user what became of something, above whatever page comes next. */
export function useNotify(): Notify {
  return useContext(NotifyContext);
}

const SUCCESS_STAYS_MS = 6_000;

export function Notifications({ children }: { children: ReactNode }) {
  const [items, setItems] = useState<FlashbarProps.MessageDefinition[]>([]);
  const dismiss = useCallback((id: string) => setItems((all) => all.filter((item) => item.id !== id)), []);
  const notify = useCallback<Notify>(
    (type, content) => {
      const id = crypto.getRandomValues(new Uint32Array(1)).join();
      const item = { id, type, content, dismissible: true, onDismiss: () => dismiss(id), dismissLabel: 'Dismiss' };
      setItems((all) => [item, ...all]);
      if (type === 'success') {
        setTimeout(() => dismiss(id), SUCCESS_STAYS_MS);
      }
    },
    [dismiss],
  );
  return (
    <NotifyContext value={notify}>
      <ItemsContext value={items}>{children}</ItemsContext>
    </NotifyContext>
  );
}

/** The messages, and above them that the page is not live. */
export function NotificationBar() {
  const isDown = useLiveState() === 'down';
  const items = useContext(ItemsContext);
  const all = useMemo<FlashbarProps.MessageDefinition[]>(
    () => (isDown ? [NOT_LIVE, ...items] : items),
    [isDown, items],
  );
  return <Flashbar items={all} />;
}

const NOT_LIVE: FlashbarProps.MessageDefinition = {
  id: 'not-live',
  type: 'warning',
  header: 'Live updates are interrupted',
  content: 'The server cannot be reached, and what you see may be old. Connecting again…',
  ariaRole: 'alert',
};
