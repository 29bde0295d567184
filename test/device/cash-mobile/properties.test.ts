import { describe, expect, test } from 'vitest';
import { PropertyError, readProperties } from '../../../device/cash-mobile/properties.ts';
import { MIDlet, type MidletContext } from '../../../device/midp/index.ts';

const KEY = '0f'.repeat(32);
const RIGHT: Readonly<Record<string, string>> = {
  'Safe-Mobile-Service': '+393990000100',
  'Safe-Mobile-Device': '7',
  'Safe-Mobile-Key': `1:${KEY}`,
  'Safe-Mobile-Receipt-Key': KEY,
  'Safe-Mobile-Root': KEY,
};

/** A key whose octets are all the same, and which counts always. */
const always = (kid: number, octet: number) => ({
  kid,
  publicKey: new Uint8Array(32).fill(octet),
  notBefore: 0,
  notAfter: 0xffff_ffff,
});

class Application extends MIDlet {
  override startApp(): void {}
  override pauseApp(): void {}
  override destroyApp(): void {}
}

/** The properties of an application whose descriptor has these attributes. */
function read(changed: Readonly<Record<string, string>>) {
  const attributes: Readonly<Partial<Record<string, string>>> = { ...RIGHT, ...changed };
  return readProperties(new Application({ getAppProperty: (key: string) => attributes[key] } as MidletContext));
}

describe('The attributes of the application (device/safe-mobile/README.md)', () => {
  test.each([
    ['Safe-Mobile-Service', '+12345', { anchors: { service: '+12345' } }],
    ['Safe-Mobile-Service', `+${'1'.repeat(15)}`, { anchors: { service: `+${'1'.repeat(15)}` } }],
    ['Safe-Mobile-Device', '0', { deviceId: 0 }],
    ['Safe-Mobile-Device', '4294967295', { deviceId: 0xffff_ffff }],
    ['Safe-Mobile-Key', `0:${KEY}`, { anchors: { sealing: [always(0, 0x0f)] } }],
    ['Safe-Mobile-Key', `255:${KEY.toUpperCase()}`, { anchors: { sealing: [always(255, 0x0f)] } }],
    ['Safe-Mobile-Receipt-Key', 'ff'.repeat(32), { anchors: { signing: [always(1, 0xff)] } }],
    ['Safe-Mobile-Receipt-Key', `0:${KEY}`, { anchors: { signing: [always(0, 0x0f)] } }],
    ['Safe-Mobile-Receipt-Key', `255:${KEY}`, { anchors: { signing: [always(255, 0x0f)] } }],
    ['Safe-Mobile-Root', 'fE'.repeat(32), { anchors: { root: new Uint8Array(32).fill(0xfe) } }],
    ['Safe-Mobile-Announcement-1', 'aB'.repeat(107), { announcements: [new Uint8Array(107).fill(0xab)] }],
    ['Safe-Mobile-Announcement-2', 'not looked at without a first one', { announcements: [] }],
    ['Cash-Mobile-Merchant', 'Bar Sport', { merchant: { name: 'Bar Sport', currency: 'EUR' } }],
  ])('%s may be %s', (attribute, value, expected) => {
    expect(read({ [attribute]: value })).toMatchObject(expected);
  });

  test.each([
    ['Safe-Mobile-Service', ''],
    ['Safe-Mobile-Service', '+1234'],
    ['Safe-Mobile-Service', `+${'1'.repeat(16)}`],
    ['Safe-Mobile-Service', '393990000100'],
    ['Safe-Mobile-Device', '4294967296'],
    ['Safe-Mobile-Device', '-1'],
    ['Safe-Mobile-Key', `256:${KEY}`],
    ['Safe-Mobile-Key', `1:${KEY.slice(2)}`],
    ['Safe-Mobile-Key', `1:${KEY}00`],
    ['Safe-Mobile-Key', KEY],
    ['Safe-Mobile-Receipt-Key', KEY.slice(2)],
    ['Safe-Mobile-Receipt-Key', `${KEY}00`],
    ['Safe-Mobile-Receipt-Key', `256:${KEY}`],
    ['Safe-Mobile-Receipt-Key', `:${KEY}`],
    ['Safe-Mobile-Root', ''],
    ['Safe-Mobile-Root', KEY.slice(2)],
    ['Safe-Mobile-Root', `${KEY}00`],
    ['Safe-Mobile-Announcement-1', ''],
    ['Safe-Mobile-Announcement-1', 'ab'.repeat(106)],
    ['Safe-Mobile-Announcement-1', 'ab'.repeat(108)],
  ])('%s may not be "%s"', (attribute, value) => {
    const failure = (() => {
      try {
        return read({ [attribute]: value });
      } catch (error) {
        return error;
      }
    })();
    expect(failure).toBeInstanceOf(PropertyError);
    expect(failure).toMatchObject({ attribute, message: `The attribute ${attribute} is missing or wrong` });
  });

  test('the currency of a merchant is one that is known; without a merchant it does not matter', () => {
    const merchant = { 'Cash-Mobile-Merchant': 'Bar Sport' };
    expect(read({ ...merchant, 'Cash-Mobile-Currency': 'JPY' }).merchant).toEqual({
      name: 'Bar Sport',
      currency: 'JPY',
    });
    expect(() => read({ ...merchant, 'Cash-Mobile-Currency': 'XXX' })).toThrow('Cash-Mobile-Currency');
    for (const none of [{}, { 'Cash-Mobile-Merchant': '' }]) {
      expect(read({ ...none, 'Cash-Mobile-Currency': 'XXX' })).not.toHaveProperty('merchant');
    }
  });
});
