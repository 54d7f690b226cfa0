import Alert from '@cloudscape-design/components/alert';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Wizard from '@cloudscape-design/components/wizard';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { api, answer } from '../../api/client';
import { formErrors } from '../../api/formErrors';
import { Trail } from '../../components/Trail';
import { useNotify } from '../../layout/Notifications';
import { EMPTY, missing, STEP_FIELDS, toBody, type Draft } from './draft';
import { NetworkStep } from './NetworkStep';
import { Prerequisites } from './Prerequisites';
import { ReviewStep } from './ReviewStep';
import { NameStep } from './NameStep';
import { useDryRun } from './useDryRun';
import { VmStep } from './VmStep';

/** Asks for everything that a VIP needs; the server checks while the user types. */
export function CreateVipPage() {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const notify = useNotify();
  const [draft, setDraft] = useState<Draft>(EMPTY);
  const [step, setStep] = useState(0);
  /** Steps that the user wanted to leave: what is missing in them is said. */
  const [left, setLeft] = useState(-1);

  const [requestKey, setRequestKey] = useState(newKey);
  const creating = useMutation({
    mutationFn: () =>
      answer(api.POST('/v1/vips', { params: { header: { 'Idempotency-Key': requestKey } }, body: toBody(draft) })),
    onSuccess: async (vip) => {
      await queries.invalidateQueries();
      notify(
        'success',
        `VIP ${draft.name.trim()} is being created with the address ${'address' in vip ? vip.address : ''}`,
      );
      void navigate('/vips');
    },
    onError: (error) => {
      const { fields } = formErrors(error, STEP_FIELDS.flat());
      const wrong = STEP_FIELDS.findIndex((names) => names.some((name) => name in fields));
      setStep(wrong < 0 ? step : wrong);
    },
  });

  function change(changes: Partial<Draft>): void {
    setDraft((before) => ({ ...before, ...changes }));
    creating.reset();
    setRequestKey(newKey());
  }

  const unfilled = missing(draft);
  const dryRun = useDryRun(draft, Object.keys(unfilled).length === 0);
  const refused = formErrors(creating.error ?? dryRun.error, STEP_FIELDS.flat());
  const shown = Object.fromEntries(
    Object.entries(unfilled).filter(([field]) => STEP_FIELDS.findIndex((names) => has(names, field)) <= left),
  );
  const errors = { ...refused.fields, ...shown };

  function go(wanted: number): void {
    if (wanted > step) {
      setLeft(Math.max(left, step));
      const wrong = STEP_FIELDS.slice(0, wanted).findIndex((names) =>
        names.some((name) => name in unfilled || name in refused.fields),
      );
      setStep(wrong < 0 ? wanted : wrong);
    } else {
      setStep(wanted);
    }
  }

  const common = { draft, errors, onChange: change };
  return (
    <SpaceBetween size="s">
      <Trail list="VIPs" href="/vips" here="Create VIP" />
      <Prerequisites>
        <Wizard
          activeStepIndex={step}
          onNavigate={({ detail }) => go(detail.requestedStepIndex)}
          onCancel={() => void navigate('/vips')}
          onSubmit={() => creating.mutate()}
          isLoadingNextStep={creating.isPending}
          submitButtonText="Confirm"
          steps={[
            { title: 'Name and type', content: <NameStep {...common} /> },
            {
              title: 'Network and address',
              content: <NetworkStep {...common} isChecking={dryRun.isFetching} isFree={dryRun.isSuccess} />,
            },
            { title: 'Associated VMs', isOptional: true, content: <VmStep {...common} /> },
            {
              title: 'Review',
              content: (
                <SpaceBetween size="l">
                  {refused.form && <Alert type="error">{refused.form}</Alert>}
                  <ReviewStep draft={draft} preview={dryRun.data} onEdit={setStep} />
                </SpaceBetween>
              ),
            },
          ]}
          i18nStrings={{
            stepNumberLabel: (number) => `Step ${number}`,
            collapsedStepsLabel: (number, count) => `Step ${number} of ${count}`,
            navigationAriaLabel: 'Steps',
          }}
        />
      </Prerequisites>
    </SpaceBetween>
  );
}

function has(names: readonly string[], field: string): boolean {
  return names.includes(field);
}

/** A request that is sent again after its answer was lost must not create a second VIP. */
function newKey(): string {
  return `console-${Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16)).join('')}`;
}
