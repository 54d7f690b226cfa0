import FormField from '@cloudscape-design/components/form-field';
import Select from '@cloudscape-design/components/select';
import { useState } from 'react';
import { api, answer, type Network } from '../../api/client';
import { useSubnets, useVpcs } from '../../api/inventory';
import { FormModal } from '../../components/FormModal';
import { TextField } from '../../components/TextField';
import { EMPTY_NIC, toNewNic } from './nicDraft';
import { NicFields } from './NicFields';

const NIC_FIELDS = ['networkId', 'address', 'mac', 'port', 'allowedSources'] as const;

export function CreateVm({ onClose }: { onClose: () => void }) {
  const vpcs = useVpcs().data ?? [];
  const subnets = useSubnets().data ?? [];
  const [name, setName] = useState('');
  const [chosenVpc, setVpc] = useState('');
  const [nic, setNic] = useState(EMPTY_NIC);
  const vpcId = chosenVpc || (vpcs.length === 1 ? vpcs[0]!.id : '');
  const vpc = vpcs.find(({ id }) => id === vpcId);
  const networks: Network[] = subnets.filter((subnet) => subnet.vpcId === vpcId);
  return (
    <FormModal
      title="Create VM"
      submitText="Create"
      fields={['name', 'vpcId', ...NIC_FIELDS.map((field) => `nics[0].${field}`), 'nics']}
      saved={`VM ${name} is created`}
      save={() => answer(api.POST('/v1/vms', { body: { name, vpcId, nics: nic.networkId ? [toNewNic(nic)] : [] } }))}
      onClose={onClose}
    >
      {(errors) => (
        <>
          <TextField label="Name" value={name} onChange={setName} error={errors['name']} autoFocus />
          <FormField label="VPC" errorText={errors['vpcId']}>
            <Select
              selectedOption={vpc ? { value: vpc.id, label: vpc.name } : null}
              placeholder="Choose a VPC"
              options={vpcs.map(({ id, name: label, cidr }) => ({ value: id, label, description: cidr }))}
              onChange={({ detail }) => {
                setVpc(detail.selectedOption.value ?? '');
                setNic(EMPTY_NIC);
              }}
            />
          </FormField>
          <NicFields
            draft={nic}
            networks={networks}
            errors={Object.fromEntries(NIC_FIELDS.map((field) => [field, errors[`nics[0].${field}`] ?? '']))}
            onChange={setNic}
          />
        </>
      )}
    </FormModal>
  );
}
