import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { concat, type DownMessage, decodeDown, hexOf } from '../../../device/safe-mobile/index.ts';
import { balanceOf } from '../../../server/ledger/ledger.ts';
import { MIGRATIONS } from '../../../server/store/migrations.ts';
import { APPLICATION_ID, openSqliteFile } from '../../../server/store/sqlite-file.ts';
import { SqliteStore } from '../../../server/store/sqlite-store.ts';
import { StoreError } from '../../../server/store/store.ts';
import { ref, refOctets } from '../../../server/vocabulary/ids.ts';
import { isPaymentState, type PaymentState } from '../../../server/vocabulary/payment-states.ts';
import { seededRandom } from '../../../sim/index.ts';
import { temporaryFolder } from '../database.ts';
import { TestPhone } from '../phone.ts';
import { PIN, World } from '../world.ts';

// version-3.db.gz was written by the published version; make-version-3.txt says how.

const FIXTURES = join(import.meta.dirname, 'fixtures');
const Balance = z.object({
  account: z.custom<'cash' | `person:${number}` | `merchant:${number}`>((text) => typeof text === 'string'),
  currency: z.enum(['EUR', 'USD']),
  posted: z.int(),
  pending: z.int(),
});
const Expected = z.object({
  now: z.int(),
  payments: z.record(z.string(), z.string()),
  codes: z.record(z.string(), z.object({ deviceId: z.int(), activationCode: z.string() })),
  states: z.record(z.string(), z.string()),
  balances: z.array(Balance),
  decisions: z.int(),
});
const expected = Expected.parse(JSON.parse(readFileSync(join(FIXTURES, 'version-3.json'), 'utf8')));

/** A copy of the file of the published version, in a folder of its own. */
function published(): string {
  const path = join(temporaryFolder(), 'service.db');
  writeFileSync(path, gunzipSync(readFileSync(join(FIXTURES, 'version-3.db.gz'))));
  return path;
}

const AUTH_REQUEST = 0x03;

/** As phones of that version: each AUTH_REQUEST had 32 octets for a hash, which were zero but for a signature. */
function decodeFormer(plaintext: Uint8Array): DownMessage {
  if (plaintext[0] !== AUTH_REQUEST) return decodeDown(plaintext);
  const hash = new Uint8Array(32);
  return decodeDown(concat(plaintext.subarray(0, 17), plaintext.subarray(17 + hash.length), hash));
}

/** The world in which the file was written, `laterMs` after the service ended; its phones have the same keys. */
async function worldLater(laterMs = 2_000) {
  const world = new World('published version');
  await world.clock.advance(expected.now - world.clock.now() + laterMs);
  const phone = (number: string): TestPhone => {
    const send = world.air.attach(number, (frame) => made.receive(frame));
    const made: TestPhone = new TestPhone(number, world.keys, world.clock, seededRandom(`phone ${number}`), () => {});
    const code = expected.codes[number];
    if (code === undefined) throw new Error(`the file has no phone ${number}`);
    made.enrol(code.deviceId, code.activationCode, PIN);
    made.sendWith(send);
    made.decode = decodeFormer;
    return made;
  };
  const phones = { anna: phone('+393400000001'), bruno: phone('+393400000002'), elena: phone('+393400000006') };
  return { world, phones };
}

const txn = (name: string): string => {
  const found = expected.payments[name];
  if (found === undefined) throw new Error(`the file has no payment "${name}"`);
  return found;
};

const BELOW_ZERO = ['person:2 breaks: nobody owes money to the service'];

describe('a file of the published version', () => {
  it('holds payments in every state that version can leave on disk', () => {
    expect([...new Set(Object.values(expected.states))].toSorted()).toEqual(
      [
        ...['REQUESTED', 'APPROVED', 'SENDING', 'UNKNOWN', 'REVERSING', 'REVIEW', 'CAPTURED', 'REFUNDING', 'REFUNDED'],
        ...['REFUSED', 'CANCELLED', 'EXPIRED', 'DECLINED', 'REVERSED', 'REJECTED'],
      ].toSorted(),
    );
  });

  it('has the same balances in its new tables, and its ledger is right but for the account below zero', async () => {
    const { world } = await worldLater();
    const path = published();
    const store = new SqliteStore(path, { clock: world.clock });
    for (const { account, currency, ...balance } of expected.balances) {
      expect(await store.read((tx) => balanceOf(tx, account, currency)), `${account} ${currency}`).toEqual(balance);
    }
    const rows = (sql: string) => store.read((tx) => tx.all(sql, (row) => row.text('found')));
    expect(await rows("SELECT count(*) || '' AS found FROM account")).toEqual([`${expected.balances.length}`]);
    expect(await rows('SELECT "table" AS found FROM pragma_foreign_key_check')).toEqual([]);
    expect(
      await rows("SELECT name AS found FROM sqlite_schema WHERE name IN ('ledger_decision', 'earlier_attempt')"),
    ).toEqual([]);
    expect(await rows("SELECT subject AS found FROM journal WHERE event ->> 'alarm' = 'account-below-zero'")).toEqual([
      'person:2 EUR',
    ]);
    await store.close();
    expect(await world.breaches(path)).toEqual(BELOW_ZERO);
  });

  it('goes on: what is open ends, what was decided stays decided, and the money is right', async () => {
    const { world } = await worldLater();
    await world.open(published());
    await world.clock.advance(10_000);
    const states = async () => {
      const found: Record<string, string> = {};
      for (const name of Object.keys(expected.states)) found[name] = (await world.service.payment(txn(name))).state;
      return found;
    };
    const now = {
      ...expected.states,
      'refunding, decided': 'REFUNDED',
      'refunding, undecided': 'REFUNDED',
      'refunding, second try': 'REFUNDED',
      'refunding, hangs': 'REFUNDED',
      'unknown, decided': 'CAPTURED',
      'unknown, asked often': 'REVIEW',
      unknown: 'CAPTURED',
      reversing: 'REVIEW',
      'sending, not covered': 'DECLINED',
      'sending, decided': 'CAPTURED',
      sending: 'CAPTURED',
      approved: 'CAPTURED',
    };
    expect(await states()).toEqual(now);
    expect(await world.breaches()).toEqual(BELOW_ZERO);
    const carla = await world.service.personByNumber('+393400000003');
    if (carla === undefined) throw new Error('Carla is gone');
    expect(await world.service.holdings(carla.id)).toEqual([{ minor: 2_000 - 1_500 - 200, currency: 'EUR' }]);
    // What the ledger had decided keeps its number; the others get the next ones.
    const codes = async (...names: string[]) =>
      Promise.all(names.map(async (name) => (await world.service.payment(txn(name))).approvalCode));
    expect(await codes('unknown, decided', 'sending, decided')).toEqual([100_015, 100_016]);
    const next = 100_000 + expected.decisions;
    expect((await codes('sending', 'unknown', 'approved')).toSorted()).toEqual([next + 1, next + 2, next + 3]);
    for (const name of ['captured', 'captured dollars', 'refunded', 'declined', 'expired', 'unknown, decided']) {
      const receipt = await world.service.receipt(txn(name));
      expect(await world.service.receipt(txn(name)), name).toEqual(receipt);
    }
  });

  it('asks its open requests and enrolments on, counts wrong PINs on, and sends what was on its way', async () => {
    const { world, phones } = await worldLater();
    await world.open(published());
    const { anna, bruno, elena } = phones;
    // After a wrong PIN the request is not sent again by itself: the phone asks for it.
    anna.query(refOctets(ref(txn('wrong PIN, open'))));
    await world.clock.advance(60_000);
    const asked = (phone: TestPhone, name: string) =>
      phone.asked.find(({ message }) => message.type === 'PAY_REQUEST' && hexOf(message.txn) === txn(name)) ??
      expect.fail(`the phone was not asked "${name}"`);
    for (const name of ['wrong PIN, open', 'requested, frame handed']) {
      anna.approve('00000', asked(anna, name));
      await world.clock.advance(2_000);
    }
    const triesLeft = world.journal.flatMap(({ event }) => (event.kind === 'wrong-pin' ? [event.triesLeft] : []));
    expect(triesLeft).toEqual([1, 2]);
    bruno.approve(PIN, asked(bruno, 'requested, frame rests'));
    anna.approve(PIN, asked(anna, 'requested, frame handed'));
    elena.approve(PIN);
    await world.clock.advance(3_000);
    expect((await world.service.payment(txn('requested, frame handed'))).state).toBe('CAPTURED');
    expect(await world.service.payment(txn('requested, frame rests'))).toMatchObject({
      state: 'DECLINED',
      reason: 'insufficient-funds',
    });
    const person = await world.service.personByNumber(elena.number);
    expect((await world.service.devices(person?.id ?? expect.fail())).map(({ state }) => state)).toEqual(['active']);
    // The frame that nobody had dealt with: the owner's phone asked for a receipt.
    const store = new SqliteStore(world.database, { clock: world.clock });
    expect(await store.read((tx) => tx.all('SELECT result FROM inbox', (row) => row.text('result')))).not.toContain(
      null,
    );
    await store.close();
    await world.clock.advance(120_000);
    expect((await world.service.payment(txn('wrong PIN, open'))).state).toBe('EXPIRED');
    await world.clock.advance(3_600_000);
    const dario = await world.service.personByNumber('+393400000004');
    expect((await world.service.devices(dario?.id ?? expect.fail())).map(({ state }) => state)).toEqual(['active']);
    expect(await world.breaches()).toEqual(BELOW_ZERO);
  });

  it.each([
    { moved: true, state: 'CAPTURED' },
    { moved: false, state: 'DECLINED' },
  ])('has a way out of each REVIEW: $state', async ({ moved, state }) => {
    const { world } = await worldLater();
    await world.open(published());
    await world.clock.advance(10_000);
    for (const name of ['review', 'reversing', 'unknown, asked often']) {
      await world.service.resolve(txn(name), { moved, reason: 'asked the acquirer' });
      expect((await world.service.payment(txn(name))).state, name).toBe(state);
    }
    expect(await world.breaches()).toEqual(BELOW_ZERO);
  });

  it('is declined where the ledger had reversed the charge, and says why', async () => {
    const { world } = await worldLater();
    const path = published();
    const database = new DatabaseSync(path);
    const key = `${txn('sending, decided')}:charge`;
    database.prepare("INSERT INTO ledger_decision VALUES (? || ':reversal', 100017, NULL, 320, 'EUR', 0)").run(key);
    database.prepare("UPDATE payment SET state = 'REVERSING' WHERE txn = ?").run(txn('sending, decided'));
    database
      .prepare("INSERT INTO ledger_decision VALUES (?, NULL, 'insufficient-funds', 330, 'EUR', 0)")
      .run(`${txn('sending')}:charge`);
    database.close();
    await world.open(path);
    await world.clock.advance(10_000);
    expect(await world.service.payment(txn('sending, decided'))).toMatchObject({
      state: 'DECLINED',
      reason: 'reversed',
    });
    expect(await world.service.payment(txn('sending'))).toMatchObject({
      state: 'DECLINED',
      reason: 'insufficient-funds',
    });
    expect(await world.breaches()).toEqual(BELOW_ZERO);
  });

  it('is copied before it is changed, for its owner only, and no copy is written over', () => {
    const path = published();
    const rows = (file: string) => {
      const database = new DatabaseSync(file, { readOnly: true });
      const found = ['payment', 'journal', 'entry', 'timer'].map((table) =>
        database.prepare(`SELECT * FROM ${table} ORDER BY 1, 2`).all(),
      );
      database.close();
      return found;
    };
    const before = rows(path);
    writeFileSync(`${path}.version-3`, 'an earlier copy');
    const { database, migrated } = openSqliteFile(path);
    database.close();
    expect(migrated).toEqual({ from: 3, to: MIGRATIONS.length, copy: `${path}.version-3-2` });
    expect(readFileSync(`${path}.version-3`, 'utf8')).toBe('an earlier copy');
    expect(rows(`${path}.version-3-2`)).toEqual(before);
    expect(statSync(`${path}.version-3-2`).mode & 0o777).toBe(0o600);
    expect(existsSync(`${path}.version-3-2.partial`)).toBe(false);
    const again = openSqliteFile(path);
    again.database.close();
    expect(again.migrated).toBeUndefined();
  });

  it('is as it was when it cannot be brought up to date, and the message says so', () => {
    const path = published();
    const spoilt = new DatabaseSync(path);
    spoilt.exec('CREATE TABLE account (theirs TEXT)');
    spoilt.close();
    expect(() => openSqliteFile(path)).toThrow(
      new StoreError(
        `${path} cannot be brought from version 3 to ${MIGRATIONS.length}, and is as it was: table account already exists`,
      ),
    );
    const database = new DatabaseSync(path);
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 3 });
    expect(database.prepare('SELECT count(*) AS n FROM attempt').get()).toMatchObject({ n: expect.any(Number) });
    database.close();
  });

  it('is not touched when its copy cannot be written, as of a damaged file', () => {
    const path = published();
    const octets = readFileSync(path);
    octets.fill(0, octets.length / 2, octets.length / 2 + 8_192);
    writeFileSync(path, octets);
    expect(() => openSqliteFile(path)).toThrow(
      new StoreError(`the copy ${path}.version-3 cannot be written: database disk image is malformed`),
    );
    expect(readFileSync(path)).toEqual(octets);
    expect(readdirSync(dirname(path)).filter((name) => name.includes('version'))).toEqual([]);
  });

  it('needs no copy when it is new', () => {
    const path = join(temporaryFolder(), 'service.db');
    const { database, migrated } = openSqliteFile(path);
    database.close();
    expect(migrated).toBeUndefined();
    expect(readdirSync(dirname(path)).filter((name) => name.includes('version'))).toEqual([]);
  });
});

interface QuestionOfVersion7 {
  readonly purpose: 'payment' | 'enrolment';
  /** The state of its payment. */
  readonly payment?: PaymentState | undefined;
  /** When its timer was due. */
  readonly timer?: number;
  /** The state of the phone. */
  readonly device?: string;
  readonly evidence?: boolean;
  readonly question: string;
  readonly due?: number;
}

const PAYMENT_OUTCOMES: readonly QuestionOfVersion7[] = Object.entries({
  REQUESTED: 'asked',
  REFUSED: 'refused',
  CANCELLED: 'withdrawn',
  EXPIRED: 'expired',
  APPROVED: 'approved',
  SENDING: 'approved',
  PENDING: 'approved',
  UNKNOWN: 'approved',
  REVERSING: 'approved',
  REVIEW: 'approved',
  CAPTURED: 'approved',
  REFUNDING: 'approved',
  REFUNDED: 'approved',
  DECLINED: 'approved',
  REVERSED: 'approved',
} satisfies Partial<Record<PaymentState, string>>).flatMap(([payment, question]): QuestionOfVersion7[] => {
  if (!isPaymentState(payment)) return [];
  const row: QuestionOfVersion7 = { purpose: 'payment', payment, question };
  if (question !== 'asked') return [row, { ...row, timer: 70 }];
  return [
    { ...row, timer: 70, due: 70 },
    { ...row, due: 501 },
  ];
});

describe('the timers of version 4', () => {
  /** Kind, subject and due time. */
  type TimerRow = readonly [kind: string, subject: string, due: number];

  it.each<readonly [what: string, before: readonly TimerRow[], after: readonly TimerRow[]]>([
    ...['payment', 'enrolment'].flatMap((purpose): [string, TimerRow[], TimerRow[]][] => [
      [
        `a ${purpose} that is to be asked for again, then expires`,
        [
          [`${purpose}-expiry`, 'a', 100],
          [`${purpose}-resend`, 'a', 10],
        ],
        [[`${purpose}-due`, 'a', 10]],
      ],
      [
        `a ${purpose} that expires first`,
        [
          [`${purpose}-resend`, 'a', 200],
          [`${purpose}-expiry`, 'a', 100],
        ],
        [[`${purpose}-due`, 'a', 100]],
      ],
      [
        `two ${purpose}s, each with its own`,
        [
          [`${purpose}-expiry`, 'a', 100],
          [`${purpose}-resend`, 'a', 20],
          [`${purpose}-expiry`, 'b', 50],
        ],
        [
          [`${purpose}-due`, 'a', 20],
          [`${purpose}-due`, 'b', 50],
        ],
      ],
      [`a ${purpose} that has no expiry: nobody waits for it`, [[`${purpose}-resend`, 'a', 10]], []],
    ]),
    ['an inquiry at the rail: attempts have their own', [['payment-inquiry', 'a', 5]], []],
    ...['device-unblock', 'outbox-retry', 'receipt-repeat', 'inbox-retry'].map(
      (kind): [string, TimerRow[], TimerRow[]] => [`${kind}: as it was`, [[kind, 'a', 5]], [[kind, 'a', 5]]],
    ),
  ])('%s', (_, before, after) => {
    const path = join(temporaryFolder(), 'service.db');
    const old = new DatabaseSync(path);
    for (const migration of MIGRATIONS.slice(0, 4)) old.exec(migration);
    const insert = old.prepare('INSERT INTO timer (kind, subject, due) VALUES (?, ?, ?)');
    for (const row of before) insert.run(...row);
    // From version 8 on the questions of payments and enrolments have no timers.
    for (const migration of MIGRATIONS.slice(4, 7)) old.exec(migration);
    const rows = old.prepare('SELECT kind, subject, due FROM timer ORDER BY subject').all();
    old.close();
    expect(rows.map(({ kind, subject, due }) => [kind, subject, due])).toEqual(after);
  });
});

describe('the questions of version 7', () => {
  const DEADLINE = 500;

  it.each<QuestionOfVersion7>([
    ...PAYMENT_OUTCOMES,
    { purpose: 'payment', payment: undefined, question: 'expired' },
    { purpose: 'enrolment', timer: 70, device: 'enrolling', question: 'asked', due: 70 },
    { purpose: 'enrolment', timer: 70, device: 'revoked', question: 'expired' },
    { purpose: 'enrolment', device: 'enrolling', question: 'expired' },
    { purpose: 'enrolment', evidence: true, device: 'active', question: 'approved' },
    { purpose: 'enrolment', device: 'registered', question: 'expired' },
  ])('$purpose, payment $payment, timer $timer, phone $device: $question, due $due', (row) => {
    const { purpose, payment, timer, device = 'active', evidence, question, due = null } = row;
    const path = join(temporaryFolder(), 'service.db');
    const old = new DatabaseSync(path, { enableForeignKeyConstraints: false });
    for (const migration of MIGRATIONS.slice(0, 7)) old.exec(migration);
    old.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 7;
      INSERT INTO device (id, person_id, state, code_mac, code_tries_left, code_expires_at, created_at)
        VALUES (1, 1, '${device}', x'', 0, 0, 0), (2, 2, 'enrolling', x'', 0, 0, 0);
      INSERT INTO challenge (ref, purpose, device_id, request, frame, asked_at, deadline)
        VALUES ('a', '${purpose}', 1, x'', x'', 0, ${DEADLINE}), ('b', '${purpose}', 2, x'', x'', 0, ${DEADLINE});
      INSERT INTO timer (kind, subject, due) VALUES ('attempt', 'a', 5), ('${purpose}-due', 'b', 90)`);
    if (timer !== undefined)
      old.exec(`INSERT INTO timer (kind, subject, due) VALUES ('${purpose}-due', 'a', ${timer})`);
    if (evidence === true) old.exec("INSERT INTO evidence VALUES ('a', 1, 1, 0, x'', 0)");
    if (payment !== undefined)
      old.exec(`INSERT INTO payment (txn, merchant_id, mref, fingerprint, person_id, minor, currency, reference, ttl, match_code,
        state, created_at, changed_at) VALUES ('a', 1, 'm', '', 1, 1, 'EUR', '', 1, 1, '${payment}', 0, 0)`);
    old.close();
    const { database } = openSqliteFile(path);
    const [migrated] = database.prepare("SELECT state, due FROM challenge WHERE ref = 'a'").all();
    const timers = database.prepare('SELECT kind FROM timer').all();
    database.close();
    expect({ ...migrated }).toEqual({ state: question, due });
    expect(timers.map(({ kind }) => kind)).toEqual(['attempt']);
  });
});

describe('the frames of version 10', () => {
  function opened(rows: string): DatabaseSync {
    const path = join(temporaryFolder(), 'service.db');
    const old = new DatabaseSync(path, { enableForeignKeyConstraints: false });
    for (const migration of MIGRATIONS.slice(0, 10)) old.exec(migration);
    old.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 10; ${rows}`);
    old.close();
    return openSqliteFile(path).database;
  }

  it('stay as they are, known by their digest; the counters have none, and no number is given again', () => {
    const database = opened(`INSERT INTO inbox VALUES (7, x'01', 10, '+39340', 11, NULL, 'ENROL: enrolling', 0),
        (8, x'02', 12, '+39341', 13, x'05', NULL, 2), (9, x'03', 14, '+39342', 15, NULL, 'APPROVE', 0);
      DELETE FROM inbox WHERE id = 9;
      INSERT INTO counter VALUES (1, 100)`);
    const all = (sql: string) =>
      database
        .prepare(sql)
        .all()
        .map((row) => Object.values(row).join());
    expect(
      all(`SELECT id, hex(digest), sent_at, originator, received_at, hex(frame), result, tries, by_digest FROM inbox`),
    ).toEqual(['7,01,10,+39340,11,,ENROL: enrolling,0,1', '8,02,12,+39341,13,05,,2,1']);
    expect(all('SELECT * FROM counter')).toEqual(['1,100,,0,0']);
    const insert = `INSERT INTO inbox (sent_at, digest, originator, received_at)`;
    expect(() => database.exec(`${insert} VALUES (10, x'01', '', 0)`)).toThrow('UNIQUE');
    database.exec(`${insert} VALUES (10, x'02', '', 0)`);
    expect(all('SELECT id, by_digest FROM inbox WHERE id > 8')).toEqual(['10,0']);
    database.close();
  });

  it('are none in a file that has taken none: the first one gets number 1', () => {
    const database = opened('');
    database.exec("INSERT INTO inbox (sent_at, digest, originator, received_at) VALUES (10, x'02', '', 0)");
    expect(database.prepare('SELECT id FROM inbox').all()).toMatchObject([{ id: 1 }]);
    database.close();
  });
});

describe('the phones of version 28', () => {
  it.each<[string, number, number | null]>([
    ['before the first rotation', 99, null],
    ['when the second key had begun', 100, 7],
    ['while the second and the third counted', 250, 3],
    ['after all', 900, 5],
  ])('that were registered %s have the keys of that time', (_, createdAt, signing) => {
    const path = join(temporaryFolder(), 'service.db');
    const old = new DatabaseSync(path, { enableForeignKeyConstraints: false });
    for (const migration of MIGRATIONS.slice(0, 28)) old.exec(migration);
    old.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = 28;
      INSERT INTO device (id, person_id, state, code_mac, code_tries_left, code_expires_at, created_at)
        VALUES (1, 1, 'active', x'', 0, 0, ${createdAt});
      INSERT INTO service_key (use, kid, public_key, created_at, begins_at, ends_at) VALUES
        ('signing', 7, x'', 100, 100, 300), ('signing', 3, x'', 200, 200, 400), ('signing', 9, x'', 500, NULL, NULL),
        ('signing', 4, x'', 500, 500, NULL), ('signing', 5, x'', 500, 500, NULL), ('sealing', 8, x'', 0, 0, NULL)`);
    old.close();
    const { database } = openSqliteFile(path);
    const [device] = database.prepare('SELECT first_sealing_kid, first_signing_kid FROM device').all();
    database.close();
    expect({ ...device }).toEqual({ first_sealing_kid: 8, first_signing_kid: signing });
  });
});
