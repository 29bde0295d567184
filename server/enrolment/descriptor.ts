import { hexOf } from '../../device/safe-mobile/index.ts';
import { type Merchant, merchantOfPerson } from '../merchants/merchants.ts';
import type { Context } from '../outgoing/context.ts';
import { APPLICATION_PORT } from '../outgoing/outbox.ts';
import type { ReadTx } from '../store/store.ts';
import { ServiceError } from '../vocabulary/errors.ts';
import { deviceInActivation } from './activation.ts';

const APPLICATION_VERSION = '1.0.0';

const PERMISSIONS: readonly string[] = [
  'javax.microedition.io.PushRegistry',
  'javax.microedition.io.Connector.sms',
  'javax.wireless.messaging.sms.receive',
  'javax.wireless.messaging.sms.send',
];

type Attribute = readonly [name: string, value: string];

/**
 * The application descriptor (JAD, JSR-118) of one phone: what the application manager needs, and the service's number
 * and public keys, which the application pins.
 * @param number the service's own, E.164. @param linkToken of an activation
 * @throws ServiceError `not-found` when there is no such activation, or it is over
 */
export async function descriptorOf(tx: ReadTx, context: Context, number: string, linkToken: string): Promise<string> {
  const device = await deviceInActivation(tx, linkToken, context.clock.now());
  if (device === undefined) {
    throw new ServiceError('not-found', 'there is no application at this link, or its activation is over');
  }
  const { sealing, signing, root } = context.keys;
  const merchant = await merchantOfPerson(tx, device.personId);
  const attributes: readonly Attribute[] = [
    ['MIDlet-Name', 'Cash-Mobile'],
    ['MIDlet-Version', APPLICATION_VERSION],
    ['MIDlet-Vendor', 'Cash-Mobile'],
    ['MIDlet-1', 'Cash-Mobile,,CashMobile'],
    ['MIDlet-Push-1', `sms://:${APPLICATION_PORT}, CashMobile, *`],
    ['MIDlet-Permissions', PERMISSIONS.join(', ')],
    ['Safe-Mobile-Service', number],
    ['Safe-Mobile-Device', String(device.id)],
    ['Safe-Mobile-Key', `${sealing.kid}:${hexOf(sealing.publicKey)}`],
    ['Safe-Mobile-Receipt-Key', hexOf(signing.publicKey)],
    ['Safe-Mobile-Root', hexOf(root)],
    ...(merchant === undefined ? [] : merchantAttributes(merchant)),
  ];
  return attributes.map(([name, value]) => `${name}: ${value}\n`).join('');
}

/** Only on the phone of a merchant's own person: lets the application ask for payments. */
function merchantAttributes({ name, currency }: Merchant): readonly Attribute[] {
  return [
    ['Cash-Mobile-Merchant', name],
    ['Cash-Mobile-Currency', currency],
  ];
}
