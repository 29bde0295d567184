import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { z } from 'zod';
import { type Flash, memoryFlash } from '../../device/index.ts';
import { decodeUp, hexOf, octetsOf, openEnrol, openUp } from '../../device/safe-mobile/index.ts';
import { VirtualClock } from '../../sim/index.ts';
import { bench } from '../device/bench.ts';
import { attach, type CashBench, enrol, installed, openApplication, PIN } from '../device/cash-mobile/cash-bench.ts';
import { FakeService } from '../device/cash-mobile/fake-service.ts';
import { type LifeOptions, type Loot, playLife, type Secrets, useNativePrimitives } from './life.ts';
import { ephemeralOf, primitives, thiefWith, windows } from './thief.ts';

/*
 * No list names all mistakes. So lives are compared that differ in one thing only: what a thief gets may then differ only where the
 * PIN and the seed are hidden. A function of one of them anywhere else, whatever it is called, makes another difference.
 */

let first: { readonly loot: Loot; readonly secrets: Secrets };

/** A whole life: what a thief gets at its end. */
async function lived(options?: LifeOptions) {
  const { loot, secrets } = await playLife(options);
  return { loot: loot.after, secrets };
}

beforeAll(async () => {
  useNativePrimitives();
  first = await lived();
}, 60_000);

afterAll(() => vi.restoreAllMocks());

type Covered = Readonly<Record<keyof Loot, readonly string[]>>;

/**
 * What a thief gets, with the camouflaged keys and the given boxes of the phone left out. What is left of such a frame is its header and E.
 */
function covered({ flash, up, down, log }: Loot, boxes: ReadonlySet<number>): Covered {
  const hidden = thiefWith({ flash, up, down, log }).keys.map(({ pinKey }) => hexOf(pinKey.camouflaged));
  for (const at of boxes) hidden.push(hexOf((up[at] ?? new Uint8Array()).subarray(38)));
  const cover = (text: string) => hidden.reduce((rest, secret) => rest.replaceAll(secret, `<${secret.length}>`), text);
  return {
    flash: flash.map(cover),
    up: up.map((frame) => cover(hexOf(frame))),
    down: down.map(hexOf),
    log: log.map(cover),
  };
}

/** Where the lives differ: the part and its number, and what stands there in each. */
function differences(one: Covered, two: Covered): readonly string[] {
  return (['up', 'down', 'log', 'flash'] as const).flatMap((part) => {
    const length = Math.max(one[part].length, two[part].length);
    return Array.from({ length }, (_, at) => at).flatMap((at) => {
      const [a = '', b = ''] = [one[part][at], two[part][at]];
      const from = Array.from(a).findIndex((character, index) => character !== b[index]);
      const around = (text: string) => text.slice(Math.max(0, from - 40), from + 40);
      return a === b ? [] : [`${part} ${at}: ${around(a)} | ${around(b)}`];
    });
  });
}

/** The places of the frames that hold an answer to a request or the keys: what the PIN or the seed may change. */
function framesOf({ up }: Loot, { sealings, deviceId }: Secrets, types: readonly string[]): ReadonlySet<number> {
  let phone: Uint8Array = new Uint8Array(32);
  const places = up.flatMap((frame, at) => {
    const isEnrol = frame[0] === 0x13;
    const sealing = sealings.find(({ kid }) => kid === frame[1]);
    if (sealing === undefined) throw new Error(`a frame under the key ${frame[1]}`);
    const plaintext = isEnrol
      ? openEnrol(primitives, sealing, deviceId, frame)
      : openUp(primitives, sealing, { deviceId, publicKey: phone }, frame);
    const message = decodeUp(plaintext);
    if (message.type === 'ENROL') phone = message.sealingKey;
    return types.includes(message.type) ? [at] : [];
  });
  return new Set(places);
}

describe('Two lives with the same clock and the same chance', () => {
  test('and another PIN, of another length, differ only in the camouflaged keys, and in the boxes of the approvals and the proof with the wrong PIN', async () => {
    const second = await lived({ pin: '73951628' });
    const wrong = new Set(
      [...framesOf(first.loot, first.secrets, ['APPROVE', 'PIN_PROOF'])].filter(
        (at) => hexOf(first.loot.up[at] ?? new Uint8Array()) !== hexOf(second.loot.up[at] ?? new Uint8Array()),
      ),
    );
    expect(wrong.size).toBe(3);
    expect(differences(covered(first.loot, wrong), covered(second.loot, wrong))).toEqual([]);
    expect(hexOf(second.secrets.enrolled.octets)).toBe(hexOf(first.secrets.enrolled.octets));
  }, 60_000);

  test.each([
    ['seed', 'enrolled', ['ENROL', 'APPROVE', 'PIN_PROOF'], [18, 6]],
    ['seed of the new PIN', 'changed', ['PIN_NEW', 'APPROVE', 'PIN_PROOF'], [19, 6]],
  ] as const)(
    'and another %s (%s) differ only in the camouflaged key, and in the boxes of %j',
    async (_, key, types, sizes) => {
      const drawn = new Map([[first.secrets[key].at, new Uint8Array(32).fill(0x5a)]]);
      const second = await lived({ drawn });
      const boxes = framesOf(first.loot, first.secrets, types);
      expect([boxes.size, framesOf(first.loot, first.secrets, ['STATUS_QUERY']).size]).toEqual(sizes);
      expect(hexOf(second.secrets[key].octets)).toBe('5a'.repeat(32));
      expect(differences(covered(first.loot, boxes), covered(second.loot, boxes))).toEqual([]);
    },
    60_000,
  );

  test('and the same PIN are the same', async () => {
    const second = await lived();
    expect(differences(covered(first.loot, new Set()), covered(second.loot, new Set()))).toEqual([]);
  }, 60_000);
});

describe('What a phone draws for a frame', () => {
  const dumped = z.object({ sections: z.record(z.string(), z.json()) });

  function copyOf(state: string): Flash {
    const flash = memoryFlash();
    for (const [name, value] of Object.entries(dumped.parse(JSON.parse(state)).sections)) flash.write(name, value);
    return flash;
  }

  /** Everything that makes a phone draw: a payment, a refusal, the balance, the time, a request of its own. */
  async function use(cash: CashBench): Promise<readonly string[]> {
    await cash.request();
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    await cash.clock.advance(65_000);
    await cash.select('Close');
    await cash.request();
    await cash.select('Refuse');
    await cash.select('I do not want to');
    await cash.select('Close');
    await cash.request({ time: cash.service.now - 3_600 });
    await cash.clock.advance(31_000);
    await cash.select('OK');
    await openApplication(cash, 'en');
    await cash.select('Balance');
    return framesOfPhone(cash);
  }

  function framesOfPhone({ radio }: CashBench): readonly string[] {
    return radio.sent.flatMap(({ content }) => (content.kind === 'data' ? [hexOf(content.data)] : []));
  }

  /** Two phones that begin with the same flash, and whose chance differs. */
  async function twins(
    begin: (seed: string) => Promise<CashBench>,
    then: (cash: CashBench) => Promise<readonly string[]>,
  ) {
    const sent: (readonly string[])[] = [];
    for (const seed of ['one', 'two']) sent.push(await then(await begin(seed)));
    const [one = [], two = []] = sent;
    return { one, two };
  }

  /** Salt and C. */
  const keysIn = ({ flash }: CashBench): readonly string[] => {
    const { records } = JSON.parse(JSON.stringify(flash.read('records/Cash-Mobile/device')));
    return [records['1'].slice(84, 116), records['1'].slice(120, 184)];
  };

  const ephemeral = (frame: string) => hexOf(ephemeralOf(octetsOf(frame)));

  test('differs between two phones with one flash: every E, and every number that a message draws', async () => {
    const flash = memoryFlash();
    const before = await installed({ flash });
    await enrol(before);
    before.phone.press('power');
    await use(before);
    const state = flash.dump();
    const { one, two } = await twins(async (seed) => {
      const clock = new VirtualClock();
      await clock.advance(before.clock.now() - clock.now());
      const service = new FakeService(clock, 'service');
      service.phoneKey = before.service.phoneKey;
      for (let drawn = 0; drawn < 10; drawn += 1) service.payRequest();
      return attach(bench({ flash: copyOf(state), clock, seed }), service);
    }, use);
    expect(one.length).toBeGreaterThan(4);
    expect(two).toHaveLength(one.length);
    const all = [...one, ...two, ...framesOfPhone(before)].map(ephemeral);
    expect(new Set(all).size).toBe(new Set([...one, ...two, ...framesOfPhone(before)]).size);
    expect(one.filter((_, at) => ephemeral(one[at] ?? '') === ephemeral(two[at] ?? ''))).toEqual([]);
  });

  test('differs between two phones that enrol: E, D, A, salt and what is camouflaged', async () => {
    const { one, two } = await twins(
      (seed) => installed({ seed }),
      async (cash) => {
        await enrol(cash);
        const [enrolment] = cash.service.all('ENROL');
        return [
          ...keysIn(cash),
          ...framesOfPhone(cash).map(ephemeral),
          hexOf(enrolment?.sealingKey ?? new Uint8Array()),
          hexOf(cash.service.approvalKey ?? new Uint8Array()),
        ];
      },
    );
    expect(new Set([...one, ...two]).size).toBe(one.length + two.length);
  });

  test('is no key of the phone, and is stored nowhere', () => {
    const { loot } = first;
    const secrets = windows(thiefWith(loot).records).map((secret) => hexOf(primitives.x25519PublicKey(secret)));
    const used = new Set(loot.up.map((frame) => hexOf(ephemeralOf(frame))));
    expect(used.size).toBeGreaterThan(8);
    expect(secrets.filter((one) => used.has(one))).toEqual([]);
  });
});
