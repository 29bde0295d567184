import { type Address, addressText, decodeTpdu, PduError, toHex } from '../../modem/index.ts';
import { type Contents, openDeliver, openSubmit } from '../envelope.ts';
import { isStatusReport } from '../tpdu-fields.ts';
import { toHost } from './charset.ts';
import { STATUS_WORDS, type StoredMessage } from './message-store.ts';
import { textOfSeptets, unpackSeptets } from './septets.ts';
import { timeText } from './time-text.ts';
import type { VirtualModem } from './virtual-modem.ts';

/** Headers of a message in text mode: the fields behind the colon (3GPP TS 27.005, 3.4 and 3.5). */

/** `+CMT` of a DELIVER. */
export function routedHeader(modem: VirtualModem, tpdu: Uint8Array): string {
  return deliverFields(modem, tpdu, modem.smscOfNetwork);
}

/** `+CDS`, and the tail of a stored report: `<fo>,<mr>,[<ra>],[<tora>],<scts>,<dt>,<st>`. */
export function reportFields(charset: string, tpdu: Uint8Array): string {
  const report = decodeTpdu(tpdu, 'mobile-terminated');
  if (report.type !== 'STATUS-REPORT') throw new PduError('TP-MTI', 0, tpdu, 'not a STATUS-REPORT');
  const { recipient, timestamp, dischargeTime } = report;
  return [
    tpdu[0],
    report.messageReference,
    quoted(toHost(charset, addressText(recipient))),
    typeOf(recipient),
    quoted(timeText(timestamp)),
    quoted(timeText(dischargeTime)),
    report.status,
  ].join(',');
}

/** `+CMGR` of a stored message. */
export function readHeader(modem: VirtualModem, { status, tpdu, smsc }: StoredMessage): string {
  const word = quoted(STATUS_WORDS[status] ?? '');
  if (status >= 2) return `${word},${submitFields(modem, tpdu, smsc)}`;
  if (isStatusReport(tpdu)) return `${word},${reportFields(modem.settings.charset, tpdu)}`;
  return `${word},${deliverFields(modem, tpdu, smsc)}`;
}

/** `+CMGL` of a stored message, behind its index. */
export function listedHeader(modem: VirtualModem, { status, tpdu }: StoredMessage): string {
  const { charset, textHeaders } = modem.settings;
  const word = quoted(STATUS_WORDS[status] ?? '');
  if (status < 2 && isStatusReport(tpdu)) return `${word},${reportFields(charset, tpdu)}`;
  const [address, contents, time] =
    status < 2 ? partsOfDeliver(tpdu) : ([openSubmit(tpdu).header.destination, openSubmit(tpdu).contents, ''] as const);
  const fields = [word, quoted(toHost(charset, addressText(address))), '', time];
  if (textHeaders) fields.push(String(typeOf(address)), String(lengthOf(contents)));
  return fields.join(',');
}

function partsOfDeliver(tpdu: Uint8Array): readonly [Address, Contents, string] {
  const { header, contents } = openDeliver(tpdu);
  return [header.originator, contents, quoted(timeText(header.timestamp))];
}

function deliverFields(modem: VirtualModem, tpdu: Uint8Array, smsc: Uint8Array): string {
  const { charset, textHeaders } = modem.settings;
  const { header, contents } = openDeliver(tpdu);
  const fields: (string | number)[] = [
    quoted(toHost(charset, addressText(header.originator))),
    '',
    quoted(timeText(header.timestamp)),
  ];
  if (textHeaders) {
    fields.push(typeOf(header.originator), tpdu[0] ?? 0, header.pid ?? 0, contents.dcs);
    fields.push(...smscFields(charset, smsc), lengthOf(contents));
  }
  return fields.join(',');
}

function submitFields(modem: VirtualModem, tpdu: Uint8Array, smsc: Uint8Array): string {
  const { charset, textHeaders } = modem.settings;
  const { header, contents } = openSubmit(tpdu);
  const fields: (string | number)[] = [quoted(toHost(charset, addressText(header.destination))), ''];
  if (textHeaders) {
    const validity =
      header.validity?.format === 'relative' ? (tpdu[tpdu.length - contents.userData.length - 1] ?? 0) : '';
    fields.push(typeOf(header.destination), tpdu[0] ?? 0, header.pid ?? 0, contents.dcs, validity);
    fields.push(...smscFields(charset, smsc), lengthOf(contents));
  }
  return fields.join(',');
}

/** The text of a message, or its octets in hex when it is no plain 7-bit text (3GPP TS 27.005, 3.1, `<data>`). */
export function textOf(
  charset: string,
  tpdu: Uint8Array,
  direction: 'mobile-originated' | 'mobile-terminated',
): string {
  const { contents } = direction === 'mobile-terminated' ? openDeliver(tpdu) : openSubmit(tpdu);
  const [length = 0, ...octets] = contents.userData;
  const userData = Uint8Array.from(octets);
  if (contents.hasHeader || !isSevenBit(contents.dcs)) return toHex(userData);
  try {
    return toHost(charset, textOfSeptets(unpackSeptets(userData, length)));
  } catch (error) {
    if (error instanceof PduError) return toHex(userData);
    throw error;
  }
}

/** Whether TP-DCS means the 7-bit default alphabet (3GPP TS 23.038, 4). Reserved codings count as it. */
export function isSevenBit(dcs: number): boolean {
  if (dcs < 0x80) return (dcs & 0x2c) === 0 || (dcs & 0x2c) === 0x0c;
  if (dcs >= 0xf0) return (dcs & 0x04) === 0;
  return (dcs & 0xf0) !== 0xe0;
}

/** `<length>` in text mode: characters of a 7-bit text, else octets. */
function lengthOf(contents: Contents): number {
  return contents.userData[0] ?? 0;
}

function smscFields(charset: string, smsc: Uint8Array): readonly [string, number] {
  const digits = toHex(smsc.subarray(2))
    .replaceAll(/(.)(.)/g, '$2$1')
    .replace(/F$/, '');
  const type = smsc[1] ?? 129;
  return [quoted(toHost(charset, type === 145 ? `+${digits}` : digits)), type];
}

/** `<tooa>`: type of address as an octet (3GPP TS 24.011, 8.2.5.2). */
function typeOf(address: Address): number {
  if (address.type === 'international') return 145;
  if (address.type === 'alphanumeric') return 208;
  return address.type === 'national' ? 161 : 129;
}

function quoted(text: string): string {
  return `"${text}"`;
}
