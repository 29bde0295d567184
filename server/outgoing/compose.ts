import {
  type Admin,
  type AdminCommand,
  adminText,
  type DownMessage,
  encodeDown,
  type Nak,
  type NakCode,
  type Receipt,
  receiptText,
  sealDown,
  timeText,
} from '../../device/safe-mobile/index.ts';
import type { SigningKey } from '../keyring/key-ring.ts';
import { type Device, deviceById } from '../people/devices.ts';
import { personById } from '../people/people.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { type DeviceId, type Ref, refOctets } from '../vocabulary/ids.ts';
import { type Context, unixTime } from './context.ts';
import { nakSentence } from './sentences.ts';

/** How long a NAK or a time may be sent, ms; later the phone does not wait for it any more. */
export const ANSWER_USEFUL_MS: number = 10 * 60 * 1000;

const NO_SIGNATURE = new Uint8Array(64);

/** A phone that frames can be sealed to. */
export interface Recipient
  extends Pick<Device, 'id' | 'personId' | 'number' | 'endsHeardAt'>,
    Pick<Device, 'sealingKid' | 'signingKid' | 'firstSealingKid' | 'firstSigningKid'> {
  /** `D`. */
  readonly sealingKey: Uint8Array;
}

/** The device as a recipient, or `undefined` before its enrolment. */
export function recipientOf(device: Device): Recipient | undefined {
  return device.sealingKey === undefined ? undefined : recipientWith(device, device.sealingKey);
}

/** The device as a recipient with this `D`. */
export function recipientWith(device: Device, sealingKey: Uint8Array): Recipient {
  const { id, personId, number, endsHeardAt, sealingKid, signingKid, firstSealingKid, firstSigningKid } = device;
  return { id, personId, number, endsHeardAt, sealingKid, signingKid, firstSealingKid, firstSigningKid, sealingKey };
}

/** The phone as a recipient, or `undefined` when there is no such phone or it has not enrolled. */
export async function recipientById(tx: ReadTx, id: DeviceId): Promise<Recipient | undefined> {
  const device = await deviceById(tx, id);
  return device === undefined ? undefined : recipientOf(device);
}

/** Seals a padded plaintext of 83 octets to a phone, with the latest key that it is known to have and that counts. */
export async function sealTo(
  tx: ReadTx,
  context: Context,
  recipient: Recipient,
  plaintext: Uint8Array,
): Promise<Uint8Array> {
  const { primitives, ring, random } = context;
  const { pair, secrets } = await ring.sealingTo(tx, recipient.sealingKid);
  const phone = { deviceId: recipient.id, publicKey: recipient.sealingKey };
  return sealDown(primitives, pair, phone, plaintext, random.bytes(32), secrets.of(phone));
}

/** Puts a sealed frame in the outbox, to the number that its person registered. */
export async function queueFrame(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  message: DownMessage['type'] | 'KEY',
  ref: string,
  frame: Uint8Array,
  usefulUntil: number,
  report = false,
): Promise<void> {
  const { id: deviceId, number } = recipient;
  await context.outbox.add(tx, { deviceId, number, message, ref, frame, usefulUntil, report });
}

/**
 * The padded plaintext of a signed receipt.
 * @param key of the service. @param signedDevice the deviceId inside the signed text; 0 where the receipt goes to no phone.
 * @param request the padded plaintext that the receipt answers; `undefined` for a change of the PIN.
 * @param time unix seconds.
 */
export function composeReceipt(
  context: Context,
  key: SigningKey,
  signedDevice: DeviceId | 0,
  request: Uint8Array | undefined,
  content: Omit<Receipt, 'type' | 'time' | 'signature'>,
  time: number = unixTime(context),
): Uint8Array {
  const unsigned: Receipt = { ...content, type: 'RECEIPT', time, signature: NO_SIGNATURE };
  const text = receiptText(context.primitives, signedDevice, request, encodeDown(unsigned));
  return encodeDown({ ...unsigned, signature: sign(context, key, text) });
}

/** A NAK: the service refuses a message of the phone, with a sentence in the language of the phone's person. */
export async function composeNak(
  tx: ReadTx,
  context: Context,
  recipient: Recipient,
  ref: Ref,
  code: NakCode,
  argument = 0,
): Promise<Nak> {
  const { language } = await personById(tx, recipient.personId);
  const text = nakSentence(language, code);
  return { type: 'NAK', time: unixTime(context), ref: refOctets(ref), code, argument, text };
}

/** Sends a NAK: the service refuses a message of the phone. */
export async function sendNak(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  ref: Ref,
  code: NakCode,
  argument = 0,
): Promise<void> {
  const plaintext = encodeDown(await composeNak(tx, context, recipient, ref, code, argument));
  const usefulUntil = context.clock.now() + ANSWER_USEFUL_MS;
  await queueFrame(tx, context, recipient, 'NAK', ref, await sealTo(tx, context, recipient, plaintext), usefulUntil);
}

/** Tells a phone the time, signed. */
export async function sendTime(
  tx: Tx,
  context: Context,
  recipient: Recipient,
  nonce: Uint8Array,
  ref: Ref,
): Promise<void> {
  const time = unixTime(context);
  const unsigned = encodeDown({ type: 'TIME_RESPONSE', time, nonce, signature: NO_SIGNATURE });
  const key = await context.ring.signing(tx, recipient.signingKid);
  const signature = sign(context, key, timeText(recipient.id, unsigned));
  const plaintext = encodeDown({ type: 'TIME_RESPONSE', time, nonce, signature });
  const usefulUntil = context.clock.now() + ANSWER_USEFUL_MS;
  const frame = await sealTo(tx, context, recipient, plaintext);
  await queueFrame(tx, context, recipient, 'TIME_RESPONSE', ref, frame, usefulUntil);
}

/** The padded plaintext of a signed order. @param octets its ref @param time unix seconds */
export function composeOrder(
  context: Context,
  key: SigningKey,
  device: DeviceId,
  octets: Uint8Array,
  command: AdminCommand,
  time: number,
): Uint8Array {
  const unsigned: Admin = { type: 'ADMIN', time, ref: octets, command, reason: 0, signature: NO_SIGNATURE };
  const text = adminText(device, encodeDown(unsigned));
  return encodeDown({ ...unsigned, signature: sign(context, key, text) });
}

function sign({ primitives }: Context, { seed, publicKey }: SigningKey, text: Uint8Array): Uint8Array {
  return primitives.ed25519Sign(seed, text, publicKey);
}
