/** What TP-ST means (3GPP TS 23.040, 9.2.3.15): it arrived, the service centre still tries, or it gave up. */
export type DeliveryStatus = 'delivered' | 'trying' | 'failed';

/**
 * Classifies TP-ST, an octet. Values that the standard reserves count as `failed`, since it has them taken for "service
 * rejected"; those it leaves to service centres (10 to 1F, 30 to 3F, …) count as their class.
 */
export function statusOf(status: number): DeliveryStatus {
  if (status <= 0x02 || (status >= 0x10 && status <= 0x1f)) return 'delivered';
  if ((status >= 0x20 && status <= 0x25) || (status >= 0x30 && status <= 0x3f)) return 'trying';
  return 'failed';
}
