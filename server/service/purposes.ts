import type { Purpose, Purposes } from '../approvals/purpose.ts';
import { authenticationApproved, authenticationExpired, authenticationRefused } from '../authentications/answer.ts';
import { consentApproved, consentExpired, consentRefused } from '../authentications/consent.ts';
import { enrolmentApproved, enrolmentExpired, enrolmentRefused } from '../enrolment/confirm.ts';
import {
  paymentApproved,
  paymentExpired,
  paymentRefused,
  paymentStanding,
  paymentWrongPin,
} from '../payments/answer.ts';
import type { PaymentContext } from '../payments/context.ts';

/** The table of purposes: for each, the message that asks, what the ends lead to, and what the receipt says. */
export function purposesOf(context: PaymentContext): Purposes {
  const ofParty: Omit<Purpose, 'asks'> = {
    approved: (tx, asked) => authenticationApproved(tx, context, asked),
    refused: (tx, asked, refused) => authenticationRefused(tx, context, asked, refused),
    expired: (tx, asked, said) => authenticationExpired(tx, context, asked, said),
    receipts: {
      asked: 'in-progress',
      approved: 'confirmed',
      refused: 'refused',
      expired: 'expired',
      withdrawn: 'cancelled',
    },
  };
  return {
    payment: {
      asks: 'PAY_REQUEST',
      approved: (tx, asked) => paymentApproved(tx, context, asked),
      refused: (tx, asked, refused) => paymentRefused(tx, context, asked, refused),
      expired: (tx, asked, said) => paymentExpired(tx, context, asked, said),
      receipts: {
        wrongPin: (tx, asked, triesLeft) => paymentWrongPin(tx, context, asked, triesLeft),
        standing: (tx, asked) => paymentStanding(tx, context, asked),
      },
    },
    enrolment: {
      asks: 'AUTH_REQUEST',
      approved: (tx, asked) => enrolmentApproved(tx, context, asked),
      refused: (tx, asked, refused) => enrolmentRefused(tx, context, asked, refused),
      expired: (tx, asked, said) => enrolmentExpired(tx, context, asked, said),
      receipts: {
        asked: 'in-progress',
        approved: 'active',
        refused: 'refused',
        expired: 'expired',
        withdrawn: 'expired',
      },
    },
    authentication: { asks: 'AUTH_REQUEST', ...ofParty },
    'party-payment': { asks: 'PAY_REQUEST', ...ofParty },
    consent: {
      ...ofParty,
      asks: 'AUTH_REQUEST',
      approved: (tx, asked) => consentApproved(tx, context, asked),
      refused: (tx, asked, refused) => consentRefused(tx, context, asked, refused),
      expired: (tx, asked, said) => consentExpired(tx, context, asked, said),
    },
  };
}
