import { type Address, addressText } from './address.ts';
import { type DataCodingScheme, PLAIN } from './data-coding-scheme.ts';
import { describeFailureCause } from './failure-cause.ts';
import { toHex } from './hex.ts';
import type { InformationElement } from './information-element.ts';
import { isoTime } from './iso-time.ts';
import { inOctets } from './octets.ts';
import type { Pdu } from './pdu.ts';
import { describeProtocol } from './protocol-identifier.ts';
import { describeStatus } from './status.ts';
import type { Tpdu } from './tpdu.ts';
import type { UserData } from './user-data.ts';
import type { EnhancedPeriod, ValidityPeriod } from './validity-period.ts';

/** A field and the PDU it was found in. */
export interface FieldContext {
  readonly pdu: Pdu;
  /** The octets of the field. */
  readonly octets: Uint8Array;
  /** In TP-UDH: which element of the header, from 0. */
  readonly element: number;
}

const COMMANDS = ['enquire', 'cancel the status report request', 'delete', 'enable the status report request'];

/** Fields that are a number and nothing else. */
function plainNumber({ octets }: FieldContext): string {
  return String(octets[0] ?? 0);
}

/** How the value of each field is put into words, by the field's name. */
const MEANINGS: Readonly<Record<string, (context: FieldContext) => string>> = {
  SMSC: ({ pdu }) => (pdu.smsc === undefined ? "the modem's own setting" : describeAddress(pdu.smsc)),
  'TP-MTI': ({ pdu }) => [pdu.tpdu.type, ...flagsOf(pdu.tpdu)].join(', '),
  'TP-MR': plainNumber,
  'TP-MN': plainNumber,
  'TP-OA': ({ pdu }) => describeAddress(addressOfTpdu(pdu.tpdu)),
  'TP-DA': ({ pdu }) => describeAddress(addressOfTpdu(pdu.tpdu)),
  'TP-RA': ({ pdu }) => describeAddress(addressOfTpdu(pdu.tpdu)),
  'TP-PID': ({ octets }) => describeProtocol(octets[0] ?? 0),
  'TP-DCS': ({ pdu }) => describeCoding(dcsOfTpdu(pdu.tpdu)),
  'TP-SCTS': ({ pdu }) => ('timestamp' in pdu.tpdu ? isoTime(pdu.tpdu.timestamp) : ''),
  'TP-DT': ({ pdu }) => ('dischargeTime' in pdu.tpdu ? isoTime(pdu.tpdu.dischargeTime) : ''),
  'TP-VP': ({ pdu }) => ('validity' in pdu.tpdu ? describeValidity(pdu.tpdu.validity) : ''),
  'TP-ST': ({ octets }) => describeStatus(octets[0] ?? 0),
  'TP-FCS': ({ octets }) => describeFailureCause(octets[0] ?? 0),
  'TP-PI': ({ pdu }) => describeParameters(pdu.tpdu),
  'TP-CT': ({ octets }) => COMMANDS[octets[0] ?? 0] ?? 'reserved or specific to the service centre',
  'TP-CDL': ({ octets }) => inOctets(octets[0] ?? 0),
  'TP-CD': ({ octets }) => `${inOctets(octets.length)} of command data`,
  'TP-UDL': ({ pdu, octets }) => `${octets[0]} ${dcsOfTpdu(pdu.tpdu).alphabet === 'gsm7' ? 'septets' : 'octets'}`,
  'TP-UDHL': ({ octets }) => `${inOctets(octets[0] ?? 0)} of header`,
  'TP-UDH': ({ pdu, element }) => describeElement(userDataOfTpdu(pdu.tpdu)?.header[element]),
  'TP-UD': ({ pdu }) => describeContent(userDataOfTpdu(pdu.tpdu)),
};

/** The value of a field, in words. */
export function meaningOf(field: string, context: FieldContext): string {
  return MEANINGS[field]?.(context) ?? '';
}

function addressOfTpdu(tpdu: Tpdu): Address | undefined {
  if ('originator' in tpdu) return tpdu.originator;
  if ('destination' in tpdu) return tpdu.destination;
  return 'recipient' in tpdu ? tpdu.recipient : undefined;
}

function dcsOfTpdu(tpdu: Tpdu): DataCodingScheme {
  if ('dcs' in tpdu) return tpdu.dcs;
  return ('parameters' in tpdu ? tpdu.parameters?.dcs : undefined) ?? PLAIN;
}

function userDataOfTpdu(tpdu: Tpdu): UserData | undefined {
  if ('userData' in tpdu) return tpdu.userData;
  return 'parameters' in tpdu ? tpdu.parameters?.userData : undefined;
}

/** The flags that a TPDU has, in words. */
function flagsOf(tpdu: Tpdu): readonly string[] {
  const flags: Readonly<Record<string, string>> = {
    moreMessagesToSend: 'more messages to send',
    loopPrevention: 'must not be forwarded again',
    replyPath: 'reply path',
    statusReportIndication: 'status report goes back',
    statusReportRequested: 'status report requested',
    rejectDuplicates: 'duplicates to be rejected',
    answersCommand: 'answers a command',
    hasHeader: 'header in the command data',
  };
  const set = Object.entries(tpdu).flatMap(([name, value]) => (value === true ? (flags[name] ?? []) : []));
  return (userDataOfTpdu(tpdu)?.header.length ?? 0) > 0 ? [...set, 'user-data header'] : set;
}

function describeAddress(address: Address | undefined): string {
  if (address === undefined) return '';
  const { type, plan } = address;
  const usual = plan === 'isdn' || (type === 'alphanumeric' && plan === 'unknown');
  return `${addressText(address)} (${type}${usual ? '' : `, plan ${plan}`})`;
}

function describeCoding(dcs: DataCodingScheme): string {
  const alphabet = { gsm7: 'GSM 7-bit', '8bit': '8-bit data', ucs2: 'UCS-2' }[dcs.alphabet];
  if (dcs.group === 'message-waiting') {
    const stored = dcs.store ? 'text to be stored' : 'text may be discarded';
    return `${alphabet}, ${dcs.waiting} indicator ${dcs.active ? 'on' : 'off'}, ${stored}`;
  }
  if (dcs.group === 'reserved') return `reserved, taken for ${alphabet}`;
  const messageClass = dcs.messageClass === undefined ? '' : `, class ${dcs.messageClass}`;
  const deletion = dcs.group === 'general' && dcs.automaticDeletion ? ', deleted once read' : '';
  return `${alphabet}${messageClass}${deletion}`;
}

function describeDuration(ms: number): string {
  const minutes = ms / 60_000;
  if (minutes % (24 * 60) === 0) return `${minutes / (24 * 60)} days`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${minutes} min`;
}

function describePeriod(period: EnhancedPeriod): string {
  switch (period.kind) {
    case 'none':
      return 'no period';
    case 'relative':
      return describeDuration(period.ms);
    case 'seconds':
      return `${period.seconds} s`;
    case 'clock':
      return `${period.hours} h ${period.minutes} min ${period.seconds} s`;
  }
}

function describeValidity(validity: ValidityPeriod | undefined): string {
  switch (validity?.format) {
    case undefined:
      return '';
    case 'relative':
      return describeDuration(validity.ms);
    case 'absolute':
      return `until ${isoTime(validity.until)}`;
    case 'enhanced':
      return `${describePeriod(validity.period)}${validity.singleShot ? ', one attempt only' : ''}`;
  }
}

function describeParameters(tpdu: Tpdu): string {
  const parameters = 'parameters' in tpdu ? tpdu.parameters : undefined;
  const names = [
    ...(parameters?.pid === undefined ? [] : ['TP-PID']),
    ...(parameters?.dcs === undefined ? [] : ['TP-DCS']),
    ...(parameters?.userData === undefined ? [] : ['TP-UD']),
  ];
  return `followed by ${names.join(', ') || 'nothing'}`;
}

function describeElement(element: InformationElement | undefined): string {
  switch (element?.kind) {
    case undefined:
      return 'ignored';
    case 'concatenation':
      return `part ${element.sequence} of ${element.total}, reference ${element.reference} (${element.width} bits)`;
    case 'ports':
      return `to port ${element.destination} from port ${element.source} (${element.width} bits)`;
    case 'national-language':
      return `${element.language} ${element.shift} shift table`;
    case 'special-message':
      return `${element.count} ${element.waiting} messages waiting, profile ${element.profile}`;
    case 'other':
      return `element ${toHex(Uint8Array.of(element.id))}, ${inOctets(element.data.length)}`;
  }
}

function describeContent(userData: UserData | undefined): string {
  if (userData === undefined) return '';
  return userData.kind === 'text' ? JSON.stringify(userData.text) : `${inOctets(userData.data.length)} of data`;
}
