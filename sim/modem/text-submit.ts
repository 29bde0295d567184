import { addressOf, encodeTpdu, fromHex, PduEncodeError, PduError } from '../../modem/index.ts';
import { withoutContents } from '../envelope.ts';
import { addressOctets } from '../tpdu-fields.ts';
import { fromHost, numberFromHost } from './charset.ts';
import { packSeptets, septetsOfText } from './septets.ts';
import type { Settings } from './settings.ts';
import { isSevenBit } from './text-mode.ts';

/** A number as a host writes it in text mode, with `<toda>` when it was given. */
export interface WrittenNumber {
  readonly number: string;
  readonly type: number | undefined;
}

const UDHI = 0x40;
const VPF = 0x18;
const VPF_RELATIVE = 0x10;
const USER_DATA_OCTETS = 140;
const SEPTETS = 160;

/**
 * The SUBMIT that text mode makes of a number, what was typed, and `+CSMP` (3GPP TS 27.005, 3.1 and 3.3.2): 7-bit text, or
 * octets in hex when the coding is another or the first octet announces a header.
 * @throws PduEncodeError or PduError when it cannot be made.
 */
export function composeSubmit(settings: Settings, to: WrittenNumber, typed: Uint8Array): Uint8Array {
  const { fo, vp, pid, dcs } = settings.textParameters;
  const written = Buffer.from(typed).toString('latin1');
  const asText = (fo & UDHI) === 0 && isSevenBit(dcs);
  const userData = asText ? textData(settings.charset, written) : octetData(settings.charset, written, dcs);
  const validity = (fo & VPF) === 0 ? [] : (fo & VPF) === VPF_RELATIVE ? [Number(vp)] : fromHex(String(vp));
  return Uint8Array.of(fo, 0, ...destinationField(settings.charset, to), pid, dcs, ...validity, ...userData);
}

/** A SUBMIT with another TP-DA. */
export function redirect(charset: string, tpdu: Uint8Array, to: WrittenNumber): Uint8Array {
  const rest = tpdu.subarray(2 + addressOctets(tpdu, 2));
  return Uint8Array.of(...tpdu.subarray(0, 2), ...destinationField(charset, to), ...rest);
}

function textData(charset: string, written: string): readonly number[] {
  const text = fromHost(charset, written);
  const septets = text === undefined ? undefined : septetsOfText(text);
  if (septets === undefined || septets.length > SEPTETS) {
    throw new PduEncodeError('TP-UD', 'more than 160 characters, or not of the default alphabet');
  }
  return [septets.length, ...packSeptets(septets)];
}

/** UCS-2 is typed as hex, and so is the character set of that name. */
function octetData(charset: string, written: string, dcs: number): readonly number[] {
  const isHex = /^([0-9A-Fa-f]{2})*$/.test(written);
  const ucs2 = (dcs & 0x0c) === 0x08 && !isHex;
  const text = ucs2 ? fromHost(charset, written) : undefined;
  const octets = text === undefined ? fromHex(written) : Buffer.from(text, 'utf16le').swap16();
  if (octets.length > USER_DATA_OCTETS) throw new PduEncodeError('TP-UD', 'more than 140 octets');
  return [octets.length, ...octets];
}

/** TP-DA with its length and type octets. The number may be written in the character set in use. */
function destinationField(charset: string, { number, type }: WrittenNumber): Uint8Array {
  const text = numberFromHost(charset, number);
  if (text === undefined || !/^\+?[0-9*#abcABC]{1,20}$/.test(text))
    throw new PduError('TP-DA', 0, new Uint8Array(), 'not a number');
  const destination = addressOf(type === 145 && !text.startsWith('+') ? `+${text}` : text);
  const submit = encodeTpdu({ type: 'SUBMIT', messageReference: 0, destination, ...withoutContents });
  return submit.subarray(2, 2 + addressOctets(submit, 2));
}
