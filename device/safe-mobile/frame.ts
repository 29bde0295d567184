import { SafeMobileError } from './errors.ts';
import { concat, isZero } from './octets.ts';
import type { Primitives } from './primitives.ts';
import { label16, uint32 } from './signature.ts';

/** Octets of every sealed frame: what one SMS with a 16-bit port header can carry. */
export const FRAME_OCTETS = 133;
/** Octets of a padded plaintext from the phone. */
export const UP_OCTETS = 79;
/** Octets of a padded plaintext to the phone. */
export const DOWN_OCTETS = 83;

/** First octet of a frame: version 1 in the high half. */
export const FRAME_CLASS = { up: 0x11, down: 0x12, enrol: 0x13, announcement: 0x14 } as const;

/** The part of a frame that is not sealed. A frame down has no deviceId: the SMS is addressed to the number of the device. */
export type FrameHeader =
  | { readonly direction: 'up' | 'enrol'; readonly kid: number; readonly deviceId: number }
  | { readonly direction: 'down'; readonly kid: number };

/** The sealing key of the service: number and both halves. */
export interface ServiceKeyPair {
  readonly kid: number;
  readonly secretKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** The sealing key of a phone: its deviceId and both halves. */
export interface PhoneKeyPair {
  readonly deviceId: number;
  readonly secretKey: Uint8Array;
  readonly publicKey: Uint8Array;
}

/** A key pair as the other end has it: without the secret key. */
export type PublicHalf<Pair extends { readonly secretKey: Uint8Array }> = Omit<Pair, 'secretKey'>;

const ZERO_KEY = new Uint8Array(32);

/** Reads the header of a frame. @throws SafeMobileError `length`, `version`, `class` */
export function readFrameHeader(frame: Uint8Array): FrameHeader {
  if (frame.length !== FRAME_OCTETS)
    throw new SafeMobileError('length', `a frame has ${FRAME_OCTETS} octets, this ${frame.length}`);
  const [first = 0, kid = 0] = frame;
  if (first >> 4 !== 1) throw new SafeMobileError('version', `version ${first >> 4} is not known`);
  if (first === FRAME_CLASS.down) return { direction: 'down', kid };
  if (first !== FRAME_CLASS.up && first !== FRAME_CLASS.enrol)
    throw new SafeMobileError('class', `class ${first & 0xf} is not known`);
  const deviceId = new DataView(frame.buffer, frame.byteOffset + 2, 4).getUint32(0);
  return { direction: first === FRAME_CLASS.up ? 'up' : 'enrol', kid, deviceId };
}

/**
 * Seals a plaintext of 79 octets from an enrolled phone.
 * @param ephemeral 32 fresh octets, the secret `e`, wiped here.
 */
export function sealUp(
  primitives: Primitives,
  service: PublicHalf<ServiceKeyPair>,
  phone: PhoneKeyPair,
  plaintext: Uint8Array,
  ephemeral: Uint8Array,
): Uint8Array {
  const ss = primitives.x25519(phone.secretKey, service.publicKey);
  const context = contextOf('up', service, phone.deviceId, phone.publicKey);
  return seal(primitives, context, service.publicKey, ss, plaintext, ephemeral);
}

/** Seals a plaintext of 79 octets from a phone that the service does not know yet. `ephemeral` is wiped here. */
export function sealEnrol(
  primitives: Primitives,
  service: PublicHalf<ServiceKeyPair>,
  deviceId: number,
  plaintext: Uint8Array,
  ephemeral: Uint8Array,
): Uint8Array {
  const context = contextOf('enrol', service, deviceId, ZERO_KEY);
  return seal(primitives, context, service.publicKey, undefined, plaintext, ephemeral);
}

/**
 * Seals a plaintext of 83 octets to a phone. `ephemeral` and `ss` are wiped here.
 * @param ss the static secret of service and phone, 32 octets, where it is known already.
 */
export function sealDown(
  primitives: Primitives,
  service: ServiceKeyPair,
  phone: PublicHalf<PhoneKeyPair>,
  plaintext: Uint8Array,
  ephemeral: Uint8Array,
  ss: Uint8Array = primitives.x25519(service.secretKey, phone.publicKey),
): Uint8Array {
  const context = contextOf('down', service, phone.deviceId, phone.publicKey);
  return seal(primitives, context, phone.publicKey, ss, plaintext, ephemeral);
}

/**
 * Opens a frame of an enrolled phone to its 79 octets. `ss` is wiped here.
 * @param ss as in {@link sealDown}. @throws SafeMobileError for anything else
 */
export function openUp(
  primitives: Primitives,
  service: ServiceKeyPair,
  phone: PublicHalf<PhoneKeyPair>,
  frame: Uint8Array,
  ss: Uint8Array = primitives.x25519(service.secretKey, phone.publicKey),
): Uint8Array {
  expectHeader(frame, 'up', service.kid, phone.deviceId);
  const context = contextOf('up', service, phone.deviceId, phone.publicKey);
  return open(primitives, context, service.secretKey, ss, frame);
}

/** Opens a frame of a phone that enrols to its 79 octets. @throws SafeMobileError for anything else */
export function openEnrol(
  primitives: Primitives,
  service: ServiceKeyPair,
  deviceId: number,
  frame: Uint8Array,
): Uint8Array {
  expectHeader(frame, 'enrol', service.kid, deviceId);
  const context = contextOf('enrol', service, deviceId, ZERO_KEY);
  return open(primitives, context, service.secretKey, undefined, frame);
}

/** Opens a frame of the service to its 83 octets. @throws SafeMobileError for anything else */
export function openDown(
  primitives: Primitives,
  service: PublicHalf<ServiceKeyPair>,
  phone: PhoneKeyPair,
  frame: Uint8Array,
): Uint8Array {
  expectHeader(frame, 'down', service.kid);
  const ss = primitives.x25519(phone.secretKey, service.publicKey);
  const context = contextOf('down', service, phone.deviceId, phone.publicKey);
  return open(primitives, context, phone.secretKey, ss, frame);
}

interface SealingContext {
  readonly label: string;
  /** class ‖ kid ‖ deviceId, 6 octets. */
  readonly header: Uint8Array;
  readonly S: Uint8Array;
  readonly D: Uint8Array;
}

type SealedDirection = FrameHeader['direction'];

function contextOf(
  direction: SealedDirection,
  service: PublicHalf<ServiceKeyPair>,
  deviceId: number,
  D: Uint8Array,
): SealingContext {
  const header = concat(Uint8Array.of(FRAME_CLASS[direction], service.kid), uint32(deviceId));
  return { label: `SM1 ${direction}`, header, S: service.publicKey, D };
}

// A frame down is sent without the deviceId: the SMS is addressed to the phone.
function headerOctets(classOctet: number | undefined): number {
  return classOctet === FRAME_CLASS.down ? 2 : 6;
}

function expectHeader(frame: Uint8Array, direction: SealedDirection, kid: number, deviceId?: number): void {
  const found = readFrameHeader(frame);
  if (found.direction !== direction)
    throw new SafeMobileError('class', `expected a frame ${direction}, found one ${found.direction}`);
  if (found.kid !== kid) throw new SafeMobileError('key', `service key ${found.kid} is not known here`);
  if (found.direction !== 'down' && found.deviceId !== deviceId)
    throw new SafeMobileError('key', 'the frame is of another device');
}

function seal(
  primitives: Primitives,
  context: SealingContext,
  recipient: Uint8Array,
  ss: Uint8Array | undefined,
  plaintext: Uint8Array,
  ephemeral: Uint8Array,
): Uint8Array {
  const travelling = context.header.subarray(0, headerOctets(context.header[0]));
  const expected = FRAME_OCTETS - travelling.length - 32 - 16;
  if (plaintext.length !== expected)
    throw new SafeMobileError('length', `a plaintext here has ${expected} octets, this ${plaintext.length}`);
  const E = primitives.x25519PublicKey(ephemeral);
  const es = primitives.x25519(ephemeral, recipient);
  ephemeral.fill(0);
  return withSealingKey(primitives, context, E, es, ss, (key, nonce) =>
    concat(travelling, E, primitives.secretboxSeal(key, nonce, plaintext)),
  );
}

function open(
  primitives: Primitives,
  context: SealingContext,
  secretKey: Uint8Array,
  ss: Uint8Array | undefined,
  frame: Uint8Array,
): Uint8Array {
  const at = headerOctets(frame[0]);
  const E = frame.subarray(at, at + 32);
  const es = primitives.x25519(secretKey, E);
  const plaintext = withSealingKey(primitives, context, E, es, ss, (key, nonce) =>
    primitives.secretboxOpen(key, nonce, frame.subarray(at + 32)),
  );
  if (plaintext === undefined) throw new SafeMobileError('box', 'the frame does not open with these keys');
  return plaintext;
}

/** Derives key and nonce, calls `use` with them, and wipes them and all secrets that they come from. */
function withSealingKey<T>(
  primitives: Primitives,
  context: SealingContext,
  E: Uint8Array,
  es: Uint8Array,
  ss: Uint8Array | undefined,
  use: (key: Uint8Array, nonce: Uint8Array) => T,
): T {
  if (isZero(es) || (ss !== undefined && isZero(ss)))
    throw new SafeMobileError('key', 'a key of small order was refused');
  const input = concat(label16(context.label), context.header, E, context.S, context.D, es, ss ?? ZERO_KEY);
  const okm = primitives.sha512(input);
  try {
    return use(okm.subarray(0, 32), okm.subarray(32, 56));
  } finally {
    for (const secret of [es, input, okm]) secret.fill(0);
    ss?.fill(0);
  }
}
