import type { Concatenation, InformationElement, Ports } from './information-element.ts';

/**
 * TP-UD of one SMS: its header's elements in order (none: no header, TP-UDHI is 0) and what follows
 * (3GPP TS 23.040, 9.2.3.24). `text` goes with a coding scheme of alphabet `gsm7` or `ucs2`, `data` with `8bit`.
 */
export type UserData =
  | { readonly kind: 'text'; readonly header: readonly InformationElement[]; readonly text: string }
  | { readonly kind: 'data'; readonly header: readonly InformationElement[]; readonly data: Uint8Array };

/** The last concatenation element of the header, which is the one that counts. */
export function concatenationOf(userData: UserData): Concatenation | undefined {
  return userData.header.findLast((element) => element.kind === 'concatenation');
}

/** The last port element of the header, which is the one that counts. */
export function portsOf(userData: UserData): Ports | undefined {
  return userData.header.findLast((element) => element.kind === 'ports');
}
