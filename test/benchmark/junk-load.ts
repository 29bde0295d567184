import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { encodeUp, sealEnrol, sealUp } from '../../device/safe-mobile/index.ts';
import { type IncomingSms, systemRandom } from '../../modem/index.ts';
import { APPLICATION_PORT, servicePrimitives } from '../../server/index.ts';
import { median } from './comparison.ts';
import { FIRST_DEVICE, numberOf } from './service-phones.ts';
import { openShop, type Shop } from './service-shop.ts';

/** What is measured. */
export interface JunkLoad {
  /** Junk frames of each kind. */
  readonly frames: number;
  /** Good frames. */
  readonly good: number;
}

/** Junk of strangers of all kinds while customers pay one after another. */
export interface Flood {
  /** Junk frames. */
  readonly frames: number;
  readonly payments: number;
  /** From the request to the frame for the phone, and from the answer to the frame of the receipt: without junk, and meanwhile; ms. */
  readonly quiet: Delays;
  readonly flooded: Delays;
  /** Memory of the process after a tenth of the frames, and after all, MB. */
  readonly megabytes: readonly [early: number, last: number];
}

export interface Delays {
  readonly median: number;
  readonly worst: number;
}

/** What is measured of a service. */
export interface JunkReport {
  readonly kinds: readonly JunkResult[];
  readonly flood: Flood;
}

/** What frames of one kind cost the service. */
export interface JunkResult {
  readonly kind: string;
  readonly frames: number;
  /** CPU of a frame, µs. */
  readonly microseconds: number;
  /** The same of the good frame that costs least, an APPROVE, by this one. */
  readonly share: number;
  /** Rows that were stored, a frame. */
  readonly rows: number;
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

interface Kind {
  readonly kind: string;
  readonly originator: string;
  /** Different frames, which come in turn. */
  readonly frames: readonly Uint8Array[];
}

const DIFFERENT = 500;

/** @param recorded a frame that was dealt with */
async function kindsOf(shop: Shop, recorded: Uint8Array): Promise<readonly Kind[]> {
  const person = await shop.service.addPerson({ number: '+393480000009', name: 'Berta', language: 'en' });
  const { deviceId } = await shop.service.activate(person.id);
  const many = (make: () => Uint8Array) => Array.from({ length: DIFFERENT }, make);
  return [
    { kind: 'noise', originator: STRANGER, frames: many(() => systemRandom.bytes(133)) },
    { kind: 'unknown phone', originator: STRANGER, frames: many(() => frameOf(shop, 7)) },
    { kind: 'real phone, from elsewhere', originator: STRANGER, frames: many(() => frameOf(shop, FIRST_DEVICE)) },
    { kind: 'real phone, its number', originator: numberOf(0), frames: many(() => frameOf(shop, FIRST_DEVICE)) },
    { kind: 'a frame replayed', originator: STRANGER, frames: [recorded] },
    { kind: 'wrong codes, from elsewhere', originator: STRANGER, frames: many(() => guessOf(shop, deviceId)) },
    { kind: "wrong codes, person's number", originator: person.number, frames: many(() => guessOf(shop, deviceId)) },
  ];
}

let stamp = 1_000_000;
function received(originator: string, data: Uint8Array): IncomingSms {
  stamp += 1_000;
  const ports = { destination: APPLICATION_PORT, source: APPLICATION_PORT };
  return { originator, sentAt: stamp, content: { kind: 'data', data, ports } };
}

async function cpuOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

const AT_ONCE = 64;

async function handOver(shop: Shop, { originator, frames }: Omit<Kind, 'kind'>, count: number): Promise<void> {
  for (let n = 0; n < count; n += AT_ONCE) {
    const some = Array.from({ length: Math.min(AT_ONCE, count - n) }, (_, at) => frames[(n + at) % frames.length]);
    await Promise.all(some.map((frame) => frame && shop.receive(received(originator, frame))));
  }
}

function rowsOf(database: string): number {
  const file = new DatabaseSync(database, { readOnly: true, timeout: 10_000 });
  const row = file.prepare('SELECT (SELECT count(*) FROM inbox) + (SELECT count(*) FROM journal) AS n').get();
  file.close();
  return Number(row?.['n']);
}

/** Kinds that no phone is told of. */
function isOfStranger({ originator, frames }: Kind): boolean {
  return originator === STRANGER && frames.length > 1;
}

async function flood(shop: Shop, kinds: readonly Kind[], frames: number, good: number): Promise<Flood> {
  const quiet: number[] = [];
  while (quiet.length < good) quiet.push((await shop.pay()).serverMs);
  const megabytes: number[] = [];
  let isFlowing = true;
  const flowing = (async () => {
    for (let n = 0; n < frames; n += AT_ONCE) {
      const kind = kinds[(n / AT_ONCE) % kinds.length];
      if (kind !== undefined) await handOver(shop, kind, AT_ONCE);
      if (n >= (megabytes.length * frames) / 10) megabytes.push(process.memoryUsage().rss / 1e6);
    }
    isFlowing = false;
  })();
  const flooded: number[] = [];
  while (isFlowing) flooded.push((await shop.pay()).serverMs);
  await flowing;
  megabytes.push(process.memoryUsage().rss / 1e6);
  const delays = (ms: readonly number[]) => ({ median: median(ms), worst: Math.max(...ms) });
  return {
    ...{ frames, payments: flooded.length, quiet: delays(quiet), flooded: delays(flooded) },
    megabytes: [megabytes[1] ?? 0, megabytes.at(-1) ?? 0],
  };
}

async function run({ frames, good }: JunkLoad): Promise<JunkReport> {
  const folder = mkdtempSync(join(tmpdir(), 'cash-mobile-bench-'));
  const database = join(folder, 'service.db');
  const shop = await openShop({ database, customers: good });
  const rowsOfFrames = async (count: number, work: () => Promise<number>) => {
    const before = rowsOf(database);
    const microseconds = (await work()) / count;
    return { frames: count, microseconds, rows: (rowsOf(database) - before) / count };
  };
  try {
    await shop.payAll(2 * good, AT_ONCE);
    const { answers, paid } = await shop.heldAnswers(good);
    const phones = shop.phoneMs;
    const approve = await rowsOfFrames(good, () =>
      cpuOf(async () => {
        for (let n = 0; n < good; n += AT_ONCE)
          await Promise.all(answers.slice(n, n + AT_ONCE).map((answer) => shop.receive(answer)));
        await paid;
      }),
    );
    const ofGood = approve.microseconds - (1_000 * (shop.phoneMs - phones)) / good;
    const results: JunkResult[] = [{ kind: 'APPROVE', ...approve, microseconds: ofGood, share: 1 }];
    const [recorded] = answers.flatMap(({ content }) => (content.kind === 'data' ? [content.data] : []));
    const kinds = await kindsOf(shop, recorded ?? new Uint8Array());
    const mixed = await flood(shop, kinds.filter(isOfStranger), frames, good);
    shop.switchPhonesOff();
    for (const kind of kinds) {
      const junk = await rowsOfFrames(frames, () => cpuOf(() => handOver(shop, kind, frames)));
      results.push({ kind: kind.kind, ...junk, share: junk.microseconds / ofGood });
    }
    return { kinds: results, flood: mixed };
  } finally {
    await shop.service.close();
    rmSync(folder, { recursive: true });
  }
}

const [load] = process.argv.slice(2);
if (load !== undefined) process.stdout.write(`${JSON.stringify(await run(JSON.parse(load)))}\n`);
