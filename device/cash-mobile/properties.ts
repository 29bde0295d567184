import type { MIDlet } from '../midp/index.ts';
import { ANNOUNCEMENT_OCTETS, type Currency, isCurrency, octetsOf } from '../safe-mobile/index.ts';
import { type Anchors, endless } from './anchors.ts';

/** The application's attributes in the descriptor: its device, and the number and keys of the service. */
export interface Properties {
  readonly deviceId: number;
  /** Believed when the phone makes its keys; compared with the stored ones ever after. */
  readonly anchors: Anchors;
  /** Key announcements, not verified yet, 107 octets each. */
  readonly announcements: readonly Uint8Array[];
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
  const [receiptKid = FIRST_KID, receiptKey = ''] = read(
    'Safe-Mobile-Receipt-Key',
    /^(?:([0-9]{1,3}):)?([0-9a-fA-F]{64})$/,
  );
  const [root = ''] = read('Safe-Mobile-Root', /^([0-9a-fA-F]{64})$/);
  if (Number(deviceId) > 0xffff_ffff) throw new PropertyError('Safe-Mobile-Device');
  if (Number(kid) > 0xff) throw new PropertyError('Safe-Mobile-Key');
  if (Number(receiptKid) > 0xff) throw new PropertyError('Safe-Mobile-Receipt-Key');
  const merchant = readMerchant(midlet);
  return {
    deviceId: Number(deviceId),
    anchors: {
      service,
      root: octetsOf(root),
      sealing: [endless(Number(kid), octetsOf(key))],
      signing: [endless(Number(receiptKid), octetsOf(receiptKey))],
    },
    announcements: readAnnouncements(midlet),
    ...(merchant === undefined ? {} : { merchant }),
  };
}

/** The kid of a receipt key that stands without one. */
const FIRST_KID = '1';
const ANNOUNCEMENT = new RegExp(`^[0-9a-fA-F]{${2 * ANNOUNCEMENT_OCTETS}}$`);

/** `Safe-Mobile-Announcement-1` and on, as push registrations are numbered (JSR-118, `MIDlet-Push-n`). */
function readAnnouncements(midlet: MIDlet): readonly Uint8Array[] {
  const frames: Uint8Array[] = [];
  for (let number = 1; ; number += 1) {
    const attribute = `Safe-Mobile-Announcement-${number}`;
    const written = midlet.getAppProperty(attribute);
    if (written === undefined) return frames;
    if (!ANNOUNCEMENT.test(written)) throw new PropertyError(attribute);
    frames.push(octetsOf(written));
  }
}

function readMerchant(midlet: MIDlet): Properties['merchant'] {
  const name = midlet.getAppProperty('Cash-Mobile-Merchant');
  if (name === undefined || name === '') return undefined;
  const currency = midlet.getAppProperty('Cash-Mobile-Currency') ?? 'EUR';
  if (!isCurrency(currency)) throw new PropertyError('Cash-Mobile-Currency');
  return { name, currency };
}
