import StatusIndicator from '@cloudscape-design/components/status-indicator';
import type { Webhook } from '../../api/client';
import { sentence } from '../../api/formErrors';
import { OnHover } from '../../components/OnHover';
import { Time, moment } from '../../components/Time';

/** How far a webhook has been told. */
export function DeliverySign({ webhook: { enabled, delivery } }: { webhook: Webhook }) {
  if (!enabled) {
    return <StatusIndicator type="stopped">Disabled</StatusIndicator>;
  }
  const { failing, deliveredAt } = delivery;
  if (failing !== undefined) {
    const more = `${sentence(failing.error)} Since ${moment(failing.since)}, tried ${failing.attempts} times; again at ${moment(failing.nextAttemptAt)}.`;
    return (
      <OnHover more={more}>
        <StatusIndicator type="error">Failing</StatusIndicator>
      </OnHover>
    );
  }
  return deliveredAt === undefined ? (
    <StatusIndicator type="pending">Not called yet</StatusIndicator>
  ) : (
    <StatusIndicator type="success">
      Told at <Time at={deliveredAt} />
    </StatusIndicator>
  );
}
