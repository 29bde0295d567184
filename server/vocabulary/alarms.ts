import type { Alarm } from '../journal/journal.ts';

/** What the operator should do about each alarm, as a sentence. */
export const ALARM_ADVICE: Readonly<Record<Alarm, string>> = {
  'unknown-transaction':
    'Perhaps a copied phone: ask the customer, and let them enrol again (cash-server person activate)',
  'reused-counter': 'Perhaps a copied phone: ask the customer, and let them enrol again (cash-server person activate)',
  'refused-as-not-mine': 'Ask the merchant why this customer was asked to pay',
  'message-set-aside':
    'The FAULT lines before it say why: report them. The message is kept and not tried again; the phone may send it anew',
  'refund-needs-review':
    'Ask the rail whether the money went back, then: cash-server payment resolve TXN --moved (or --not-moved) --reason TEXT',
  'rail-contradicts-itself': 'The first answer counts here: ask the rail which one is right',
  'answer-after-reversal':
    'Nothing is booked: look in the next settlement whether the rail charged in spite of its reversal',
  'notice-of-unknown-order': 'Ask the rail what this order is: nothing is booked for it here',
  'rail-missing': 'Start the service with this rail: until then it is not known what became of the money',
  'account-below-zero': 'Ask for the money, or let a deposit (cash-server deposit) fill the account up',
  'payment-needs-review':
    'Ask the rail whether the money moved, then: cash-server payment resolve TXN --moved (or --not-moved) --reason TEXT',
  'ledger-breach':
    'Run cash-server ledger check, keep a copy of the file, and report the fault: nothing is mended by itself',
  'settlement-only-there':
    'The rail moved money that is not booked here: find its payment, or ask the rail to give the money back',
  'settlement-only-here': 'The rail owes money that is booked here: ask it when it settles this movement',
  'settlement-other-amount': 'Ask the rail for the difference, or whether it kept a fee',
  'settlement-duplicate': 'The rail moved the money more than once: ask it to give the surplus back',
  'settlement-missing': 'Look whether the rail can be reached; the next run compares these days as well',
};
