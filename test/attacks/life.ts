import { PassThrough } from 'node:stream';
import { vi } from 'vitest';
import { runHeadless } from '../../device/cli/headless-session.ts';
import { type Flash, memoryFlash } from '../../device/index.ts';
import { phonePrimitives, type ServiceKeyPair } from '../../device/safe-mobile/index.ts';
import type { OutgoingSms, Random } from '../../modem/index.ts';
import { servicePrimitives } from '../../server/index.ts';
import { seededRandom } from '../../sim/index.ts';
import { type Bench, bench, during } from '../device/bench.ts';
import { consented } from '../server/authentications/consented.ts';
import { reportAll, rotate, secretOf } from '../server/rotate.ts';
import { CUSTOMER_NUMBER, PIN, SERVICE_NUMBER, World } from '../server/world.ts';

export { PIN };

/** To which the customer changes it. */
export const NEW_PIN = '70815';

/** What a thief gets: everything but the phone's memory, the PIN, and the secret keys of the service. */
export interface Loot {
  /** The flash after each of its writes, as the text of its file. */
  readonly flash: readonly string[];
  /** The frames that the phone sent, and those that it received. */
  readonly up: readonly Uint8Array[];
  readonly down: readonly Uint8Array[];
  /** What `cash-handset --json` printed and what the service logged, in lines. */
  readonly log: readonly string[];
}

/** What nobody has in life: planted mistakes are made with it. */
export interface Secrets {
  /** The seed of the key that was enrolled, and of that to which the PIN was changed. */
  readonly enrolled: Drawn;
  readonly changed: Drawn;
  /** The secret keys of the service. */
  readonly world: World;
  readonly deviceId: number;
  /** `s`, one after the other. */
  readonly sealings: readonly ServiceKeyPair[];
}

/** What the phone drew, and its place among all draws. */
interface Drawn {
  readonly octets: Uint8Array;
  readonly at: number;
}

/** When a thief comes: before a change of the PIN, while the phone awaits the service's word, or after it, with all that was there before. */
export type Stage = 'before' | 'during' | 'after';

/** How a life differs from the others, which have the same clock and the same chance. */
export interface LifeOptions {
  readonly pin?: string;
  /** Octets that the phone draws instead of others, by their place. */
  readonly drawn?: ReadonlyMap<number, Uint8Array>;
}

/** Makes the phone compute with the native code of the service, which is faster and gives the same octets. */
export function useNativePrimitives(): void {
  const native = servicePrimitives();
  vi.spyOn(phonePrimitives, 'x25519PublicKey').mockImplementation(native.x25519PublicKey);
  vi.spyOn(phonePrimitives, 'x25519').mockImplementation(native.x25519);
  vi.spyOn(phonePrimitives, 'ed25519PublicKey').mockImplementation(native.ed25519PublicKey);
  vi.spyOn(phonePrimitives, 'ed25519Sign').mockImplementation(native.ed25519Sign);
  vi.spyOn(phonePrimitives, 'ed25519Verify').mockImplementation(native.ed25519Verify);
  vi.spyOn(phonePrimitives, 'scrypt').mockImplementation(native.scrypt);
}

/** A memory whose every state is kept. */
export function recordedFlash(states: string[]): Flash {
  const inner = memoryFlash();
  return {
    read: (name) => inner.read(name),
    names: inner.names,
    write(name, value) {
      inner.write(name, value);
      states.push(inner.dump());
    },
  };
}

/**
 * The life of a phone at the real service: a wrong activation code, enrolment, a payment, a wrong PIN and then the right one, a refusal
 * whose receipt is lost, a restart, a request that expires, an upgrade, the balance, a payment that is approved after all that; a login with wrong digits, a
 * wrong PIN and then the right ones, one with wrong digits twice, a signature; then other keys of the
 * service, a lock and an unlock, and the end of the first keys, each with a payment after it. Then a change of the PIN with a wrong PIN, and one whose
 * messages are lost at first, with a payment that waits for it. Then a login with the new PIN.
 */
export async function playLife({ pin = PIN, drawn = new Map() }: LifeOptions = {}): Promise<{
  readonly loot: Readonly<Record<Stage, Loot>>;
  readonly secrets: Secrets;
}> {
  const world = new World('a life');
  await world.open();
  const person = await world.service.addPerson({ number: CUSTOMER_NUMBER, name: 'Anna', language: 'en' });
  await world.service.deposit(person.id, { minor: 100_000, currency: 'EUR' }, 'first');
  const { merchant } = await world.merchant();
  const { deviceId, linkToken, activationCode } = await world.service.activate(person.id);
  const jad = await world.service.downloads.descriptor(linkToken);

  const states: string[] = [];
  const sent: OutgoingSms[] = [];
  const log: string[] = [];
  const draws: Uint8Array[] = [];
  const chance = seededRandom('the phone');
  const random: Random = {
    bytes(count) {
      const next = chance.bytes(count);
      const octets = drawn.get(draws.length) ?? next;
      draws.push(octets.slice());
      return octets.slice();
    },
  };
  const keys = vi.spyOn(phonePrimitives, 'ed25519PublicKey');
  const seeds: string[] = [];
  const publicKeyOf = keys.getMockImplementation() ?? servicePrimitives().ed25519PublicKey;
  keys.mockImplementation((seed) => {
    seeds.push(hex(seed));
    return publicKeyOf(seed);
  });

  let phone = bench({ clock: world.clock, flash: recordedFlash(states), random, primitives: phonePrimitives });
  const toService = world.air.attach(CUSTOMER_NUMBER, (data) => {
    const content = { kind: 'data', data, ports: { destination: 16_001, source: 16_001 } } as const;
    void phone.radio.deliver({ originator: SERVICE_NUMBER, sentAt: world.clock.now(), content });
  });
  phone.radio.onSent = (sms) => {
    sent.push(sms);
    if (sms.content.kind === 'data') toService(sms.content.data);
  };
  observe(phone, log);
  phone.handset.install(jad);

  const stolen = (): Loot => ({
    flash: [...new Set(states)],
    up: sent.flatMap(({ content }) => (content.kind === 'data' ? [content.data] : [])),
    down: world.air.sent.flatMap(({ content }) => (content.kind === 'data' ? [content.data] : [])),
    log: [...log, ...world.journal.map((entry) => JSON.stringify(entry))],
  });
  const pause = (ms = 3_000) => world.clock.advance(ms);
  const select = async (...labels: readonly string[]) => {
    for (const label of labels) {
      phone.phone.select(label);
      await pause(0);
    }
  };
  const type = async (text: string, ...labels: readonly string[]) => {
    await during(world.clock, phone.phone.type(text));
    await select(...labels);
  };
  const request = async (reference: string, ttl = 60) => {
    await world.request(merchant, { mref: reference, reference, ttl });
    await pause();
  };
  const { party } = await world.service.parties.add({
    name: 'Comune di Torino',
    shortName: 'Comune',
    kinds: ['login', 'sign'],
    requestsADay: 100,
  });
  const ask = async (title: string, document?: Uint8Array) => {
    await consented(world);
    const base = { key: title, who: CUSTOMER_NUMBER, title, ttl: 120 };
    const { authentication } = await world.service.authentications.request(
      party,
      document === undefined
        ? { ...base, kind: 'login' }
        : { ...base, kind: 'sign', document: { fullTitle: title, hash: document } },
    );
    await pause();
    return authentication;
  };
  /** Types the digits of a login. @param more added to the right ones */
  const typeDigits = async ({ matchCode }: { readonly matchCode: number }, more = 0) => {
    await select('Approve');
    await type(String((matchCode + more) % 100).padStart(2, '0'), 'Next');
  };

  await select('Menu', 'Applications', 'Cash-Mobile');
  await type('AAAAAAAA', 'Next');
  await type(pin, 'Next');
  await type(pin, 'Next');
  await pause();
  await select('OK');
  phone.phone.press('clear', true);
  await type(activationCode.toLowerCase(), 'Next');
  await type(pin, 'Next');
  await type(pin, 'Next');
  await pause();
  await type(pin, 'Confirm');
  await pause();
  await select('OK', 'Exit');

  await request('paid');
  await select('Approve');
  await type(pin, 'Confirm');
  await pause();
  await select('OK');
  await request('wrong, then right');
  await select('Approve');
  await type(WRONG_PIN, 'Confirm');
  await pause();
  await type(pin, 'Confirm');
  await pause();
  await select('OK');
  await request('refused, and the receipt is lost');
  await select('Refuse', 'I do not want to');
  world.air.fate = () => 'lose';
  await pause();
  world.air.fate = () => 'deliver';
  await pause(60_000);
  await select('OK');

  await request('open at the restart');
  phone.handset.powerOff();
  phone = bench({ clock: world.clock, flash: phone.flash, radio: phone.radio, random, primitives: phonePrimitives });
  observe(phone, log);
  await pause(65_000);
  await select('OK');

  phone.handset.install(jad.replace('MIDlet-Version: 1.0.0', 'MIDlet-Version: 1.1.0'));
  await select('Menu', 'Applications', 'Cash-Mobile', 'Balance');
  await pause();
  await select('Back', 'Exit');
  await request('paid in the end');
  await select('Approve');
  await type(pin, 'Confirm');
  await pause();
  await select('OK');
  const login = await ask('wrong, then right');
  await typeDigits(login, 1);
  await select('OK');
  await typeDigits(login);
  await type(WRONG_PIN, 'Confirm');
  await pause();
  await type(pin, 'Confirm');
  await pause();
  await select('OK');
  const mistyped = await ask('wrong twice');
  for (const more of [7, 8]) {
    await typeDigits(mistyped, more);
    await select('OK');
  }
  await pause();
  await select('OK');
  await ask('a document', new Uint8Array(32).fill(9));
  await select('Approve');
  await type(pin, 'Confirm');
  await pause();
  await select('OK');
  await pause(120_000);
  const sealing = await rotate(world, 'sealing', 120_000);
  await rotate(world, 'signing', 120_000);
  await request('paid under the next keys');
  await reportAll(world);
  await select('Approve');
  await type(pin, 'Confirm');
  await pause();
  await select('OK');
  await request('open when the phone is locked');
  await select('Approve');
  await world.service.phoneOrders.give(person.id, 'lock');
  await pause();
  await world.service.phoneOrders.give(person.id, 'unlock');
  await pause();
  await select('OK');
  await request('paid after the lock');
  await select('Approve');
  await type(pin, 'Confirm');
  await pause();
  await select('OK');
  await reportAll(world);
  await pause(120_000);
  await request('paid after the end of the first keys');
  await select('Approve');
  await type(pin, 'Confirm');
  await pause();
  await select('OK');
  const untouched = stolen();

  const changePin = async (from: string) => {
    await select('Change PIN');
    for (const typed of [from, NEW_PIN, NEW_PIN]) await type(typed, 'Next');
    await pause();
  };
  await select('Menu', 'Applications', 'Cash-Mobile');
  await changePin(WRONG_PIN);
  await select('OK');
  world.air.fateOfAnswer = () => 'lose';
  await changePin(pin);
  world.air.fateOfAnswer = () => 'deliver';
  await request('asked during the change', 300);
  await select('Approve', 'OK');
  await pause();
  const pending = stolen();
  await pause(60_000);
  await select('Approve');
  await type(NEW_PIN, 'Confirm');
  await pause();
  await select('OK');
  await pause();
  await select('OK');
  await typeDigits(await ask('with the new PIN'));
  await type(NEW_PIN, 'Confirm');
  await pause();
  await select('OK');
  phone.handset.powerOff();

  keys.mockImplementation(publicKeyOf);
  const drawnSeeds = [...draws.entries()]
    .filter(([, octets]) => octets.length === 32 && seeds.includes(hex(octets)))
    .map(([at, octets]) => ({ at, octets }));
  // Of the two activations, and of the two changes.
  const [, enrolled, , changed] = drawnSeeds;
  if (enrolled === undefined || changed === undefined) throw new Error('The phone has drawn no seed');
  const sealings = [world.keys.sealing, await secretOf(world, sealing.key.kid)];
  return {
    loot: { before: untouched, during: pending, after: stolen() },
    secrets: { enrolled, changed, world, deviceId, sealings },
  };
}

/** A PIN that the customer types once by mistake. */
export const WRONG_PIN = '90909';

/** Prints what the phone does, as `cash-handset --headless --json` does. */
function observe({ handset, clock }: Bench, log: string[]): void {
  const output = { json: true, print: (record: object) => void log.push(JSON.stringify(record)) };
  void runHeadless({ handset, clock, input: new PassThrough(), output, keepGoing: true });
}

function hex(octets: Uint8Array): string {
  return Buffer.from(octets).toString('hex');
}
