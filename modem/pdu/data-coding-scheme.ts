/** How user data is written: 7-bit default alphabet, octets, or UTF-16 in network order. */
export type Alphabet = 'gsm7' | '8bit' | 'ucs2';

/** 0 is shown at once and not stored, 1 is for the phone, 2 for the SIM, 3 for the terminal equipment. */
export type MessageClass = 0 | 1 | 2 | 3;

/** What a message-waiting indication counts (3GPP TS 23.038, 4). */
export type WaitingKind = 'voicemail' | 'fax' | 'email' | 'other';

/**
 * TP-DCS (3GPP TS 23.038, 4). Reserved codings have no value here: strict decoding refuses them, lenient decoding takes
 * them for the default alphabet as the standard asks. Compressed text is always refused.
 */
export type DataCodingScheme =
  /** General data coding, 00xx and, with `automaticDeletion`, 01xx. */
  | {
      readonly group: 'general';
      readonly alphabet: Alphabet;
      readonly messageClass?: MessageClass;
      /** The message is deleted once read. */
      readonly automaticDeletion: boolean;
    }
  /** Message waiting, 1100 (text may be discarded), 1101 and, in UCS-2, 1110 (text is stored). */
  | {
      readonly group: 'message-waiting';
      readonly alphabet: 'gsm7' | 'ucs2';
      readonly store: boolean;
      readonly active: boolean;
      readonly waiting: WaitingKind;
    }
  /** Data coding and message class, 1111. */
  | { readonly group: 'data-coding'; readonly alphabet: 'gsm7' | '8bit'; readonly messageClass: MessageClass };
