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
  SafeMobileError,
  sameOctets,
  type UpMessage,
} from '../../device/safe-mobile/index.ts';
import { type Recipient, recipientOf } from '../outgoing/compose.ts';
import type { Context } from '../outgoing/context.ts';
import { type Device, lockDevice } from '../people/devices.ts';
import type { Tx } from '../store/store.ts';

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
    }
  | { readonly kind: 'enrol'; readonly device: Device; readonly message: UpMessages['ENROL'] }
  /** The phone proved its key, and the message is not one of the protocol. */
  | {
      readonly kind: 'malformed';
      readonly device: Device;
      readonly recipient: Recipient;
      readonly reason: string;
    }
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
    const header = headerForService(context, frame);
    const device = await lockDevice(tx, header.deviceId);
    if (device === undefined) return ignored(`device ${header.deviceId} is not known`);
    if (header.direction === 'up') return openOrdinary(context, device, frame, box);
    return { kind: 'enrol', device, message: openEnrolment(context, device.id, frame) };
  } catch (error) {
    if (error instanceof SafeMobileError) return ignored(error.message);
    throw error;
  }
}

/** The header of a frame from a phone to this service. @throws SafeMobileError for any other */
export function headerForService(
  { keys }: Pick<Context, 'keys'>,
  frame: Uint8Array,
): Exclude<FrameHeader, { direction: 'down' }> {
  const header = readFrameHeader(frame);
  if (header.direction === 'down') throw new SafeMobileError('class', 'a frame of a service');
  if (header.kid !== keys.sealing.kid) throw new SafeMobileError('key', `service key ${header.kid} is not known`);
  return header;
}

/** What is in a frame of a phone that enrols. @throws SafeMobileError when that is not an ENROL, or its keys are not sound */
export function openEnrolment(context: OpeningContext, deviceId: number, frame: Uint8Array): UpMessages['ENROL'] {
  const plaintext = openEnrol(context.primitives, context.keys.sealing, deviceId, frame);
  try {
    const message = decodeUp(plaintext);
    if (message.type !== 'ENROL') throw new SafeMobileError('type', `${message.type} in an enrolment`);
    try {
      checkKeys(context, message);
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
export function openBox(context: OpeningContext, phone: PublicHalf<PhoneKeyPair>, frame: Uint8Array): OpenedBox {
  const { primitives, keys, staticSecrets } = context;
  const plaintext = openUp(primitives, keys.sealing, phone, frame, staticSecrets.of(phone));
  return { publicKey: phone.publicKey, plaintext };
}

type OpeningContext = Pick<Context, 'primitives' | 'keys' | 'staticSecrets'>;

/**
 * Refuses keys of small order: such an `A` accepts any signature, and such a `D` gives a shared secret that all know.
 * @throws SafeMobileError
 */
function checkKeys({ primitives, keys }: OpeningContext, { approvalKey, sealingKey }: UpMessages['ENROL']): void {
  checkApprovalKey(approvalKey);
  const shared = primitives.x25519(keys.sealing.secretKey, sealingKey);
  const usable = !isZero(shared);
  shared.fill(0);
  if (!usable) throw new SafeMobileError('key', 'the sealing key is of small order');
}

function openOrdinary(context: Context, device: Device, frame: Uint8Array, box: OpenedBox | undefined): OpenedFrame {
  const recipient = recipientOf(device);
  if (recipient === undefined) return ignored(`device ${device.id} has not enrolled`);
  if (device.state === 'revoked' && device.orderRef === undefined) return ignored(`device ${device.id} is revoked`);
  const publicKey = recipient.sealingKey;
  const isOpened = box !== undefined && sameOctets(box.publicKey, publicKey);
  const { plaintext } = isOpened ? box : openBox(context, { deviceId: device.id, publicKey }, frame);
  const malformed = (reason: string): OpenedFrame => ({ kind: 'malformed', device, recipient, reason });
  try {
    const message = decodeUp(plaintext);
    if (message.type === 'ENROL') return malformed('ENROL from an enrolled phone');
    return { kind: 'opened', device, recipient, message, plaintext };
  } catch (error) {
    if (error instanceof SafeMobileError) return malformed(error.message);
    throw error;
  }
}

function ignored(reason: string): OpenedFrame {
  return { kind: 'ignored', reason };
}
