import { decodeDown, receiptText, type Status } from '../../device/safe-mobile/index.ts';
import { challengeByRef } from '../approvals/challenge.ts';
import type { Context } from '../context.ts';
import { ServiceError } from '../errors.ts';
import { refOctets } from '../ids.ts';
import { composeReceipt } from '../messaging/compose.ts';
import type { ReadTx } from '../store/store.ts';
import type { Payment } from './payment.ts';
import { contentOf } from './receipts.ts';
import { isSettled } from './transitions.ts';

/** A signed receipt for a merchant without a phone. The signed text stands beside the signature, to be checked by anybody. */
export interface MerchantReceipt {
  readonly status: Status;
  /** The 83 octets that the customer's phone displayed: payee, amount, reference. */
  readonly request: Uint8Array;
  /** The 83 octets of the receipt. */
  readonly receipt: Uint8Array;
  /** Label, deviceId 0, the digest of `request`, octets 0 to 18 of `receipt`. */
  readonly signedText: Uint8Array;
  /** Ed25519, 64 octets. */
  readonly signature: Uint8Array;
  /** `R`, 32 octets. */
  readonly publicKey: Uint8Array;
}

/** deviceId 0: the receipt goes to no phone. */
const NO_DEVICE = 0;

/** @throws ServiceError `not-possible-now` while the payment is not settled or when the customer was never asked */
export async function merchantReceipt(tx: ReadTx, context: Context, payment: Payment): Promise<MerchantReceipt> {
  const challenge = await challengeByRef(tx, payment.txn);
  if (challenge === undefined || !isSettled(payment.state)) {
    throw new ServiceError('not-possible-now', `payment ${payment.txn} is ${payment.state} and has no receipt`);
  }
  const { request } = challenge;
  const content = { ...contentOf(context, payment), ref: refOctets(payment.txn) };
  const time = Math.floor(payment.changedAt / 1000);
  const receipt = composeReceipt(context, NO_DEVICE, request, content, time);
  const decoded = decodeDown(receipt);
  if (decoded.type !== 'RECEIPT') throw new Error('a composed receipt is no receipt');
  return {
    status: decoded.status,
    request,
    receipt,
    signedText: receiptText(context.primitives, NO_DEVICE, request, receipt),
    signature: decoded.signature,
    publicKey: context.keys.signing.publicKey,
  };
}
