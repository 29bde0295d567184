import { SafeMobileError } from './errors.ts';

// Crockford's base 32: no I, L, O and U, so that no two characters of a code look or sound alike.
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** 5 octets (40 bits) as the 8 characters that a person types, in two groups: `7ZQ2-M4KD`. */
export function formatActivationCode(octets: Uint8Array): string {
  if (octets.length !== 5) throw new SafeMobileError('field', 'an activation code has 5 octets');
  const bits = Array.from(octets, (octet) => octet.toString(2).padStart(8, '0')).join('');
  const characters = Array.from(
    { length: 8 },
    (_, index) => ALPHABET[Number.parseInt(bits.slice(5 * index, 5 * index + 5), 2)],
  );
  return `${characters.slice(0, 4).join('')}-${characters.slice(4).join('')}`;
}

/**
 * The 5 octets of a code as typed: any case, spaces and hyphens anywhere, O for 0, I or L for 1.
 * @returns `undefined` when it is not 8 characters of the alphabet.
 */
export function parseActivationCode(typed: string): Uint8Array | undefined {
  const characters = typed.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  const values = Array.from(characters, (character) => ALPHABET.indexOf(character));
  if (values.length !== 8 || values.includes(-1)) return undefined;
  const bits = values.map((value) => value.toString(2).padStart(5, '0')).join('');
  return Uint8Array.from({ length: 5 }, (_, index) => Number.parseInt(bits.slice(8 * index, 8 * index + 8), 2));
}
