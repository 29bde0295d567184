/** What TP-ST means (3GPP TS 23.040, 9.2.3.15): it arrived, the service centre still tries, or it gave up. */
export type DeliveryStatus = 'delivered' | 'trying' | 'failed';

/** Classifies TP-ST, an octet. Values that the standard reserves count as `failed`. */
export function statusOf(status: number): DeliveryStatus {
  if (status < 0x20) return 'delivered';
  return status < 0x40 ? 'trying' : 'failed';
}
