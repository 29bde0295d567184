import type { NakCode } from '../../device/safe-mobile/index.ts';
import type { Language } from '../vocabulary/person-fields.ts';

type Sentences<Key extends string> = Readonly<Record<Language, Readonly<Record<Key, string>>>>;

/** What a NAK says to the person; at most 64 octets of UTF-8 each. */
const NAK_SENTENCES: Sentences<NakCode> = {
  en: {
    'unknown-reference': 'The service does not know this payment',
    'wrong-code': 'Wrong activation code',
    'activation-expired': 'The activation has expired: ask for a new one',
    'bad-key': 'The phone made a bad key: try again',
    'not-a-merchant': 'This phone may not ask for payments',
    limit: 'A limit was reached: try again later',
    'customer-unreachable': 'This customer cannot be reached',
    'bad-amount': 'Amount not allowed',
    blocked: 'Blocked after wrong PINs',
    malformed: 'The service did not understand',
    'old-counter': 'This phone was behind and is put right: do it again',
  },
  it: {
    'unknown-reference': 'Il servizio non conosce questo pagamento',
    'wrong-code': 'Codice di attivazione errato',
    'activation-expired': 'Attivazione scaduta: chiedine una nuova',
    'bad-key': 'Chiave non valida: riprova',
    'not-a-merchant': 'Telefono non abilitato agli incassi',
    limit: 'Limite raggiunto: riprova più tardi',
    'customer-unreachable': 'Cliente non raggiungibile',
    'bad-amount': 'Importo non ammesso',
    blocked: 'Bloccato dopo PIN errati',
    malformed: 'Il servizio non ha capito',
    'old-counter': 'Il telefono era indietro e ora è a posto: riprova',
  },
};

/** The sentence of a NAK. */
export function nakSentence(language: Language, code: NakCode): string {
  return NAK_SENTENCES[language][code];
}

const ENROLMENT_TITLES: Readonly<Record<Language, string>> = { en: 'Confirm your PIN', it: 'Conferma il PIN' };

/** The title of the request that ends an enrolment; with the relying party at most 32 octets. */
export function enrolmentTitle(language: Language): string {
  return ENROLMENT_TITLES[language];
}
