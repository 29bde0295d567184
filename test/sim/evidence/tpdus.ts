import { encodeTpduToHex } from '../../../modem/index.ts';

const TO = { type: 'international', plan: 'isdn', value: '393330000002' } as const;
const GSM7 = { group: 'general', alphabet: 'gsm7', automaticDeletion: false } as const;
const UCS2 = { ...GSM7, alphabet: 'ucs2' } as const;
const OCTETS = { ...GSM7, alphabet: '8bit' } as const;
const STAMP = { at: Date.UTC(2010, 2, 1, 9), zone: 4 };
const SUBMIT = { type: 'SUBMIT', destination: TO } as const;
const HELLO = { kind: 'text', header: [], text: 'Hi\r\nBob' } as const;
const PORTS = { kind: 'ports', width: 16, destination: 16_001, source: 7 } as const;

/** A part of a long message, of reference 9. */
export function partOf(total: number, sequence: number): string {
  const header = [{ kind: 'concatenation', width: 8, reference: 9, total, sequence } as const];
  return encodeTpduToHex({ ...SUBMIT, messageReference: 8, dcs: UCS2, userData: { kind: 'text', text: 'Ж', header } });
}

/** A COMMAND of this TP-CT about the message of reference 4. */
export function commandOf(commandType: number): string {
  const data = Uint8Array.of();
  return encodeTpduToHex({
    type: 'COMMAND',
    messageReference: 1,
    commandType,
    messageNumber: 4,
    destination: TO,
    data,
  });
}

/** `Hi↵Bob`, whose sender wants a report. */
export const WANTS_REPORT: string = encodeTpduToHex({
  ...SUBMIT,
  messageReference: 7,
  dcs: GSM7,
  userData: HELLO,
  statusReportRequested: true,
});

/** So many octets, from port 7 to port 16001. */
export const TO_PORT: string = encodeTpduToHex({
  ...SUBMIT,
  messageReference: 8,
  dcs: OCTETS,
  userData: { kind: 'data', data: new Uint8Array(2), header: [PORTS] },
});

export const ONE_OCTET: string = encodeTpduToHex({
  ...SUBMIT,
  messageReference: 8,
  dcs: OCTETS,
  userData: { kind: 'data', data: new Uint8Array(1), header: [] },
});

export const DELIVER: string = encodeTpduToHex({
  type: 'DELIVER',
  originator: TO,
  dcs: GSM7,
  timestamp: STAMP,
  userData: HELLO,
});

/** Of message reference 7, with TP-ST 46. */
export const REPORT: string = encodeTpduToHex({
  type: 'STATUS-REPORT',
  messageReference: 7,
  recipient: TO,
  timestamp: STAMP,
  dischargeTime: STAMP,
  status: 0x46,
});
