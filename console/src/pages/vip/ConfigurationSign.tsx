import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Binding } from '../../api/client';

/** Whether what HAVIP made for a VM's HA software is still right. */
export function ConfigurationSign({ configuration }: Pick<Binding, 'configuration'>) {
  switch (configuration) {
    case 'none':
      return <StatusIndicator type="pending">Not made yet</StatusIndicator>;
    case 'current':
      return <StatusIndicator type="success">Up to date</StatusIndicator>;
    case 'outdated':
      return <StatusIndicator type="warning">Outdated</StatusIndicator>;
  }
}
