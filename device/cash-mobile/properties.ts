import type { MIDlet } from '../midp/index.ts';
import { type Currency, isCurrency, octetsOf } from '../safe-mobile/index.ts';

/** The application's attributes in the descriptor: its device, and the number and keys of the service. */
export interface Properties {
  /** The service's number, `+39…`. */
  readonly service: string;
  readonly deviceId: number;
  /** `kid` and `S`: seals both directions. */
  readonly serviceKey: { readonly kid: number; readonly publicKey: Uint8Array };
  /** `R`: signs receipts. */
  readonly receiptKey: Uint8Array;
  /** Present when the owner is a merchant: the name, and the currency that sales are in. */
  readonly merchant?: { readonly name: string; readonly currency: Currency };
}

/** An attribute that is missing or wrong. */
export class PropertyError extends Error {
  override readonly name = 'PropertyError';
  readonly attribute: string;

  constructor(attribute: string) {
    super(`The attribute ${attribute} is missing or wrong`);
    this.attribute = attribute;
  }
}

/** Reads the attributes of the descriptor. @throws PropertyError naming the attribute */
export function readProperties(midlet: MIDlet): Properties {
  const read = (attribute: string, pattern: RegExp): readonly string[] => {
    const match = pattern.exec(midlet.getAppProperty(attribute) ?? '');
    if (match === null) throw new PropertyError(attribute);
    return match.slice(1);
  };
  const [service = ''] = read('Safe-Mobile-Service', /^(\+[0-9]{5,15})$/);
  const [deviceId = ''] = read('Safe-Mobile-Device', /^([0-9]{1,10})$/);
  const [kid = '', key = ''] = read('Safe-Mobile-Key', /^([0-9]{1,3}):([0-9a-fA-F]{64})$/);
  const [receiptKey = ''] = read('Safe-Mobile-Receipt-Key', /^([0-9a-fA-F]{64})$/);
  if (Number(deviceId) > 0xffff_ffff) throw new PropertyError('Safe-Mobile-Device');
  if (Number(kid) > 0xff) throw new PropertyError('Safe-Mobile-Key');
  const merchant = readMerchant(midlet);
  return {
    service,
    deviceId: Number(deviceId),
    serviceKey: { kid: Number(kid), publicKey: octetsOf(key) },
    receiptKey: octetsOf(receiptKey),
    ...(merchant === undefined ? {} : { merchant }),
  };
}

function readMerchant(midlet: MIDlet): Properties['merchant'] {
  const name = midlet.getAppProperty('Cash-Mobile-Merchant');
  if (name === undefined || name === '') return undefined;
  const currency = midlet.getAppProperty('Cash-Mobile-Currency') ?? 'EUR';
  if (!isCurrency(currency)) throw new PropertyError('Cash-Mobile-Currency');
  return { name, currency };
}
