import { SafeMobileError } from './errors.ts';
import { sameOctets } from './octets.ts';

const ALIAS_MARK = 0xfe;
const FILLER = 0xf;
const WIDTH = 8;

/** Whom a merchant's phone asks for money: an international number (digits, no `+`), or an alias of 1 to 7 letters. */
export type CustomerAddress =
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'alias'; readonly letters: string };

/** 8 octets: the digits as swapped semi-octets filled with F (3GPP TS 23.040, 9.1.2.3), or 0xFE and the letters filled with 0. */
export function encodeCustomer(customer: CustomerAddress): Uint8Array {
  if (customer.kind === 'alias') {
    if (!/^[A-Za-z]{1,7}$/.test(customer.letters)) throw new SafeMobileError('field', 'an alias has 1 to 7 letters');
    const octets = new Uint8Array(WIDTH);
    octets.set([ALIAS_MARK, ...Array.from(customer.letters, (letter) => letter.charCodeAt(0))]);
    return octets;
  }
  if (!/^[0-9]{5,15}$/.test(customer.digits)) throw new SafeMobileError('field', 'a number has 5 to 15 digits');
  const semiOctet = (index: number) => (index < customer.digits.length ? Number(customer.digits[index]) : FILLER);
  return Uint8Array.from({ length: WIDTH }, (_, index) => (semiOctet(2 * index + 1) << 4) | semiOctet(2 * index));
}

/** @throws SafeMobileError `field` unless the octets are exactly what {@link encodeCustomer} makes. */
export function decodeCustomer(octets: Uint8Array): CustomerAddress {
  const customer = readCustomer(octets);
  if (!sameOctets(encodeCustomer(customer), octets)) {
    throw new SafeMobileError('field', 'the customer is neither a number nor an alias');
  }
  return customer;
}

function readCustomer(octets: Uint8Array): CustomerAddress {
  if (octets[0] === ALIAS_MARK) {
    const letters = Array.from(octets.subarray(1))
      .filter((octet) => octet !== 0)
      .map((octet) => String.fromCharCode(octet))
      .join('');
    return { kind: 'alias', letters };
  }
  const semiOctets = Array.from(octets).flatMap((octet) => [octet & 0xf, octet >> 4]);
  return { kind: 'number', digits: semiOctets.filter((semiOctet) => semiOctet !== FILLER).join('') };
}
