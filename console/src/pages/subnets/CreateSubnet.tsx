import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { api, answer } from '../../api/client';
import { useVpcs } from '../../api/inventory';
import { FormModal } from '../../components/FormModal';
import { EMPTY_NETWORK, NETWORK_FIELDS, NetworkFields, toNewNetwork } from '../../components/NetworkFields';

export function CreateSubnet({ vpcId: givenVpc = '', onClose }: { vpcId?: string; onClose: () => void }) {
  const vpcs = useVpcs().data ?? [];
  const [chosenVpc, setVpc] = useState(givenVpc);
  const [draft, setDraft] = useState(EMPTY_NETWORK);
  const vpcId = chosenVpc || (vpcs.length === 1 ? vpcs[0]!.id : '');
  const vpc = vpcs.find(({ id }) => id === vpcId);
  return (
    <FormModal
      title="Create subnet"
      submitText="Create"
      fields={['vpcId', ...NETWORK_FIELDS]}
      saved={`Subnet ${draft.name} is created`}
      save={() =>
        answer(
          api.POST('/v1/subnets', {
            body: { vpcId, ...toNewNetwork(draft), ...(draft.gateway && { gateway: draft.gateway }) },
          }),
        )
      }
      onClose={onClose}
    >
      {(errors) => (
        <>
          <FormField label="VPC" errorText={errors['vpcId']}>
            <Select
              selectedOption={vpc ? { value: vpc.id, label: vpc.name, description: vpc.cidr } : null}
              placeholder="Choose a VPC"
              options={vpcs.map(({ id, name, cidr }) => ({ value: id, label: name, description: cidr }))}
              onChange={({ detail }) => setVpc(detail.selectedOption.value ?? '')}
            />
          </FormField>
          <NetworkFields draft={draft} errors={errors} onChange={setDraft} />
        </>
      )}
    </FormModal>
  );
}
