import { describe, expect, it } from 'vitest';
import { checkLately, checkLedger } from '../../../server/ledger/invariants.ts';
import { testStore } from '../database.ts';

const TXN = '00000000000000aa';
const KEY = `${TXN}:charge`;

/** Statements that write rows as the service would, but each on its own. */
const person = "INSERT INTO person (number, name, language, created_at) VALUES ('+39340', 'A', 'en', 0)";
const merchant = "INSERT INTO merchant (id, name, currency, api_key_hash, created_at) VALUES (1, 'M', 'EUR', x'00', 0)";
const device =
  "INSERT INTO device (id, person_id, state, code_mac, code_tries_left, code_expires_at, created_at) VALUES (1, 1, 'active', x'', 0, 0, 0)";
const challenge = `INSERT INTO challenge (ref, purpose, device_id, request, frame, asked_at, deadline) VALUES ('${TXN}', 'payment', 1, x'', x'', 0, 0)`;
const evidence = `INSERT INTO evidence VALUES ('${TXN}', 1, 0, 0, x'', 0)`;
const payment = (state: string, refunded = 0) =>
  `INSERT INTO payment (txn, merchant_id, mref, fingerprint, person_id, minor, currency, reference, ttl, match_code, state, created_at, changed_at, refunded) VALUES ('${TXN}', 1, 'm', 'f', 1, 5, 'EUR', '', 120, 0, '${state}', 0, 0, ${refunded})`;
const attempt = (state: string, { key = KEY, kind = 'charge', minor = 5, currency = 'EUR' } = {}) =>
  `INSERT INTO attempt (rail_key, txn, kind, rail, state, tries, minor, currency, payer, merchant, note, reason, approval_code, created_at, changed_at) VALUES ('${key}', '${TXN}', '${kind}', 'ledger', '${state}', 1, ${minor}, '${currency}', 'person:1', 'merchant:1', '', NULL, 0, 0, 0)`;
const refund = (minor: number) =>
  `INSERT INTO refund VALUES ('${TXN}:refund-1', '${TXN}', NULL, ${minor}, 'EUR', NULL, 0)`;
const transfer = (id = KEY, debit = 'person:1', credit = 'merchant:1') =>
  `INSERT INTO transfer VALUES ('${id}', '${TXN}', '${debit}', '${credit}', 5, 'EUR', 0)`;
const ended = (outcome: 'posted' | 'voided', id = KEY) => `INSERT INTO transfer_end VALUES ('${id}', '${outcome}', 0)`;
const entry = (account: string, minor: number, currency = 'EUR', id = KEY) =>
  `INSERT INTO entry VALUES ('${id}', '${account}', ${minor}, '${currency}')`;
const account = (owner: string, pending: number, debits: number, credits: number, currency = 'EUR') =>
  `INSERT INTO account VALUES ('${owner}', '${currency}', ${pending}, ${debits}, ${credits})`;

const people = [person, merchant, device, challenge];
const accounts = [account('person:1', 0, 5, 5), account('merchant:1', 0, 0, 5), account('cash', 0, 5, 0)];
const deposit = [
  "INSERT INTO transfer VALUES ('deposit', NULL, 'cash', 'person:1', 5, 'EUR', 0)",
  ended('posted', 'deposit'),
  entry('cash', -5, 'EUR', 'deposit'),
  entry('person:1', 5, 'EUR', 'deposit'),
];
const moved = [transfer(), ended('posted'), entry('person:1', -5), entry('merchant:1', 5)];
/** A payment of 5 by a person who had paid in 5. */
const paid = [...people, evidence, payment('CAPTURED'), attempt('done'), ...deposit, ...moved, ...accounts];

async function written(statements: readonly string[]) {
  const store = await testStore();
  await store.transaction('rows', async (tx) => {
    for (const statement of statements) await tx.run(statement);
  });
  return store;
}

const without = (...left: readonly string[]) => paid.filter((statement) => !left.includes(statement));
const replaced = (old: string, ...by: readonly string[]) =>
  paid.flatMap((statement) => (statement === old ? by : [statement]));

const TWO_ENTRIES = 'a posted transfer has two entries: its amount out of one account and into the other';

/** What breaks each invariant, whether a start of the service notices, and who is named. */
const BREACHES: readonly (readonly [
  invariant: string,
  what: string,
  atStart: boolean,
  culprit: string,
  statements: readonly string[],
])[] = [
  [TWO_ENTRIES, 'none', true, KEY, without(entry('person:1', -5), entry('merchant:1', 5))],
  [TWO_ENTRIES, 'one', true, KEY, without(entry('merchant:1', 5))],
  [TWO_ENTRIES, 'three', true, KEY, [...paid, entry('cash', 1)]],
  [TWO_ENTRIES, 'another amount', true, KEY, replaced(entry('merchant:1', 5), entry('merchant:1', 4))],
  [
    TWO_ENTRIES,
    'another amount at both ends',
    true,
    KEY,
    replaced(entry('merchant:1', 5), entry('merchant:1', 4)).map((s) => s.replace('-5', '-4')),
  ],
  [TWO_ENTRIES, 'another account', true, KEY, replaced(entry('merchant:1', 5), entry('merchant:2', 5))],
  [TWO_ENTRIES, 'another currency', true, KEY, replaced(entry('merchant:1', 5), entry('merchant:1', 5, 'JPY'))],
  [TWO_ENTRIES, 'the wrong way round', true, KEY, replaced(entry('merchant:1', 5), entry('merchant:1', -5))],
  ['a voided transfer has no entries', 'two', true, KEY, replaced(ended('posted'), ended('voided'))],
  ['no charge is posted without evidence', 'none', true, TXN, without(evidence)],
  [
    'a payment whose charge is posted is paid',
    'declined',
    true,
    TXN,
    replaced(payment('CAPTURED'), payment('DECLINED')),
  ],
  ['a payment whose charge is posted is paid', 'sending', true, TXN, replaced(payment('CAPTURED'), payment('SENDING'))],
  [
    'an attempt whose transfer is posted is done',
    'declined',
    true,
    KEY,
    replaced(attempt('done'), attempt('declined')),
  ],
  ['an attempt whose transfer is posted is done', 'unknown', true, KEY, replaced(attempt('done'), attempt('unknown'))],
  ['the accounts of each currency sum to zero', 'a loss', true, 'EUR', [...paid, account('clearing:card', 0, 1, 0)]],
  ['the entries of each currency sum to zero', 'one too little', false, 'EUR', [...paid, entry('cash', -1)]],
  ['the accounts of each currency sum to zero', 'a gift', true, 'EUR', [...paid, account('merchant:2', 0, 0, 1)]],
  [
    'the accounts of each currency sum to zero',
    'money lost in one currency, won in another',
    true,
    'JPY',
    [...paid, account('merchant:2', 0, 0, 5, 'JPY'), account('merchant:3', 0, 5, 0)],
  ],
  [
    'nobody owes money to the service',
    'a person',
    true,
    'person:1',
    replaced(account('person:1', 0, 5, 5), account('person:1', 0, 6, 5)),
  ],
  ['the entries of each currency sum to zero', 'one too much', false, 'EUR', [...paid, entry('cash', 1)]],
  ['a pending transfer has no entries', 'two', false, KEY, without(ended('posted'))],
  [
    'at most one charge of a payment is posted',
    'two',
    false,
    TXN,
    [
      ...paid,
      transfer('b'),
      ended('posted', 'b'),
      entry('person:1', -5, 'EUR', 'b'),
      entry('merchant:1', 5, 'EUR', 'b'),
    ],
  ],
  ['a paid payment has its charge posted', 'voided', false, TXN, replaced(ended('posted'), ended('voided'))],
  ['a paid payment has its charge posted', 'none', false, TXN, [...people, payment('CAPTURED')]],
  ['a paid payment has its charge posted', 'none while it is refunded', false, TXN, [...people, payment('REFUNDING')]],
  ['a paid payment has its charge posted', 'none when it was refunded', false, TXN, [...people, payment('REFUNDED')]],
  ...['REFUSED', 'CANCELLED', 'EXPIRED', 'DECLINED', 'REVERSED', 'REJECTED'].map(
    (state) =>
      [
        'a payment that ended without money has nothing pending',
        state,
        false,
        TXN,
        [...people, payment(state), transfer()],
      ] as const,
  ),
  [
    'an account says what its entries say',
    'credits',
    false,
    'merchant:1',
    replaced(account('merchant:1', 0, 0, 5), account('merchant:1', 0, 0, 4)),
  ],
  [
    'an account says what its entries say',
    'debits',
    false,
    'person:1',
    replaced(account('person:1', 0, 5, 5), account('person:1', 0, 4, 5)),
  ],
  ['an account says what its entries say', 'no account', false, 'cash', without(account('cash', 0, 5, 0))],
  ['an account says what its entries say', 'no entries', false, 'merchant:7', [account('merchant:7', 0, 0, 5)]],
  ['an account has set aside what its pending transfers may take', 'too little', false, 'person:1', [transfer()]],
  [
    'an account has set aside what its pending transfers may take',
    'too much',
    false,
    'person:1',
    [account('person:1', 5, 0, 0)],
  ],
  [
    'a payment gives back what its refunds say, and no more than it was',
    'without a refund',
    false,
    TXN,
    [...people, payment('CAPTURED', 1)],
  ],
  [
    'a payment gives back what its refunds say, and no more than it was',
    'more than it was',
    false,
    TXN,
    [
      ...people,
      payment('REFUNDING', 6),
      refund(6),
      attempt('asked', { key: `${TXN}:refund-1`, kind: 'refund', minor: 6 }),
    ],
  ],
  [
    'a payment gives back what its refunds say, and no more than it was',
    'what was declined',
    false,
    TXN,
    [...people, payment('CAPTURED', 5), refund(5), attempt('declined', { key: `${TXN}:refund-1`, kind: 'refund' })],
  ],
  [
    'an attempt that is done has a posted transfer of its amount',
    'none',
    false,
    KEY,
    [...people, payment('SENDING'), attempt('done')],
  ],
  [
    'an attempt that is done has a posted transfer of its amount',
    'voided',
    false,
    KEY,
    replaced(ended('posted'), ended('voided')),
  ],
  [
    'an attempt that is done has a posted transfer of its amount',
    'another amount',
    false,
    KEY,
    replaced(attempt('done'), attempt('done', { minor: 4 })),
  ],
  [
    'an attempt that is done has a posted transfer of its amount',
    'another currency',
    false,
    KEY,
    replaced(attempt('done'), attempt('done', { currency: 'JPY' })),
  ],
  [
    'an attempt that was declined has nothing set aside',
    'a charge',
    false,
    KEY,
    [...people, payment('SENDING'), attempt('declined'), transfer()],
  ],
  [
    'an attempt that was declined has nothing set aside',
    'a refund',
    false,
    `${TXN}:refund-1`,
    [
      ...paid,
      attempt('declined', { key: `${TXN}:refund-1`, kind: 'refund' }),
      transfer(`${TXN}:refund-1`, 'merchant:1', 'person:1'),
    ],
  ],
  [
    'an attempt that is done has a posted transfer of its amount',
    'a refund without one',
    false,
    `${TXN}:refund-1`,
    [...paid, attempt('done', { key: `${TXN}:refund-1`, kind: 'refund' })],
  ],
  [
    'an attempt whose transfer is posted is done',
    'a refund that was declined',
    true,
    `${TXN}:refund-1`,
    [
      ...paid,
      attempt('declined', { key: `${TXN}:refund-1`, kind: 'refund' }),
      transfer(`${TXN}:refund-1`, 'merchant:1', 'person:1'),
      ended('posted', `${TXN}:refund-1`),
    ],
  ],
  [
    'nobody owes money to the service',
    'a merchant',
    true,
    'merchant:1',
    replaced(account('merchant:1', 0, 0, 5), account('merchant:1', 0, 6, 5)),
  ],
];

describe('the invariants of the ledger', () => {
  it.each<readonly [what: string, statements: readonly string[]]>([
    ['nothing at all', []],
    ['a payment', paid],
    [
      'a payment that waits for a rail',
      [...people, payment('SENDING'), attempt('asked'), transfer(), account('person:1', 5, 0, 0)],
    ],
    ['a declined payment', [...people, payment('DECLINED'), attempt('declined'), transfer(), ended('voided')]],
    [
      'a reversed payment, whose reversal has no transfer',
      [...people, payment('REVERSED'), attempt('done', { key: `${TXN}:reversal`, kind: 'reversal' })],
    ],
    ...['asked', 'pending', 'unknown', 'given-up'].map(
      (state) =>
        [
          `a refund that is ${state}`,
          [
            ...people,
            evidence,
            payment('REFUNDING', 5),
            attempt('done'),
            ...deposit,
            ...moved,
            refund(5),
            attempt(state, { key: `${TXN}:refund-1`, kind: 'refund' }),
            transfer(`${TXN}:refund-1`, 'merchant:1', 'person:1'),
            ...accounts.slice(0, 1),
            account('merchant:1', 5, 0, 5),
            account('cash', 0, 5, 0),
          ],
        ] as const,
    ),
    ['cash and clearing below zero', deposit.concat(account('cash', 0, 5, 0), account('person:1', 0, 0, 5))],
  ])('hold for %s', async (_, statements) => {
    expect(await (await written(statements)).read(checkLedger)).toEqual([]);
  });

  it.each(BREACHES)('%s: %s', async (invariant, _, atStart, culprit, statements) => {
    const store = await written(statements);
    const breach = { invariant, culprit };
    expect(await store.read(checkLedger)).toContainEqual(breach);
    const lately = await store.read((tx) => checkLately(tx, { after: 0, most: 10 }));
    if (atStart) expect(lately).toContainEqual(breach);
    else expect(lately).not.toContainEqual(breach);
  });

  it('a start looks at what ended after the checkpoint, the latest first', async () => {
    const lost = (id: string) => [transfer(id), ended('posted', id)];
    const store = await written([...people, evidence, ...['a', 'b', 'c'].flatMap(lost)]);
    const culprits = async (after: number, most: number) =>
      (await store.read((tx) => checkLately(tx, { after, most }))).map(({ culprit }) => culprit);
    expect(await culprits(0, 3)).toEqual(['a', 'b', 'c']);
    expect(await culprits(0, 2)).toEqual(['b', 'c']);
    expect(await culprits(2, 3)).toEqual(['c']);
    expect(await culprits(3, 3)).toEqual([]);
  });

  it('tells at most 100 breaches of an invariant', async () => {
    const store = await written(Array.from({ length: 101 }, (_, index) => account(`merchant:${index + 1}`, 0, 1, 0)));
    const names = (await store.read(checkLedger)).map(({ invariant }) => invariant);
    expect(names.filter((name) => name === 'nobody owes money to the service')).toHaveLength(100);
  });
});
