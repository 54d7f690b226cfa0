import { useQueryClient } from '@tanstack/react-query';
import { api, answer, type Vip } from '../../api/client';
import { DeleteModal } from '../../components/DeleteModal';
import { listed } from '../../components/listed';
import { useRemoval } from '../../components/useRemoval';
import { vmName } from '../../components/VipStatus';

/** How many one request may name. */
const BATCH = 100;

interface Props {
  vips: Vip[];
  /** At once, whether the network knows or not. */
  force?: boolean;
  onClose: (deleted: boolean) => void;
}

/** Deletes VIPs, after it has named those who hold them. */
export function DeleteVips({ vips, force = false, onClose }: Props) {
  const queries = useQueryClient();
  const removeByForce = useRemoval('VIP', (id) =>
    answer(api.DELETE('/v1/vips/{id}', { params: { path: { id }, query: { force: true } } })),
  );

  async function remove(ids: string[]) {
    const results = [];
    for (let start = 0; start < ids.length; start += BATCH) {
      const body = { ids: ids.slice(start, start + BATCH) };
      const batch = await answer(api.POST('/v1/vips/batch-delete', { body }));
      results.push(
        ...batch.results.map(({ id, problem }) => ({ id, refusal: problem && (problem.detail ?? problem.title) })),
      );
    }
    await queries.invalidateQueries();
    return results;
  }

  return (
    <DeleteModal
      kind="VIP"
      items={vips.map((vip) => ({
        id: vip.id,
        name: vip.name,
        detail: vip.address,
        warning: force
          ? 'Its address is free at once: only when the network that enforced it is gone for good'
          : consequence(vip),
      }))}
      remove={force ? removeByForce : remove}
      tryOut={tryOut}
      onClose={onClose}
    />
  );
}

function tryOut(id: string) {
  return answer(api.DELETE('/v1/vips/{id}', { params: { path: { id }, query: { dryRun: true } } }));
}

function consequence(vip: Vip): string {
  if (vip.holders.length > 0) {
    const holders = listed(vip.holders.map(({ vmId }) => vmName(vip, vmId)));
    return `Held by ${holders}: ${vip.address} stops answering at once`;
  }
  const bound = vip.bindings.map(({ vmName: name }) => name).join(', ');
  return bound === '' ? 'Nobody holds it and no VM is bound' : `Nobody holds it; ${bound} will be unbound`;
}
