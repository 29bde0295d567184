import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { PaymentAnswer } from './api.ts';
import { type Evidence, judge } from './judge.ts';

const TXN = '00000000000000aa';
const ANNA = '+393400000001';
const eur = (minor: number) => ({ minor, currency: 'EUR' });

const paid: PaymentAnswer = {
  ...{ txn: TXN, mref: 'a', state: 'CAPTURED', settled: true, customer: ANNA, amount: eur(1_000) },
  refunds: [{ key: 'r', amount: eur(300), state: 'refunded' }],
};
const charge = { key: `${TXN}:charge`, kind: 'charge', of: `${TXN}:charge`, minor: 1_000, state: 'moved' } as const;
const refund = { key: `${TXN}:refund-1`, kind: 'refund', of: `${TXN}:charge`, minor: 300, state: 'moved' } as const;
const receipt = { ref: TXN, status: 'paid', octets: '01' };
const anna = { number: ANNA, deposit: 5_000, receipts: [receipt, receipt], unbelievable: [] };

/** What the tables of the ledger hold of one deposit and one payment by ledger. */
const LEDGER = `
  CREATE TABLE entry (transfer_id TEXT, account TEXT, currency TEXT, minor INTEGER);
  CREATE TABLE transfer (id TEXT, txn TEXT);
  CREATE TABLE account (owner TEXT, currency TEXT, credits_posted INTEGER, debits_posted INTEGER, debits_pending INTEGER);
  INSERT INTO transfer VALUES ('c', '${TXN}'), ('r', '${TXN}');
  INSERT INTO entry VALUES ('d', 'cash', 'EUR', -5000), ('d', 'person:1', 'EUR', 5000), ('c', 'person:1', 'EUR', -1000),
    ('c', 'merchant:1', 'EUR', 1000), ('r', 'merchant:1', 'EUR', -300), ('r', 'person:1', 'EUR', 300);
  INSERT INTO account VALUES ('cash', 'EUR', 0, 5000, 0), ('person:1', 'EUR', 5300, 1000, 0), ('merchant:1', 'EUR', 1000, 300, 0);`;

interface Case {
  readonly sql?: string;
  readonly payments?: readonly PaymentAnswer[];
  readonly told?: readonly PaymentAnswer[];
  readonly phone?: Partial<Evidence['phones'][number]>;
  readonly host?: Evidence['host'];
  readonly balance?: number;
  readonly devices?: readonly string[];
  readonly ledgerCheck?: string;
}

function evidenceOf({ sql = '', payments = [paid], told = payments, phone, host, ...rest }: Case): Evidence {
  const database = new DatabaseSync(':memory:');
  database.exec(LEDGER + sql);
  const { balance = host === undefined ? 4_300 : 5_000, devices = ['active'], ledgerCheck = '' } = rest;
  const person = { id: 1, number: ANNA, balances: [eur(balance)] };
  return {
    ...{ told, host, phones: [{ ...anna, ...phone }] },
    admin: { people: async () => [{ ...person, devices: devices.map((state, deviceId) => ({ deviceId, state })) }] },
    till: { payments: async () => [...payments] },
    select: async (text) => database.prepare(text).all(),
    ledgerCheck: async () => ledgerCheck,
  };
}

describe('the judge', () => {
  it.each<[string, Case]>([
    ['on the prepaid accounts', {}],
    ['on a host', { host: [charge, refund] }],
    ['with a phone that was replaced', { devices: ['revoked', 'active'] }],
    [
      'with a receipt that was in progress before',
      { phone: { receipts: [{ ...receipt, status: 'in-progress' }, receipt] } },
    ],
  ])('has no complaint when all is right %s', async (_, right) => {
    expect(await judge(evidenceOf(right))).toEqual([]);
  });

  it.each<[string, Case]>([
    [
      'EUR breaks: the entries of each currency sum to zero',
      { sql: 'UPDATE entry SET minor = 1001 WHERE minor = 1000' },
    ],
    [
      'person:1 breaks: an account has what its entries say',
      { sql: 'UPDATE account SET credits_posted = 5301 WHERE debits_posted = 1000' },
    ],
    ['cash breaks: who has entries has an account', { sql: "DELETE FROM account WHERE owner = 'cash'" }],
    [
      'person:1 breaks: nothing is set aside',
      { sql: "UPDATE account SET debits_pending = 1 WHERE owner = 'person:1'" },
    ],
    [
      `${TXN} breaks: a payment is charged once`,
      { sql: `INSERT INTO transfer VALUES ('c2', '${TXN}'); INSERT INTO entry VALUES ('c2', 'merchant:1', 'EUR', 1)` },
    ],
    ['cash-server ledger check: x breaks', { ledgerCheck: 'x breaks' }],
    [`payment ${TXN} is still SENDING`, { payments: [{ ...paid, state: 'SENDING', settled: false }] }],
    [
      `refund r of ${TXN} is still review`,
      { payments: [{ ...paid, refunds: [{ key: 'r', amount: eur(300), state: 'review' }] }] },
    ],
    ['two payments have the same mref', { payments: [paid, { ...paid, txn: 'other' }] }],
    [`payment ${TXN}, told as CAPTURED, is not there`, { payments: [], told: [paid] }],
    [`payment ${TXN}, told as CAPTURED, has another mref`, { told: [{ ...paid, mref: 'b' }] }],
    [`payment ${TXN}, told as CAPTURED, is EXPIRED`, { payments: [{ ...paid, state: 'EXPIRED' }], told: [paid] }],
    [`payment ${TXN}, told as EXPIRED, is CAPTURED`, { told: [{ ...paid, state: 'EXPIRED', refunds: [] }] }],
    [
      `refund r of ${TXN} is not what was told`,
      { told: [{ ...paid, refunds: [{ key: 'r', amount: eur(301), state: 'in-progress' }] }] },
    ],
    [
      `refund r of ${TXN} is not what was told`,
      { payments: [{ ...paid, refunds: [{ key: 'r', amount: eur(300), state: 'declined' }] }], told: [paid] },
    ],
    [`${ANNA} has phones that are active, enrolling`, { devices: ['active', 'enrolling'] }],
    [
      `more than all of payment ${TXN} was given back`,
      { payments: [{ ...paid, refunds: [{ key: 'r', amount: eur(1_001), state: 'refunded' }] }] },
    ],
    [`${ANNA} has 4301, and should have 4300`, { balance: 4_301 }],
    [`${ANNA} has 4300, and should have 5000`, { host: [charge, refund], balance: 4_300 }],
    ['and the host charged it 2 times', { host: [charge, charge, refund] }],
    ['and the host charged it 1 times', { host: [{ ...charge, minor: 999 }, refund] }],
    ['and the host charged it 0 times', { host: [{ ...charge, state: 'reversed' }, refund] }],
    [`of payment ${TXN} 300 were given back, and 600 by the host`, { host: [charge, refund, refund] }],
    [
      'the host knows x:charge, and the service does not',
      { host: [charge, refund, { ...charge, key: 'x:charge', of: 'x:charge' }] },
    ],
    [
      `${ANNA} got the receipt ${TXN} paid in different octets`,
      { phone: { receipts: [receipt, { ...receipt, octets: '02' }] } },
    ],
    [`${ANNA} was not told that ${TXN} is paid`, { phone: { receipts: [] } }],
    [`${ANNA} was told that ${TXN} is paid: EXPIRED`, { payments: [{ ...paid, state: 'EXPIRED' }] }],
    ['a bad signature', { phone: { unbelievable: ['a bad signature'] } }],
  ])('complains: %s', async (complaint, wrong) => {
    expect((await judge(evidenceOf(wrong))).join('\n')).toContain(complaint);
  });
});
