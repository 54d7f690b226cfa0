import Box from '@cloudscape-design/components/box';
import Button from '@cloudscape-design/components/button';
import Container from '@cloudscape-design/components/container';
import Header from '@cloudscape-design/components/header';
import SpaceBetween from '@cloudscape-design/components/space-between';
import Spinner from '@cloudscape-design/components/spinner';
import { useState, type ReactNode } from 'react';
import { useExternalNetworks, useSubnets, useVpcs } from '../../api/inventory';
import { CreateSubnet } from '../subnets/CreateSubnet';
import { CreateVpc } from '../vpcs/CreateVpc';

/** Shows the wizard to who has a VPC and a network, and leads everybody else to make them. */
export function Prerequisites({ children }: { children: ReactNode }) {
  const vpcs = useVpcs();
  const subnets = useSubnets();
  const external = useExternalNetworks();
  const [making, setMaking] = useState<'vpc' | 'subnet'>();
  if (vpcs.isPending || subnets.isPending || external.isPending) {
    return <Spinner size="large" />;
  }
  const hasVpc = (vpcs.data ?? []).length > 0;
  if (vpcs.error || (hasVpc && (subnets.data ?? []).length + (external.data ?? []).length > 0)) {
    return children;
  }
  return (
    <>
      <Container header={<Header variant="h1">Create VIP</Header>}>
        <SpaceBetween size="m">
          <Box variant="p">
            {hasVpc
              ? 'A VIP is an address of a subnet, and you have none yet. Create one, then go on here.'
              : 'A VIP belongs to a VPC and one of its subnets, and you have none yet. Create a VPC first, then a subnet in it.'}
          </Box>
          {hasVpc ? (
            <Button variant="primary" onClick={() => setMaking('subnet')}>
              Create subnet
            </Button>
          ) : (
            <Button variant="primary" onClick={() => setMaking('vpc')}>
              Create VPC
            </Button>
          )}
        </SpaceBetween>
      </Container>
      {making === 'vpc' && <CreateVpc onClose={() => setMaking(undefined)} />}
      {making === 'subnet' && <CreateSubnet onClose={() => setMaking(undefined)} />}
    </>
  );
}
