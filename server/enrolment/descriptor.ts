import { hexOf } from '../../device/safe-mobile/index.ts';
import { type Attributes, writeDescriptor } from '../../device/suite/index.ts';
import { FIRST_SIGNING_KID } from '../keyring/key-ring.ts';
import { type Merchant, merchantOfPerson } from '../merchants/merchants.ts';
import type { Context } from '../outgoing/context.ts';
import { APPLICATION_PORT } from '../outgoing/outbox.ts';
import type { Device } from '../people/devices.ts';
import type { ReadTx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { deviceOfLink } from './activation.ts';
import type { Application } from './application.ts';

const APPLICATION_VERSION = '1.0.0';

const PERMISSIONS: readonly string[] = [
  'javax.microedition.io.PushRegistry',
  'javax.microedition.io.Connector.sms',
  'javax.wireless.messaging.sms.receive',
  'javax.wireless.messaging.sms.send',
];

/** The application as it is built into a phone. */
const BUILT_IN: Attributes = {
  'MIDlet-Name': 'Cash-Mobile',
  'MIDlet-Version': APPLICATION_VERSION,
  'MIDlet-Vendor': 'Cash-Mobile',
  'MIDlet-Description': 'payments by SMS',
  'MIDlet-Description-it': 'pagamenti via SMS',
  'MIDlet-1': 'Cash-Mobile,,CashMobile',
  'MIDlet-Push-1': `sms://:${APPLICATION_PORT}, CashMobile, *`,
  'MIDlet-Permissions': PERMISSIONS.join(', '),
};

/** What phones download, and the keys that are in it. */
export interface Downloadable {
  readonly context: Context;
  /** The service's own number, E.164. */
  readonly number: string;
  /** Absent: only phones that have it built in can pay. */
  readonly application: Application | undefined;
}

/**
 * The application descriptor (JAD, JSR-118) of one phone: what the application manager needs, and the service's number
 * and public keys, which the application pins; announcements of these keys, for a phone that is active and does not know them yet. With an application to download it names the JAR and is signed with the suite key.
 * @param linkToken of an activation
 * @throws ServiceError `not-found` when there is no such activation, or it is over and the phone is not active
 */
export async function descriptorOf(
  tx: ReadTx,
  { context, application, number }: Downloadable,
  linkToken: string,
): Promise<string> {
  const device = await deviceAtLink(tx, context, linkToken);
  const { root, suite } = context.keys;
  const { ring } = context;
  const key = await ring.sealingTo(tx, device.sealingKid);
  const signing = await ring.signing(tx, device.signingKid);
  const announcements = await ring.announcementsOf(tx, key, signing);
  const receiptKid = signing.kid === FIRST_SIGNING_KID ? '' : `${signing.kid}:`;
  const merchant = await merchantOfPerson(tx, device.personId);
  const attributes: Attributes = {
    ...(application?.attributes(`${linkToken}.jar`) ?? BUILT_IN),
    'Safe-Mobile-Service': number,
    'Safe-Mobile-Device': String(device.id),
    'Safe-Mobile-Key': `${key.pair.kid}:${hexOf(key.pair.publicKey)}`,
    'Safe-Mobile-Receipt-Key': `${receiptKid}${hexOf(signing.publicKey)}`,
    'Safe-Mobile-Root': hexOf(root),
    ...Object.fromEntries(announcements.map((frame, index) => [`Safe-Mobile-Announcement-${index + 1}`, hexOf(frame)])),
    ...(merchant === undefined ? {} : merchantAttributes(merchant)),
  };
  return writeDescriptor(attributes, context.primitives, application === undefined ? undefined : suite);
}

/** The JAR that the descriptor at this link names. @throws ServiceError `not-found` as {@link descriptorOf}, and without an application */
export async function jarOf(
  tx: ReadTx,
  { context, application }: Downloadable,
  linkToken: string,
): Promise<Uint8Array> {
  await deviceAtLink(tx, context, linkToken);
  if (application === undefined) throw new ServiceError('not-found', 'this service has no application to download');
  return application.jar;
}

async function deviceAtLink(tx: ReadTx, { clock, ring }: Context, linkToken: string): Promise<Device> {
  const device = await deviceOfLink(tx, linkToken, clock.now());
  // Until the phone has enrolled its descriptor names the keys of its registration, and no others: by them the service knows what the phone believes. With a key
  // that has ended meanwhile it could not enrol, or would believe no receipt.
  const isGone =
    device?.state === 'registered' &&
    ((await ring.hasEnded(tx, 'sealing', device.sealingKid)) ||
      (await ring.hasEnded(tx, 'signing', device.signingKid)));
  if (device !== undefined && !isGone) return device;
  throw new ServiceError('not-found', 'there is no application at this link, or its activation is over');
}

/** Only on the phone of a merchant's own person: lets the application ask for payments. */
function merchantAttributes({ name, currency }: Merchant): Attributes {
  return { 'Cash-Mobile-Merchant': name, 'Cash-Mobile-Currency': currency };
}
