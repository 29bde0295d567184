import { type Amount, readAmount, writeAmount } from './amount.ts';
import { type AdminCommand, COMMAND_CODES, NAK_CODES, type NakCode, nameOf } from './codes.ts';
import type { Reader, Writer } from './octets.ts';
import { readText, writeTexts } from './text.ts';

/** Octets of UTF-8 of the text in a NAK. */
export const NAK_TEXT_OCTETS = 64;
/** Amounts that fit a BALANCE: 83 octets less 14 before them, 7 each. */
export const BALANCE_AMOUNTS = 9;

/** The service did not do what the phone asked. */
export interface Nak {
  readonly type: 'NAK';
  readonly time: number;
  /** What the phone's message referred to, 8 octets. */
  readonly ref: Uint8Array;
  readonly code: NakCode;
  /** With `wrong-code` and `blocked`: tries left, seconds. Otherwise 0. */
  readonly argument: number;
  /** A sentence for the person, or empty. */
  readonly text: string;
}

/** An order to the phone, signed by the service. */
export interface Admin {
  readonly type: 'ADMIN';
  readonly time: number;
  readonly ref: Uint8Array;
  readonly command: AdminCommand;
  readonly reason: number;
  readonly signature: Uint8Array;
}

/** A phone whose clock disagrees with a request asks for the time. */
export interface TimeRequest {
  readonly type: 'TIME_REQUEST';
  readonly ctr: number;
  /** 8 octets. */
  readonly nonce: Uint8Array;
}

/** The service's time (octets 1 to 4), signed. */
export interface TimeResponse {
  readonly type: 'TIME_RESPONSE';
  readonly time: number;
  readonly nonce: Uint8Array;
  readonly signature: Uint8Array;
}

/** What a prepaid customer may spend, for a STATUS_QUERY of the kind `balance`. Not signed: it proves nothing to others. */
export interface Balance {
  readonly type: 'BALANCE';
  /** When the service looked, unix seconds. */
  readonly time: number;
  /** The ref of the query, 8 octets. */
  readonly ref: Uint8Array;
  /** One a currency, at most {@link BALANCE_AMOUNTS}; none when the customer never had money. */
  readonly amounts: readonly Amount[];
}

export function writeNak(writer: Writer, message: Nak): Writer {
  writer.bytes(message.ref, 8).uint(NAK_CODES[message.code], 1).uint(message.argument, 4);
  return writeTexts(writer, NAK_TEXT_OCTETS, message.text);
}

export function readNak(reader: Reader, time: number): Nak {
  return {
    type: 'NAK',
    time,
    ref: reader.bytes(8),
    code: nameOf(NAK_CODES, reader.uint(1), 'NAK code'),
    argument: reader.uint(4),
    text: readText(reader),
  };
}

export function writeAdmin(writer: Writer, message: Admin): Writer {
  return writer
    .bytes(message.ref, 8)
    .uint(COMMAND_CODES[message.command], 1)
    .uint(message.reason, 1)
    .bytes(message.signature, 64);
}

export function readAdmin(reader: Reader, time: number): Admin {
  return {
    type: 'ADMIN',
    time,
    ref: reader.bytes(8),
    command: nameOf(COMMAND_CODES, reader.uint(1), 'command'),
    reason: reader.uint(1),
    signature: reader.bytes(64),
  };
}

export function writeTimeRequest(writer: Writer, message: TimeRequest): Writer {
  return writer.bytes(message.nonce, 8);
}

export function readTimeRequest(reader: Reader, ctr: number): TimeRequest {
  return { type: 'TIME_REQUEST', ctr, nonce: reader.bytes(8) };
}

export function writeTimeResponse(writer: Writer, message: TimeResponse): Writer {
  return writer.bytes(message.nonce, 8).bytes(message.signature, 64);
}

export function readTimeResponse(reader: Reader, time: number): TimeResponse {
  return { type: 'TIME_RESPONSE', time, nonce: reader.bytes(8), signature: reader.bytes(64) };
}

export function writeBalance(writer: Writer, message: Balance): Writer {
  writer.bytes(message.ref, 8).uint(message.amounts.length, 1);
  for (const amount of message.amounts) writeAmount(writer, amount);
  return writer;
}

export function readBalance(reader: Reader, time: number): Balance {
  const ref = reader.bytes(8);
  const amounts = Array.from({ length: reader.uint(1) }, () => readAmount(reader));
  return { type: 'BALANCE', time, ref, amounts };
}
