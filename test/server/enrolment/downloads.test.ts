import { describe, expect, it } from 'vitest';
import { openSuite, readOffer, writeJar } from '../../../device/suite/index.ts';
import { type ServiceOptions, servicePrimitives } from '../../../server/index.ts';
import { CUSTOMER_NUMBER, PIN, SERVICE_NUMBER, World } from '../world.ts';

async function registered(options: Partial<ServiceOptions> = {}) {
  const world = new World('downloads', options);
  await world.open();
  const person = await world.service.addPerson({ number: CUSTOMER_NUMBER, name: 'Anna', language: 'it' });
  return { world, person, activation: await world.service.activate(person.id) };
}

describe('the application that phones download', () => {
  const attributes = {
    'MIDlet-Name': 'Cash-Mobile',
    'MIDlet-Version': '2.0.0',
    'MIDlet-Vendor': 'Cash-Mobile',
    'MIDlet-1': 'Cash-Mobile, , CashMobile',
  };
  const jar = writeJar({ attributes, script: 'exports.CashMobile = class {};', resources: new Map() });

  it('is one with its descriptor, signed with the suite key, and has the keys of this service', async () => {
    const { world, activation } = await registered({ application: jar });
    const { descriptor, signer } = openSuite(
      readOffer(Buffer.from(await world.service.downloads.descriptor(activation.linkToken)), servicePrimitives()),
      await world.service.downloads.jar(activation.linkToken),
      servicePrimitives(),
    );
    expect(descriptor).toMatchObject({ name: 'Cash-Mobile', version: '2.0.0' });
    expect(descriptor.attributes).toMatchObject({
      ...attributes,
      'MIDlet-Jar-URL': `${activation.linkToken}.jar`,
      'Safe-Mobile-Service': SERVICE_NUMBER,
      'Safe-Mobile-Device': String(activation.deviceId),
      'Safe-Mobile-Root': Buffer.from(world.keys.root).toString('hex'),
    });
    const { suite = new Uint8Array(32) } = world.keys;
    expect(signer).toBe(Buffer.from(servicePrimitives().ed25519PublicKey(suite)).toString('hex'));
  });

  it('is not signed when the key file has no suite key', async () => {
    const { world, activation } = await registered({ application: jar });
    const { suite: _, ...keys } = world.keys;
    await world.service.close();
    await world.open(world.database, { keys, application: jar });
    const descriptor = Buffer.from(await world.service.downloads.descriptor(activation.linkToken));
    const offer = readOffer(descriptor, servicePrimitives());
    expect(offer.jar.octets).toBe(jar.length);
    expect(offer.signer).toBeUndefined();
  });

  it('is not there after its activation, nor when the service has none', async () => {
    const { world, person, activation } = await registered({ application: jar });
    await world.service.activate(person.id);
    await expect(world.service.downloads.jar(activation.linkToken)).rejects.toThrow(
      'there is no application at this link',
    );
    const without = await registered();
    await expect(without.world.service.downloads.jar(without.activation.linkToken)).rejects.toThrow(
      'this service has no application to download',
    );
  });

  it('is there for updates while the phone is active, also long after its activation; an activation that was not used ends', async () => {
    const { world, person, activation } = await registered({ application: jar });
    const phone = world.phone(CUSTOMER_NUMBER);
    phone.enrol(activation.deviceId, activation.activationCode, PIN);
    await world.clock.advance(3_000);
    phone.approve(PIN);
    await world.clock.advance(3_000);
    expect((await world.service.devices(person.id)).map(({ state }) => state)).toEqual(['active']);
    await world.clock.advance(48 * 3_600_000);
    expect(await world.service.downloads.jar(activation.linkToken)).toEqual(jar);
    const next = await world.service.activate(person.id);
    await world.clock.advance(next.expiresAt - world.clock.now());
    expect(await world.service.downloads.jar(next.linkToken)).toEqual(jar);
    await world.clock.advance(1);
    await expect(world.service.downloads.jar(next.linkToken)).rejects.toThrow('there is no application at this link');
  });

  it('stops a service at its start when no phone would take it', async () => {
    await expect(registered({ application: jar.subarray(1) })).rejects.toThrow(/The JAR cannot be read/);
  });

  it('is given over HTTP with the types of JSR-118', async () => {
    const { world, activation } = await registered({ application: jar });
    const get = (url: string) => world.service.http.inject({ url });
    const descriptor = await get(`/d/${activation.linkToken}.jad`);
    expect(descriptor.headers['content-type']).toBe('text/vnd.sun.j2me.app-descriptor; charset=utf-8');
    expect(descriptor.body).toBe(await world.service.downloads.descriptor(activation.linkToken));
    const application = await get(`/d/${activation.linkToken}.jar`);
    expect(application.headers['content-type']).toBe('application/java-archive');
    expect(new Uint8Array(application.rawPayload)).toEqual(jar);
    expect((await get(`/d/${'0'.repeat(32)}.jar`)).statusCode).toBe(404);
    for (const file of [
      'x.jar',
      `${activation.linkToken}.jax`,
      `${activation.linkToken}.jar.jad`,
      activation.linkToken,
    ])
      expect((await get(`/d/${file}`)).statusCode, file).toBe(400);
  });
});
