import Tooltip from '@cloudscape-design/components/tooltip';
import { useId, useRef, useState, type ReactNode } from 'react';

/** Says more about something to who points at it or comes to it with the keyboard. */
export function OnHover({ children, more }: { children: ReactNode; more: string }) {
  const trigger = useRef<HTMLSpanElement>(null);
  const description = useId();
  const [isOpen, setOpen] = useState(false);
  return (
    <span
      ref={trigger}
      role="note"
      tabIndex={0}
      aria-describedby={description}
      onMouseEnter={() => setOpen(true)}
      onMouseLeave={() => setOpen(false)}
      onFocus={() => setOpen(true)}
      onBlur={() => setOpen(false)}
    >
      {children}
      <span id={description} hidden>
        {more}
      </span>
      {isOpen && <Tooltip content={more} getTrack={() => trigger.current} onEscape={() => setOpen(false)} />}
    </span>
  );
}
