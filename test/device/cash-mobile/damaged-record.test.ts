import { beforeAll, describe, expect, test } from 'vitest';
import { type Flash, type HandsetEvent, memoryFlash } from '../../../device/index.ts';
import { bench, settle } from '../bench.ts';
import { enrolled } from './cash-bench.ts';

const SECTION = 'records/Cash-Mobile/device';

let whole: Flash;
let record: Buffer;

beforeAll(async () => {
  const cash = await enrolled();
  whole = cash.flash;
  const stored: unknown = whole.read(SECTION);
  const hex = /"1":"([0-9a-f]+)"/.exec(JSON.stringify(stored))?.[1] ?? '';
  record = Buffer.from(hex, 'hex');
});

/** What the application says when it is opened with another record of its keys. */
async function openedWith(changed: Uint8Array): Promise<readonly (string | undefined)[]> {
  const flash = memoryFlash();
  for (const name of whole.names()) flash.write(name, whole.read(name));
  flash.write(SECTION, { nextId: 2, records: { 1: Buffer.from(changed).toString('hex') } });
  const { handset, phone, clock } = bench({ flash });
  const events: HandsetEvent[] = [];
  handset.watch((event) => events.push(event));
  for (const label of ['Menu', 'Applications', 'Cash-Mobile']) phone.select(label);
  await settle(clock);
  return events.flatMap((event) => (event.kind === 'application' ? [event.reason] : []));
}

/** After version, phase and deviceId; with their lengths, the secret key of 32 octets, the salt of 16, the camouflaged seed of 32. */
const AT = { secretKey: 6, camouflaged: 58, n: 92, r: 96, p: 97 } as const;

/** The record with other octets in place of so many. */
function spliced(at: number, count: number, ...octets: readonly number[]): Uint8Array {
  return Buffer.concat([record.subarray(0, at), Buffer.from(octets), record.subarray(at + count)]);
}

describe('A record of the keys', () => {
  test('is read as it was written', async () => {
    expect(record.subarray(AT.n, AT.p + 1).toString('hex')).toBe('000004000801');
    expect(await openedWith(record)).toEqual([undefined]);
  });

  test.each<[what: string, at: number, count: number, octets: readonly number[]]>([
    ['a secret key of 31 octets', AT.secretKey, 3, [0, 31]],
    ['no secret key', AT.secretKey, 34, [0, 0]],
    ['a camouflaged seed of 31 octets', AT.camouflaged, 3, [0, 31]],
    ['a camouflaged seed of 33 octets', AT.camouflaged, 2, [0, 33, 1]],
    ['N = 4,096, 4 MiB of memory', AT.n, 4, [0, 0, 0x10, 0]],
    ['r = 17, 2,228,224 octets of memory', AT.r, 1, [17]],
    ['p = 3, three times as long', AT.p, 1, [3]],
  ])('with %s is damaged: the application says so as it is opened', async (_what, at, count, octets) => {
    expect(await openedWith(spliced(at, count, ...octets))).toEqual([undefined, 'SafeMobileError: damaged keys']);
  });

  test.each<[what: string, at: number, count: number, octets: readonly number[]]>([
    ['N = 2,048', AT.n, 4, [0, 0, 8, 0]],
    ['r = 16', AT.r, 1, [16]],
    ['p = 2', AT.p, 1, [2]],
  ])('with %s is taken, so that keys to come may cost more', async (_what, at, count, octets) => {
    expect(await openedWith(spliced(at, count, ...octets))).toEqual([undefined]);
  });
});
