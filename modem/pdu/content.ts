/** What an SMS carries, as the upper floors see it: whole, however many segments it took on the air. */
export type SmsContent =
  | { readonly kind: 'text'; readonly text: string; readonly ports?: ApplicationPorts }
  | { readonly kind: 'data'; readonly data: Uint8Array; readonly ports?: ApplicationPorts };

/** 16-bit application port addressing (3GPP TS 23.040, 9.2.3.24.4). */
export interface ApplicationPorts {
  readonly destination: number;
  readonly source: number;
}
