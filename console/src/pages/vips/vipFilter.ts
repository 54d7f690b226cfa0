import { useMemo } from 'react';
import { useSearchParams } from 'react-router';
import type { VipFilter } from '../../api/vips';

const PARAMETERS = ['q', 'state', 'type', 'vpcId', 'networkId', 'vmId', 'sort'] as const;
export type FilterParameter = (typeof PARAMETERS)[number];

interface FilterInAddress {
  filter: VipFilter;
  /** Whether it leaves anything out. */
  isFiltered: boolean;
  setFilter: (changes: Partial<Record<FilterParameter, string>>) => void;
  clear: () => void;
}

/** The filter and order of the list, kept in the page's address so that it can be shared and gone back to. */
export function useVipFilter(): FilterInAddress {
  const [parameters, setParameters] = useSearchParams();
  const filter = useMemo(() => {
    const given = PARAMETERS.map((name) => [name, parameters.get(name)] as const).filter(([, value]) => value);
    return Object.fromEntries(given) as VipFilter;
  }, [parameters]);
  return {
    filter,
    isFiltered: Object.keys(filter).some((name) => name !== 'sort'),
    setFilter: (changes) =>
      setParameters(
        (before) => {
          const after = new URLSearchParams(before);
          for (const [name, value] of Object.entries(changes)) {
            if (value) {
              after.set(name, value);
            } else {
              after.delete(name);
            }
          }
          return after;
        },
        { replace: true },
      ),
    clear: () => setParameters({}, { replace: true }),
  };
}
