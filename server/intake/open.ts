import {
  checkApprovalKey,
  decodeUp,
  type FrameHeader,
  isZero,
  openEnrol,
  openUp,
  type PhoneKeyPair,
  type PublicHalf,
  readFrameHeader,
  receiptKidOf,
  SafeMobileError,
  type ServiceKeyPair,
  sameOctets,
  type UpMessage,
} from '../../device/safe-mobile/index.ts';
import type { SealingKey } from '../keyring/key-ring.ts';
import { type Recipient, recipientOf } from '../outgoing/compose.ts';
import type { Context } from '../outgoing/context.ts';
import { type Device, lockDevice } from '../people/devices.ts';
import type { ReadTx, Tx } from '../store/store.ts';

/** The messages that a phone may send, by their types. */
export type UpMessages = { readonly [Message in UpMessage as Message['type']]: Message };

/** The types of messages that come from an enrolled phone. */
export type OrdinaryType = Exclude<UpMessage['type'], 'ENROL'>;

/** The result of opening a frame. */
export type OpenedFrame =
  /** From a phone that proved its key. */
  | {
      readonly kind: 'opened';
      readonly device: Device;
      readonly recipient: Recipient;
      readonly message: UpMessages[OrdinaryType];
      /** The padded 79 octets. */
      readonly plaintext: Uint8Array;
      /** Of the sealing key of the service. */
      readonly kid: number;
      /** Of the latest receipt key that counts on the phone; 0: that of its descriptor; `undefined`: the message does not say. */
      readonly receiptKid: number | undefined;
    }
  | { readonly kind: 'enrol'; readonly device: Device; readonly message: UpMessages['ENROL'] }
  /** The phone proved its key, and the message is not one of the protocol. */
  | {
      readonly kind: 'malformed';
      readonly device: Device;
      readonly recipient: Recipient;
      readonly reason: string;
    }
  /**
   * Sealed to a key that has ended, or to an earlier one than the phone is known to have, and not before it had that one: it was off for long, its flash
   * was put back, or it is a copy.
   */
  | { readonly kind: 'outdated'; readonly device: Device; readonly recipient: Recipient }
  /** Not for this service, or from an unknown phone: not answered, so that a stranger cannot make the service send SMS. */
  | { readonly kind: 'ignored'; readonly reason: string };

/** A frame of an enrolled phone that opened, and the key of the phone with which it did. */
export interface OpenedBox {
  readonly publicKey: Uint8Array;
  /** The padded 79 octets. */
  readonly plaintext: Uint8Array;
}

/**
 * Opens a frame that came in, and locks its device: frames of one phone are dealt with one after another. Never throws for what is in it.
 * @param box what an earlier look at the frame has opened, if the phone has the same key still
 */
export async function openFrame(tx: Tx, context: Context, frame: Uint8Array, box?: OpenedBox): Promise<OpenedFrame> {
  try {
    const header = headerForService(frame);
    const device = await lockDevice(tx, header.deviceId);
    if (device === undefined) return ignored(`device ${header.deviceId} is not known`);
    const key = await keyFor(tx, context, header);
    if (key === undefined) return ignored(`service key ${header.kid} is not known, or has ended`);
    if (header.direction === 'up') return await openOrdinary(tx, context, key, device, frame, box);
    return { kind: 'enrol', device, message: openEnrolment(context, key, device.id, frame) };
  } catch (error) {
    if (error instanceof SafeMobileError) return ignored(error.message);
    throw error;
  }
}

/** The header of a frame from a phone. @throws SafeMobileError for any other */
export function headerForService(frame: Uint8Array): PhoneHeader {
  const header = readFrameHeader(frame);
  if (header.direction === 'down') throw new SafeMobileError('class', 'a frame of a service');
  return header;
}

/**
 * The sealing key that a frame names; `undefined` when there is none. One that has ended opens what an enrolled phone has sealed, to know the phone; a
 * new phone enrols with no such key.
 */
export async function keyFor(
  tx: ReadTx,
  { ring }: Pick<Context, 'ring'>,
  { kid, direction }: Pick<PhoneHeader, 'kid' | 'direction'>,
): Promise<SealingKey | undefined> {
  const state = await ring.standing(tx, kid);
  return state === 'counts' || (state === 'ended' && direction === 'up') ? ring.sealing(tx, kid) : undefined;
}

/** What is in a frame of a phone that enrols. @throws SafeMobileError when that is not an ENROL, or its keys are not sound */
export function openEnrolment(
  context: OpeningContext,
  { pair }: SealingKey,
  deviceId: number,
  frame: Uint8Array,
): UpMessages['ENROL'] {
  const plaintext = openEnrol(context.primitives, pair, deviceId, frame);
  try {
    const message = decodeUp(plaintext);
    if (message.type !== 'ENROL') throw new SafeMobileError('type', `${message.type} in an enrolment`);
    try {
      checkKeys(context, pair, message);
    } catch (error) {
      wipeEnrol(message);
      throw error;
    }
    return message;
  } finally {
    plaintext.fill(0);
  }
}

/** Wipes the code and the approval key. */
export function wipeEnrol({ activationCode, approvalKey }: UpMessages['ENROL']): void {
  activationCode.fill(0);
  approvalKey.fill(0);
}

/** Opens a frame of an enrolled phone. @throws SafeMobileError */
export function openBox(
  { primitives }: OpeningContext,
  { pair, secrets }: SealingKey,
  phone: PublicHalf<PhoneKeyPair>,
  frame: Uint8Array,
): OpenedBox {
  const plaintext = openUp(primitives, pair, phone, frame, secrets.of(phone));
  return { publicKey: phone.publicKey, plaintext };
}

type OpeningContext = Pick<Context, 'primitives'>;

/** The header of a frame from a phone. */
export type PhoneHeader = Exclude<FrameHeader, { direction: 'down' }>;

/**
 * Refuses keys of small order: such an `A` accepts any signature, and such a `D` gives a shared secret that all know.
 * @throws SafeMobileError
 */
function checkKeys(
  { primitives }: OpeningContext,
  { secretKey }: ServiceKeyPair,
  { approvalKey, sealingKey }: UpMessages['ENROL'],
): void {
  checkApprovalKey(approvalKey);
  const shared = primitives.x25519(secretKey, sealingKey);
  const usable = !isZero(shared);
  shared.fill(0);
  if (!usable) throw new SafeMobileError('key', 'the sealing key is of small order');
}

async function openOrdinary(
  tx: ReadTx,
  context: Context,
  key: SealingKey,
  device: Device,
  frame: Uint8Array,
  box: OpenedBox | undefined,
): Promise<OpenedFrame> {
  const recipient = recipientOf(device);
  if (recipient === undefined) return ignored(`device ${device.id} has not enrolled`);
  if (device.state === 'revoked' && device.orderRef === undefined) return ignored(`device ${device.id} is revoked`);
  const publicKey = recipient.sealingKey;
  const isOpened = box !== undefined && sameOctets(box.publicKey, publicKey);
  const { plaintext } = isOpened ? box : openBox(context, key, { deviceId: device.id, publicKey }, frame);
  const { kid } = key.pair;
  const hasEnded = (await context.ring.standing(tx, kid)) === 'ended';
  const isEarlier = hasEnded || (await context.ring.isEarlier(tx, kid, device.sealingKid));
  const outdated: OpenedFrame = { kind: 'outdated', device, recipient };
  const malformed = (reason: string): OpenedFrame => ({ kind: 'malformed', device, recipient, reason });
  try {
    const message = decodeUp(plaintext);
    if (hasEnded || (isEarlier && message.ctr >= device.sealingFrom)) return outdated;
    if (message.type === 'ENROL') return malformed('ENROL from an enrolled phone');
    return { kind: 'opened', device, recipient, message, plaintext, kid, receiptKid: receiptKidOf(plaintext) };
  } catch (error) {
    if (error instanceof SafeMobileError) return isEarlier ? outdated : malformed(error.message);
    throw error;
  }
}

function ignored(reason: string): OpenedFrame {
  return { kind: 'ignored', reason };
}
