import type { ApplicationPorts } from '../bearer.ts';
import type { Alphabet, DataCodingScheme, MessageClass } from './data-coding-scheme.ts';
import type { UserData } from './user-data.ts';

/** A whole message, before it is cut or after it is put together. Every `SmsContent` is one. */
export type MessageContent =
  | { readonly kind: 'text'; readonly text: string; readonly ports?: ApplicationPorts }
  | { readonly kind: 'data'; readonly data: Uint8Array; readonly ports?: ApplicationPorts };

/** How to cut a message. */
export interface SegmentOptions {
  /** The concatenation reference, 0 to 65535; used modulo 256 with 8 bits, and not at all when one SMS is enough. */
  readonly reference: number;
  /** Bits of the concatenation reference. Default 8. */
  readonly referenceWidth?: 8 | 16;
  /** Default: the smallest that can write the text; `8bit` for data. */
  readonly alphabet?: Alphabet;
  /** Default: none. */
  readonly messageClass?: MessageClass;
}

/** The part of a TPDU that differs from one segment to the next. */
export interface Segment {
  readonly dcs: DataCodingScheme;
  readonly userData: UserData;
}

/**
 * Cuts a message into as few SMS as it takes (3GPP TS 23.040, 9.2.3.24.1). Never cuts an escape sequence or a surrogate
 * pair. Throws `PduEncodeError` when it takes more than 255 or the alphabet cannot write the text.
 */
export function segment(content: MessageContent, options: SegmentOptions): readonly Segment[] {
  throw new Error(`not implemented: ${content.kind} ${options.reference}`);
}
