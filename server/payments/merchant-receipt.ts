import { decodeDown, type RailName, receiptText, type Status } from '../../device/safe-mobile/index.ts';
import { challengeByRef } from '../approvals/challenge.ts';
import { composeReceipt } from '../outgoing/compose.ts';
import type { Context } from '../outgoing/context.ts';
import type { ReadTx, Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { refOctets } from '../vocabulary/ids.ts';
import { isSettled } from '../vocabulary/payment-states.ts';
import type { Payment } from './payment.ts';
import { contentOf } from './receipts.ts';

/** A signed receipt for a merchant without a phone. The signed text stands beside the signature, to be checked by anybody. */
export interface MerchantReceipt {
  readonly status: Status;
  /** What moved the money, as the receipt says it; `none`: no money moved. */
  readonly rail: RailName;
  /** Of the card that paid, where they are known; not in the signed text. */
  readonly lastDigits: string | undefined;
  /** The 83 octets that the customer's phone displayed: payee, amount, reference. */
  readonly request: Uint8Array;
  /** The 83 octets of the receipt. */
  readonly receipt: Uint8Array;
  /** Label, deviceId 0, the digest of `request`, octets 0 to 18 of `receipt`. */
  readonly signedText: Uint8Array;
  /** Ed25519, 64 octets. */
  readonly signature: Uint8Array;
  /** `R`, 32 octets, and its number: the key of the service that signed. */
  readonly publicKey: Uint8Array;
  readonly kid: number;
}

/** deviceId 0: the receipt goes to no phone. */
const NO_DEVICE = 0;

/**
 * The receipt of a payment in its present state: composed and signed when it is asked for the first time, and the same octets
 * ever after, also when the service signs with another key by then.
 * @throws ServiceError `not-possible-now` while the payment is not settled or when the customer was never asked
 */
export async function merchantReceipt(tx: Tx, context: Context, payment: Payment): Promise<MerchantReceipt> {
  const challenge = await challengeByRef(tx, payment.txn);
  if (challenge === undefined || !isSettled(payment.state)) {
    throw new ServiceError('not-possible-now', `payment ${payment.txn} is ${payment.state} and has no receipt`);
  }
  const { request } = challenge;
  const stored = (await storedReceipt(tx, payment)) ?? (await compose(tx, context, payment, request));
  const { receipt, publicKey } = stored;
  const decoded = decodeDown(receipt);
  if (decoded.type !== 'RECEIPT') throw new Error('a stored receipt is no receipt');
  return {
    status: decoded.status,
    rail: decoded.rail,
    lastDigits: payment.lastDigits,
    request,
    receipt,
    signedText: receiptText(context.primitives, NO_DEVICE, request, receipt),
    signature: decoded.signature,
    publicKey,
    kid: await context.ring.numberOfSigner(tx, publicKey),
  };
}

type StoredReceipt = Pick<MerchantReceipt, 'receipt' | 'publicKey'>;

/** Composes the receipt and stores it, unless another transaction has stored one meanwhile: that one counts. */
async function compose(tx: Tx, context: Context, payment: Payment, request: Uint8Array): Promise<StoredReceipt> {
  const content = { ...contentOf(payment), ref: refOctets(payment.txn) };
  const key = await context.ring.currentSigning(tx);
  const receipt = composeReceipt(context, key, NO_DEVICE, request, content, Math.floor(payment.changedAt / 1000));
  const { publicKey } = key;
  const kept = await tx.run(
    'INSERT INTO merchant_receipt (txn, state, receipt, public_key, at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
    payment.txn,
    payment.state,
    receipt,
    publicKey,
    context.clock.now(),
  );
  return (kept === 0 ? await storedReceipt(tx, payment) : undefined) ?? { receipt, publicKey };
}

function storedReceipt(tx: ReadTx, { txn, state }: Payment): Promise<StoredReceipt | undefined> {
  return tx.get(
    'SELECT receipt, public_key FROM merchant_receipt WHERE txn = ? AND state = ?',
    (row) => ({ receipt: row.octets('receipt'), publicKey: row.octets('public_key') }),
    txn,
    state,
  );
}
