import { fitText, matchCodeOf, type NakCode, type PayInit } from '../../device/safe-mobile/index.ts';
import { type Merchant, merchantOfPerson } from '../merchants/merchants.ts';
import { type Recipient, sendNak } from '../outgoing/compose.ts';
import { repeatReceipt } from '../outgoing/receipts.ts';
import type { Tx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { refOf } from '../vocabulary/ids.ts';
import type { PaymentContext } from './context.ts';
import { mrefOfPhone } from './payment.ts';
import { type Rejection, RequestRefused } from './rejections.ts';
import { referenceRoom, requestPayment } from './request.ts';

const NAK_OF_REJECTION: Readonly<Record<Rejection, NakCode>> = {
  'customer-unreachable': 'customer-unreachable',
  'customer-busy': 'limit',
  'amount-limit': 'bad-amount',
  'amount-too-small': 'bad-amount',
  'day-limit': 'bad-amount',
  'new-phone-limit': 'bad-amount',
  'merchant-suspended': 'limit',
  'customer-said-not-me': 'limit',
  'too-many-requests': 'limit',
};

/**
 * PAY_INIT: a merchant's phone starts a payment. The phone gets no answer before the receipt (five SMS in all), or a NAK
 * when the customer cannot be asked.
 * @param plaintext the 79 octets of the message: what the merchant's receipt answers.
 */
export async function startByPhone(
  tx: Tx,
  context: PaymentContext,
  recipient: Recipient,
  message: PayInit,
  plaintext: Uint8Array,
): Promise<void> {
  const mref = refOf(message.mref);
  const merchant = await merchantOfPerson(tx, recipient.personId);
  if (merchant === undefined) {
    await sendNak(tx, context, recipient, mref, 'not-a-merchant');
    return;
  }
  const { customer } = message;
  try {
    const asked = await requestPayment(tx, context, {
      merchant,
      mref: mrefOfPhone(mref),
      customer: customer.kind === 'number' ? `+${customer.digits}` : customer.letters,
      amount: message.amount,
      reference: fitText(message.reference, referenceRoom(merchant.name)),
      ttl: message.ttl,
      matchCode: matchCodeOf(message.mref),
      init: { deviceId: recipient.id, mref, plaintext },
    });
    if (asked === 'unreachable') {
      await sendNak(tx, context, recipient, mref, 'customer-unreachable');
      return;
    }
    const { payment, repeated } = asked;
    if (payment.state === 'REJECTED') await sendNak(tx, context, recipient, mref, nakOf(payment.reason));
    else if (repeated) await repeatReceipt(tx, context, recipient, mref);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const wrong = amountIsWrong(merchant, message) ? 'bad-amount' : 'malformed';
    await sendNak(
      tx,
      context,
      recipient,
      mref,
      error instanceof RequestRefused ? NAK_OF_REJECTION[error.reason] : wrong,
    );
  }
}

function amountIsWrong(merchant: Merchant, { amount }: PayInit): boolean {
  return amount.currency !== merchant.currency || amount.minor < 1;
}

function nakOf(reason: string | undefined): NakCode {
  for (const [rejection, code] of Object.entries(NAK_OF_REJECTION)) if (rejection === reason) return code;
  return 'customer-unreachable';
}
