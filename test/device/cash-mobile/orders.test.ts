import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileFlash } from '../../../device/hal/index.ts';
import { type Flash, memoryFlash } from '../../../device/index.ts';
import { type AdminCommand, hexOf, octetsOf } from '../../../device/safe-mobile/index.ts';
import { bench } from '../bench.ts';
import { attach, type CashBench, enrolled, installed, openApplication, PIN, wordsOf } from './cash-bench.ts';

const MINUTE = 60_000;

/** The refs that the phone confirmed, oldest first. */
function confirmed({ service }: CashBench): readonly string[] {
  return service.all('STATUS_QUERY').flatMap(({ ref, kind }) => (kind === 'request' ? [hexOf(ref)] : []));
}

/** Gives an order. @returns its ref, in hexadecimal, and its 83 octets */
async function order(cash: CashBench, command: AdminCommand): Promise<{ ref: string; octets: Uint8Array }> {
  await cash.clock.advance(1_000);
  const octets = cash.service.order(command);
  await cash.send(octets);
  return { ref: hexOf(octets.slice(5, 13)), octets };
}

const LOCKED = {
  en: 'The service has locked this phone. Nothing can be paid with it. If it is yours, call the service.',
  it: 'Il servizio ha bloccato questo telefono. Non si può pagare. Se è tuo, chiama il servizio.',
} as const;

describe('A phone that is ordered to lock', () => {
  test.each(['en', 'it'] as const)('says so, in %s, and confirms', async (language) => {
    const cash = await enrolled({ language });
    const { ref } = await order(cash, 'lock');
    expect(wordsOf(cash)).toEqual([LOCKED[language]]);
    expect(confirmed(cash)).toEqual([ref]);
  });

  test('shows nothing else, whatever comes, and answers nothing; also after a restart', async () => {
    const flash = memoryFlash();
    const cash = await enrolled({ flash });
    await order(cash, 'lock');
    for (const again of [cash, attach(bench({ flash, clock: cash.clock, radio: cash.radio }), cash.service)]) {
      again.service.heard.length = 0;
      await again.request();
      await again.send(Uint8Array.of(0x01, ...new Uint8Array(82).fill(0xff)));
      await again.clock.advance(3 * MINUTE);
      expect(wordsOf(again)).toEqual([LOCKED.en]);
      expect(again.service.heard).toEqual([]);
      again.handset.powerOff();
    }
  });

  test('takes the request off the screen that its owner was answering, and does not say "expired" for it', async () => {
    const cash = await enrolled();
    await cash.request();
    await cash.select('Approve');
    await cash.type(PIN);
    const { ref } = await order(cash, 'lock');
    expect(wordsOf(cash)).toEqual([LOCKED.en]);
    await cash.clock.advance(5 * MINUTE);
    expect(cash.service.heard.map(({ type }) => type)).toEqual(['STATUS_QUERY']);
    expect(confirmed(cash)).toEqual([ref]);
  });

  test('shows nothing of a request that was open then after a restart, and asks nothing about it', async () => {
    const flash = memoryFlash();
    const cash = await enrolled({ flash });
    await cash.request();
    await order(cash, 'lock');
    cash.handset.powerOff();
    const again = attach(bench({ flash, clock: cash.clock, radio: cash.radio }), cash.service);
    again.service.heard.length = 0;
    await openApplication(again, 'en');
    expect(wordsOf(again)).toEqual([LOCKED.en]);
    await again.clock.advance(5 * MINUTE);
    expect([wordsOf(again), again.service.heard]).toEqual([[LOCKED.en], []]);
  });

  test('does not ring for a wrong PIN that the service tells it of', async () => {
    const cash = await enrolled();
    const { txn } = await cash.request();
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    await order(cash, 'lock');
    cash.service.heard.length = 0;
    await cash.send(cash.service.receipt(txn, 'wrong-pin', { triesLeft: 2 }));
    await cash.clock.advance(5 * MINUTE);
    expect(wordsOf(cash)).toEqual([LOCKED.en]);
    expect(cash.service.all('REFUSE')).toEqual([]);
  });

  test('asks the service when its owner wants so, once a minute', async () => {
    const cash = await enrolled();
    const { ref } = await order(cash, 'lock');
    for (let n = 0; n < 3; n += 1) await cash.select('Ask again').then(() => cash.select('OK'));
    expect(confirmed(cash)).toEqual([ref, ref]);
    await cash.clock.advance(MINUTE);
    await cash.select('Ask again');
    expect(confirmed(cash)).toEqual([ref, ref, ref]);
  });

  test('shows what came meanwhile once it is unlocked, and may pay', async () => {
    const cash = await enrolled();
    const { txn } = await cash.request();
    await order(cash, 'lock');
    await cash.send(cash.service.receipt(txn, 'cancelled'));
    expect(wordsOf(cash)).toEqual([LOCKED.en]);
    const { ref } = await order(cash, 'unlock');
    expect(confirmed(cash).at(-1)).toBe(ref);
    expect(wordsOf(cash).join()).toContain('Edicola Duomo');
    await cash.select('OK');
    expect(wordsOf(cash)).toEqual(['The service has unlocked this phone.']);
    await cash.select('OK');
    await cash.request();
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    const [approval] = cash.service.all('APPROVE');
    expect(approval !== undefined && cash.service.isRight(approval)).toBe(true);
  });
});

describe('A phone that is not locked', () => {
  test('goes on with what it does when it is unlocked, and confirms', async () => {
    const cash = await enrolled();
    await cash.request();
    const before = wordsOf(cash);
    const { ref } = await order(cash, 'unlock');
    expect(wordsOf(cash)).toEqual(before);
    expect(confirmed(cash)).toEqual([ref]);
    await cash.clock.advance(3 * MINUTE);
    expect(cash.service.all('REFUSE')).toMatchObject([{ reason: 'expired' }]);
  });
});

describe('An order that does nothing', () => {
  const isFree = async (cash: CashBench) => {
    await cash.request();
    return wordsOf(cash).includes('Pay to: Edicola Duomo');
  };

  test.each<[string, (cash: CashBench) => Uint8Array]>([
    ['with another signature', ({ service }) => spoil(service.order('lock'), 20)],
    ['of which another octet was signed', ({ service }) => spoil(service.order('unlock'), 13)],
    ['for another phone', ({ service }) => service.order('lock', {}, 0x01020305)],
    [
      'signed by a receipt key that does not count',
      ({ service }) => {
        service.rotateSigning(2);
        return service.order('lock');
      },
    ],
  ])('is one %s', async (_, forge) => {
    const cash = await enrolled();
    await cash.send(forge(cash));
    expect(confirmed(cash)).toEqual([]);
    expect(await isFree(cash)).toBe(true);
  });

  test('is one of before the last: a lock that somebody sends again does not lock', async () => {
    const cash = await enrolled();
    const lock = await order(cash, 'lock');
    const unlock = await order(cash, 'unlock');
    const sameSecond = cash.service.order('lock', { time: cash.service.now });
    await cash.send(lock.octets);
    await cash.clock.advance(5_000);
    await cash.send(sameSecond);
    expect(confirmed(cash)).toEqual([lock.ref, unlock.ref]);
    await cash.select('OK');
    expect(await isFree(cash)).toBe(true);
  });

  test('is the last one again: it is confirmed three times more, with pauses', async () => {
    const cash = await enrolled();
    const { ref, octets } = await order(cash, 'lock');
    const again = async (pause: number) => {
      await cash.clock.advance(pause);
      await cash.send(octets);
      return confirmed(cash).length;
    };
    const counts: number[] = [];
    for (const pause of [0, 4_999, 1, 59_999, 1, 599_999, 1, 3_600_000]) counts.push(await again(pause));
    expect(counts).toEqual([1, 1, 2, 2, 3, 3, 4, 4]);
    expect(new Set(confirmed(cash))).toEqual(new Set([ref]));
  });

  test('is any, before the phone has keys', async () => {
    const cash = await installed();
    await cash.radio.deliver(cash.service.rawSms(new Uint8Array(133).fill(0x12)));
    await cash.settle();
    expect(cash.service.heard).toEqual([]);
  });
});

/** The records of a store in the flash, in hexadecimal. */
function recordsOf(flash: Flash, name: string): readonly string[] {
  return Object.values<string>(JSON.parse(JSON.stringify(flash.read(name))).records);
}

function spoil(octets: Uint8Array, at: number): Uint8Array {
  return octets.with(at, (octets[at] ?? 0) ^ 2);
}

describe('A locked phone that gets a new activation', () => {
  test('begins with it, and says nothing of the lock of before', async () => {
    const cash = await enrolled();
    await order(cash, 'lock');
    cash.phone.press('power');
    await cash.settle();
    const shown: (string | undefined)[] = [];
    cash.handset.install(cash.service.jad().replace(/Device: \d+/, 'Device: 4711'));
    await cash.settle();
    cash.phone.press('power');
    await cash.settle();
    await openApplication(cash, 'en');
    shown.push(cash.phone.screen.title);
    expect(shown).toEqual(['Activation']);
  });
});

describe('A phone that is ordered to erase itself', () => {
  const secretsIn = (record: string) => {
    const octets = octetsOf(record);
    return { d: hexOf(octets.slice(8, 40)), salt: hexOf(octets.slice(42, 58)), C: hexOf(octets.slice(60, 92)) };
  };

  test('leaves no key, payment or number in the file of its flash, and confirms', async () => {
    const path = join(mkdtempSync(join(tmpdir(), 'orders-')), 'phone.json');
    const flash = fileFlash(path);
    const cash = await enrolled({ flash });
    const { txn } = await cash.request({ reference: 'Il Sole 24' });
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    await cash.send(cash.service.receipt(txn, 'paid'));
    await cash.select('OK');
    const before = readFileSync(path, 'utf8');
    const secrets = secretsIn(recordsOf(flash, 'records/Cash-Mobile/device')[0] ?? '');
    for (const secret of [...Object.values(secrets), hexOf(txn)]) expect(before).toContain(secret);

    const { ref } = await order(cash, 'wipe');
    expect(confirmed(cash)).toEqual([ref]);
    const after = readFileSync(path, 'utf8');
    for (const secret of [...Object.values(secrets), hexOf(txn), hexOf(cash.service.phoneKey ?? new Uint8Array(32))])
      expect(after).not.toContain(secret);
    const left = flash.names().filter((name) => name.startsWith('records/Cash-Mobile/'));
    expect(left.flatMap((name) => recordsOf(flash, name))).toEqual([]);
  });

  test.each([
    [
      'en',
      'The service has erased keys and payments from this phone. To use it again, ask for a new activation.',
      'OK',
    ],
    [
      'it',
      'Il servizio ha cancellato chiavi e pagamenti da questo telefono. Per usarlo di nuovo chiedi una nuova attivazione.',
      'OK',
    ],
  ] as const)('says so, in %s, and begins as a new one', async (language, text, ok) => {
    const cash = await enrolled({ language });
    await cash.request();
    await order(cash, 'wipe');
    expect(wordsOf(cash)).toEqual([text]);
    await cash.clock.advance(5 * MINUTE);
    expect(cash.service.heard.map(({ type }) => type)).toEqual(['STATUS_QUERY']);
    await cash.select(ok);
    await openApplication(cash, language);
    expect(cash.phone.screen.title).toBe(language === 'en' ? 'Activation' : 'Attivazione');
    await cash.request();
    expect(cash.service.heard).toHaveLength(1);
  });

  test('erases the rest at the next start when the power went after the keys', async () => {
    const inner = memoryFlash();
    let dead = false;
    const flash = {
      ...inner,
      write(name: string, value: Parameters<typeof inner.write>[1]) {
        if (dead) throw new Error('no power');
        inner.write(name, value);
        dead = name.endsWith('/device') && value === undefined;
      },
    };
    const cash = await enrolled({ flash });
    const { txn } = await cash.request();
    await order(cash, 'wipe').catch(() => {});
    expect(dead).toBe(true);
    expect(inner.dump()).toContain(hexOf(txn));
    dead = false;
    const again = attach(bench({ flash, clock: cash.clock, radio: cash.radio }), cash.service);
    await again.settle();
    expect(inner.dump()).not.toContain(hexOf(txn));
    expect(again.phone.screen.title).toBe('Activation');
  });
});
