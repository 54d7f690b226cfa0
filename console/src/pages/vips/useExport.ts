import { exportVips, type VipFilter } from '../../api/vips';
import { useNotify } from '../../layout/Notifications';

/** Saves all that the filter lets through as a file. */
export function useExport(filter: VipFilter): () => Promise<void> {
  const notify = useNotify();
  return async () => {
    try {
      const url = URL.createObjectURL(await exportVips(filter));
      const link = document.createElement('a');
      link.href = url;
      link.download = 'vips.csv';
      link.click();
      URL.revokeObjectURL(url);
    } catch (error) {
      notify('error', `The export failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
}
