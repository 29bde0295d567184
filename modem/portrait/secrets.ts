import { textIn, valuesOf } from '../at/values.ts';

/** The owner's data, as far as the modem gives them. */
export type Secrets = Readonly<Record<'imei' | 'imsi' | 'iccid' | 'number' | 'smsc', string | undefined>>;

/** Digits that may be a phone number or a subscriber's identity. */
const LONG_NUMBER = /\d{10,}/g;
/** A PDU, or a number in UCS-2 in hexadecimal. */
const LONG_HEX = /[0-9A-F]{24,}/gi;
/** Codes about messages, calls and services, which say who wrote, called or was asked, and what. */
const ABOUT_PEOPLE = /^\+(?:CMTI?|CDSI?|CBMI?|CMGR|CMGL|CUSD|CLIP|COLP|CCWA|CRING|CDIP|CNAP|CRSM|CPBR|CPBF|CNUM)\b/i;

/** Whether an unsolicited line tells of a person (who wrote or called), or is the text or PDU after such a line. */
export function isAboutPeople(line: string): boolean {
  return ABOUT_PEOPLE.test(line) || !/^(?:[+^_#*%$][A-Z0-9]|RING$|RDY$)/i.test(line);
}

/** The secrets in the answers of `+CGSN`, `+CIMI`, `+CCID`, `+CNUM` and `+CSCA?`. */
export function secretsIn(answers: Readonly<Record<string, readonly string[]>>): Secrets {
  const digits = (form: string, least: number) =>
    answers[form]?.map((line) => new RegExp(`\\d{${least},20}F?`).exec(line)?.[0]).find((found) => found !== undefined);
  return {
    imei: digits('+CGSN', 14),
    imsi: digits('+CIMI', 14),
    iccid: digits('+CCID', 18) ?? digits('+ICCID', 18),
    number: textIn(valuesOf(answers['+CNUM']?.[0] ?? '')[1]),
    smsc: textIn(valuesOf(answers['+CSCA?']?.[0] ?? '')[0]),
  };
}

/** A line without secrets: known ones are replaced by their names, other long numbers by zeros. */
export function withoutSecrets(line: string, secrets: Secrets): string {
  let masked = line;
  for (const [name, secret] of Object.entries(secrets)) {
    if (secret !== undefined && secret.length > 3) masked = masked.replaceAll(secret, `{${name}}`);
  }
  return masked
    .replaceAll(LONG_HEX, (octets) => '0'.repeat(octets.length))
    .replaceAll(LONG_NUMBER, (number) => '0'.repeat(number.length));
}
