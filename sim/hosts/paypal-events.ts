import { captureBody, refundBody, timeText } from './paypal-answers.ts';
import type { PayPalEntry } from './paypal-book.ts';

/** What PayPal calls an event, by the kind of movement and its status. */
const TYPES = {
  capture: {
    COMPLETED: 'PAYMENT.CAPTURE.COMPLETED',
    PENDING: 'PAYMENT.CAPTURE.PENDING',
    other: 'PAYMENT.CAPTURE.DENIED',
  },
  refund: { COMPLETED: 'PAYMENT.CAPTURE.REFUNDED', PENDING: 'PAYMENT.REFUND.PENDING', other: 'PAYMENT.REFUND.FAILED' },
} as const;

/** The body of the webhook that tells of a capture or refund. @param count of events of this host. @param type default: by its status */
export function eventOf(
  entry: PayPalEntry,
  refunds: readonly PayPalEntry[],
  count: number,
  now: number,
  type?: string,
): object {
  const { kind, status } = entry;
  const byStatus = TYPES[kind][status === 'COMPLETED' || status === 'PENDING' ? status : 'other'];
  return {
    id: `WH-${`${count}`.padStart(17, '0')}-${entry.id}`,
    event_version: '1.0',
    create_time: timeText(now),
    resource_type: kind,
    resource_version: '2.0',
    event_type: type ?? byStatus,
    summary: `A ${kind} is ${status}`,
    resource: kind === 'refund' ? refundBody(entry) : captureBody(entry, refunds),
    links: [],
  };
}
