import type { TimeStamp } from './time-stamp.ts';

/** TP-VP, how long the service centre keeps trying; its three formats (3GPP TS 23.040, 9.2.3.12). */
export type ValidityPeriod =
  /** One octet, 5 minutes to 63 weeks. Encoding rounds `ms` up to the next period that the octet can say. */
  | { readonly format: 'relative'; readonly ms: number }
  | { readonly format: 'absolute'; readonly until: TimeStamp }
  | { readonly format: 'enhanced'; readonly singleShot: boolean; readonly period: EnhancedPeriod };

/** What an enhanced validity period says (3GPP TS 23.040, 9.2.3.12.3). */
export type EnhancedPeriod =
  | { readonly kind: 'none' }
  /** As the relative format. */
  | { readonly kind: 'relative'; readonly ms: number }
  /** 1 to 255 s. */
  | { readonly kind: 'seconds'; readonly seconds: number }
  /** Hours 0 to 99, minutes and seconds 0 to 59. */
  | { readonly kind: 'clock'; readonly hours: number; readonly minutes: number; readonly seconds: number };
