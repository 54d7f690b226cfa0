import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, answer, type ExternalNetwork, type Network, type Subnet, type Vm, type Vpc, type Webhook } from './client';

interface Page<T> {
  items?: T[];
  nextCursor?: string;
}

const PAGE = 1000;

/** Reads a list to its end. */
async function all<T>(page: (query: { limit: number; cursor?: string }) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const next = await page(cursor === undefined ? { limit: PAGE } : { limit: PAGE, cursor });
    items.push(...(next.items ?? []));
    cursor = next.nextCursor;
  } while (cursor !== undefined);
  return items;
}

export function useVpcs(): UseQueryResult<Vpc[]> {
  return useQuery({
    queryKey: ['vpcs'],
    queryFn: () => all<Vpc>((query) => answer(api.GET('/v1/vpcs', { params: { query } }))),
  });
}

export function useSubnets(): UseQueryResult<Subnet[]> {
  return useQuery({
    queryKey: ['subnets'],
    queryFn: () => all<Subnet>((query) => answer(api.GET('/v1/subnets', { params: { query } }))),
  });
}

export function useExternalNetworks(): UseQueryResult<ExternalNetwork[]> {
  return useQuery({
    queryKey: ['external-networks'],
    queryFn: () => all<ExternalNetwork>((query) => answer(api.GET('/v1/external-networks', { params: { query } }))),
  });
}

export function useVms(): UseQueryResult<Vm[]> {
  return useQuery({
    queryKey: ['vms'],
    queryFn: () => all<Vm>((query) => answer(api.GET('/v1/vms', { params: { query } }))),
  });
}

export function useWebhooks(): UseQueryResult<Webhook[]> {
  return useQuery({
    queryKey: ['webhooks'],
    queryFn: () => all<Webhook>((query) => answer(api.GET('/v1/webhooks', { params: { query } }))),
    // How far they have been told changes with every event.
    refetchInterval: 5_000,
  });
}

/** Subnets and external networks, by id. */
export function useNetworksById(): Map<string, Network> {
  const subnets = useSubnets().data;
  const external = useExternalNetworks().data;
  return useMemo(() => byId<Network>([...(subnets ?? []), ...(external ?? [])]), [subnets, external]);
}

export function useVpcsById(): Map<string, Vpc> {
  const vpcs = useVpcs().data;
  return useMemo(() => byId(vpcs ?? []), [vpcs]);
}

export function useVmsById(): Map<string, Vm> {
  const vms = useVms().data;
  return useMemo(() => byId(vms ?? []), [vms]);
}

function byId<T extends { id: string }>(items: T[]): Map<string, T> {
  return new Map(items.map((item) => [item.id, item]));
}

/** What is left of a network's addresses; nothing is asked while no network is given. */
export function useAddresses(network: Network | undefined) {
  return useQuery({
    queryKey: ['addresses', network?.id],
    enabled: network !== undefined,
    queryFn: () => {
      const params = { path: { id: network!.id } };
      return 'vpcId' in network!
        ? answer(api.GET('/v1/subnets/{id}/addresses', { params }))
        : answer(api.GET('/v1/external-networks/{id}/addresses', { params }));
    },
  });
}
