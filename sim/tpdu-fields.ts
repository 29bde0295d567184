/** What a modem looks at in a DELIVER or STATUS-REPORT without decoding it: it passes on also what it cannot read. */

/** TP-PID of a short message type 0: acknowledged and thrown away (3GPP TS 23.040, 9.2.3.9). */
export const TYPE_0 = 0x40;

/** TP-PID of the replace short message types 1 to 7. */
export const REPLACE_PIDS: ReadonlySet<number> = new Set([0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47]);

/** TP-MTI says STATUS-REPORT (or COMMAND, in the other direction). */
export function isStatusReport(tpdu: Uint8Array): boolean {
  return typeIndicator(tpdu) === 2;
}

/** TP-MTI says SUBMIT (in the direction of the network). */
export function isSubmit(tpdu: Uint8Array): boolean {
  return typeIndicator(tpdu) === 1;
}

function typeIndicator(tpdu: Uint8Array): number {
  return (tpdu[0] ?? 0) & 0x03;
}

/** TP-OA of a DELIVER with its length and type octets. */
export function originatorOctets(deliver: Uint8Array): Uint8Array {
  return deliver.subarray(1, 3 + Math.ceil((deliver[1] ?? 0) / 2));
}

export function protocolIdOf(deliver: Uint8Array): number {
  return deliver[1 + originatorOctets(deliver).length] ?? 0;
}

/** The class in TP-DCS of a DELIVER, if it names one (3GPP TS 23.038, 4). */
export function messageClassOf(deliver: Uint8Array): 0 | 1 | 2 | 3 | undefined {
  const dcs = deliver[2 + originatorOctets(deliver).length] ?? 0;
  const hasClass = dcs < 0x80 ? (dcs & 0x10) !== 0 : dcs >= 0xf0;
  if (!hasClass) return undefined;
  const classes = [0, 1, 2, 3] as const;
  return classes[dcs & 0x03];
}
