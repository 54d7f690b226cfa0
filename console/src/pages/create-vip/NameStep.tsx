import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Textarea from '@cloudscape-design/components/textarea';
import Tiles from '@cloudscape-design/components/tiles';
import type { VipType } from '../../api/client';
import { TextField } from '../../components/TextField';
import type { StepProps } from './StepProps';

export function NameStep({ draft, errors, onChange }: StepProps) {
  return (
    <Container>
      <SpaceBetween size="l">
        <TextField
          label="Name"
          value={draft.name}
          error={errors['name']}
          constraint="1 to 128 characters"
          onChange={(name) => onChange({ name })}
          autoFocus
        />
        <FormField
          label={
            <>
              Remark <i>(optional)</i>
            </>
          }
          constraintText="Up to 255 characters"
          errorText={errors['remark']}
        >
          <Textarea value={draft.remark} rows={2} onChange={({ detail }) => onChange({ remark: detail.value })} />
        </FormField>
        <FormField label="VIP type" errorText={errors['type']} stretch>
          <Tiles
            value={draft.type}
            onChange={({ detail }) => onChange({ type: detail.value as VipType, networkId: '', vmIds: [] })}
            items={[
              { value: 'internal', label: 'Internal', description: 'An address of a subnet of your VPC' },
              { value: 'external', label: 'External', description: 'An address of an external network' },
            ]}
          />
        </FormField>
      </SpaceBetween>
    </Container>
  );
}
