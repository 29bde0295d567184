import { hexOf, octetsOf } from '../../device/safe-mobile/index.ts';

declare const brand: unique symbol;

/** A number that names one kind of thing, so that a device is never taken for a merchant. */
type Id<Name extends string> = number & { readonly [brand]: Name };

export type PersonId = Id<'person'>;
/** u32, allotted at registration; travels in every frame of its phone. */
export type DeviceId = Id<'device'>;
/** u32, travels in every PAY_REQUEST. */
export type MerchantId = Id<'merchant'>;

/** A relying party. */
export type PartyId = Id<'party'>;

/** 8 octets as 16 lower-case hexadecimal digits: a txn, a challenge, or the mref of a merchant's phone. */
export type Ref = string & { readonly [brand]: 'ref' };

/** Whether `text` has the form of a {@link Ref}. */
export function isRef(text: string): text is Ref {
  return /^[0-9a-f]{16}$/.test(text);
}

/** @throws RangeError unless 16 lower-case hexadecimal digits */
export function ref(text: string): Ref {
  if (!isRef(text)) throw new RangeError('a txn, challenge or mref has 16 hexadecimal digits');
  return text;
}

/** The ref of a message or an alarm that is about no transaction: eight octets of zero. */
export const NO_REF: Ref = ref('0000000000000000');

/** The ref that 8 octets of a message name. */
export function refOf(octets: Uint8Array): Ref {
  return ref(hexOf(octets));
}

/** A ref as it travels, 8 octets. */
export function refOctets(value: Ref): Uint8Array {
  return octetsOf(value);
}

/** @throws RangeError unless a positive u32 */
export function personId(value: number): PersonId {
  if (isId<'person'>(value)) return value;
  throw new RangeError(`${value} is not the id of a person`);
}

/** @throws RangeError unless a positive u32 */
export function deviceId(value: number): DeviceId {
  if (isId<'device'>(value)) return value;
  throw new RangeError(`${value} is not the id of a device`);
}

/** @throws RangeError unless a positive u32 */
export function merchantId(value: number): MerchantId {
  if (isId<'merchant'>(value)) return value;
  throw new RangeError(`${value} is not the id of a merchant`);
}

/** @throws RangeError unless a positive u32 */
export function partyId(value: number): PartyId {
  if (isId<'party'>(value)) return value;
  throw new RangeError(`${value} is not the id of a relying party`);
}

/** Ids are unsigned integers of 32 bits; 0 names nothing. */
function isId<Name extends string>(value: number): value is Id<Name> {
  return Number.isInteger(value) && value > 0 && value < 2 ** 32;
}
