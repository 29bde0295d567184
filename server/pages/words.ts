/** Everything the page says, by language. `{…}` is filled in. */
const ENGLISH = {
  title: 'Cash-Mobile for merchants',
  keyTitle: 'Your API key',
  key: 'API key',
  keyHint: 'It stays in this tab and is gone when you close it.',
  keySave: 'Continue',
  keyForget: 'Forget the API key',
  keyWrong: 'The service does not know this key.',
  askTitle: 'Ask for a payment',
  customer: "Customer's number or alias",
  amount: 'Amount ({currency})',
  reference: 'What it is for',
  ask: 'Ask for the payment',
  registerTitle: 'Cash register',
  terminal: 'Terminal',
  payer: 'Number or alias of who pays next there',
  payNext: 'Ready for the cash register',
  ready: '{customer} pays next at terminal {terminal}, until {until}.',
  currentTitle: 'This payment',
  code: 'The customer sees the same number:',
  cancel: 'Cancel the request',
  tooLate: 'It is too late to cancel: the customer has answered.',
  listTitle: 'Last payments',
  none: 'No payments yet.',
  time: 'Time',
  state: 'State',
  badAmount: 'Please enter an amount such as 12.50.',
  noService: 'The service does not answer.',
  noModem: 'The service cannot send SMS at the moment: its modem is not ready. Requests wait until it is back.',
  cannotWrite: 'The service cannot take requests at the moment: its database does not work. Try again in a minute.',
  retry: 'Try again',
  CREATED: 'accepted',
  REQUESTED: 'waiting for the customer',
  APPROVED: 'approved',
  SENDING: 'being charged',
  PENDING: 'being decided by the bank',
  UNKNOWN: 'being checked',
  REVERSING: 'being taken back',
  REVIEW: 'somebody will check it',
  CAPTURED: 'paid',
  REFUNDING: 'being refunded',
  REFUNDED: 'refunded',
  REFUSED: 'refused',
  CANCELLED: 'cancelled',
  EXPIRED: 'no answer in time',
  DECLINED: 'declined',
  REVERSED: 'taken back',
  REJECTED: 'not accepted',
  ledger: 'prepaid account',
  card: 'card',
  bank: 'bank account',
  paypal: 'PayPal',
};

/** The reasons of declined and refused payments that the page shows. */
const ENGLISH_REASONS: Readonly<Record<string, string>> = {
  'insufficient-funds': 'not enough money in the account',
  'not-honoured': 'the bank does not allow it',
  'expired-card': 'the card has expired',
  'not-permitted': 'the card does not allow it',
  'limit-exceeded': 'above the limit of the account',
  'rail-unreachable': 'the bank did not answer',
  'rail-failed': 'it could not be carried out',
  'no-card': 'the customer has no card here',
  'not-linked': 'the customer has no account linked here',
  'confirmation-wanted': 'the bank wants to hear from the customer',
  'not-me': 'the customer says that it is not theirs',
  'wrong-pin': 'wrong PIN',
  blocked: 'the phone is blocked',
  muted: 'too many requests on the phone',
  unreadable: 'the phone could not show it',
};

export type Words = Readonly<typeof ENGLISH>;

const ITALIAN: Words = {
  title: 'Cash-Mobile per esercenti',
  keyTitle: 'La tua chiave API',
  key: 'Chiave API',
  keyHint: 'Resta in questa scheda e sparisce quando la chiudi.',
  keySave: 'Continua',
  keyForget: 'Dimentica la chiave API',
  keyWrong: 'Il servizio non conosce questa chiave.',
  askTitle: 'Chiedi un pagamento',
  customer: 'Numero o alias del cliente',
  amount: 'Importo ({currency})',
  reference: 'Causale',
  ask: 'Chiedi il pagamento',
  registerTitle: 'Cassa',
  terminal: 'Terminale',
  payer: 'Numero o alias di chi paga alla cassa',
  payNext: 'Pronto per la cassa',
  ready: '{customer} paga al terminale {terminal}, entro le {until}.',
  currentTitle: 'Questo pagamento',
  code: 'Il cliente vede lo stesso numero:',
  cancel: 'Annulla la richiesta',
  tooLate: 'È tardi per annullare: il cliente ha risposto.',
  listTitle: 'Ultimi pagamenti',
  none: 'Ancora nessun pagamento.',
  time: 'Ora',
  state: 'Stato',
  badAmount: 'Inserisci un importo, per esempio 12,50.',
  noService: 'Il servizio non risponde.',
  noModem: 'Il servizio al momento non può inviare SMS: il suo modem non è pronto. Le richieste aspettano che torni.',
  cannotWrite:
    'Il servizio al momento non può ricevere richieste: la sua banca dati non funziona. Riprova tra un minuto.',
  retry: 'Riprova',
  CREATED: 'accettato',
  REQUESTED: 'in attesa del cliente',
  APPROVED: 'approvato',
  SENDING: 'addebito in corso',
  PENDING: 'in attesa della banca',
  UNKNOWN: 'in verifica',
  REVERSING: 'storno in corso',
  REVIEW: 'sarà controllato',
  CAPTURED: 'pagato',
  REFUNDING: 'rimborso in corso',
  REFUNDED: 'rimborsato',
  REFUSED: 'rifiutato',
  CANCELLED: 'annullato',
  EXPIRED: 'nessuna risposta in tempo',
  DECLINED: 'negato',
  REVERSED: 'stornato',
  REJECTED: 'non accettato',
  ledger: 'conto prepagato',
  card: 'carta',
  bank: 'conto bancario',
  paypal: 'PayPal',
};

const ITALIAN_REASONS: Readonly<Record<string, string>> = {
  'insufficient-funds': 'il conto non ha abbastanza denaro',
  'not-honoured': 'la banca non lo consente',
  'expired-card': 'la carta è scaduta',
  'not-permitted': 'la carta non lo consente',
  'limit-exceeded': 'supera il limite del conto',
  'rail-unreachable': 'la banca non ha risposto',
  'rail-failed': 'non è riuscito',
  'no-card': 'il cliente non ha una carta qui',
  'not-linked': 'il cliente non ha un conto collegato qui',
  'confirmation-wanted': 'la banca vuole una conferma del cliente',
  'not-me': 'il cliente dice che non è suo',
  'wrong-pin': 'PIN errato',
  blocked: 'il telefono è bloccato',
  muted: 'troppe richieste sul telefono',
  unreadable: 'il telefono non ha potuto mostrarlo',
};

/** The page's language: Italian where the browser prefers it, else English. */
export function language(): 'en' | 'it' {
  return navigator.language.toLowerCase().startsWith('it') ? 'it' : 'en';
}

/** The words of a language. */
export function wordsOf(code: 'en' | 'it'): Words {
  return code === 'it' ? ITALIAN : ENGLISH;
}

/** Why a payment ended as it did, in words; `undefined` where the state says all. */
export function reasonOf(reason: string | undefined, code: 'en' | 'it'): string | undefined {
  if (reason === undefined) return undefined;
  return (code === 'it' ? ITALIAN_REASONS : ENGLISH_REASONS)[reason];
}
