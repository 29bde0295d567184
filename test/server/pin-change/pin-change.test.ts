import { describe, expect, it } from 'vitest';
import { hexOf } from '../../../device/safe-mobile/index.ts';
import { PIN, shop } from '../world.ts';

const NEW_PIN = '70815';
const HOUR_MS = 3_600_000;
/** Until a message of a phone has come and its answer is there, ms. */
const ANSWERED_MS = 2_500;

async function pinShop(seed: number | string = 1) {
  const base = await shop(seed);
  const { world, customer, merchant } = base;
  const { phone } = customer;
  const advance = (ms: number = ANSWERED_MS) => world.clock.advance(ms);
  /** PIN_NEW and PIN_PROOF as frames that do not leave yet. */
  const frames = (old: string = PIN) => {
    world.air.fateOfAnswer = () => 'lose';
    const named = phone.newPin(NEW_PIN);
    phone.provePin(old, named);
    world.air.fateOfAnswer = () => 'deliver';
    const [announced, proof] = phone.sent.slice(-2);
    return { ...named, announced, proof };
  };
  /** What the phone was told about the change. */
  const told = ({ pcid }: { readonly pcid: Uint8Array }) =>
    phone.received.flatMap((message) => {
      if (!('ref' in message) || hexOf(message.ref) !== hexOf(pcid)) return [];
      if (message.type === 'RECEIPT') return [`${message.status} ${message.triesLeft}`];
      return message.type === 'NAK' ? [`${message.code} ${message.argument}`] : [];
    });
  /** What becomes of a payment that is approved with this PIN. */
  const pay = async (pin: string) => {
    const { txn } = await world.request(merchant, { mref: `at ${world.clock.now()}` });
    await advance();
    phone.approve(pin);
    await advance();
    const { state } = await world.service.payment(txn);
    if (state !== 'CAPTURED') await world.service.cancel(txn);
    await advance();
    return state;
  };
  /** Which of the sealed columns of the changes hold something. */
  const kept = () =>
    world.look((tx) =>
      tx.all('SELECT * FROM pin_change', (row) =>
        ['new_key', 'proof', 'former_key'].filter((column) => row.optionalOctets(column) !== undefined),
      ),
    );
  const rows = () =>
    world.look((tx) =>
      tx.all('SELECT pcid, state FROM pin_change', (row) => `${row.text('pcid')} ${row.text('state')}`),
    );
  return { ...base, phone, advance, frames, told, pay, rows, kept };
}

describe('a change of the PIN', () => {
  it('takes three SMS; from then on the new PIN pays and the old one does not', async () => {
    const { world, phone, customer, advance, told, pay } = await pinShop();
    world.air.sent.length = 0;
    world.air.toService.length = 0;
    const named = phone.newPin(NEW_PIN);
    phone.provePin(PIN, named);
    await advance();
    expect(told(named)).toEqual(['confirmed 3']);
    expect(world.air.toService.length + world.air.sent.length).toBe(3);
    expect(world.journal.map(({ event }) => event)).toContainEqual(
      expect.objectContaining({ kind: 'pin-changed', personId: customer.person.id }),
    );
    expect(await pay(PIN)).toBe('REQUESTED');
    phone.takeNewPin();
    expect(await pay(NEW_PIN)).toBe('CAPTURED');
    expect(await pay(PIN)).toBe('REQUESTED');
  });

  // Each alone is stored; a message that comes twice, or after the end, changes nothing and gets the stored answer.
  it.each([
    ['PIN_NEW, PIN_PROOF', ['announced', 'proof'], ['confirmed 3']],
    ['PIN_PROOF, PIN_NEW', ['proof', 'announced'], ['confirmed 3']],
    ['PIN_NEW twice, PIN_PROOF', ['announced', 'announced', 'proof'], ['confirmed 3']],
    ['PIN_PROOF twice, PIN_NEW', ['proof', 'proof', 'announced'], ['confirmed 3']],
    ['PIN_PROOF again after the end', ['announced', 'proof', 'proof'], ['confirmed 3', 'confirmed 3']],
    ['PIN_NEW again after the end', ['proof', 'announced', 'announced'], ['confirmed 3', 'confirmed 3']],
    ['PIN_NEW alone', ['announced'], []],
    ['PIN_PROOF alone', ['proof'], []],
  ] as const)('%s', async (_, order, expected) => {
    const { phone, advance, frames, told, pay } = await pinShop();
    const change = frames();
    for (const which of order) {
      phone.repeat(change[which]);
      await advance();
    }
    expect(told(change)).toEqual(expected);
    const isChanged = expected.length > 0;
    if (isChanged) phone.takeNewPin();
    expect(await pay(isChanged ? NEW_PIN : PIN)).toBe('CAPTURED');
  });

  it('of which one message was lost is unknown to who asks, and goes on with both frames again', async () => {
    const { phone, advance, frames, told } = await pinShop();
    const change = frames();
    phone.repeat(change.announced);
    await advance();
    phone.query(change.pcid, 'request');
    await advance();
    expect(told(change)).toEqual(['unknown-reference 0']);
    phone.repeat(change.announced);
    phone.repeat(change.proof);
    await advance();
    phone.query(change.pcid, 'request');
    await advance();
    expect(told(change)).toEqual(['unknown-reference 0', 'confirmed 3', 'confirmed 3']);
  });

  it.each([
    ['in its last moment', -1, ['confirmed 3']],
    ['a moment later', 0, []],
  ] as const)('waits for its other message for 24 hours: %s', async (_, late, expected) => {
    const { phone, advance, frames, told, rows } = await pinShop();
    const change = frames();
    phone.repeat(change.announced);
    await advance(1_000);
    await advance(24 * HOUR_MS + late - 1_000);
    phone.repeat(change.proof);
    await advance();
    expect(told(change)).toEqual(expected);
    expect((await rows()).map((row) => row.split(' ')[1])).toEqual([expected.length > 0 ? 'changed' : 'open']);
  });

  it('is forgotten with the key of before an hour after, and the phone that asks still gets the receipt', async () => {
    const { phone, advance, frames, told, rows, kept } = await pinShop();
    const change = frames();
    phone.repeat(change.announced);
    await advance();
    expect(await kept()).toEqual([['new_key']]);
    phone.repeat(change.proof);
    await advance();
    expect(await rows()).toEqual([`${hexOf(change.pcid)} changed`]);
    expect(await kept()).toEqual([['former_key']]);
    await advance(HOUR_MS);
    expect(await rows()).toEqual([]);
    phone.query(change.pcid, 'request');
    await advance();
    phone.repeat(change.announced);
    await advance();
    expect(told(change)).toEqual(['confirmed 3', 'confirmed 3', 'confirmed 3']);
    expect(await rows()).toEqual([]);
  });

  it('gives way to a later one, and not to one that was overtaken', async () => {
    const { phone, advance, frames, told, rows } = await pinShop();
    const first = frames();
    const second = frames();
    phone.repeat(first.announced);
    await advance();
    phone.repeat(second.announced);
    await advance();
    expect(await rows()).toEqual([`${hexOf(second.pcid)} open`]);
    phone.repeat(first.proof);
    await advance();
    expect(await rows()).toEqual([`${hexOf(second.pcid)} open`]);
    phone.repeat(second.proof);
    await advance();
    expect([told(first), told(second)]).toEqual([[], ['confirmed 3']]);
  });

  it.each([
    ['before the phone gives it up', -10_000, ['unknown-reference 0', 'confirmed 3'], NEW_PIN],
    ['at the last moment', 0, ['unknown-reference 0', 'confirmed 3'], NEW_PIN],
    ['after that', 10_000, ['unknown-reference 0', 'unknown-reference 0', 'unknown-reference 0'], PIN],
  ] as const)('whose two messages come a day late, %s', async (_, late, expected, pin) => {
    const { phone, advance, frames, told, pay } = await pinShop();
    const change = frames();
    await advance(24 * HOUR_MS + late);
    phone.query(change.pcid, 'request');
    await advance();
    for (const frame of [change.announced, change.proof]) {
      phone.repeat(frame);
      await advance();
    }
    expect(told(change)).toEqual(expected);
    if (pin === NEW_PIN) phone.takeNewPin();
    expect(await pay(pin)).toBe('CAPTURED');
  });

  it('that comes when a later one has ended is unknown, and no wrong PIN', async () => {
    const { world, phone, advance, frames, told, pay } = await pinShop();
    const first = frames();
    const second = frames();
    for (const frame of [second.announced, second.proof, first.announced, first.proof]) {
      phone.repeat(frame);
      await advance();
    }
    expect([told(first), told(second)]).toEqual([['unknown-reference 0', 'unknown-reference 0'], ['confirmed 3']]);
    expect(world.journal.filter(({ event }) => event.kind === 'wrong-pin')).toEqual([]);
    phone.takeNewPin();
    expect(await pay(NEW_PIN)).toBe('CAPTURED');
  });

  it.each([
    ['the key of now: the same seed under two PINs', (now: Uint8Array) => now],
    ['a key of small order', () => new Uint8Array(32)],
  ])('is malformed with %s', async (_, key) => {
    const { phone, customer, advance, told, pay } = await pinShop();
    const pcid = new Uint8Array(8).fill(7);
    phone.say({ type: 'PIN_NEW', pcid, approvalKey: key(customer.approvalKey) });
    await advance();
    expect(told({ pcid })).toEqual(['malformed 0']);
    expect(await pay(PIN)).toBe('CAPTURED');
  });

  it('is malformed with a second key under the same name', async () => {
    const { phone, advance, frames, told } = await pinShop();
    const change = frames();
    phone.repeat(change.announced);
    await advance();
    phone.say({ type: 'PIN_NEW', pcid: change.pcid, approvalKey: new Uint8Array(32).fill(9) });
    await advance();
    phone.repeat(change.proof);
    await advance();
    expect(told(change)).toEqual(['malformed 0', 'confirmed 3']);
  });
});

it('a phone that is not active yet has no PIN to change', async () => {
  const { world, advance } = await pinShop();
  const person = await world.service.addPerson({ number: '+393400000011', name: 'Dino', language: 'it' });
  const { deviceId, activationCode } = await world.service.activate(person.id);
  const phone = world.phone(person.number);
  phone.enrol(deviceId, activationCode, PIN);
  await advance();
  const { pcid } = phone.newPin(NEW_PIN);
  await advance();
  expect(phone.received.at(-1)).toMatchObject({ type: 'NAK', ref: pcid, code: 'unknown-reference', argument: 0 });
});

describe('a wrong old PIN', () => {
  it('has three tries a change, with the same new key', async () => {
    const { phone, advance, told, pay } = await pinShop();
    const named = phone.newPin(NEW_PIN);
    for (const pin of ['48214', '48215', PIN]) {
      phone.provePin(pin, named);
      await advance();
    }
    expect(told(named)).toEqual(['wrong-pin 2', 'wrong-pin 1', 'confirmed 1']);
    phone.takeNewPin();
    expect(await pay(NEW_PIN)).toBe('CAPTURED');
  });

  it('is counted once, however often its frame comes', async () => {
    const { phone, advance, told } = await pinShop();
    const named = phone.newPin(NEW_PIN);
    phone.provePin('48214', named);
    const wrong = phone.sent.at(-1);
    await advance();
    phone.repeat(wrong);
    await advance();
    expect(told(named)).toEqual(['wrong-pin 2', 'wrong-pin 2']);
  });

  it('ends the change the third time', async () => {
    const { phone, advance, told, pay, kept } = await pinShop();
    const named = phone.newPin(NEW_PIN);
    for (const pin of ['48214', '48215', '48216', PIN]) {
      phone.provePin(pin, named);
      await advance();
    }
    expect(await kept()).toEqual([[]]);
    expect(told(named)).toEqual(['wrong-pin 2', 'wrong-pin 1', 'wrong-pin 0', 'wrong-pin 0']);
    expect(await pay(PIN)).toBe('CAPTURED');
  });

  it('counts with those of payments: five in a row block the phone, and then no change is judged', async () => {
    const { world, phone, customer, advance, told, pay } = await pinShop();
    for (const pin of ['11111', '22222']) await pay(pin);
    const named = phone.newPin(NEW_PIN);
    for (const pin of ['33333', '44444', '55555']) {
      phone.provePin(pin, named);
      await advance();
    }
    expect(told(named)).toEqual(['wrong-pin 2', 'wrong-pin 1', 'wrong-pin 0']);
    expect((await world.service.devices(customer.person.id)).map(({ state }) => state)).toEqual(['blocked']);
    const blocked = phone.newPin(NEW_PIN);
    await advance();
    phone.provePin(PIN, blocked);
    await advance(ANSWERED_MS + 1_000);
    // Seconds that are left of an hour after 2.5 s and after 5 s: rounded up, so that the phone does not ask too early.
    expect(told(blocked)).toEqual(['blocked 3598', 'blocked 3595']);
    await advance(HOUR_MS);
    for (const frame of phone.sent.slice(-2)) phone.repeat(frame);
    await advance();
    expect(told(blocked).at(-1)).toBe('confirmed 3');
  });

  it('before a right one does not count to five in a row any more', async () => {
    const { world, phone, customer, advance, pay } = await pinShop();
    const named = phone.newPin(NEW_PIN);
    for (const pin of ['48214', '48215', PIN]) {
      phone.provePin(pin, named);
      await advance();
    }
    for (const pin of ['11111', '22222', '33333']) await pay(pin);
    expect((await world.service.devices(customer.person.id)).map(({ state }) => state)).toEqual(['active']);
  });
});

describe('a request of before the change', () => {
  it.each([
    ['signed before it with the old PIN, is paid', 'before', PIN, 'CAPTURED'],
    ['signed before it with a wrong PIN, is not', 'before', '48214', 'REQUESTED'],
    ['signed after it with the old PIN, is not', 'after', PIN, 'REQUESTED'],
    ['signed after it with the new PIN, is paid', 'after', NEW_PIN, 'CAPTURED'],
  ] as const)('%s', async (_, when, pin, expected) => {
    const { world, phone, merchant, advance, frames } = await pinShop();
    const { txn } = await world.request(merchant);
    await advance();
    const approve = () => {
      world.air.fateOfAnswer = () => 'lose';
      phone.approve(pin);
      world.air.fateOfAnswer = () => 'deliver';
      return phone.sent.at(-1);
    };
    const before = when === 'before' ? approve() : undefined;
    const change = frames();
    phone.repeat(change.announced);
    phone.repeat(change.proof);
    await advance();
    if (pin === NEW_PIN) phone.takeNewPin();
    phone.repeat(before ?? approve());
    await advance();
    expect((await world.service.payment(txn)).state).toBe(expected);
  });

  it.each([
    ['before both', 0],
    ['between them', 1],
  ])('is judged by the key with which it was signed, also after two changes: %s', async (_, which) => {
    const { world, phone, merchant, advance } = await pinShop();
    const { txn } = await world.request(merchant);
    await advance();
    const asked = phone.lastAsked();
    const signed = (pin: string) => {
      world.air.fateOfAnswer = () => 'lose';
      phone.approve(pin, asked);
      world.air.fateOfAnswer = () => 'deliver';
      return phone.sent.at(-1);
    };
    const change = async (from: string, to: string) => {
      phone.provePin(from, phone.newPin(to));
      await advance();
      phone.takeNewPin();
    };
    const approvals = [signed(PIN)];
    await change(PIN, NEW_PIN);
    approvals.push(signed(NEW_PIN));
    await change(NEW_PIN, '36925');
    phone.repeat(approvals[which]);
    await advance();
    expect((await world.service.payment(txn)).state).toBe('CAPTURED');
  });

  // Somebody who knows the old PIN and has a copy of the phone may use numbers that this phone has not used.
  it('is not one that was asked after it, whatever its counter', async () => {
    const { world, phone, merchant, advance, frames } = await pinShop();
    const unused = Math.floor(world.clock.now() / 1000) + 5;
    await advance(10_000);
    const change = frames();
    phone.repeat(change.announced);
    phone.repeat(change.proof);
    await advance();
    const { txn } = await world.request(merchant);
    await advance();
    phone.approve(PIN, phone.lastAsked(), 0, unused);
    await advance();
    expect((await world.service.payment(txn)).state).toBe('REQUESTED');
  });
});

/** More than a change has. */
const COMMITS = 14;

describe('a service that is killed knows one PIN: the old one, or from the receipt on the new one', () => {
  it(`has fewer than ${COMMITS} commits in a change`, async () => {
    const { run, commits } = await changing();
    await run(Number.POSITIVE_INFINITY);
    expect(commits()).toBeGreaterThan(3);
    expect(commits()).toBeLessThan(COMMITS);
  });

  it.each(Array.from({ length: COMMITS - 1 }, (_, index) => index + 1))('killed after commit %i', async (nth) => {
    const { run, told, change, phone, pay } = await changing();
    await run(nth);
    expect(new Set(told(change))).toEqual(new Set(['confirmed 3']));
    phone.takeNewPin();
    expect(await pay(NEW_PIN)).toBe('CAPTURED');
  });
});

/** A change whose service is killed after a commit and opened again; the phone asks after it and says it again. */
async function changing() {
  const base = await pinShop(7);
  const { world, phone, advance } = base;
  const change = base.frames();
  let commits = 0;
  const run = async (nth: number) => {
    world.afterCommit = () => {
      commits += 1;
      if (commits === nth) world.kill();
    };
    let isOpen = true;
    const steps = [
      () => phone.repeat(change.announced),
      () => phone.repeat(change.proof),
      () => phone.query(change.pcid, 'request'),
      () => phone.repeat(change.announced),
      () => phone.repeat(change.proof),
      () => {},
    ];
    for (const step of steps) {
      step();
      await advance();
      if (isOpen && commits >= nth) {
        isOpen = false;
        await world.open();
      }
    }
    world.afterCommit = () => {};
  };
  return { ...base, change, run, commits: () => commits };
}
