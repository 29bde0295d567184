import type { Language } from './alphabet/language.ts';
import type { WaitingKind } from './data-coding-scheme.ts';

/** Concatenated short message: one of `total` parts (3GPP TS 23.040, 9.2.3.24.1 and 9.2.3.24.8). */
export interface Concatenation {
  readonly kind: 'concatenation';
  /** Bits of the reference: element 00 has 8, element 08 has 16. */
  readonly width: 8 | 16;
  readonly reference: number;
  /** 1 to 255. */
  readonly total: number;
  /** 1 to `total`. */
  readonly sequence: number;
}

/** Application port addressing (3GPP TS 23.040, 9.2.3.24.3 and 9.2.3.24.4). */
export interface Ports {
  readonly kind: 'ports';
  /** Bits of each port: element 04 has 8, element 05 has 16. */
  readonly width: 8 | 16;
  readonly destination: number;
  readonly source: number;
}

/** National language table for the text of this message (3GPP TS 23.040, 9.2.3.24.15 and 9.2.3.24.16). */
export interface NationalLanguage {
  readonly kind: 'national-language';
  /** `single` replaces the extension table, `locking` the default alphabet. */
  readonly shift: 'single' | 'locking';
  readonly language: Language;
}

/** Special SMS message indication: how many messages wait in a mailbox (3GPP TS 23.040, 9.2.3.24.2). */
export interface SpecialMessage {
  readonly kind: 'special-message';
  /** Whether this message is to be stored after the indicator was set. */
  readonly store: boolean;
  readonly waiting: WaitingKind | 'extended';
  /** Bits 2 to 6 of the first octet: profile and extended kind, 0 when neither is used. */
  readonly extension: number;
  /** 0 to 255; 255 means 255 or more. */
  readonly count: number;
}

/** Any other information element, as it came. */
export interface OtherElement {
  readonly kind: 'other';
  /** IEI, 0 to 255. */
  readonly id: number;
  readonly data: Uint8Array;
}

/** One element of the user-data header (3GPP TS 23.040, 9.2.3.24). */
export type InformationElement = Concatenation | Ports | NationalLanguage | SpecialMessage | OtherElement;
