/** Events that do not happen with an honest phone and a working service; the operator should look at them. */
export type Alarm =
  /** A frame that opened names a transaction this device never had: a copied phone. */
  | 'unknown-transaction'
  /** Another frame with a `ctr` that was used: a copied phone. */
  | 'reused-counter'
  /** A phone has a key of the service that does not count for it any more, or that the database does not have. */
  | 'earlier-key'
  /** The customer says that the request was not theirs. */
  | 'refused-as-not-mine'
  /** A phone has sent so many messages that answer no open question that it gets no more answers for a while; said once a day. */
  | 'phone-asks-too-much'
  /** Somebody tried wrong activation codes from another number than the person's. */
  | 'codes-tried-elsewhere'
  /** Wrong codes from the person's own number, which may be forged, have ended an activation. */
  | 'activation-ended'
  /** Many frames came that are of no phone: a thousand within a day, ten thousand, and so on. `detail` counts them. */
  | 'junk-frames'
  /** Customers said "not me" to a merchant, who may not ask anybody until the operator has looked. `ref` is the merchant's id. */
  | 'merchant-suspended'
  /** People said "not me" to a relying party, which may not ask anybody until the operator has looked. `ref` is its id. */
  | 'party-suspended'
  /** A message failed five times and waits for a person; `ref` is its number in the inbox. */
  | 'message-set-aside'
  /** It is unknown whether a refund went back; `ref` is its key at the rail. */
  | 'refund-needs-review'
  /** A rail gave a final answer that contradicts its earlier one. */
  | 'rail-contradicts-itself'
  /** A rail answered about a charge that was being reversed by then: the reversal stands. */
  | 'answer-after-reversal'
  /** A rail told of an order that the service did not give to it; `ref` is its key. */
  | 'notice-of-unknown-order'
  /** The service was started without the rail of an open payment or refund. */
  | 'rail-missing'
  /** A customer or merchant has less than nothing, by a fault of an earlier version; `ref` is the account. */
  | 'account-below-zero'
  /** It is unknown whether money moved, and the service has stopped asking the rail. */
  | 'payment-needs-review'
  /** A rule that always holds for the ledger does not: a bug, or another program changed the file. `ref` is what breaks it. */
  | 'ledger-breach'
  /** A rail's settlement has a movement that the service does not have. `ref` is the key of the movement, here and below. */
  | 'settlement-only-there'
  /** The service has a movement that the rail's settlement does not have. */
  | 'settlement-only-here'
  /** A movement has one amount in the rail's settlement and another in the service. */
  | 'settlement-other-amount'
  /** A rail kept another fee of a movement than it was to keep. */
  | 'settlement-other-fee'
  /** A customer's bank took the money of a charge back. */
  | 'settlement-chargeback'
  /** A rail's settlement has a movement twice. */
  | 'settlement-duplicate'
  /** A rail did not give its settlement; `ref` is its name. */
  | 'settlement-missing'
  /** The host of a rail has other totals of a business day, or did not take them; `ref` is the rail and the day as the host names it. */
  | 'totals-differ'
  /** A process of the service said nothing for 20 s: dead, stopped, or cut off from the database. `ref` is its name. */
  | 'process-lost'
  /** The database had times that are later than now: the clock of the service was ahead. */
  | 'clock-was-ahead';

/** What the operator should do about each alarm, as a sentence. */
export const ALARM_ADVICE: Readonly<Record<Alarm, string>> = {
  'unknown-transaction':
    'Perhaps a copied phone: ask the customer, and let them enrol again (cash-server person activate)',
  'reused-counter': 'Perhaps a copied phone: ask the customer, and let them enrol again (cash-server person activate)',
  'earlier-key':
    'It was off for long, its flash was put back, or it is a copy: it is told the keys that count. When many phones do so, a backup of the database was put back: cash-server keys rotate',
  'refused-as-not-mine': 'Ask the merchant why this customer was asked to pay',
  'phone-asks-too-much':
    'Perhaps a copied phone, or a fault of it: ask the customer; it gets answers again little by little',
  'codes-tried-elsewhere':
    'Somebody knows that this person enrols a phone: if the phone does not come through, activate again (cash-server person activate)',
  'activation-ended':
    'If it was not the person who typed wrong, somebody sends with a forged number: activate again (cash-server person activate)',
  'junk-frames':
    'Somebody sends many frames that are of no phone: they are not answered and not kept; ask the network who it is',
  'merchant-suspended':
    'Ask the merchant and the customers; then: cash-server merchant resume --merchant ID --reason TEXT, or leave it',
  'party-suspended':
    'Ask the relying party and the people; then: cash-server party resume --party ID --reason TEXT, or leave it',
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
    'The rail moved money that is not booked here. Is its outcome not known yet, wait: the service asks the rail again. Otherwise find its payment, or ask the rail to give the money back',
  'settlement-only-here': 'The rail owes money that is booked here: ask it when it settles this movement',
  'settlement-other-amount': 'Ask the rail for the difference, or whether it kept a fee',
  'settlement-other-fee':
    'Ask the rail why; when it is right: cash-server reconcile accept KEY --rail RAIL --kind other-fee --reason TEXT, and reconcile this day again, which books it',
  'settlement-chargeback':
    'The customer disputed the charge at their bank. Send the rail what proves it (GET /v1/payments/TXN/receipt) within the time that it gives, or accept the loss: cash-server reconcile accept KEY --rail RAIL --kind chargeback --reason TEXT',
  'settlement-duplicate': 'The rail moved the money more than once: ask it to give the surplus back',
  'settlement-missing': 'Look whether the rail can be reached; the next run compares these days as well',
  'totals-differ':
    'Compare the days around it by the settlement, which names each movement: cash-server reconcile --rail card --from DAY --to DAY; what it does not explain, ask the acquirer',
  'process-lost':
    'Its frames go by another modem: look why it stopped, and start it again; until then nobody receives by its modems',
  'clock-was-ahead':
    'Look which, and why (NTP). Pauses and time-outs of then end as if they began now; blocks of phones stay, a new activation ends one; a key that was made then (keys show) is to be ended, and another one made: cash-server keys rotate',
};
