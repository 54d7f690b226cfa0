import Box from '@cloudscape-design/components/box';
import Container from '@cloudscape-design/components/container';
import SpaceBetween from '@cloudscape-design/components/space-between';
import type { Session } from '../api/client';
import { SignInForm } from './SignInForm';
import './SignInPage.css';

interface Props {
  ended: boolean;
  onSignedIn: (session: Session) => void;
}

export function SignInPage({ ended, onSignedIn }: Props) {
  return (
    <main className="sign-in">
      <title>Sign in – HAVIP</title>
      <SpaceBetween size="l">
        <SpaceBetween size="xs" direction="horizontal" alignItems="center">
          <img src="/favicon.svg" alt="" width="36" height="36" />
          <Box variant="h1">HAVIP</Box>
        </SpaceBetween>
        <Box color="text-body-secondary">Highly available virtual IPs for private clouds</Box>
        <Container>
          <SignInForm
            reason={ended ? 'Your session has ended. Sign in again to go on.' : undefined}
            onSignedIn={onSignedIn}
          />
        </Container>
      </SpaceBetween>
    </main>
  );
}
