import Alert from '@cloudscape-design/components/alert';
import Button from '@cloudscape-design/components/button';
import Form from '@cloudscape-design/components/form';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api, answer, type Session } from '../api/client';
import { formErrors } from '../api/formErrors';

interface Props {
  reason?: string;
  onSignedIn: (session: Session) => void;
}

export function SignInForm({ reason, onSignedIn }: Props) {
  const [token, setToken] = useState('');
  const signIn = useMutation({
    mutationFn: () => answer(api.POST('/v1/session', { body: { token: token.trim() } })),
    onSuccess: onSignedIn,
  });
  const errors = formErrors(signIn.error, ['token']);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        signIn.mutate();
      }}
    >
      <Form
        actions={
          <Button variant="primary" loading={signIn.isPending} disabled={token.trim() === ''}>
            Sign in
          </Button>
        }
        errorText={errors.form}
      >
        <SpaceBetween size="m">
          {reason && <Alert type="info">{reason}</Alert>}
          <FormField
            label="Token"
            description="An administrator makes it; the first start of the server printed the first one."
            errorText={errors.fields['token']}
          >
            <Input
              type="password"
              name="token"
              autoComplete="current-password"
              autoFocus
              value={token}
              onChange={({ detail }) => setToken(detail.value)}
            />
          </FormField>
        </SpaceBetween>
      </Form>
    </form>
  );
}
