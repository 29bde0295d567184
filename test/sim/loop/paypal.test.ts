import { expect, it } from 'vitest';
import type { PayPalEntry } from '../../../sim/hosts/paypal-book.ts';
import { orderOf } from '../../../sim/loop/paypal.ts';

const TXN = '4b8b82a2421b652b';
const ENTRY: PayPalEntry = {
  ...{ kind: 'capture', id: 'C1', order: 'O1', capture: 'C1', requestId: `${TXN}.charge`, invoiceId: TXN },
  ...{ customId: `${TXN}.charge`, minor: 900, currency: 'EUR', at: 7, changedAt: 8, status: 'COMPLETED' },
};
const REFUND = { kind: 'refund', customId: `${TXN}.refund:a` } as const;

it.each<[what: string, entry: Partial<PayPalEntry>, key: string, kind: string, state: string]>([
  ['capture', {}, `${TXN}:charge`, 'charge', 'moved'],
  ['capture that is not decided', { status: 'PENDING' }, `${TXN}:charge`, 'charge', 'pending'],
  ['capture that was declined', { status: 'DECLINED' }, `${TXN}:charge`, 'charge', 'declined'],
  ['order that waits', { status: 'PAYER_ACTION_REQUIRED' }, `${TXN}:charge`, 'charge', 'declined'],
  ['refund', REFUND, `${TXN}:refund:a`, 'refund', 'moved'],
  ['refund that failed', { ...REFUND, status: 'FAILED' }, `${TXN}:refund:a`, 'refund', 'declined'],
])("a %s of PayPal's book is read by the key that PayPal keeps as custom_id", (_, entry, key, kind, state) => {
  expect(orderOf({ ...ENTRY, ...entry })).toEqual({
    ...{ key, kind, state, of: `${TXN}:charge`, minor: 900, currency: 'EUR', at: 7 },
  });
});
