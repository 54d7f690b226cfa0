import { api, answer } from '../../api/client';

/** What deleting a VM would do to its VIPs. */
export function tryOutDelete(id: string) {
  return answer(api.DELETE('/v1/vms/{id}', { params: { path: { id }, query: { dryRun: true } } }));
}
