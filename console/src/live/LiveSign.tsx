import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { useLiveState } from './LiveEvents';

/** Whether what the page shows is kept up to date. */
export function LiveSign() {
  switch (useLiveState()) {
    case 'live':
      return <StatusIndicator type="success">Live</StatusIndicator>;
    case 'down':
      return <StatusIndicator type="warning">Not live</StatusIndicator>;
  }
}
