import { useState } from 'react';
import { api, answer, type Network, type Vm } from '../../api/client';
import { ifMatch } from '../../api/ifMatch';
import { useExternalNetworks, useSubnets } from '../../api/inventory';
import { FormModal } from '../../components/FormModal';
import { EMPTY_NIC, toNewNic } from './nicDraft';
import { NicFields } from './NicFields';

export function AddNic({ vm, onClose }: { vm: Vm; onClose: () => void }) {
  const subnets = (useSubnets().data ?? []).filter(({ vpcId }) => vpcId === vm.vpcId);
  const external = useExternalNetworks().data ?? [];
  const networks: Network[] = [...subnets, ...external].filter(({ id }) =>
    vm.nics.every((nic) => nic.networkId !== id),
  );
  const [nic, setNic] = useState(EMPTY_NIC);
  return (
    <FormModal
      title={`Add a NIC to ${vm.name}`}
      submitText="Add"
      fields={['networkId', 'address', 'mac', 'port', 'allowedSources']}
      saved={`${vm.name} has a new NIC`}
      save={() => answer(api.POST('/v1/vms/{id}/nics', { params: ifMatch(vm), body: toNewNic(nic) }))}
      onClose={onClose}
    >
      {(errors) => <NicFields draft={nic} networks={networks} errors={errors} onChange={setNic} />}
    </FormModal>
  );
}
