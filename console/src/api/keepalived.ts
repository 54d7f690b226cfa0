import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, answer, type Binding, type Report, type Vip } from './client';

export interface ConfigurationOptions {
  advertInt: string;
  preempt: boolean;
  vmac: boolean;
}

/**
 * A VM's keepalived.conf. Making it gives the VIP its VRID and says that its configuration is up to date, so it is
 * asked for once, and where it is outdated only on request.
 */
export function useConfiguration(vip: Vip, binding: Binding, options: ConfigurationOptions) {
  const queries = useQueryClient();
  const vmId = binding.vmId;
  return useQuery({
    queryKey: ['configuration', vip.id, vmId, options],
    queryFn: async () => {
      const params = { path: { id: vip.id }, query: { vmId, ...options } };
      const text = await answer(api.GET('/v1/vips/{id}/keepalived', { params, parseAs: 'text' }));
      void queries.invalidateQueries({ queryKey: ['vip', vip.id] });
      return text;
    },
    enabled: binding.configuration !== 'outdated' && (binding.vmac || !options.vmac),
    staleTime: 'static',
    gcTime: 0,
  });
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
