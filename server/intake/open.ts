import {
  decodeUp,
  openEnrol,
  openUp,
  readFrameHeader,
  SafeMobileError,
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

/** Opens a frame that came in, and locks its device: frames of one phone are dealt with one after another. Never throws for what is in it. */
export async function openFrame(tx: Tx, context: Context, frame: Uint8Array): Promise<OpenedFrame> {
  try {
    const header = readFrameHeader(frame);
    if (header.direction === 'down') return ignored('a frame of a service');
    if (header.kid !== context.keys.sealing.kid) return ignored(`service key ${header.kid} is not known`);
    const device = await lockDevice(tx, header.deviceId);
    if (device === undefined) return ignored(`device ${header.deviceId} is not known`);
    return header.direction === 'enrol' ? openEnrolment(context, device, frame) : openOrdinary(context, device, frame);
  } catch (error) {
    if (error instanceof SafeMobileError) return ignored(error.message);
    throw error;
  }
}

function openEnrolment(context: Context, device: Device, frame: Uint8Array): OpenedFrame {
  const plaintext = openEnrol(context.primitives, context.keys.sealing, device.id, frame);
  try {
    const message = decodeUp(plaintext);
    return message.type === 'ENROL' ? { kind: 'enrol', device, message } : ignored(`${message.type} in an enrolment`);
  } finally {
    plaintext.fill(0);
  }
}

function openOrdinary(context: Context, device: Device, frame: Uint8Array): OpenedFrame {
  const recipient = recipientOf(device);
  if (recipient === undefined) return ignored(`device ${device.id} has not enrolled`);
  if (device.state === 'revoked') return ignored(`device ${device.id} is revoked`);
  const phone = { deviceId: device.id, publicKey: recipient.sealingKey };
  const plaintext = openUp(context.primitives, context.keys.sealing, phone, frame, context.staticSecrets.of(phone));
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
