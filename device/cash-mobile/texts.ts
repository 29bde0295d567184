import type { DeclineReason, NakCode, Refusal, Status } from '../safe-mobile/index.ts';
import type { WeakPin } from './pin.ts';

/** The languages of the application; which one it speaks is the phone's choice. */
type Language = 'en' | 'it';

/** Everything the application says. A language that lacks a text does not compile. */
export interface Texts {
  readonly decimalPoint: '.' | ',';
  readonly ok: string;
  readonly back: string;
  readonly cancel: string;
  readonly close: string;
  readonly exit: string;
  readonly select: string;
  readonly details: string;
  readonly next: string;

  readonly activationTitle: string;
  readonly activationHint: string;
  readonly activationCode: string;
  readonly activationCodeMistyped: string;
  readonly choosePinTitle: string;
  readonly newPin: string;
  readonly newPinAgain: string;
  readonly pinLength: string;
  readonly pinsDiffer: string;
  readonly weakPin: Readonly<Record<WeakPin, string>>;
  readonly enrolling: string;
  readonly enrolmentWaits: string;
  readonly enrolmentUnanswered: string;
  readonly confirmPinTitle: string;
  readonly confirmPin: string;
  readonly wrongCode: (triesLeft: number) => string;
  readonly enrolmentFailed: string;
  readonly active: string;
  readonly restart: string;

  readonly payTitle: string;
  readonly payTo: string;
  readonly amount: string;
  readonly reference: string;
  readonly matchCode: string;
  readonly approve: string;
  readonly refuse: string;
  readonly confirmTitle: string;
  readonly askedBy: string;
  readonly refuseTitle: string;
  readonly refuseNo: string;
  readonly refuseNotMe: string;
  readonly pin: string;
  readonly confirm: string;
  readonly wrongPin: (triesLeft: number) => string;
  readonly expired: string;
  /** Above what the customer is busy with: at most 20 letters. */
  readonly moreWait: (requests: number) => string;

  readonly sending: string;
  readonly waiting: string;
  readonly notSent: string;
  readonly sendAgain: string;
  readonly askAgain: string;
  readonly noReceipt: string;

  readonly status: Readonly<Record<Status, string>>;
  readonly refusal: Readonly<Record<Refusal, string>>;
  readonly decline: Readonly<Record<DeclineReason, string>>;
  readonly nak: Readonly<Record<NakCode, string>>;
  readonly statusLabel: string;
  readonly approvalCode: string;
  readonly time: string;
  readonly from: string;

  readonly requestPayment: string;
  readonly history: string;
  readonly noHistory: string;
  readonly customer: string;
  readonly recent: string;
  readonly noRecent: string;
  readonly ask: string;
  readonly badNumber: string;
  readonly badAmount: (currency: string) => string;
  readonly badReference: string;
  readonly cancelRequest: string;
  readonly cancelling: string;

  readonly balance: string;
  readonly balanceWaits: string;
  readonly available: string;
  readonly noMoney: string;
  readonly noAnswer: string;
  readonly descriptorWrong: (attribute: string) => string;
}

const en: Texts = {
  decimalPoint: '.',
  ok: 'OK',
  back: 'Back',
  cancel: 'Cancel',
  close: 'Close',
  exit: 'Exit',
  select: 'Select',
  details: 'Details',
  next: 'Next',

  activationTitle: 'Activation',
  activationHint: 'Type the 8 characters that you were given at registration.',
  activationCode: 'Activation code',
  activationCodeMistyped: 'The activation code has 8 letters and digits. Look at it again.',
  choosePinTitle: 'Choose a PIN',
  newPin: 'New PIN, 5 to 8 digits',
  newPinAgain: 'The same PIN again',
  pinLength: 'A PIN has 5 to 8 digits.',
  pinsDiffer: 'The two PINs differ. Choose one again.',
  weakPin: {
    sequence: 'Digits in a row are guessed first. Choose another PIN.',
    repeat: 'One digit repeated is guessed first. Choose another PIN.',
    pairs: 'Repeated groups are guessed first. Choose another PIN.',
  },
  enrolling: 'Registering this phone',
  enrolmentWaits: 'Waiting for the service.',
  enrolmentUnanswered: 'The service has not answered.',
  confirmPinTitle: 'Confirm your PIN',
  confirmPin: 'Your PIN once more',
  wrongCode: (triesLeft) => `Wrong activation code. Tries left: ${triesLeft}.`,
  enrolmentFailed: 'This phone was not registered. Begin again with your activation code.',
  active: 'Your phone is active. You can pay with it now.',
  restart: 'Begin again',

  payTitle: 'Payment',
  payTo: 'Pay to',
  amount: 'Amount',
  reference: 'Reference',
  matchCode: 'Code',
  approve: 'Approve',
  refuse: 'Refuse',
  confirmTitle: 'Confirmation',
  askedBy: 'Asked by',
  refuseTitle: 'Why do you refuse?',
  refuseNo: 'I do not want to',
  refuseNotMe: 'It is not mine',
  pin: 'PIN',
  confirm: 'Confirm',
  wrongPin: (triesLeft) => `Wrong PIN. Tries left: ${triesLeft}`,
  expired: 'This request has expired. Nothing was paid.',
  moreWait: (requests) => (requests === 1 ? '1 more request waits' : `${requests} more requests wait`),

  sending: 'Sending.',
  waiting: 'Sent. Waiting for the receipt.',
  notSent: 'It was not sent. Is there a network?',
  sendAgain: 'Send again',
  askAgain: 'Ask again',
  noReceipt: 'No receipt has come.',

  status: {
    paid: 'Paid',
    refused: 'Refused',
    expired: 'Expired',
    cancelled: 'Cancelled',
    declined: 'Declined',
    'wrong-pin': 'Wrong PIN',
    blocked: 'Blocked',
    'in-progress': 'In progress',
    active: 'Active',
    rejected: 'Rejected',
    reversed: 'Reversed',
    refunded: 'Refunded',
    confirmed: 'Confirmed',
  },
  refusal: {
    no: 'Refused by you',
    'not-me': 'Refused: not yours',
    expired: 'Expired',
    unreadable: 'Could not be read',
    muted: 'Refused: too many',
  },
  decline: {
    'not-honoured': 'The bank does not allow it.',
    'insufficient-funds': 'There is not enough money in the account.',
    'expired-card': 'The card has expired.',
    'not-permitted': 'The card does not allow it.',
    'limit-exceeded': 'It is above the limit.',
    'rail-unreachable': 'The bank did not answer. Nothing was paid.',
    'rail-failed': 'It could not be carried out. Nothing was paid.',
  },
  nak: {
    'unknown-reference': 'The service does not know it.',
    'wrong-code': 'Wrong activation code.',
    'activation-expired': 'The activation has expired. Ask for a new one.',
    'bad-key': 'The service did not take the new key.',
    'not-a-merchant': 'You are not registered as a merchant.',
    limit: 'A limit was reached. Try later.',
    'customer-unreachable': 'The customer cannot be reached.',
    'bad-amount': 'The amount is not allowed.',
    blocked: 'Blocked for a while.',
    malformed: 'The service could not read it.',
  },
  statusLabel: 'Status',
  approvalCode: 'Approval code',
  time: 'Time',
  from: 'From',

  requestPayment: 'Request payment',
  history: 'History',
  noHistory: 'No payments yet.',
  customer: "Customer's number",
  recent: 'Recent numbers',
  noRecent: 'No numbers yet.',
  ask: 'Send',
  badNumber: 'Type the number with its country, as +39 340 0000002.',
  badAmount: (currency) => `Type an amount in ${currency}, as 12.50.`,
  badReference: 'The reference is too long.',
  cancelRequest: 'Cancel request',
  cancelling: 'Cancelling. Waiting for the receipt.',

  balance: 'Balance',
  balanceWaits: 'Asking the service for the balance.',
  available: 'Available',
  noMoney: 'There is no money in the account.',
  noAnswer: 'No answer. The service has been silent for a minute.',
  descriptorWrong: (attribute) => `The application is not installed properly: ${attribute}. Install it again.`,
};

const it: Texts = {
  decimalPoint: ',',
  ok: 'OK',
  back: 'Indietro',
  cancel: 'Annulla',
  close: 'Chiudi',
  exit: 'Esci',
  select: 'Scegli',
  details: 'Dettagli',
  next: 'Avanti',

  activationTitle: 'Attivazione',
  activationHint: 'Scrivi gli 8 caratteri ricevuti alla registrazione.',
  activationCode: 'Codice attivazione',
  activationCodeMistyped: 'Il codice di attivazione ha 8 lettere e cifre. Controllalo.',
  choosePinTitle: 'Scegli un PIN',
  newPin: 'Nuovo PIN, 5-8 cifre',
  newPinAgain: 'Ancora lo stesso PIN',
  pinLength: 'Un PIN ha da 5 a 8 cifre.',
  pinsDiffer: 'I due PIN sono diversi. Scegline uno di nuovo.',
  weakPin: {
    sequence: 'Le cifre in fila si indovinano subito. Scegli un altro PIN.',
    repeat: 'Una cifra ripetuta si indovina subito. Scegli un altro PIN.',
    pairs: 'I gruppi ripetuti si indovinano subito. Scegli un altro PIN.',
  },
  enrolling: 'Registrazione',
  enrolmentWaits: 'In attesa del servizio.',
  enrolmentUnanswered: 'Il servizio non ha risposto.',
  confirmPinTitle: 'Conferma il PIN',
  confirmPin: 'Il tuo PIN ancora una volta',
  wrongCode: (triesLeft) => `Codice di attivazione errato. Tentativi rimasti: ${triesLeft}.`,
  enrolmentFailed: 'Il telefono non è stato registrato. Ricomincia con il codice di attivazione.',
  active: 'Il telefono è attivo. Ora puoi pagare.',
  restart: 'Ricomincia',

  payTitle: 'Pagamento',
  payTo: 'Paga a',
  amount: 'Importo',
  reference: 'Causale',
  matchCode: 'Codice',
  approve: 'Approva',
  refuse: 'Rifiuta',
  confirmTitle: 'Conferma',
  askedBy: 'Richiesto da',
  refuseTitle: 'Perché rifiuti?',
  refuseNo: 'Non voglio',
  refuseNotMe: 'Non è mio',
  pin: 'PIN',
  confirm: 'Conferma',
  wrongPin: (triesLeft) => `PIN errato. Tentativi rimasti: ${triesLeft}`,
  expired: 'La richiesta è scaduta. Non hai pagato nulla.',
  moreWait: (requests) => (requests === 1 ? '1 altra richiesta' : `${requests} altre richieste`),

  sending: 'Invio in corso.',
  waiting: 'Inviato. In attesa della ricevuta.',
  notSent: 'Non inviato. C’è rete?',
  sendAgain: 'Invia di nuovo',
  askAgain: 'Richiedi',
  noReceipt: 'La ricevuta non è arrivata.',

  status: {
    paid: 'Pagato',
    refused: 'Rifiutato',
    expired: 'Scaduto',
    cancelled: 'Annullato',
    declined: 'Negato',
    'wrong-pin': 'PIN errato',
    blocked: 'Bloccato',
    'in-progress': 'In corso',
    active: 'Attivo',
    rejected: 'Respinto',
    reversed: 'Stornato',
    refunded: 'Rimborsato',
    confirmed: 'Confermato',
  },
  refusal: {
    no: 'Rifiutato da te',
    'not-me': 'Rifiutato: non tuo',
    expired: 'Scaduto',
    unreadable: 'Illeggibile',
    muted: 'Rifiutato: troppi',
  },
  decline: {
    'not-honoured': 'La banca non lo consente.',
    'insufficient-funds': 'Il conto non ha abbastanza denaro.',
    'expired-card': 'La carta è scaduta.',
    'not-permitted': 'La carta non lo consente.',
    'limit-exceeded': 'Supera il limite.',
    'rail-unreachable': 'La banca non ha risposto. Nulla è stato pagato.',
    'rail-failed': 'Non è riuscito. Nulla è stato pagato.',
  },
  nak: {
    'unknown-reference': 'Il servizio non lo conosce.',
    'wrong-code': 'Codice di attivazione errato.',
    'activation-expired': 'L’attivazione è scaduta. Chiedine una nuova.',
    'bad-key': 'Il servizio non ha accettato la chiave.',
    'not-a-merchant': 'Non sei registrato come esercente.',
    limit: 'Limite raggiunto. Riprova più tardi.',
    'customer-unreachable': 'Il cliente non è raggiungibile.',
    'bad-amount': 'L’importo non è ammesso.',
    blocked: 'Bloccato per un po’.',
    malformed: 'Il servizio non ha capito.',
  },
  statusLabel: 'Stato',
  approvalCode: 'Codice autorizzazione',
  time: 'Ora',
  from: 'Da',

  requestPayment: 'Richiedi pagamento',
  history: 'Storico',
  noHistory: 'Ancora nessun pagamento.',
  customer: 'Numero del cliente',
  recent: 'Numeri recenti',
  noRecent: 'Ancora nessun numero.',
  ask: 'Invia',
  badNumber: 'Scrivi il numero con il prefisso del paese, come +39 340 0000002.',
  badAmount: (currency) => `Scrivi un importo in ${currency}, come 12,50.`,
  badReference: 'La causale è troppo lunga.',
  cancelRequest: 'Ritira',
  cancelling: 'Annullamento. In attesa della ricevuta.',

  balance: 'Saldo',
  balanceWaits: 'Richiesta del saldo al servizio.',
  available: 'Disponibile',
  noMoney: 'Non c’è denaro nel conto.',
  noAnswer: 'Nessuna risposta. Il servizio tace da un minuto.',
  descriptorWrong: (attribute) => `L’applicazione non è installata bene: ${attribute}. Installala di nuovo.`,
};

const TEXTS: Readonly<Record<Language, Texts>> = { en, it };

/** The texts for a locale such as `it` or `it-IT`; English for a language the application does not speak. */
export function textsFor(locale: string | undefined): Texts {
  return TEXTS[locale?.slice(0, 2) === 'it' ? 'it' : 'en'];
}
