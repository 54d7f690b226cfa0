import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, answer, type Binding, type Report, type Vip } from './client';

export interface ConfigurationOptions {
  advertInt: string;
  preempt: boolean;
  vmac: boolean;
}

/** HA software that HAVIP makes configurations for. */
export type Software = 'keepalived' | 'heartbeat' | 'pacemaker';

/**
 * A VM's keepalived.conf, or the script that sets other software up in it. Making it gives the VIP its VRID and says that its configuration is up to date, so it is
 * asked for once, and where it is outdated only on request.
 */
export function useConfiguration(
  vip: Vip,
  binding: Binding,
  software: Software,
  options: ConfigurationOptions,
  interfaces: string[],
) {
  const queries = useQueryClient();
  const vmId = binding.vmId;
  return useQuery({
    queryKey: ['configuration', vip.id, vmId, software, options, interfaces],
    queryFn: async () => {
      const text = await answer(made(vip.id, software, { vmId, interface: interfaces }, options));
      void queries.invalidateQueries({ queryKey: ['vip', vip.id] });
      return text;
    },
    enabled: binding.configuration !== 'outdated' && (binding.vmac || !options.vmac),
    staleTime: 'static',
    gcTime: 0,
  });
}

function made(
  id: string,
  software: Software,
  query: { vmId: string; interface: string[] },
  options: ConfigurationOptions,
) {
  const params = { path: { id }, query };
  switch (software) {
    case 'keepalived':
      return api.GET('/v1/vips/{id}/keepalived', {
        params: { ...params, query: { ...query, ...options } },
        parseAs: 'text',
      });
    case 'heartbeat':
      return api.GET('/v1/vips/{id}/heartbeat', { params, parseAs: 'text' });
    case 'pacemaker':
      return api.GET('/v1/vips/{id}/pacemaker', { params, parseAs: 'text' });
  }
}

/** Lets a VM use the MAC address of the VIP's VRID, as `use_vmac` does. */
export function useAllowVmac(vip: Vip, binding: Binding) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: () => {
      const params = { path: { id: vip.id, vmId: binding.vmId } };
      return answer(api.PUT('/v1/vips/{id}/bindings/{vmId}', { params, body: { vmac: true } }));
    },
    onSuccess: () => queries.invalidateQueries(),
  });
}

/** What the findings call the file. */
const NAME = 'keepalived.conf';

/** Looks for mistakes in a keepalived.conf of one VM, or of any VM of a VIP. */
export function useCheck() {
  return useMutation({
    mutationFn: async ({ text, ...whose }: { text: string } & ({ vmId: string } | { vipId: string })) => {
      const body = { files: [{ name: NAME, text }], ...whose };
      const report: Report = await answer(api.POST('/v1/keepalived/check', { body }));
      return { text, report };
    },
  });
}
