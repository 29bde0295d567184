import { describe, expect, it } from 'vitest';
import { encodeUp, octetsOf, parseActivationCode, sealEnrol } from '../../../device/safe-mobile/index.ts';
import { servicePrimitives } from '../../../server/index.ts';
import { CUSTOMER_NUMBER, PIN, SERVICE_NUMBER, World } from '../world.ts';

/** How long a message of a phone travels. */
const IN_THE_AIR_MS = 1_000;

async function registered() {
  const world = new World('enrolment');
  await world.open();
  const person = await world.service.addPerson({ number: CUSTOMER_NUMBER, name: 'Anna', language: 'it' });
  const phone = world.phone(CUSTOMER_NUMBER);
  const activation = await world.service.activate(person.id);
  const state = async () => (await world.service.devices(person.id)).at(-1)?.state;
  return { world, person, phone, activation, state };
}

describe('enrolment', () => {
  it('takes four SMS: ENROL, AUTH_REQUEST, APPROVE, RECEIPT', async () => {
    const { world, phone, activation, state } = await registered();
    expect(await state()).toBe('registered');
    phone.enrol(activation.deviceId, activation.activationCode, PIN);
    await world.clock.advance(2_500);
    expect(await state()).toBe('enrolling');
    expect(phone.lastAsked().message).toMatchObject({
      type: 'AUTH_REQUEST',
      kind: 'confirm-enrolment',
      relyingParty: 'Cash-Mobile',
      title: 'Conferma il PIN',
      ttl: 120,
    });
    phone.approve(PIN);
    await world.clock.advance(200_000);
    expect(await state()).toBe('active');
    expect(phone.receipts()).toMatchObject([{ status: 'active', triesLeft: 3 }]);
    expect(world.air.sent.length + world.air.toService.length).toBe(4);
  });

  it('asks for the PIN at the registered number, whoever sent ENROL', async () => {
    const { world, activation } = await registered();
    const stranger = world.phone('+393409999999');
    stranger.enrol(activation.deviceId, activation.activationCode, PIN);
    await world.clock.advance(1_500);
    expect(world.air.sent.map(({ destination }) => destination)).toEqual([CUSTOMER_NUMBER]);
  });

  it('counts wrong codes down and is worth nothing after the fifth', async () => {
    const { world, phone, activation } = await registered();
    for (let n = 0; n < 5; n += 1) {
      phone.enrol(activation.deviceId, '00000000', PIN);
      await world.clock.advance(2_500);
    }
    phone.enrol(activation.deviceId, activation.activationCode, PIN);
    await world.clock.advance(2_500);
    const naks = phone.received.map((message) => (message.type === 'NAK' ? [message.code, message.argument] : []));
    expect(naks).toEqual([
      ['wrong-code', 4],
      ['wrong-code', 3],
      ['wrong-code', 2],
      ['wrong-code', 1],
      ['wrong-code', 0],
      ['activation-expired', 0],
    ]);
  });

  it('is worth nothing after 24 hours', async () => {
    const { world, phone, activation, state } = await registered();
    await world.clock.advance(24 * 3_600_000);
    phone.enrol(activation.deviceId, activation.activationCode, PIN);
    await world.clock.advance(2_500);
    expect(phone.received).toMatchObject([{ type: 'NAK', code: 'activation-expired' }]);
    expect(await state()).toBe('registered');
  });

  it('gives a mistyped PIN three tries, and then the phone starts again with the same code', async () => {
    const { world, phone, activation, state } = await registered();
    phone.enrol(activation.deviceId, activation.activationCode, PIN);
    await world.clock.advance(2_500);
    for (const pin of ['48214', '48215', '48216']) {
      phone.approve(pin);
      await world.clock.advance(2_500);
    }
    expect(phone.receipts().map(({ status, triesLeft }) => `${status} ${triesLeft}`)).toEqual([
      'wrong-pin 2',
      'wrong-pin 1',
      'wrong-pin 0',
    ]);
    expect(await state()).toBe('registered');
    phone.enrol(activation.deviceId, activation.activationCode, PIN);
    await world.clock.advance(2_500);
    phone.approve(PIN);
    await world.clock.advance(2_500);
    expect(await state()).toBe('active');
  });

  it('asks again after 20 and 45 seconds, gives up after the time to live, and says "expired" to who comes later', async () => {
    const { world, phone, activation, state } = await registered();
    phone.enrol(activation.deviceId, activation.activationCode, PIN);
    await world.clock.advance(130_000);
    expect(phone.asked).toHaveLength(3);
    expect(await state()).toBe('registered');
    phone.approve(PIN);
    await world.clock.advance(2_500);
    expect(phone.receipts()).toMatchObject([{ status: 'expired' }]);
    expect(await state()).toBe('registered');
  });

  it('can be asked about: the same question while it waits for the PIN, "expired" after', async () => {
    const { world, phone, activation } = await registered();
    phone.enrol(activation.deviceId, activation.activationCode, PIN);
    await world.clock.advance(2_500);
    const { message, plaintext } = phone.lastAsked();
    if (message.type !== 'AUTH_REQUEST') throw new Error('another question');
    phone.query(message.challenge, 'authentication');
    await world.clock.advance(2_500);
    expect(phone.asked.map((asked) => asked.plaintext)).toEqual([plaintext, plaintext]);
    await world.clock.advance(130_000);
    phone.query(message.challenge, 'authentication');
    await world.clock.advance(2_500);
    expect(phone.receipts().map(({ status }) => status)).toEqual(['expired']);
  });

  it.each([
    ['in the last moment', 0, 'active'],
    ['a moment later', 1, 'expired'],
  ] as const)('takes a PIN that arrives 5 s after the time to live, %s: %i ms, %s', async (_, late, status) => {
    const { world, phone, activation } = await registered();
    await world.clock.advance(1_000 - (world.clock.now() % 1_000));
    phone.enrol(activation.deviceId, activation.activationCode, PIN);
    await world.clock.advance(1_000);
    const deadline = world.clock.now() + 125_000;
    await world.clock.advance(deadline + late - IN_THE_AIR_MS - world.clock.now());
    phone.approve(PIN);
    await world.clock.advance(3_000);
    expect(phone.receipts().map((receipt) => receipt.status)).toEqual([status]);
  });

  it.each([
    ['its last moment', 0, 'AUTH_REQUEST'],
    ['a moment later', 1, 'NAK'],
  ])('takes a code that arrives after 24 hours in %s: %i ms, %s', async (_, late, type) => {
    const { world, phone, activation } = await registered();
    await world.clock.advance(24 * 3_600_000 + late - IN_THE_AIR_MS);
    phone.enrol(activation.deviceId, activation.activationCode, PIN);
    await world.clock.advance(2_500);
    expect(phone.received.map((message) => message.type)).toEqual([type]);
  });

  it('answers a repeated ENROL with the same question', async () => {
    const { world, phone, activation } = await registered();
    phone.enrol(activation.deviceId, activation.activationCode, PIN);
    await world.clock.advance(2_500);
    phone.repeat();
    await world.clock.advance(2_500);
    expect(phone.asked).toHaveLength(2);
    expect(phone.asked[0]?.plaintext).toEqual(phone.asked[1]?.plaintext);
  });

  it('revokes the phone before', async () => {
    const { world, person, phone, activation } = await registered();
    phone.enrol(activation.deviceId, activation.activationCode, PIN);
    await world.clock.advance(2_500);
    phone.approve(PIN);
    await world.clock.advance(2_500);
    await world.enrolPhone(person, '77777');
    expect((await world.service.devices(person.id)).map(({ state }) => state)).toEqual(['revoked', 'active']);
    const sent = world.air.sent.length;
    phone.query(octetsOf('0123456789abcdef'));
    await world.clock.advance(2_500);
    expect(world.air.sent).toHaveLength(sent);
  });

  it('ends when the customer says that it was not them, with an alarm', async () => {
    const { world, phone, activation, state } = await registered();
    phone.enrol(activation.deviceId, activation.activationCode, PIN);
    await world.clock.advance(2_500);
    phone.refuse('not-me');
    await world.clock.advance(2_500);
    expect(await state()).toBe('revoked');
    const alarms = world.journal.flatMap(({ event }) => (event.kind === 'alarm' ? [event] : []));
    const { deviceId } = activation;
    expect(alarms).toEqual([{ kind: 'alarm', alarm: 'refused-as-not-mine', deviceId, ref: expect.any(String) }]);
    phone.approve(PIN);
    await world.clock.advance(2_500);
    expect(await state()).toBe('revoked');
  });

  it.each(['no', 'expired', 'unreadable', 'muted'] as const)(
    'refused with "%s" may begin again while the activation lasts',
    async (reason) => {
      const { world, phone, activation, state } = await registered();
      phone.enrol(activation.deviceId, activation.activationCode, PIN);
      await world.clock.advance(2_500);
      phone.refuse(reason);
      await world.clock.advance(2_500);
      expect(await state()).toBe('registered');
      phone.refuse('not-me');
      await world.clock.advance(2_500);
      expect(await state()).toBe('registered');
      expect(phone.receipts().map(({ status }) => status)).toEqual(['refused', 'refused']);
      phone.enrol(activation.deviceId, activation.activationCode, PIN);
      await world.clock.advance(2_500);
      phone.approve(PIN);
      await world.clock.advance(2_500);
      expect(await state()).toBe('active');
    },
  );

  it('a new activation makes the one before worth nothing', async () => {
    const { world, person, phone, activation } = await registered();
    await world.service.activate(person.id);
    phone.enrol(activation.deviceId, activation.activationCode, PIN);
    await world.clock.advance(2_500);
    expect((await world.service.devices(person.id)).map(({ state }) => state)).toEqual(['revoked', 'registered']);
    expect(world.air.sent).toEqual([]);
  });

  it.each([
    ['an approval key of small order', { approvalKey: new Uint8Array(32) }],
    ['a sealing key of small order', { sealingKey: new Uint8Array(32) }],
  ])('refuses %s without an answer', async (_, keys) => {
    const { world, phone, activation, state } = await registered();
    const send = world.air.attach('+393409999999', () => {});
    const plaintext = encodeUp({
      type: 'ENROL',
      ctr: 1,
      activationCode: parseActivationCode(activation.activationCode) ?? new Uint8Array(5),
      sealingKey: world.random.bytes(32),
      approvalKey: servicePrimitives().ed25519PublicKey(world.random.bytes(32)),
      appVersion: 1,
      ...keys,
    });
    send(sealEnrol(servicePrimitives(), world.keys.sealing, activation.deviceId, plaintext, world.random.bytes(32)));
    await world.clock.advance(2_500);
    await world.clock.advance(600_000);
    expect(await state()).toBe('registered');
    expect(world.air.sent).toEqual([]);
    expect(world.journal.filter(({ event }) => event.kind === 'fault' || event.kind === 'alarm')).toEqual([]);
    phone.enrol(activation.deviceId, activation.activationCode, PIN);
    await world.clock.advance(2_500);
    expect(await state()).toBe('enrolling');
  });
});

describe('the application descriptor', () => {
  it('has the attributes of a JAD and the public keys that the application pins', async () => {
    const { world, activation } = await registered();
    const attributes = new Map(
      (await world.service.downloads.descriptor(activation.linkToken))
        .trimEnd()
        .split('\n')
        .map((line): [string, string] => {
          const [name = '', ...value] = line.split(': ');
          return [name, value.join(': ')];
        }),
    );
    const hex = (octets: Uint8Array) => Buffer.from(octets).toString('hex');
    expect(Object.fromEntries(attributes)).toEqual({
      'MIDlet-Name': 'Cash-Mobile',
      'MIDlet-Version': '1.0.0',
      'MIDlet-Vendor': 'Cash-Mobile',
      'MIDlet-Description': 'payments by SMS',
      'MIDlet-Description-it': 'pagamenti via SMS',
      'MIDlet-1': 'Cash-Mobile,,CashMobile',
      'MIDlet-Push-1': 'sms://:16001, CashMobile, *',
      'MIDlet-Permissions': expect.stringContaining('javax.wireless.messaging.sms.receive'),
      'Safe-Mobile-Service': SERVICE_NUMBER,
      'Safe-Mobile-Device': String(activation.deviceId),
      'Safe-Mobile-Key': `1:${hex(world.keys.sealing.publicKey)}`,
      'Safe-Mobile-Receipt-Key': hex(world.keys.signing.publicKey),
      'Safe-Mobile-Root': hex(world.keys.root),
    });
  });

  it("names the merchant on the merchant's own phone", async () => {
    const { world, person, activation } = await registered();
    await world.merchant(person.id);
    expect(await world.service.downloads.descriptor(activation.linkToken)).toContain(
      'Cash-Mobile-Merchant: Edicola Città\nCash-Mobile-Currency: EUR\n',
    );
  });

  it('is not there for a phone that is revoked or unknown', async () => {
    const { world, person, activation } = await registered();
    await world.service.activate(person.id);
    await expect(world.service.downloads.descriptor(activation.linkToken)).rejects.toThrow('there is no application');
    await expect(world.service.downloads.descriptor('0'.repeat(32))).rejects.toThrow('there is no application');
  });
});
