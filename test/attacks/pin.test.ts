import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import nacl from 'tweetnacl';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { memoryFlash } from '../../device/index.ts';
import {
  approvalText,
  concat,
  encodeDown,
  encodeUp,
  hexOf,
  pinChangeText,
  receiptText,
  sameOctets,
  sealDown,
  sealEnrol,
  sealUp,
} from '../../device/safe-mobile/index.ts';
import { notAfterOf } from '../../server/keyring/generation.ts';
import { bench } from '../device/bench.ts';
import { attach, enrolled, openApplication, wordsOf } from '../device/cash-mobile/cash-bench.ts';
import { FakeService } from '../device/cash-mobile/fake-service.ts';
import { type Loot, NEW_PIN, PIN, playLife, type Secrets, type Stage, useNativePrimitives, WRONG_PIN } from './life.ts';
import { type FoundKeys, guess, primitives, type Thief, thiefWith } from './thief.ts';
import {
  approvalsAtThief,
  boxUnderPin,
  counterOctets,
  ephemeralOfSeed,
  functionOfA,
  functionOfSeed,
  keptEphemeral,
  numbersNear,
  readableSignature,
  receiptOverKey,
  sameSeedTwice,
  storedGenerator,
  type Way,
} from './ways.ts';

/** The PINs that the thief tries: a few of all, the right one among them. */
const CANDIDATES = ['60606', WRONG_PIN, PIN, NEW_PIN, '73951', '4821300'];

let lives: Awaited<ReturnType<typeof playLife>>;
/** What is stolen now, and the key with which mistakes are planted now. */
let loot: Loot;
let secrets: Secrets & { readonly seed: Uint8Array; readonly pin: string };
let thief: Thief;
let keys: FoundKeys;
let A: Uint8Array;

beforeAll(async () => {
  useNativePrimitives();
  lives = await playLife();
}, 60_000);

/** The thief comes at this time, and mistakes are made with this key. */
function comes(stage: Stage, key: 'enrolled' | 'changed'): void {
  const pin = key === 'enrolled' ? PIN : NEW_PIN;
  const seed = lives.secrets[key].octets;
  loot = lives.loot[stage];
  secrets = { ...lives.secrets, seed, pin };
  thief = thiefWith(loot);
  const found = thief.keys.find(({ pinKey }) => sameOctets(guess(pinKey, pin).seed, seed));
  if (found === undefined) throw new Error(`No key of the PIN ${pin} in the flash`);
  keys = found;
  A = primitives.ed25519PublicKey(seed);
}

afterAll(() => vi.restoreAllMocks());

/** What the thief gets when one more record is in the flash. */
function withRecord(octets: Uint8Array, name = 'planted'): Loot {
  const { sections, ...file } = JSON.parse(loot.flash.at(-1) ?? '');
  const record = { nextId: 2, records: { '1': hexOf(octets) } };
  const state = JSON.stringify({ ...file, sections: { ...sections, [`records/Cash-Mobile/${name}`]: record } });
  return { ...loot, flash: [...loot.flash, state] };
}

/** The last request of this type of the service, of a payment unless it is said, and an approval of it with the right PIN. */
function approval(asked = 0x01): { readonly signature: Uint8Array; readonly plaintext: Uint8Array } {
  const request = thief.heard.findLast(([type]) => type === asked);
  const ctr = request && numbersNear(thief, request).at(-1);
  if (request === undefined || ctr === undefined) throw new Error('Nothing was asked');
  const signature = primitives.ed25519Sign(secrets.seed, approvalText(secrets.deviceId, ctr, 0, request));
  const txn = request.slice(5, 13);
  return { signature, plaintext: encodeUp({ type: 'APPROVE', ctr, txn, instrument: 0, signature }) };
}

/** A frame of the phone with the approval, sealed with this `e`. */
function approvalWith(e: Uint8Array): Loot {
  const frame = sealUp(primitives, thief.service, keys.phone, approval().plaintext, e.slice());
  return { ...loot, up: [...loot.up, frame] };
}

/** A message of the service to this key, which is sealed with `s`. */
function heard(plaintext: Uint8Array, phone = keys.phone): Loot {
  const frame = sealDown(primitives, secrets.world.keys.sealing, phone, plaintext, nacl.randomBytes(32));
  return { ...loot, down: [...loot.down, frame] };
}

const hash = (name: string, octets: Uint8Array) => createHash(name).update(octets).digest();
const flagged = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

/** A frame whose box has the octets `more` in its key, as no frame of the protocol has. */
function boxedWith(more: Uint8Array): Uint8Array {
  const E = primitives.x25519PublicKey(flagged('11'.repeat(32)));
  const header = Uint8Array.of(0x12, thief.service.kid);
  const id = counterOctets(secrets.deviceId);
  const label = new Uint8Array(16);
  label.set(Buffer.from('SM1 down'));
  const es = primitives.x25519(keys.phone.secretKey, E);
  const ss = primitives.x25519(keys.phone.secretKey, thief.service.publicKey);
  const okm = primitives.sha512(
    concat(label, header, id, E, thief.service.publicKey, keys.phone.publicKey, es, ss, more),
  );
  return concat(header, E, primitives.secretboxSeal(okm.subarray(0, 32), okm.subarray(32, 56), new Uint8Array(83)));
}

function pinReceipt(request: Uint8Array, pcid: Uint8Array): Loot {
  const unsigned = {
    type: 'RECEIPT',
    time: ctrOf(),
    ref: pcid,
    status: 'confirmed',
    triesLeft: 3,
    approvalCode: 0,
    rail: 'ledger',
  } as const;
  const text = receiptText(
    primitives,
    secrets.deviceId,
    request,
    encodeDown({ ...unsigned, signature: new Uint8Array(64) }),
  );
  return heard(encodeDown({ ...unsigned, signature: primitives.ed25519Sign(secrets.world.keys.signing.seed, text) }));
}

const PCID = flagged('0102030405060708');
const ctrOf = () => thief.counters.at(-1) ?? 0;

/** PIN_PROOF by the key with which mistakes are made, over that key. */
function proof(): Uint8Array {
  const signature = primitives.ed25519Sign(secrets.seed, pinChangeText(secrets.deviceId, ctrOf(), PCID, A));
  return encodeUp({ type: 'PIN_PROOF', ctr: ctrOf(), pcid: PCID, signature });
}

/** The ways of `device/safe-mobile/README.md`, each with the mistake that opens it, made by hand on what was stolen. */
const WAYS: readonly (readonly [mistake: number, name: string, how: string, way: Way, plant: () => Loot])[] = [
  [
    1,
    'one seed camouflaged twice',
    'with a second PIN',
    sameSeedTwice,
    () => {
      const record = flagged(JSON.parse(loot.flash.at(-1) ?? '').sections['records/Cash-Mobile/device'].records['1']);
      const salt = flagged('77'.repeat(16));
      const mask = primitives.scrypt(Buffer.from('73951'), salt, keys.pinKey.cost);
      record.set(salt, 42);
      record.set(
        secrets.seed.map((octet, at) => octet ^ (mask[at] ?? 0)),
        60,
      );
      return withRecord(record, 'device');
    },
  ],
  [2, 'what depends on the seed', "tweetnacl's secretKey", functionOfSeed, () => withRecord(concat(secrets.seed, A))],
  [
    2,
    'what depends on the seed',
    'a checksum of 4 octets in another record',
    functionOfSeed,
    () => withRecord(counterOctets(crc32(secrets.seed))),
  ],
  [
    2,
    'what depends on the seed',
    'a cut SHA-512 between other octets',
    functionOfSeed,
    () => withRecord(concat(PCID, hash('sha512', secrets.seed).subarray(0, 6), PCID)),
  ],
  [
    2,
    'what depends on the PIN',
    'a hash of the PIN',
    functionOfSeed,
    () => withRecord(hash('sha256', Buffer.from(secrets.pin))),
  ],
  [3, 'a signature that can be read', 'in an outbox', readableSignature, () => withRecord(approval().signature)],
  [3, 'a signature that can be read', 'of a login', readableSignature, () => withRecord(approval(0x03).signature)],
  [
    3,
    'a signature that can be read',
    'of PIN_PROOF, in a frame whose e was kept',
    keptEphemeral,
    () => {
      const e = flagged('25'.repeat(32));
      return { ...withRecord(e), up: [...loot.up, sealUp(primitives, thief.service, keys.phone, proof(), e.slice())] };
    },
  ],
  [
    3,
    'a signature that can be read',
    'in a log',
    readableSignature,
    () => ({ ...loot, log: [...loot.log, JSON.stringify({ signature: hexOf(approval().signature) })] }),
  ],
  [4, 'an ephemeral key that was kept', 'as d', keptEphemeral, () => approvalWith(keys.phone.secretKey)],
  [
    4,
    'an ephemeral key that was kept',
    'beside the frame',
    keptEphemeral,
    () => {
      const e = flagged('22'.repeat(32));
      return { ...withRecord(concat(PCID, e)), up: approvalWith(e).up };
    },
  ],
  [
    4,
    'an ephemeral key that was kept',
    'of ENROL, in which A is',
    keptEphemeral,
    () => {
      const e = flagged('23'.repeat(32));
      const enrol = encodeUp({
        type: 'ENROL',
        ctr: 1,
        activationCode: new Uint8Array(5),
        sealingKey: keys.phone.publicKey,
        approvalKey: A,
        appVersion: 1,
      });
      const frame = sealEnrol(primitives, thief.service, secrets.deviceId, enrol, e.slice());
      return { ...withRecord(e), up: [...loot.up, frame] };
    },
  ],
  [
    4,
    'an ephemeral key that was kept',
    "of PIN_NEW, in which A' is",
    keptEphemeral,
    () => {
      const e = flagged('24'.repeat(32));
      const announcement = encodeUp({ type: 'PIN_NEW', ctr: ctrOf(), pcid: PCID, approvalKey: A });
      const frame = sealUp(primitives, thief.service, keys.phone, announcement, e.slice());
      return { ...withRecord(e), up: [...loot.up, frame] };
    },
  ],
  [
    5,
    'what depends on A',
    'a fingerprint on the phone',
    functionOfA,
    () => withRecord(hash('sha256', A).subarray(0, 8)),
  ],
  [
    5,
    'what depends on A',
    'a hash in a request',
    functionOfA,
    () =>
      heard(
        encodeDown({
          type: 'AUTH_REQUEST',
          time: 1,
          challenge: PCID,
          ttl: 60,
          kind: 'sign',
          matchCode: 1,
          documentHash: hash('sha256', A),
          relyingParty: 'A',
          title: 'B',
        }),
      ),
  ],
  [
    6,
    'a generator whose state is stored',
    'beside the counter',
    storedGenerator,
    () => {
      const state = flagged('44'.repeat(32));
      return { ...withRecord(state), up: approvalWith(primitives.sha512(state).slice(0, 32)).up };
    },
  ],
  [7, 'an ephemeral key of the seed', 'the seed itself', ephemeralOfSeed, () => approvalWith(secrets.seed)],
  [
    7,
    'an ephemeral key of the seed',
    'a hash of seed and number',
    ephemeralOfSeed,
    () => approvalWith(primitives.sha512(concat(secrets.seed, counterOctets(ctrOf()))).slice(0, 32)),
  ],
  [
    8,
    'a box that the PIN opens',
    'a challenge encrypted to the key of the PIN',
    boxUnderPin,
    () =>
      heard(new Uint8Array(83).fill(1), {
        deviceId: secrets.deviceId,
        secretKey: secrets.seed,
        publicKey: primitives.x25519PublicKey(secrets.seed),
      }),
  ],
  [
    8,
    'a box that the PIN opens',
    'the PIN in its key',
    boxUnderPin,
    () => ({ ...loot, down: [...loot.down, boxedWith(Buffer.from(secrets.pin))] }),
  ],
  [
    10,
    'a signed receipt over a secret',
    'over PIN_NEW',
    receiptOverKey,
    () => pinReceipt(encodeUp({ type: 'PIN_NEW', ctr: ctrOf(), pcid: PCID, approvalKey: A }), PCID),
  ],
  [10, 'a signed receipt over a secret', 'over PIN_PROOF', receiptOverKey, () => pinReceipt(proof(), PCID)],
];

test('A thief has really something: all sets of keys, all messages, the counter', () => {
  expect((['before', 'during', 'after'] as const).map((stage) => thiefWith(lives.loot[stage]).keys.length)).toEqual([
    2, 4, 4,
  ]);
  comes('after', 'changed');
  expect(thief.heard.map(([type]) => type)).toEqual(expect.arrayContaining([0x01, 0x02, 0x03, 0x04, 0x07]));
  expect(thief.up.length).toBeGreaterThan(8);
  // Each was asked and ended: three logins, with wrong digits twice the second of them, and a signature.
  const ends = loot.log.flatMap((line) => /"kind":"authentication".*"to":"([a-z]+)"/.exec(line)?.[1] ?? []);
  expect(ends.filter((to) => to !== 'asked')).toEqual(['confirmed', 'failed', 'confirmed', 'confirmed']);
  // The phone has heard that the first keys end, 1 of each use, and has paid after that.
  const keyEnds = loot.down.flatMap((frame) =>
    frame.length === 107 && notAfterOf(frame) !== 0xffff_ffff ? [`${frame[1]} ${frame[2]}`] : [],
  );
  expect(new Set(keyEnds)).toEqual(new Set(['1 1', '2 1']));
  expect(loot.up.at(-1)?.[1]).toBe(secrets.sealings.at(-1)?.kid);
  expect(thief.counters.length).toBeGreaterThan(8);
  expect(loot.flash.length).toBeGreaterThan(30);
  expect(loot.log.filter((line) => line.includes('"event":"screen"')).length).toBeGreaterThan(20);
  // The same two frames went out twice, and the PIN was changed in the end.
  expect(loot.up.length - new Set(loot.up.map(hexOf)).size).toBe(2);
  expect(loot.log.filter((line) => line.includes('pin-changed'))).toHaveLength(1);
});

describe.each([
  ['before a change of the PIN', 'before', 'enrolled'],
  ['during one, with the present key', 'during', 'enrolled'],
  ['during one, with the new key', 'during', 'changed'],
  ['after one', 'after', 'changed'],
] as const)('A thief with the flash of every moment, all SMS, logs and receipts, %s', (_stage, stage, key) => {
  beforeAll(() => comes(stage, key));

  test.each([...new Map(WAYS.map(([mistake, name, , way]) => [way, [mistake, name, way] as const])).values()])(
    'mistake %d: finds no PIN by %s',
    (_mistake, _name, way) => {
      expect(way(thief, CANDIDATES)).toEqual([]);
    },
  );

  test.each(WAYS)('mistake %d: finds the PIN by %s, if it is made: %s', (_mistake, _name, _how, way, plant) => {
    const found = way(thiefWith(plant()), CANDIDATES);
    expect(found.filter((pin) => pin !== '73951')).toEqual([secrets.pin]);
  });
});

describe('A thief after a change of the PIN', () => {
  beforeAll(() => comes('after', 'changed'));

  test('finds both PINs if the new one camouflages the same seed', () => {
    const old = thief.keys.find(({ pinKey }) => sameOctets(guess(pinKey, PIN).seed, lives.secrets.enrolled.octets));
    if (old === undefined) throw new Error('No key of before in the flash');
    const record = flagged(JSON.parse(loot.flash.at(-1) ?? '').sections['records/Cash-Mobile/device'].records['1']);
    const { mask } = guess(keys.pinKey, NEW_PIN);
    record.set(
      lives.secrets.enrolled.octets.map((octet, at) => octet ^ (mask[at] ?? 0)),
      60,
    );
    expect(sameSeedTwice(thiefWith(withRecord(record, 'device')), CANDIDATES)).toEqual([PIN, NEW_PIN]);
  });

  test('finds the old PIN if the proof by the old key is kept, and the new one is known', () => {
    const pcid = thief.heard.findLast(([type, , , , , ...rest]) => type === 0x02 && rest[8] === 0xc3)?.slice(5, 13);
    if (pcid === undefined) throw new Error('No receipt of the change');
    const text = pinChangeText(secrets.deviceId, ctrOf(), pcid, A);
    const signature = primitives.ed25519Sign(lives.secrets.enrolled.octets, text);
    expect(readableSignature(thiefWith(withRecord(signature)), CANDIDATES)).toEqual([PIN]);
  });
});

describe('Mistake 3, in a frame', () => {
  test('sealed with ss only: the thief finds the PIN', () => {
    comes('before', 'enrolled');
    const E = primitives.x25519PublicKey(flagged('33'.repeat(32)));
    const header = concat(Uint8Array.of(0x11, thief.service.kid), counterOctets(secrets.deviceId));
    const label = new Uint8Array(16);
    label.set(Buffer.from('SM1 up'));
    const ss = primitives.x25519(keys.phone.secretKey, thief.service.publicKey);
    for (const es of [new Uint8Array(32), ss]) {
      const okm = primitives.sha512(concat(label, header, E, thief.service.publicKey, keys.phone.publicKey, es, ss));
      const box = primitives.secretboxSeal(okm.subarray(0, 32), okm.subarray(32, 56), approval().plaintext);
      const planted = thiefWith({ ...loot, up: [...loot.up, concat(header, E, box)] });
      expect(readableSignature(planted, CANDIDATES)).toEqual([PIN]);
    }
  });
});

describe('Mistake 9: a thief who has copied the flash installs a descriptor of his own', () => {
  /** What the owner's approval tells the thief. @param change what the phone has instead of its record, in hexadecimal */
  async function afterOwnDescriptor(change: (record: string) => string): Promise<readonly string[]> {
    const flash = memoryFlash();
    const before = await enrolled({ flash });
    before.handset.powerOff();
    const stolen = flash.dump();
    const name = 'records/Cash-Mobile/device';
    const record = JSON.parse(stolen).sections[name].records['1'];
    flash.write(name, { nextId: 2, records: { '1': change(record) } });
    const { clock } = before;
    const own = new FakeService(clock, 'thief', '+393400000666');
    own.phoneKey = before.service.phoneKey;
    const victim = attach(bench({ flash, clock, radio: before.radio, seed: 'later' }), own);
    victim.handset.install(own.jad());
    await victim.settle();
    await openApplication(victim, 'en');
    const request = await victim.request();
    if (wordsOf(victim)[0]?.startsWith('Pay to') === true) {
      await victim.select('Approve');
      await victim.type(PIN);
      await victim.select('Confirm');
    }
    const approvals = own
      .all('APPROVE')
      .map(({ ctr, signature }) => ({ ctr, signature, request: encodeDown(request) }));
    return approvalsAtThief(approvals)(thiefWith({ flash: [stolen], up: [], down: [], log: [] }), CANDIDATES);
  }

  test('finds no PIN', async () => {
    expect(await afterOwnDescriptor((record) => record)).toEqual([]);
  });

  test('finds the PIN on a phone whose record has no anchors', async () => {
    expect(await afterOwnDescriptor((record) => `${record.slice(2, 196)}0000`)).toEqual([PIN]);
  });
});
