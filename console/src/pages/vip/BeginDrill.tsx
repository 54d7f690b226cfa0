import Alert from '@cloudscape-design/components/alert';
import Checkbox from '@cloudscape-design/components/checkbox';
import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { api, answer, type Vip } from '../../api/client';
import { useDrillPrediction, type DrillBody, type Prediction } from '../../api/drills';
import { formErrors } from '../../api/formErrors';
import { FormModal } from '../../components/FormModal';
import { listed } from '../../components/listed';
import { TextField } from '../../components/TextField';
import { duration } from '../../components/Time';
import { vmName } from '../../components/VipStatus';
import { warning } from '../../components/warning';

const CUTS = [
  { value: 'auto', label: 'What its HA software notices' },
  { value: 'permission', label: 'Its permission to use the VIP' },
  { value: 'ports', label: 'Its ports, and with them all its traffic' },
];
const FIELDS = ['seconds', 'targetMillis'];

interface Props {
  vip: Vip;
  onBegun: () => void;
  onClose: () => void;
}

/** Rehearses a failover, after it has said what that would do. */
export function BeginDrill({ vip, onBegun, onClose }: Props) {
  const [seconds, setSeconds] = useState('30');
  const [targetMillis, setTargetMillis] = useState('5000');
  const [cut, setCut] = useState(CUTS[0]!);
  const [force, setForce] = useState(false);
  const body: DrillBody = {
    kind: 'isolate-holder',
    seconds: Number(seconds),
    targetMillis: Number(targetMillis),
    force,
    ...(cut.value !== 'auto' && { wholePort: cut.value === 'ports' }),
  };
  const prediction = useDrillPrediction(vip, body);
  const refused = formErrors(prediction.error, FIELDS);
  const isRisky = prediction.data?.candidates.length === 0;
  return (
    <FormModal
      title={`Rehearse a failover of ${vip.name}`}
      submitText="Begin the drill"
      fields={FIELDS}
      saved={`A drill of ${vip.name} has begun`}
      isBlocked={!prediction.isSuccess || prediction.isPlaceholderData || (isRisky && !force)}
      save={async () => {
        await answer(api.POST('/v1/vips/{id}/drills', { params: { path: { id: vip.id } }, body }));
        onBegun();
      }}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <TextField
            label="Cut the holder off for"
            constraint="Seconds, 1 to 600"
            numeric
            value={seconds}
            error={errors['seconds'] ?? refused.fields['seconds']}
            onChange={setSeconds}
          />
          <TextField
            label="It passes when another VM answers within"
            constraint="Milliseconds"
            numeric
            value={targetMillis}
            error={errors['targetMillis'] ?? refused.fields['targetMillis']}
            onChange={setTargetMillis}
          />
          <FormField label="What it loses">
            <Select
              selectedOption={cut}
              options={CUTS}
              onChange={({ detail }) => setCut(CUTS.find(({ value }) => value === detail.selectedOption.value) ?? cut)}
            />
          </FormField>
          {refused.form && <Alert type="error">{refused.form}</Alert>}
          {prediction.data && !prediction.error && (
            <Predicted vip={vip} seconds={Number(seconds)} prediction={prediction.data} />
          )}
          {isRisky && (
            <Checkbox checked={force} onChange={({ detail }) => setForce(detail.checked)}>
              Do it all the same
            </Checkbox>
          )}
        </>
      )}
    </FormModal>
  );
}

function Predicted({ vip, seconds, prediction }: { vip: Vip; seconds: number; prediction: Prediction }) {
  const { vmId, candidates, expectedMillis, passes, risks } = prediction;
  const isFine = risks.length === 0 && passes !== false;
  return (
    <Alert type={isFine ? 'info' : 'warning'} header="What will happen">
      <ul>
        <li>
          {vmName(vip, vmId)} holds the VIP now, and is cut off for {duration(seconds * 1000)}.
        </li>
        {candidates.length > 0 && (
          <li>
            {listed(candidates.map((id) => vmName(vip, id)))} can take over,{' '}
            {expectedMillis === undefined
              ? 'nobody knows how soon: HAVIP made no configuration for it.'
              : `at the latest after ${duration(expectedMillis)}, which is ${passes ? 'within' : 'later than'} the target.`}
          </li>
        )}
        {risks.map((risk) => (
          <li key={risk}>{warning(risk, (id) => vmName(vip, id))}</li>
        ))}
      </ul>
    </Alert>
  );
}
