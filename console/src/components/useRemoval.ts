import { useQueryClient } from '@tanstack/react-query';
import type { Removal } from './DeleteModal';

/** Deletes resources one by one: what is refused does not stop the others. */
export function useRemoval(
  kind: string,
  remove: (id: string) => Promise<unknown>,
): (ids: string[]) => Promise<Removal[]> {
  const queries = useQueryClient();
  return async (ids) => {
    const results: Removal[] = [];
    for (const id of ids) {
      try {
        await remove(id);
        results.push({ id });
      } catch (error) {
        results.push({ id, refusal: error instanceof Error ? error.message : `the ${kind} is still there` });
      }
    }
    await queries.invalidateQueries();
    return results;
  };
}
