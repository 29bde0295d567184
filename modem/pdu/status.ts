/** What TP-ST means (3GPP TS 23.040, 9.2.3.15): the message arrived, or the service centre still tries, or has given up. */
export type DeliveryStatus = 'delivered' | 'trying' | 'failed';

/**
 * Classifies TP-ST, an octet. Reserved values count as `failed`, because the standard has a receiver read them as "service
 * rejected"; values that are free for service centres (10 to 1F, 30 to 3F, …) count as their class.
 */
export function statusOf(status: number): DeliveryStatus {
  if (status <= 0x02 || (status >= 0x10 && status <= 0x1f)) return 'delivered';
  if ((status >= 0x20 && status <= 0x25) || (status >= 0x30 && status <= 0x3f)) return 'trying';
  return 'failed';
}

/** Why, by the low four bits of a TP-ST from 20 to 25 and from 60 to 65. */
const TEMPORARY = [
  'congestion',
  'phone busy',
  'no answer from the phone',
  'service rejected',
  'quality of service not available',
  'error in the phone',
];

/** Why, by the low four bits of a TP-ST from 40 to 49. */
const PERMANENT = [
  'remote procedure error',
  'incompatible destination',
  'rejected by the phone',
  'not obtainable',
  'quality of service not available',
  'no interworking available',
  'validity period expired',
  'deleted by the sender',
  'deleted by the service centre',
  'no such message',
];

/** Why, by a TP-ST from 00 to 02. */
const RECEIVED = ['received', 'forwarded, the service centre cannot say more', 'replaced by the service centre'];

/** TP-ST, an octet, in words. */
export function describeStatus(status: number): string {
  const outcome = statusOf(status);
  if (status >= 0x80) return `${outcome}: reserved`;
  const reasons = [RECEIVED, TEMPORARY, PERMANENT, TEMPORARY][status >> 5] ?? [];
  const known = reasons[status & 0x1f];
  const reason = known ?? ((status & 0x10) === 0 ? 'reserved' : 'specific to the service centre');
  return `${outcome}: ${reason}`;
}
