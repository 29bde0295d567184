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
  customer: "Customer's number",
  amount: 'Amount ({currency})',
  reference: 'What it is for',
  ask: 'Ask for the payment',
  currentTitle: 'This payment',
  code: 'The customer sees the same number:',
  cancel: 'Cancel the request',
  listTitle: 'Last payments',
  none: 'No payments yet.',
  time: 'Time',
  state: 'State',
  badAmount: 'Please enter an amount such as 12.50.',
  noService: 'The service does not answer.',
  retry: 'Try again',
  CREATED: 'accepted',
  REQUESTED: 'waiting for the customer',
  APPROVED: 'approved',
  SENDING: 'being charged',
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
  customer: 'Numero del cliente',
  amount: 'Importo ({currency})',
  reference: 'Causale',
  ask: 'Chiedi il pagamento',
  currentTitle: 'Questo pagamento',
  code: 'Il cliente vede lo stesso numero:',
  cancel: 'Annulla la richiesta',
  listTitle: 'Ultimi pagamenti',
  none: 'Ancora nessun pagamento.',
  time: 'Ora',
  state: 'Stato',
  badAmount: 'Inserisci un importo, per esempio 12,50.',
  noService: 'Il servizio non risponde.',
  retry: 'Riprova',
  CREATED: 'accettato',
  REQUESTED: 'in attesa del cliente',
  APPROVED: 'approvato',
  SENDING: 'addebito in corso',
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
};

/** The page's language: Italian where the browser prefers it, else English. */
export function language(): 'en' | 'it' {
  return navigator.language.toLowerCase().startsWith('it') ? 'it' : 'en';
}

/** The words of a language. */
export function wordsOf(code: 'en' | 'it'): Words {
  return code === 'it' ? ITALIAN : ENGLISH;
}
