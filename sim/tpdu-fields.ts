import type { MessageClass } from '../modem/index.ts';

/** What network and modem look at in a TPDU without decoding it: they pass on also what they cannot read. */

/** TP-PID of a short message type 0: acknowledged and thrown away (3GPP TS 23.040, 9.2.3.9). */
export const TYPE_0 = 0x40;

/** Whether TP-PID says that the message takes the place of an earlier one: replace types 1 to 7 (3GPP TS 23.040, 9.2.3.9). */
export function isReplaceType(pid: number): boolean {
  return pid >= 0x41 && pid <= 0x47;
}

/** TP-MTI says STATUS-REPORT. Of a TPDU for the phone (3GPP TS 23.040, 9.2.3.1). */
export function isStatusReport(tpdu: Uint8Array): boolean {
  return typeIndicator(tpdu) === 2;
}

/** TP-MTI says COMMAND. Of a TPDU from the phone. */
export function isCommand(tpdu: Uint8Array): boolean {
  return typeIndicator(tpdu) === 2;
}

/** TP-MTI says SUBMIT. Of a TPDU from the phone. */
export function isSubmit(tpdu: Uint8Array): boolean {
  return typeIndicator(tpdu) === 1;
}

function typeIndicator(tpdu: Uint8Array): number {
  return (tpdu[0] ?? 0) & 0x03;
}

/** Octets of the address field that begins at `at` with its length in digits (3GPP TS 23.040, 9.1.2.5). */
export function addressOctets(tpdu: Uint8Array, at: number): number {
  return 2 + Math.ceil((tpdu[at] ?? 0) / 2);
}

/** TP-OA of a DELIVER with its length and type octets. */
export function originatorOctets(deliver: Uint8Array): Uint8Array {
  return deliver.subarray(1, 1 + addressOctets(deliver, 1));
}

/** TP-PID of a DELIVER. */
export function protocolIdOf(deliver: Uint8Array): number {
  return deliver[1 + addressOctets(deliver, 1)] ?? 0;
}

/** TP-DCS of a DELIVER, as an octet. */
export function codingOf(deliver: Uint8Array): number {
  return deliver[2 + addressOctets(deliver, 1)] ?? 0;
}

/** The class that TP-DCS names, if any (3GPP TS 23.038, 4). */
export function classIn(dcs: number): MessageClass | undefined {
  const hasClass = dcs < 0x80 ? (dcs & 0x10) !== 0 : dcs >= 0xf0;
  if (!hasClass) return undefined;
  const classes = [0, 1, 2, 3] as const;
  return classes[dcs & 0x03];
}
