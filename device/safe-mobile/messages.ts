import { type AuthRequest, readAuthRequest, writeAuthRequest } from './auth-request.ts';
import * as enrolment from './enrolment-messages.ts';
import { SafeMobileError } from './errors.ts';
import { DOWN_OCTETS, UP_OCTETS } from './frame.ts';
import { Reader, Writer } from './octets.ts';
import * as payment from './payment-messages.ts';
import * as service from './service-messages.ts';

/** A message from a phone. Octets 1 to 4 are its `ctr`. */
export type UpMessage =
  | payment.Approve
  | payment.Refuse
  | payment.PayInit
  | payment.PayCancel
  | payment.StatusQuery
  | enrolment.Enrol
  | enrolment.PinNew
  | enrolment.PinProof
  | service.TimeRequest;

/** A message from the service. Octets 1 to 4 are its time, unix seconds. */
export type DownMessage =
  | payment.PayRequest
  | payment.Receipt
  | AuthRequest
  | service.Nak
  | service.Admin
  | service.TimeResponse
  | service.Balance;

/** The first octet of a plaintext. */
export const MESSAGE_TYPES: Readonly<Record<(UpMessage | DownMessage)['type'], number>> = {
  PAY_REQUEST: 0x01,
  RECEIPT: 0x02,
  AUTH_REQUEST: 0x03,
  NAK: 0x04,
  ADMIN: 0x05,
  TIME_RESPONSE: 0x06,
  BALANCE: 0x07,
  APPROVE: 0x81,
  REFUSE: 0x82,
  PAY_INIT: 0x83,
  ENROL: 0x84,
  PIN_NEW: 0x85,
  PIN_PROOF: 0x86,
  TIME_REQUEST: 0x87,
  PAY_CANCEL: 0x88,
  STATUS_QUERY: 0x89,
};

const UP_READERS = new Map<number, (reader: Reader, ctr: number) => UpMessage>([
  [MESSAGE_TYPES.APPROVE, payment.readApprove],
  [MESSAGE_TYPES.REFUSE, payment.readRefuse],
  [MESSAGE_TYPES.PAY_INIT, payment.readPayInit],
  [MESSAGE_TYPES.PAY_CANCEL, payment.readPayCancel],
  [MESSAGE_TYPES.STATUS_QUERY, payment.readStatusQuery],
  [MESSAGE_TYPES.ENROL, enrolment.readEnrol],
  [MESSAGE_TYPES.PIN_NEW, enrolment.readPinNew],
  [MESSAGE_TYPES.PIN_PROOF, enrolment.readPinProof],
  [MESSAGE_TYPES.TIME_REQUEST, service.readTimeRequest],
]);

/** What a merchant's phone reads of its own messages. */
const PAY_INIT_READER = new Map([[MESSAGE_TYPES.PAY_INIT, payment.readPayInit]]);

const DOWN_READERS = new Map<number, (reader: Reader, time: number) => DownMessage>([
  [MESSAGE_TYPES.PAY_REQUEST, payment.readPayRequest],
  [MESSAGE_TYPES.RECEIPT, payment.readReceipt],
  [MESSAGE_TYPES.AUTH_REQUEST, readAuthRequest],
  [MESSAGE_TYPES.NAK, service.readNak],
  [MESSAGE_TYPES.ADMIN, service.readAdmin],
  [MESSAGE_TYPES.TIME_RESPONSE, service.readTimeResponse],
  [MESSAGE_TYPES.BALANCE, service.readBalance],
]);

/** Octet 78, the last one of what a phone says: the kid of its receipt key, zero for that of its descriptor. */
const RECEIPT_KID_AT = UP_OCTETS - 1;

/**
 * The 79 octets of a message from a phone, zero padded.
 * @param receiptKid of the latest `R` that counts on the phone; 0: that of its descriptor. PAY_INIT needs the octet for its fields. @throws SafeMobileError when a field does not fit
 */
export function encodeUp(message: UpMessage, receiptKid = 0): Uint8Array {
  const writer = new Writer(UP_OCTETS).uint(MESSAGE_TYPES[message.type], 1).uint(message.ctr, 4);
  const { octets } = writeUp(writer, message);
  if (message.type !== 'PAY_INIT') octets[RECEIPT_KID_AT] = receiptKid;
  return octets;
}

/** Messages without that octet: PAY_INIT, and ENROL, because a phone that enrols has the key of its descriptor. */
const WITHOUT_RECEIPT_KID: readonly (number | undefined)[] = [MESSAGE_TYPES.PAY_INIT, MESSAGE_TYPES.ENROL];

/** The kid of the latest `R` that counts on the phone that says this; 0: that of its descriptor; `undefined`: the message does not say. @param plaintext its 79 octets */
export function receiptKidOf(plaintext: Uint8Array): number | undefined {
  return WITHOUT_RECEIPT_KID.includes(plaintext[0]) ? undefined : plaintext[RECEIPT_KID_AT];
}

function writeUp(writer: Writer, message: UpMessage): Writer {
  switch (message.type) {
    case 'APPROVE':
      return payment.writeApprove(writer, message);
    case 'REFUSE':
      return payment.writeRefuse(writer, message);
    case 'PAY_INIT':
      return payment.writePayInit(writer, message);
    case 'PAY_CANCEL':
      return payment.writePayCancel(writer, message);
    case 'STATUS_QUERY':
      return payment.writeStatusQuery(writer, message);
    case 'ENROL':
      return enrolment.writeEnrol(writer, message);
    case 'PIN_NEW':
      return enrolment.writePinNew(writer, message);
    case 'PIN_PROOF':
      return enrolment.writePinProof(writer, message);
    case 'TIME_REQUEST':
      return service.writeTimeRequest(writer, message);
  }
}

/** The 83 octets of a message to a phone, zero padded. @throws SafeMobileError when a field does not fit */
export function encodeDown(message: DownMessage): Uint8Array {
  const writer = new Writer(DOWN_OCTETS).uint(MESSAGE_TYPES[message.type], 1).uint(message.time, 4);
  return writeDown(writer, message).octets;
}

function writeDown(writer: Writer, message: DownMessage): Writer {
  switch (message.type) {
    case 'PAY_REQUEST':
      return payment.writePayRequest(writer, message);
    case 'RECEIPT':
      return payment.writeReceipt(writer, message);
    case 'AUTH_REQUEST':
      return writeAuthRequest(writer, message);
    case 'NAK':
      return service.writeNak(writer, message);
    case 'ADMIN':
      return service.writeAdmin(writer, message);
    case 'TIME_RESPONSE':
      return service.writeTimeResponse(writer, message);
    case 'BALANCE':
      return service.writeBalance(writer, message);
  }
}

/** Reads the 79 octets of a phone's message. @throws SafeMobileError `length`, `type`, `field`, `text`, `padding` */
export function decodeUp(plaintext: Uint8Array): UpMessage {
  return decode(plaintext, UP_OCTETS, UP_READERS, WITHOUT_RECEIPT_KID.includes(plaintext[0]) ? 0 : 1);
}

/** Reads the 79 octets of a PAY_INIT, and nothing else. @throws SafeMobileError `length`, `type`, `field`, `text`, `padding` */
export function decodePayInit(plaintext: Uint8Array): payment.PayInit {
  return decode(plaintext, UP_OCTETS, PAY_INIT_READER);
}

/** Reads the 83 octets of the service's message. @throws SafeMobileError `length`, `type`, `field`, `text`, `padding` */
export function decodeDown(plaintext: Uint8Array): DownMessage {
  return decode(plaintext, DOWN_OCTETS, DOWN_READERS);
}

/** @param behind octets behind the fields and their padding, which do not belong to the message */
function decode<Message>(
  plaintext: Uint8Array,
  size: number,
  readers: ReadonlyMap<number, (reader: Reader, stamp: number) => Message>,
  behind = 0,
): Message {
  if (plaintext.length !== size) throw new SafeMobileError('length', `expected a plaintext of ${size} octets`);
  const reader = new Reader(plaintext.subarray(0, size - behind));
  const type = reader.uint(1);
  const read = readers.get(type);
  if (read === undefined) throw new SafeMobileError('type', `message type ${type} is not known here`);
  const message = read(reader, reader.uint(4));
  reader.end();
  return message;
}
