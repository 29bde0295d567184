import { afterEach, describe, expect, test, vi } from 'vitest';
import { type MemoryFlash, memoryFlash } from '../../../device/index.ts';
import { TextField } from '../../../device/midp/index.ts';
import {
  createPinKey,
  hexOf,
  parseActivationCode,
  phonePrimitives as primitives,
  signWithPin,
} from '../../../device/safe-mobile/index.ts';
import { seededRandom } from '../../../sim/index.ts';
import { type CashBench, enrol, enrolled, installed, openApplication, PIN } from './cash-bench.ts';

const NEW_PIN = '70815';

/** A generator that remembers what it gave out, so that a test can look for it. */
function watchedRandom(): { readonly given: Uint8Array[]; bytes(count: number): Uint8Array } {
  const random = seededRandom('watched');
  const given: Uint8Array[] = [];
  return {
    given,
    bytes(count) {
      const octets = random.bytes(count);
      given.push(octets.slice());
      return octets;
    },
  };
}

/** From the open application to the frames that carry the new PIN. */
async function changePin(cash: CashBench): Promise<Uint8Array> {
  await openApplication(cash, 'en');
  await cash.select('Change PIN');
  for (const pin of [PIN, NEW_PIN, NEW_PIN]) {
    await cash.type(pin);
    await cash.select('Next');
  }
  return cash.service.all('PIN_NEW').at(-1)?.pcid ?? new Uint8Array(8);
}

async function payOnce(cash: CashBench, pin = PIN): Promise<Uint8Array> {
  const { txn } = await cash.request();
  await cash.select('Approve');
  await cash.type(pin);
  await cash.select('Confirm');
  return txn;
}

describe('The flash', () => {
  test('after an enrolment and a payment holds neither PIN, seed, A, signature, ephemeral key nor activation code', async () => {
    const flash = memoryFlash();
    const random = watchedRandom();
    const cash = await installed({ primitives, flash, random });
    const typed = cash.service.activationCode;
    await enrol(cash);
    cash.phone.press('power');
    await cash.settle();
    const txn = await payOnce(cash);
    await cash.send(cash.service.receipt(txn, 'paid'));
    const stored = flash.dump();

    expect(stored).toContain('Cash-Mobile/device');
    expect(stored).not.toContain(PIN);
    expect(stored).not.toContain(Buffer.from(PIN).toString('hex'));
    expect(stored.toUpperCase()).not.toContain(typed.replace('-', ''));
    expect(stored).not.toContain(hexOf(cash.service.approvalKey ?? new Uint8Array(32)));
    for (const { signature } of cash.service.all('APPROVE'))
      expect(stored).not.toContain(hexOf(signature).slice(0, 32));
    const [enrolment] = cash.service.all('ENROL');
    expect(stored).not.toContain(hexOf(enrolment?.activationCode ?? new Uint8Array()));
    // Of the 32 octets drawn, only the sealing key d may be kept: the seed and every ephemeral key are gone.
    const kept = random.given.filter((octets) => octets.length === 32 && stored.includes(hexOf(octets)));
    expect(kept.map((octets) => hexOf(primitives.x25519PublicKey(octets)))).toEqual([
      hexOf(enrolment?.sealingKey ?? new Uint8Array()),
    ]);
  });

  test('during and after a change of the PIN holds neither PIN, nor a seed, A or the proof, and after it nothing of the old key', async () => {
    const flash = memoryFlash();
    const random = watchedRandom();
    const cash = await enrolled({ primitives, flash, random });
    const keysOf = (record: string) => [record.slice(84, 116), record.slice(120, 184)];
    const old = keysOf(deviceRecord(flash).records['1'] ?? '');
    const pcid = await changePin(cash);
    const during = flash.dump();
    for (const part of old) expect(during).toContain(part);
    await cash.send(cash.service.receipt(pcid, 'confirmed'));
    const after = flash.dump();
    for (const part of old) expect(after).not.toContain(part);
    const frames = cash.radio.sent.map(({ content }) => (content.kind === 'data' ? hexOf(content.data) : ''));
    expect(frames.map((frame) => [during.includes(frame), after.includes(frame)])).toEqual([
      [true, false],
      [true, false],
    ]);
    const [announced] = cash.service.all('PIN_NEW');
    const [proof] = cash.service.all('PIN_PROOF');
    const octets = [announced?.approvalKey, cash.service.approvalKey, proof?.signature.subarray(0, 16)];
    const secrets = [...octets.map((one) => hexOf(one ?? new Uint8Array())), PIN, NEW_PIN, hexOf(Buffer.from(NEW_PIN))];
    for (const stored of [during, after]) {
      for (const secret of secrets) expect(stored).not.toContain(secret);
      expect(random.given.filter((octets) => octets.length === 32 && stored.includes(hexOf(octets)))).toHaveLength(1);
    }
  });

  test('is the same before and after a PIN was typed, until it is sent', async () => {
    const flash = memoryFlash();
    const cash = await enrolled({ primitives, flash });
    await cash.request();
    await cash.select('Approve');
    const before = flash.dump();
    await cash.type(PIN);
    expect(flash.dump()).toBe(before);
  });

  test('keeps the same camouflaged key whatever PINs are typed', async () => {
    const flash = memoryFlash();
    const cash = await enrolled({ primitives, flash });
    const before = deviceRecord(flash);
    const txn = await payOnce(cash, '90909');
    await cash.send(cash.service.receipt(txn, 'wrong-pin', { triesLeft: 2 }));
    await cash.type(PIN);
    await cash.select('Confirm');
    await cash.send(cash.service.receipt(txn, 'paid'));
    expect(deviceRecord(flash)).toEqual(before);
  });

  test('a right PIN and a wrong one leave the same trace but for the frame', async () => {
    const shapes = await Promise.all(
      [PIN, '90909'].map(async (pin) => {
        const flash = memoryFlash();
        await payOnce(await enrolled({ primitives, flash }), pin);
        return flash.dump().replaceAll(/[0-9a-f]{200,}/g, (hex) => `<${hex.length}>`);
      }),
    );
    expect(shapes[0]).toBe(shapes[1]);
  });
});

describe('The memory of the phone', () => {
  afterEach(() => vi.restoreAllMocks());

  test('after an approval holds neither the PIN nor the signature that were in it', async () => {
    const cash = await enrolled({ primitives });
    const scrypt = vi.spyOn(primitives, 'scrypt');
    const sign = vi.spyOn(primitives, 'ed25519Sign');
    await payOnce(cash);
    const pins = scrypt.mock.calls.map(([password]) => hexOf(password));
    expect(pins).toEqual(['00'.repeat(PIN.length)]);
    const signatures = sign.mock.results.map(({ value }) => (value instanceof Uint8Array ? hexOf(value) : ''));
    expect(signatures).toEqual(['00'.repeat(64)]);
    expect(cash.service.all('APPROVE').map((approval) => cash.service.isRight(approval))).toEqual([true]);
  });

  test.each([
    ['an enrolment', [], async (cash: CashBench) => enrol(cash)],
    ['a PIN that is too weak', ['12345'], async () => {}],
    ['the way back from the PIN', ['Back'], async () => {}],
    ['the way back from the second PIN', [PIN, 'Back', 'Back'], async () => {}],
    ['two PINs that differ', [PIN, '48214', 'OK', 'Back'], async () => {}],
  ])('after %s holds neither PIN nor activation code nor the key A', async (_name, steps, then) => {
    const cash = await installed({ primitives });
    const made = vi.spyOn(Uint8Array, 'from');
    const keys = vi.spyOn(primitives, 'ed25519PublicKey');
    if (steps.length > 0) {
      await cash.type(cash.service.activationCode);
      await cash.select('Next');
    }
    for (const step of steps) {
      if (/^[0-9]+$/.test(step)) await cash.type(step);
      await cash.select(/^[0-9]+$/.test(step) ? 'Next' : step);
    }
    await then(cash);
    const held = made.mock.results.map(({ value }) => (value instanceof Uint8Array ? hexOf(value) : ''));
    const code = hexOf(parseActivationCode(cash.service.activationCode) ?? new Uint8Array());
    const isBack = steps.at(-1) === 'Back' || steps.length === 0;
    for (const pin of [PIN, '12345', '48214']) expect(held).not.toContain(Buffer.from(pin).toString('hex'));
    if (isBack) expect(held).not.toContain(code);
    const publicKeys = keys.mock.results.map(({ value }) => (value instanceof Uint8Array ? hexOf(value) : ''));
    expect(publicKeys).toEqual(publicKeys.map(() => '00'.repeat(32)));
    expect(publicKeys).toHaveLength(steps.length === 0 ? 1 : 0);
  });

  test('holds no message once it was sealed', async () => {
    const cash = await installed({ primitives });
    const seal = vi.spyOn(primitives, 'secretboxSeal');
    await enrol(cash);
    await payOnce(cash);
    const sealed = seal.mock.calls.map(([, , plaintext]) => plaintext).filter(({ length }) => length === 79);
    expect(sealed).toHaveLength(3);
    for (const plaintext of sealed) expect(hexOf(plaintext)).toBe('00'.repeat(79));
  });

  test('after an enrolment and a payment holds neither the seed, nor what camouflages it, nor an ephemeral key', async () => {
    const cash = await installed({ primitives });
    const signed = vi.spyOn(primitives, 'ed25519Sign');
    const made = vi.spyOn(primitives, 'ed25519PublicKey');
    const masks = vi.spyOn(primitives, 'scrypt');
    const shared = vi.spyOn(primitives, 'x25519');
    const published = vi.spyOn(primitives, 'x25519PublicKey');
    await enrol(cash);
    await payOnce(cash);
    const zeros = (octets: Uint8Array) => octets.every((octet) => octet === 0);
    expect([signed, made, masks].map(({ mock }) => mock.calls.length)).toEqual([2, 1, 3]);
    const seeds = [...signed.mock.calls, ...made.mock.calls].map(([seed]) => seed);
    expect(seeds.filter((seed) => !zeros(seed))).toEqual([]);
    for (const { mock } of [masks, shared]) expect(mock.results.filter(({ value }) => !zeros(value))).toEqual([]);
    // The sealing key d stays, and is in the flash.
    const kept = new Set(published.mock.calls.map(([secret]) => hexOf(secret)));
    expect([...kept].filter((secret) => secret !== '00'.repeat(32))).toHaveLength(1);
  });

  test.each([
    ['a change of the PIN', async (cash: CashBench) => void (await changePin(cash)), 2],
    ['the way back from one', leaveChange, 0],
  ])('after %s holds neither PIN, nor seed, mask, key, proof or message', async (_name, then, made) => {
    const cash = await enrolled({ primitives });
    const scrypt = vi.spyOn(primitives, 'scrypt');
    const sign = vi.spyOn(primitives, 'ed25519Sign');
    const keys = vi.spyOn(primitives, 'ed25519PublicKey');
    const seal = vi.spyOn(primitives, 'secretboxSeal');
    const typed = vi.spyOn(TextField.prototype, 'getChars');
    await then(cash);
    expect([scrypt, sign, keys, seal].map(({ mock }) => mock.calls.length)).toEqual([made, made / 2, made / 2, made]);
    const held = [
      ...scrypt.mock.calls.map(([pin]) => pin),
      ...typed.mock.results.map(({ value }) => value),
      ...[scrypt, sign, keys].flatMap(({ mock }) => mock.results.map(({ value }) => value)),
      ...[...sign.mock.calls, ...keys.mock.calls].map(([seed]) => seed),
      ...seal.mock.calls.map(([, , plaintext]) => plaintext),
    ];
    for (const octets of held) expect(octets).toEqual(new Uint8Array(octets.length));
    expect(typed.mock.calls.length).toBeGreaterThan(2);
  });

  test('after an enrolment does not hold the PIN', async () => {
    const cash = await installed({ primitives });
    const scrypt = vi.spyOn(primitives, 'scrypt');
    await enrol(cash);
    expect(new Set(scrypt.mock.calls.map(([password]) => hexOf(password)))).toEqual(new Set(['00'.repeat(PIN.length)]));
  });
});

describe('The fields for a PIN', () => {
  afterEach(() => vi.restoreAllMocks());

  test('are empty once they were read: both of an enrolment, its confirmation, and that of a payment', async () => {
    const read = vi.spyOn(TextField.prototype, 'getChars');
    const cash = await installed({ primitives });
    await enrol(cash);
    await payOnce(cash);
    const fields = [...new Set(read.mock.contexts)]
      .flatMap((field) => (field instanceof TextField ? [field] : []))
      .filter((field) => field.view().constraints.password);
    expect(fields.map((field) => [field.view().text, field.getString()])).toEqual(Array(4).fill(['', '']));
  });
});

describe('The screen', () => {
  test('never shows a digit of the PIN, nor does any event', async () => {
    const cash = await installed({ primitives });
    const events: string[] = [];
    cash.handset.watch((event) => events.push(JSON.stringify(event)));
    await enrol(cash);
    await openApplication(await enrolled({ primitives }), 'en');
    expect(events.join('\n')).toContain('•••••');
    expect(events.join('\n')).not.toContain(PIN);
  });
});

describe('Keys', () => {
  test('every PIN gives some key, so that a thief cannot tell', () => {
    const random = seededRandom('thief');
    const { pinKey } = createPinKey(primitives, Buffer.from(PIN), random.bytes(32), random.bytes(16));
    const text = Uint8Array.of(1, 2, 3);
    const signatures = ['00000', '13579', '99999'].map(
      (pin) => signWithPin(primitives, Buffer.from(pin), pinKey, text).length,
    );
    expect(signatures).toEqual([64, 64, 64]);
  });

  test('of a second enrolment have nothing in common with those of the first', async () => {
    const flash = memoryFlash();
    const cash = await installed({ primitives, flash });
    await enrol(cash);
    const first = deviceRecord(flash);
    cash.handset.install(cash.service.jad().replace('16909060', '16909061'));
    await cash.settle();
    await openApplication(cash, 'en');
    expect(flash.dump()).not.toContain(Object.values(first.records)[0]);
  });
});

function deviceRecord(flash: MemoryFlash): { readonly records: Readonly<Record<string, string>> } {
  const { sections } = JSON.parse(flash.dump());
  return sections['records/Cash-Mobile/device'];
}

/** Types everything but the last, and goes back. */
async function leaveChange(cash: CashBench): Promise<void> {
  await openApplication(cash, 'en');
  await cash.select('Change PIN');
  for (const pin of [PIN, '12345']) {
    await cash.type(pin);
    await cash.select('Next');
  }
  await cash.select('OK');
  for (const pin of [NEW_PIN, '70816']) {
    await cash.type(pin);
    await cash.select('Next');
  }
  for (const label of ['OK', 'Back', 'Back']) await cash.select(label);
}
