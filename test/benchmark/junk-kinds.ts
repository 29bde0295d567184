import { encodeUp, sealEnrol, sealUp } from '../../device/safe-mobile/index.ts';
import { type IncomingSms, systemRandom } from '../../modem/index.ts';
import { APPLICATION_PORT, servicePrimitives } from '../../server/index.ts';
import { FIRST_DEVICE, numberOf } from './service-phones.ts';
import type { Shop } from './service-shop.ts';

/** Different frames of a kind, and phones that are named by them. */
export const DIFFERENT = 500;

/** Junk of one kind. */
export interface JunkKind {
  readonly kind: string;
  /** Different frames, which come in turn. */
  readonly frames: readonly JunkFrame[];
}

interface JunkFrame {
  readonly originator: string;
  readonly data: Uint8Array;
}

const STRANGER = '+393480000001';
const strangersKey = systemRandom.bytes(32);
const strangersPublicKey = servicePrimitives().x25519PublicKey(strangersKey);

/** A frame that a phone of this id would send, had it the key of the stranger. */
function frameOf(shop: Shop, deviceId: number): Uint8Array {
  const plaintext = encodeUp({ type: 'TIME_REQUEST', nonce: systemRandom.bytes(8), ctr: 1 });
  const phone = { deviceId, secretKey: strangersKey, publicKey: strangersPublicKey };
  return sealUp(servicePrimitives(), shop.keys.sealing, phone, plaintext, systemRandom.bytes(32));
}

/** ENROL with a code that was guessed. */
function guessOf(shop: Shop, deviceId: number): Uint8Array {
  const approvalKey = servicePrimitives().ed25519PublicKey(systemRandom.bytes(32));
  const codes = { ctr: 1, appVersion: 1, activationCode: systemRandom.bytes(5) };
  const plaintext = encodeUp({ type: 'ENROL', ...codes, sealingKey: strangersPublicKey.slice(), approvalKey });
  return sealEnrol(servicePrimitives(), shop.keys.sealing, deviceId, plaintext, systemRandom.bytes(32));
}

/**
 * All kinds. They name phones of customers who do not pay: whoever forges a phone's number keeps this phone from being heard.
 * @param recorded a frame that was dealt with
 */
export async function junkKinds(shop: Shop, recorded: Uint8Array): Promise<readonly JunkKind[]> {
  const person = await shop.service.addPerson({ number: '+393480000009', name: 'Berta', language: 'en' });
  const { deviceId } = await shop.service.activate(person.id);
  const idle = (n: number) => shop.customers + n;
  const kind = (
    name: string,
    frame: (n: number) => Uint8Array,
    originator: (n: number) => string = () => STRANGER,
  ) => ({
    kind: name,
    frames: Array.from({ length: DIFFERENT }, (_, n) => ({ originator: originator(n), data: frame(n) })),
  });
  return [
    kind('noise', () => systemRandom.bytes(133)),
    kind('unknown phone', () => frameOf(shop, 7)),
    kind('one phone, from elsewhere', () => frameOf(shop, FIRST_DEVICE + idle(0))),
    kind('many phones, from elsewhere', (n) => frameOf(shop, FIRST_DEVICE + idle(n))),
    kind(
      'one phone, its number',
      () => frameOf(shop, FIRST_DEVICE + idle(0)),
      () => numberOf(idle(0)),
    ),
    kind('a frame replayed', () => recorded),
    kind('wrong codes, from elsewhere', () => guessOf(shop, deviceId)),
    kind(
      "wrong codes, person's number",
      () => guessOf(shop, deviceId),
      () => person.number,
    ),
  ];
}

/** A few frames with the number of the phone that each names, of many phones: all of them are tried. */
export function triedFrames(shop: Shop, count: number): JunkKind {
  const place = (n: number) => shop.customers + 1 + (n % (DIFFERENT - 1));
  const frames = Array.from({ length: count }, (_, n) => ({
    originator: numberOf(place(n)),
    data: frameOf(shop, FIRST_DEVICE + place(n)),
  }));
  return { kind: 'tried: it may be of a phone', frames };
}

let stamp = 1_000_000;

/** An SMS of this kind that was not there before. */
export function junkSms({ frames }: JunkKind, n: number): IncomingSms {
  const frame = frames[n % frames.length];
  if (frame === undefined) throw new Error('a kind without frames');
  stamp += 1_000;
  const ports = { destination: APPLICATION_PORT, source: APPLICATION_PORT };
  return { originator: frame.originator, sentAt: stamp, content: { kind: 'data', data: frame.data, ports } };
}
