import { AUTH_CODES, type AuthKind, nameOf } from './codes.ts';
import type { Reader, Writer } from './octets.ts';
import { checkMatchCode, readTtl, writeTtl } from './payment-messages.ts';
import { readText, writeTexts } from './text.ts';

/** Octets of UTF-8 that relying party and title share in an AUTH_REQUEST of every kind but `sign`. */
export const AUTH_TEXT_OCTETS = 64;
/** Octets of UTF-8 that they share in one of kind `sign`, beside the hash. */
export const SIGN_TEXT_OCTETS = 32;

/** What all kinds of AUTH_REQUEST have. */
interface Asking {
  readonly type: 'AUTH_REQUEST';
  /** Unix seconds. */
  readonly time: number;
  /** 8 octets; names the request on the air. */
  readonly challenge: Uint8Array;
  /** Seconds from `time`, a multiple of 10. */
  readonly ttl: number;
  /** 0 to 9999; the other screen shows the same. For a login the customer types its last two digits. */
  readonly matchCode: number;
  readonly relyingParty: string;
  readonly title: string;
}

/** A signature under a document. */
export interface SignRequest extends Asking {
  readonly kind: 'sign';
  /** SHA-256 of what is signed, 32 octets. */
  readonly documentHash: Uint8Array;
}

interface PlainAuthRequest extends Asking {
  readonly kind: Exclude<AuthKind, 'sign'>;
}

/** The service asks the customer to confirm something that is not a payment. Answered by APPROVE or REFUSE. */
export type AuthRequest = PlainAuthRequest | SignRequest;

export function writeAuthRequest(writer: Writer, message: AuthRequest): Writer {
  writer.bytes(message.challenge, 8);
  writeTtl(writer, message.ttl);
  writer.uint(AUTH_CODES[message.kind], 1).uint(checkMatchCode(message.matchCode), 2);
  if (message.kind === 'sign') writer.bytes(message.documentHash, 32);
  const room = message.kind === 'sign' ? SIGN_TEXT_OCTETS : AUTH_TEXT_OCTETS;
  return writeTexts(writer, room, message.relyingParty, message.title);
}

export function readAuthRequest(reader: Reader, time: number): AuthRequest {
  const challenge = reader.bytes(8);
  const ttl = readTtl(reader);
  const kind = nameOf(AUTH_CODES, reader.uint(1), 'kind of authentication');
  const matchCode = checkMatchCode(reader.uint(2));
  const head = { type: 'AUTH_REQUEST', time, challenge, ttl, matchCode } as const;
  return kind === 'sign'
    ? { ...head, kind, documentHash: reader.bytes(32), ...readTexts(reader) }
    : { ...head, kind, ...readTexts(reader) };
}

function readTexts(reader: Reader): Pick<AuthRequest, 'relyingParty' | 'title'> {
  return { relyingParty: readText(reader), title: readText(reader) };
}
