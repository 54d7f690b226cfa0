import Box from '@cloudscape-design/components/box';
import Modal from '@cloudscape-design/components/modal';
import Spinner from '@cloudscape-design/components/spinner';
import { useQueryClient } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useEffect, useState, type ReactNode } from 'react';
import { api, answer, whenSignedOut, type Session } from '../api/client';
import { SignInForm } from './SignInForm';
import { SignInPage } from './SignInPage';

interface SignedIn {
  session: Session;
  signOut: () => Promise<void>;
}

const SessionContext = createContext<SignedIn | undefined>(undefined);

export function useSession(): SignedIn {
  const signedIn = useContext(SessionContext);
  if (signedIn === undefined) {
    throw new Error('used outside of SessionGate');
  }
  return signedIn;
}

/** How many VMs may be bound to one VIP, and to how many VIPs one VM. */
export function useLimits(): Session['limits'] {
  return useSession().session.limits;
}

/** That this browser was signed in; the session itself is in a cookie that no script can read. */
const WAS_SIGNED_IN = 'havip.wasSignedIn';
const MAX_TIMEOUT = 2 ** 31 - 1;

/** Shows the console to who is signed in. When the session ends the page stays, with what was typed in it. */
export function SessionGate({ children }: { children: ReactNode }) {
  const queries = useQueryClient();
  const [session, setSession] = useState<Session>();
  const [state, setState] = useState<'asking' | 'in' | 'out' | 'ended'>('asking');

  const enter = useCallback(
    (entered: Session) => {
      localStorage.setItem(WAS_SIGNED_IN, 'true');
      setSession(entered);
      setState('in');
      void queries.invalidateQueries();
    },
    [queries],
  );

  useEffect(() => {
    whenSignedOut(() => setState((before) => (before === 'in' ? 'ended' : before)));
    if (localStorage.getItem(WAS_SIGNED_IN) === null) {
      setState('out');
      return;
    }
    fetch('/v1/session')
      .then(async (response) => (response.ok ? enter((await response.json()) as Session) : setState('out')))
      .catch(() => setState('out'));
  }, [enter]);

  useEffect(() => {
    if (state !== 'in' || session?.expiresAt === undefined) {
      return undefined;
    }
    const left = Date.parse(session.expiresAt) - Date.now();
    const timer = setTimeout(() => setState('ended'), Math.min(Math.max(left, 0), MAX_TIMEOUT));
    return () => clearTimeout(timer);
  }, [state, session]);

  const signOut = useCallback(async () => {
    await answer(api.DELETE('/v1/session'));
    localStorage.removeItem(WAS_SIGNED_IN);
    setSession(undefined);
    setState('out');
    queries.clear();
  }, [queries]);

  if (state === 'asking') {
    return (
      <Box textAlign="center" padding="xxxl">
        <Spinner size="large" />
      </Box>
    );
  }
  if (session === undefined) {
    return <SignInPage ended={localStorage.getItem(WAS_SIGNED_IN) !== null} onSignedIn={enter} />;
  }
  return (
    <SessionContext value={{ session, signOut }}>
      {children}
      {/* It comes last, and so above whatever else is open. */}
      {state === 'ended' && (
        <Modal visible header="Your session has ended" onDismiss={() => setSession(undefined)}>
          <SignInForm reason="Sign in again to go on; this page stays as it is." onSignedIn={enter} />
        </Modal>
      )}
    </SessionContext>
  );
}
