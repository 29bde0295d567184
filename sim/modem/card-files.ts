import { fromHex } from '../../modem/index.ts';
import { septetsOfText } from './septets.ts';
import { smscField } from './smsc-field.ts';
import type { VirtualModem } from './virtual-modem.ts';

/** An elementary file of the SIM (3GPP TS 51.011, 6.4 and 10): octets, or records of one length. */
export interface CardFile {
  /** Its name in the standard, without EF. */
  readonly name: string;
  readonly id: number;
  /** Whether the file may be read always, or only after the PIN (CHV1). */
  readonly read: 'always' | 'pin';
  readonly content:
    | { readonly structure: 'transparent'; octets(modem: VirtualModem): Uint8Array }
    | { readonly structure: 'linear fixed'; readonly recordOctets: number; records(modem: VirtualModem): Records };
}

type Records = readonly Uint8Array[];

/** Octets of a name in the phonebook and of the names of own number and SMS parameters. */
const NAME_OCTETS = 14;
const DIGIT_OCTETS = 10;
const SERVICE_CENTRE_OCTETS = 12;
const SPN_OCTETS = 16;
const PHONEBOOK_PLACES = 50;
const SMS_OCTETS = 176;
const PHASE_2 = 0x02;
/** Services that are there: PIN off, phonebook, SMS; own number, SMS parameters; name of the provider (10.3.7). */
const SERVICES = 'CF00C30003';
/** Normal operation; the MNC has two digits (10.3.18). */
const ADMINISTRATION = '00000002';
/** Parameter indicators of EF-SMSP: only the service centre is present, by a 0 bit (10.5.6). */
const ONLY_SERVICE_CENTRE = 0xfd;
/** Status of a record of EF-SMS by `<stat>` of 3GPP TS 27.005: unread, read, to be sent, sent (10.5.3). */
const SMS_STATUS = [0x03, 0x01, 0x07, 0x05] as const;

/** Octets filled with FF, or cut, to a length. */
function filled(octets: Iterable<number>, length: number): Uint8Array {
  const field = new Uint8Array(length).fill(0xff);
  field.set([...octets].slice(0, length));
  return field;
}

/** Digits as semi-octets, low one first, filled with F. */
function semiOctets(digits: string): Uint8Array {
  const even = digits.length % 2 === 0 ? digits : `${digits}F`;
  return fromHex(even.replaceAll(/(.)(.)/g, '$2$1'));
}

/** A name in the default alphabet, or in UCS-2 behind 80 (annex B). */
function nameField(name: string, length: number): Uint8Array {
  return filled(septetsOfText(name) ?? [0x80, ...Buffer.from(name, 'utf16le').swap16()], length);
}

/** Length, type and digits of a number to dial, `*`, `#` and a pause included (10.5.1). */
function numberField(number: string): Uint8Array {
  const digits = number
    .replace('+', '')
    .toUpperCase()
    .replaceAll('*', 'A')
    .replaceAll('#', 'B')
    .replaceAll(/[PW]/g, 'C');
  const octets = semiOctets(digits.slice(0, 2 * DIGIT_OCTETS));
  if (octets.length === 0) return filled([], 2 + DIGIT_OCTETS);
  return filled([1 + octets.length, number.startsWith('+') ? 0x91 : 0x81, ...octets], 2 + DIGIT_OCTETS);
}

/** A record of the phonebook or of own numbers; neither has a capability record or an extension. */
function dialled(name: string, number: string): Uint8Array {
  return filled([...nameField(name, NAME_OCTETS), ...numberField(number)], NAME_OCTETS + DIGIT_OCTETS + 4);
}

/** MCC and MNC as three octets (3GPP TS 24.008, 10.5.1.3). */
function networkCode(code: string): Uint8Array {
  const [c1 = '', c2 = '', c3 = '', n1 = '', n2 = '', n3 = 'F'] = code;
  return fromHex(`${c2}${c1}${n3}${c3}${n2}${n1}`);
}

function smsRecords({ sim: { messages: places } }: VirtualModem): Records {
  return Array.from({ length: places.capacity }, (_, place) => {
    const message = places.get(places.firstIndex + place);
    if (message === undefined) return filled([0], SMS_OCTETS);
    const smsc = message.smsc.length > 0 ? message.smsc : [0];
    return filled([SMS_STATUS[message.status], ...smsc, ...message.tpdu], SMS_OCTETS);
  });
}

const binary = (name: string, id: number, read: CardFile['read'], octets: (modem: VirtualModem) => Uint8Array) =>
  ({ name, id, read, content: { structure: 'transparent', octets } }) as const;

const records = (name: string, id: number, recordOctets: number, of: (modem: VirtualModem) => Records) =>
  ({ name, id, read: 'pin', content: { structure: 'linear fixed', recordOctets, records: of } }) as const;

/** The files of the SIM that programs read; their clauses are of 3GPP TS 51.011. */
const files: readonly CardFile[] = [
  // 10.1.1
  binary('ICCID', 0x2fe2, 'always', ({ sim }) => filled(semiOctets(sim.iccid), 10)),
  // 10.1.2: Italian.
  binary('ELP', 0x2f05, 'always', () => new Uint8Array(Buffer.from('it'))),
  // 10.3.1: Italian (3GPP TS 23.038, 5).
  binary('LP', 0x6f05, 'always', () => Uint8Array.of(0x01)),
  // 10.3.2: a length, the parity in the first digit.
  binary('IMSI', 0x6f07, 'pin', ({ sim }) => filled([0x08, ...semiOctets(`9${sim.imsi}`)], 9)),
  // 10.3.7
  binary('SST', 0x6f38, 'pin', () => fromHex(SERVICES)),
  // 10.3.11: the name is not shown beside that of the network.
  binary('SPN', 0x6f46, 'always', ({ link }) => Uint8Array.of(0, ...nameField(link.operator.long, SPN_OCTETS))),
  // 10.3.15
  binary('ACC', 0x6f78, 'pin', ({ sim }) => fromHex((1 << Number(sim.imsi.at(-1))).toString(16).padStart(4, '0'))),
  // 10.3.16: no network is forbidden.
  binary('FPLMN', 0x6f7b, 'pin', () => filled([], 12)),
  // 10.3.17: no TMSI, the network and the area where the phone was last, updated.
  binary('LOCI', 0x6f7e, 'pin', ({ link }) => {
    return Uint8Array.of(...filled([], 4), ...networkCode(link.operator.code), 0x00, 0xc3, 0xff, 0x00);
  }),
  // 10.3.18
  binary('AD', 0x6fad, 'always', () => fromHex(ADMINISTRATION)),
  // 10.3.19
  binary('Phase', 0x6fae, 'always', () => Uint8Array.of(PHASE_2)),
  // 10.3.27
  binary('ECC', 0x6fb7, 'always', () => filled(semiOctets('112'), 3)),
  // 10.5.1
  records('ADN', 0x6f3a, NAME_OCTETS + 14, ({ sim }) =>
    Array.from({ length: PHONEBOOK_PLACES }, (_, place) => {
      const entry = sim.phonebook.get(place + 1);
      return entry === undefined ? filled([], NAME_OCTETS + 14) : dialled(entry.name, entry.number);
    }),
  ),
  // 10.5.3
  records('SMS', 0x6f3c, SMS_OCTETS, smsRecords),
  // 10.5.5
  records('MSISDN', 0x6f40, NAME_OCTETS + 14, ({ sim }) => [dialled('', sim.number)]),
  // 10.5.6: name, indicators, no recipient, the service centre, no protocol, coding or validity.
  records('SMSP', 0x6f42, NAME_OCTETS + 28, ({ sim }) => {
    const serviceCentre = filled(sim.smsc.number === '' ? [] : smscField(sim.smsc.number), SERVICE_CENTRE_OCTETS);
    const before = [...filled([], NAME_OCTETS), ONLY_SERVICE_CENTRE, ...filled([], 12)];
    return [filled([...before, ...serviceCentre], NAME_OCTETS + 28)];
  }),
];

/** The files of the SIM, by their identifier. */
export const cardFiles: ReadonlyMap<number, CardFile> = new Map(files.map((file) => [file.id, file]));
