/** TON, type of number (3GPP TS 23.040, 9.1.2.5). The position in this list is the code on the wire. */
export const TYPES_OF_NUMBER = [
  'unknown',
  'international',
  'national',
  'network-specific',
  'subscriber',
  'alphanumeric',
  'abbreviated',
  'reserved',
] as const;

/** TON, type of number (3GPP TS 23.040, 9.1.2.5). */
export type TypeOfNumber = (typeof TYPES_OF_NUMBER)[number];

/** NPI, numbering plan (3GPP TS 23.040, 9.1.2.5). The position in this list is the code on the wire. */
export const NUMBERING_PLANS = [
  'unknown',
  'isdn',
  'reserved-2',
  'data',
  'telex',
  'service-centre-5',
  'service-centre-6',
  'reserved-7',
  'national',
  'private',
  'ermes',
  'reserved-11',
  'reserved-12',
  'reserved-13',
  'reserved-14',
  'reserved-15',
] as const;

/** NPI, numbering plan (3GPP TS 23.040, 9.1.2.5). */
export type NumberingPlan = (typeof NUMBERING_PLANS)[number];

/** An address field: TP-OA, TP-DA, TP-RA or the service centre's (3GPP TS 23.040, 9.1.2.5). */
export interface Address {
  readonly type: TypeOfNumber;
  readonly plan: NumberingPlan;
  /** Digits `0-9*#abc` without `+`, 20 at most; for type `alphanumeric` 11 characters of the GSM alphabet at most. */
  readonly value: string;
}

/** An address from the way people write it: `+` and digits, digits (a short code or national number), or letters. */
export function addressOf(text: string): Address {
  return { type: 'unknown', plan: 'isdn', value: text };
}

/** The address as people write it: with `+` when international. */
export function addressText(address: Address): string {
  return address.type === 'international' ? `+${address.value}` : address.value;
}
