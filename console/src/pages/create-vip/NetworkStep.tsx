import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import FormField from '@cloudscape-design/components/form-field';
import Input from '@cloudscape-design/components/input';
import RadioGroup from '@cloudscape-design/components/radio-group';
import Select from '@cloudscape-design/components/select';
import SpaceBetween from '@cloudscape-design/components/space-between';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useState } from 'react';
import { useAddresses, useExternalNetworks, useSubnets, useVpcs } from '../../api/inventory';
import type { Network } from '../../api/client';
import { useSession } from '../../session/SessionGate';
import { CreateExternalNetwork } from '../external-networks/CreateExternalNetwork';
import { CreateSubnet } from '../subnets/CreateSubnet';
import type { StepProps } from './StepProps';

interface Props extends StepProps {
  isChecking: boolean;
  isFree: boolean;
}

export function NetworkStep({ draft, errors, onChange, isChecking, isFree }: Props) {
  const { session } = useSession();
  const vpcs = useVpcs().data ?? [];
  const subnets = useSubnets().data ?? [];
  const external = useExternalNetworks().data ?? [];
  const isInternal = draft.type === 'internal';
  const networks: Network[] = isInternal ? subnets.filter(({ vpcId }) => vpcId === draft.vpcId) : external;
  const network = networks.find(({ id }) => id === draft.networkId);
  const addresses = useAddresses(network).data;
  const vpc = vpcs.find(({ id }) => id === draft.vpcId);
  const [isMaking, setMaking] = useState(false);
  const canMake = isInternal || session.role === 'admin';
  return (
    <Container>
      <SpaceBetween size="l">
        <FormField label="VPC" description="The VMs come from this VPC." errorText={errors['vpcId']}>
          <Select
            selectedOption={vpc ? option(vpc) : null}
            placeholder="Choose a VPC"
            options={vpcs.map(option)}
            triggerVariant="option"
            filteringType="auto"
            onChange={({ detail }) =>
              onChange({
                vpcId: detail.selectedOption.value ?? '',
                vmIds: [],
                ...(isInternal && { networkId: '' }),
              })
            }
          />
        </FormField>
        <FormField
          label={isInternal ? 'Subnet' : 'External network'}
          errorText={errors['networkId']}
          constraintText={addresses && `${addresses.free.toLocaleString('en')} free addresses`}
          secondaryControl={
            canMake && (
              <Button disabled={isInternal && vpc === undefined} onClick={() => setMaking(true)}>
                {isInternal ? 'Create subnet' : 'Create network'}
              </Button>
            )
          }
        >
          <Select
            selectedOption={network ? option(network) : null}
            placeholder={isInternal ? 'Choose a subnet of the VPC' : 'Choose an external network'}
            disabled={isInternal && vpc === undefined}
            options={networks.map(option)}
            empty={isInternal ? 'This VPC has no subnet: create one' : 'An administrator has to create one first'}
            triggerVariant="option"
            filteringType="auto"
            onChange={({ detail }) => onChange({ networkId: detail.selectedOption.value ?? '' })}
          />
        </FormField>
        <FormField label="IP address">
          <RadioGroup
            value={draft.choosesAddress ? 'manual' : 'automatic'}
            onChange={({ detail }) => onChange({ choosesAddress: detail.value === 'manual' })}
            items={[
              {
                value: 'automatic',
                label: 'Automatic',
                description: addresses?.next
                  ? `HAVIP chooses a free one, like ${addresses.next}`
                  : 'HAVIP chooses a free one',
              },
              { value: 'manual', label: 'Specify an address' },
            ]}
          />
        </FormField>
        {draft.choosesAddress && (
          <FormField
            label="Address"
            description={
              network &&
              `An address of ${network.cidr}${network.gateway ? `, but not the gateway ${network.gateway}` : ''}`
            }
            errorText={errors['address']}
            constraintText={<AddressCheck isChecking={isChecking} isFree={isFree} address={draft.address} />}
          >
            <Input
              value={draft.address}
              inputMode="decimal"
              placeholder={addresses?.next ?? ''}
              onChange={({ detail }) => onChange({ address: detail.value })}
            />
          </FormField>
        )}
      </SpaceBetween>
      {isMaking &&
        (isInternal ? (
          <CreateSubnet vpcId={draft.vpcId} onClose={() => setMaking(false)} />
        ) : (
          <CreateExternalNetwork onClose={() => setMaking(false)} />
        ))}
    </Container>
  );
}

function AddressCheck({ isChecking, isFree, address }: { isChecking: boolean; isFree: boolean; address: string }) {
  if (isChecking) {
    return <StatusIndicator type="in-progress">Checking</StatusIndicator>;
  }
  return isFree ? <StatusIndicator type="success">{address} is free</StatusIndicator> : undefined;
}

function option({ id, name, cidr }: { id: string; name: string; cidr: string }) {
  return { value: id, label: name, description: cidr };
}
