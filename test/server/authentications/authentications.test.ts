import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeDown, hexOf } from '../../../device/safe-mobile/index.ts';
import { signedHash } from '../../../server/authentications/document.ts';
import { rows } from '../database.ts';
import { FakeModem, LOST, READY } from '../fake-modem.ts';
import { runTwice } from '../run-twice.ts';
import { CUSTOMER_NUMBER, PIN, type World } from '../world.ts';
import { bank } from './bank.ts';
import { consented } from './consented.ts';

const NOBODY = '+393409999999';
const SECOND = 1_000;
/** How long a request lasts, ms: the time to live, and what an answer may be late. */
const LASTS_MS = 125 * SECOND;
const HOUR = 3_600 * SECOND;

type Bank = Awaited<ReturnType<typeof bank>>;

const pins = async ({ world, customer }: Bank, ...typed: readonly string[]) => {
  for (const pin of typed) {
    customer.phone.approve(pin);
    await world.clock.advance(2_500);
  }
};

const alarms = (world: World) => world.journal.flatMap(({ event }) => (event.kind === 'alarm' ? [event.alarm] : []));

describe('an authentication', () => {
  it.each<
    readonly [what: string, does: (base: Bank, id: string) => unknown, state: string, receipts: readonly string[]]
  >([
    ['the right PIN', (base) => pins(base, PIN), 'confirmed', ['confirmed']],
    ['a wrong PIN, then the right one', (base) => pins(base, '00000', PIN), 'confirmed', ['wrong-pin', 'confirmed']],
    [
      'three wrong PINs',
      (base) => pins(base, '00000', '00001', '00002', PIN),
      'failed, wrong-pin',
      ['wrong-pin', 'wrong-pin', 'wrong-pin', 'wrong-pin'],
    ],
    ['"no"', ({ customer }) => customer.phone.refuse('no'), 'refused', ['refused']],
    ['"not me"', ({ customer }) => customer.phone.refuse('not-me'), 'not-me', ['refused']],
    [
      'wrong digits twice',
      ({ customer }) => customer.phone.refuse('wrong-digits'),
      'failed, wrong-digits',
      ['refused'],
    ],
    ['a phone that is mute', ({ customer }) => customer.phone.refuse('muted'), 'refused, muted', ['refused']],
    [
      'a phone that cannot show it',
      ({ customer }) => customer.phone.refuse('unreadable'),
      'failed, unreadable',
      ['refused'],
    ],
    ['a phone to which it is too late', ({ customer }) => customer.phone.refuse('expired'), 'expired', ['refused']],
    ['no answer', ({ world }) => world.clock.advance(LASTS_MS), 'expired', []],
    [
      'no answer, and the right PIN later',
      async (base) => {
        await base.world.clock.advance(LASTS_MS);
        await pins(base, PIN);
      },
      'expired',
      ['expired'],
    ],
    [
      '"not me" that is late',
      async ({ world, customer }) => {
        await world.clock.advance(LASTS_MS);
        customer.phone.refuse('not-me');
      },
      'expired',
      [],
    ],
    [
      'the relying party, which takes it back',
      ({ world, party }, id) => world.service.authentications.cancel(party, id),
      'cancelled',
      ['cancelled'],
    ],
    [
      'a lock of the phone',
      ({ world, customer }) => world.service.phoneOrders.give(customer.person.id, 'lock'),
      'cancelled, phone-locked',
      ['cancelled'],
    ],
    [
      'a wipe of the phone',
      ({ world, customer }) => world.service.phoneOrders.give(customer.person.id, 'wipe'),
      'cancelled, phone-locked',
      ['cancelled'],
    ],
  ])('ends by %s', async (_, does, state, receipts) => {
    const base = await bank();
    const { world, customer, ask, stateOf } = base;
    const { id, state: first } = await ask();
    expect([first, await stateOf(id)]).toEqual(['asked', 'asked']);
    const before = customer.phone.receipts().length;
    await does(base, id);
    await world.clock.advance(3 * SECOND);
    expect(await stateOf(id)).toBe(state);
    expect(
      customer.phone
        .receipts()
        .slice(before)
        .map(({ status }) => status),
    ).toEqual(receipts);
    const events = world.journal.flatMap(({ event }) => (event.kind === 'authentication' ? [event.to] : []));
    expect(events).toEqual(['asked', state.split(',')[0]]);
  });

  it('shows on the phone who asks and what for, and the same four digits as the other screen', async () => {
    const { customer, ask, party } = await bank();
    const { id, matchCode, title } = await ask();
    const { message } = customer.phone.lastAsked();
    expect(message).toMatchObject({
      ...{ type: 'AUTH_REQUEST', kind: 'login', ttl: 120, relyingParty: party.shortName, title, matchCode },
    });
    expect(message.type === 'AUTH_REQUEST' && hexOf(message.challenge)).toBe(id);
  });

  it('of a document has its hash in what is shown and signed', async () => {
    const { world, customer, party, order, stateOf } = await bank();
    const document = { fullTitle: 'Contratto di mutuo n. 17/2026, "Rossi"', hash: new Uint8Array(32).fill(0xab) };
    const { authentication } = await world.service.authentications.request(party, {
      ...order({ title: 'Mutuo 17/2026' }),
      kind: 'sign',
      document,
    });
    await world.clock.advance(2 * SECOND);
    // RFC 8785: members sorted by name, no blanks.
    const json = `{"documentHash":"${'ab'.repeat(32)}","name":"Banca di Torino S.p.A.","title":"Contratto di mutuo n. 17/2026, \\"Rossi\\""}`;
    const expected = createHash('sha256').update(json).digest('hex');
    expect(hexOf(signedHash(party.name, document))).toBe(expected);
    const shown = decodeDown(customer.phone.lastAsked().plaintext);
    expect(shown).toMatchObject({ type: 'AUTH_REQUEST', kind: 'sign', title: 'Mutuo 17/2026' });
    expect(hexOf(customer.phone.lastAsked().plaintext)).toContain(expected);
    await pins({ world, customer } as Bank, PIN);
    expect(await stateOf(authentication.id)).toBe('confirmed');
  });

  it('is sent again while nobody answers, and asked for again brings the same answer', async () => {
    const { world, customer, party, order, stateOf } = await bank();
    const wanted = order();
    const first = await world.service.authentications.request(party, wanted);
    const { asked } = customer.phone;
    await world.clock.advance(50 * SECOND);
    expect(asked.filter(({ message }) => message.type === 'AUTH_REQUEST' && message.kind === 'login')).toHaveLength(3);
    const again = await world.service.authentications.request(party, wanted);
    expect([first.repeated, again.repeated, again.authentication.id]).toEqual([false, true, first.authentication.id]);
    for (const other of [{ title: 'Altro' }, { who: NOBODY }, { ttl: 30 }])
      await expect(world.service.authentications.request(party, { ...wanted, ...other })).rejects.toMatchObject({
        code: 'conflict',
      });
    expect(await stateOf(first.authentication.id)).toBe('asked');
    // The same key of another party is another key.
    const { party: other } = await world.service.parties.add({
      name: 'Comune',
      shortName: 'Comune',
      kinds: ['login'],
      requestsADay: 10,
    });
    expect((await world.service.authentications.request(other, wanted)).repeated).toBe(false);
  });

  it('is cancelled once, and not when it has ended otherwise', async () => {
    const base = await bank();
    const { world, party, ask } = base;
    const { id } = await ask();
    const { authentications } = world.service;
    expect((await authentications.cancel(party, id)).state).toBe('cancelled');
    expect((await authentications.cancel(party, id)).state).toBe('cancelled');
    const confirmed = await ask();
    await pins(base, PIN);
    await expect(authentications.cancel(party, confirmed.id)).rejects.toMatchObject({ code: 'conflict' });
    expect(await rows(world.database, 'SELECT full_at FROM party_in_vain')).toHaveLength(1);
  });

  it('that is cancelled before it left costs nothing', async () => {
    const modem = new FakeModem('one');
    const { world, party, order, heard } = await bank(1, { modems: [modem] });
    modem.become(LOST);
    const { authentications } = world.service;
    const { authentication } = await authentications.request(party, order());
    await world.clock.advance(60 * SECOND);
    expect((await authentications.cancel(party, authentication.id)).state).toBe('cancelled');
    modem.become(READY);
    await world.clock.advance(60 * SECOND);
    expect(heard()).toEqual([]);
    expect(await rows(world.database, 'SELECT full_at FROM party_in_vain')).toEqual([]);
  });

  it('counts "not me" against the relying party also when it comes too late', async () => {
    const { world, customer, ask } = await bank();
    await ask();
    // The question cannot end on time, so the answer comes before its end.
    world.beforeStatement = (sql) => {
      if (sql.startsWith('UPDATE authentication')) throw new Error('disk I/O error');
    };
    await world.clock.advance(LASTS_MS - 2_500);
    customer.phone.refuse('not-me');
    await world.clock.advance(600);
    world.beforeStatement = () => {};
    await world.clock.advance(HOUR);
    expect(await rows(world.database, 'SELECT not_me FROM party_in_vain')).toEqual([{ not_me: 1 }]);
  });

  it('is told to who waits for its end', async () => {
    const base = await bank();
    const { world, party, ask } = base;
    const { id } = await ask();
    const { authentications } = world.service;
    const waited = authentications.ended(party, id, 60 * SECOND);
    await pins(base, PIN);
    expect((await waited).state).toBe('confirmed');
    expect((await authentications.ended(party, id, 60 * SECOND)).state).toBe('confirmed');
    const open = await ask();
    const inVain = authentications.ended(party, open.id, 10 * SECOND);
    await world.clock.advance(10 * SECOND);
    expect((await inVain).state).toBe('asked');
  });

  it('is the same when each transaction runs twice, and the first time is undone', async () => {
    const base = await bank();
    base.world.body = runTwice(() => 'undone');
    const { id } = await base.ask();
    await pins(base, '00000', PIN);
    const back = await base.ask();
    await base.world.service.authentications.cancel(base.party, back.id);
    const silent = await base.ask({ who: NOBODY });
    await base.world.clock.advance(LASTS_MS);
    const states = await Promise.all([id, back.id, silent.id].map(base.stateOf));
    expect(states).toEqual(['confirmed', 'cancelled', 'expired']);
  });

  it('is taken and cancelled once when nobody heard of the first commit', async () => {
    const base = await bank();
    base.world.body = runTwice((name) => (name.endsWith('authentication') ? 'kept' : 'not-run'));
    const { id } = await base.ask();
    expect((await base.world.service.authentications.cancel(base.party, id)).state).toBe('cancelled');
    expect(await rows(base.world.database, 'SELECT id FROM authentication')).toHaveLength(1);
  });
});

describe('a relying party does not learn who is a customer', () => {
  /** Each makes it so that the phone of the person is not asked, and says why. */
  const SILENT: readonly (readonly [why: string, who: string, before: (base: Bank) => unknown])[] = [
    ['unreachable', NOBODY, () => {}],
    [
      'unreachable',
      '+393400000009',
      ({ world }) => world.service.addPerson({ number: '+393400000009', name: 'C', language: 'it' }),
    ],
    [
      'unreachable',
      CUSTOMER_NUMBER,
      ({ world, customer }) => world.service.phoneOrders.give(customer.person.id, 'lock'),
    ],
    [
      'unreachable',
      CUSTOMER_NUMBER,
      async (base) => {
        await base.ask();
        await pins(base, '00000', '00001', '00002');
        await base.ask();
        await pins(base, '00003', '00004');
      },
    ],
    [
      'person-busy',
      CUSTOMER_NUMBER,
      async ({ world, ask }) => {
        for (const name of ['Uno', 'Due', 'Tre'])
          await ask(
            {},
            (await world.service.parties.add({ name, shortName: name, kinds: ['login'], requestsADay: 9 })).party,
          );
      },
    ],
    [
      'customer-said-not-me',
      CUSTOMER_NUMBER,
      async ({ world, customer, ask }) => {
        await ask();
        customer.phone.refuse('not-me');
        await world.clock.advance(3 * SECOND);
      },
    ],
    [
      'too-many-requests',
      CUSTOMER_NUMBER,
      async ({ world, customer, ask }) => {
        for (let n = 0; n < 5; n += 1) {
          await ask();
          customer.phone.refuse('no');
          await world.clock.advance(3 * SECOND);
        }
      },
    ],
  ];

  it.each(SILENT)('where nobody is asked, %s: %s', async (why, who, before) => {
    const base = await bank();
    const { world, party, customer, order } = base;
    await before(base);
    await world.clock.advance(3 * SECOND);
    const quiet = customer.phone.received.length;
    const sent = world.air.sent.length;
    const asked = world.journal.length;
    const begun = world.clock.now();
    const inVain = await rows(world.database, 'SELECT * FROM party_in_vain');
    const { authentication } = await world.service.authentications.request(party, order({ who, title: 'Silenzio' }));
    const other = await world.service.authentications.request(party, order({ who, title: 'Silenzio' }));
    const cancelled = await world.service.authentications.cancel(party, other.authentication.id);
    expect(cancelled).toMatchObject({ state: 'cancelled', reason: undefined });
    expect(await rows(world.database, 'SELECT * FROM party_in_vain')).toEqual(inVain);
    expect(world.journal.slice(asked).map(({ event }) => event)).toMatchObject([
      { to: 'asked', reason: why },
      { to: 'asked', reason: why },
      { to: 'cancelled' },
    ]);
    const ended = world.service.authentications.ended(party, authentication.id, 2 * HOUR);
    await world.clock.advance(HOUR);
    expect(await ended).toMatchObject({ state: 'expired', reason: undefined });
    const { changedAt } = await ended;
    expect(changedAt - begun).toBeGreaterThan(124 * SECOND);
    expect(changedAt - begun).toBeLessThanOrEqual(LASTS_MS + 1);
    const heard = customer.phone.received.slice(quiet);
    expect(heard.filter((message) => message.type === 'AUTH_REQUEST' && message.title === 'Silenzio')).toEqual([]);
    expect(world.air.sent.slice(sent).filter(({ destination }) => destination === NOBODY)).toEqual([]);
  });

  it('by the time at which a request ends that a phone does not answer', async () => {
    const { world, party, order, ask } = await bank();
    const begun = world.clock.now();
    const { id } = await ask({ who: CUSTOMER_NUMBER });
    const { authentication } = await world.service.authentications.request(party, order({ who: NOBODY }));
    await world.clock.advance(HOUR);
    const one = await world.service.authentications.one(party, id);
    const other = await world.service.authentications.one(party, authentication.id);
    expect([one.state, other.state]).toEqual(['expired', 'expired']);
    // It was asked two seconds later.
    expect(other.changedAt - one.changedAt).toBe(2 * SECOND);
    expect(one.changedAt - begun).toBeLessThanOrEqual(LASTS_MS + 1);
  });

  it('by a service that has nothing else to do: it ends on time', async () => {
    const { world, party, order } = await bank();
    await world.clock.advance(HOUR);
    const begun = world.clock.now();
    const { authentication } = await world.service.authentications.request(party, order({ who: NOBODY }));
    await world.clock.advance(HOUR);
    const { state, changedAt } = await world.service.authentications.one(party, authentication.id);
    expect([state, changedAt - begun]).toEqual(['expired', LASTS_MS + 1]);
    await expect(world.service.authentications.cancel(party, authentication.id)).rejects.toMatchObject({
      code: 'conflict',
    });
  });

  it('by a cancel', async () => {
    const { world, party, ask } = await bank();
    const cancelled = [];
    for (const who of [CUSTOMER_NUMBER, NOBODY]) {
      const { id } = await ask({ who });
      const { state, reason } = await world.service.authentications.cancel(party, id);
      cancelled.push({ state, reason });
    }
    expect(await rows(world.database, 'SELECT due FROM authentication')).toEqual([{ due: null }, { due: null }]);
    expect(cancelled).toEqual([
      { state: 'cancelled', reason: undefined },
      { state: 'cancelled', reason: undefined },
    ]);
  });

  it('and of a number only a digest is kept', async () => {
    const { world, ask } = await bank();
    await ask({ who: NOBODY });
    const kept = await rows(world.database, 'SELECT * FROM authentication');
    expect(JSON.stringify(kept, (_, value) => (value instanceof Uint8Array ? hexOf(value) : value))).not.toContain(
      NOBODY.slice(1),
    );
  });
});

describe('a relying party that asks a person again, without an end of the request before', () => {
  it('takes that one from the phone: the digits there are those of its screen; it expires as if nobody answered', async () => {
    const base = await bank();
    const { world, customer, party, ask, stateOf, heard } = base;
    const first = await ask();
    const second = await ask();
    expect(heard()).toEqual(['AUTH_REQUEST', 'RECEIPT cancelled', 'AUTH_REQUEST']);
    expect(customer.phone.lastAsked().message).toMatchObject({ matchCode: second.matchCode });
    expect(world.journal.map(({ event }) => event)).toContainEqual(
      expect.objectContaining({ kind: 'authentication', id: first.id, to: 'asked', reason: 'asked-anew' }),
    );
    expect(await world.service.authentications.one(party, first.id)).toMatchObject({ state: 'asked' });
    const ended = world.service.authentications.ended(party, first.id, HOUR);
    await pins(base, PIN);
    await world.clock.advance(LASTS_MS);
    expect([(await ended).state, await stateOf(first.id), await stateOf(second.id)]).toEqual([
      ...['expired', 'expired', 'confirmed'],
    ]);
    const { changedAt, createdAt } = await ended;
    expect(changedAt - createdAt).toBeGreaterThan(124 * SECOND);
  });

  it('may cancel either, and the one that has given way leaves the other at the phone', async () => {
    const { world, party, ask, stateOf, heard } = await bank();
    const first = await ask();
    const second = await ask();
    await world.service.authentications.cancel(party, first.id);
    await world.clock.advance(2 * SECOND);
    expect([await stateOf(first.id), await stateOf(second.id), heard().length]).toEqual(['cancelled', 'asked', 3]);
    await world.service.authentications.cancel(party, second.id);
    await world.clock.advance(2 * SECOND);
    expect([await stateOf(second.id), heard().at(-1)]).toEqual(['cancelled', 'RECEIPT cancelled']);
  });

  it('leaves what others ask, and is asked for the same once under one key', async () => {
    const { world, ask, heard } = await bank();
    const kinds = ['login'] as const;
    const { party: other } = await world.service.parties.add({ name: 'Uno', shortName: 'Uno', kinds, requestsADay: 9 });
    await ask({ key: 'once' });
    await ask({ key: 'once' });
    await ask({}, other);
    expect(heard()).toEqual(['AUTH_REQUEST', 'AUTH_REQUEST']);
  });

  it('takes back at no charge what had not left', async () => {
    const modem = new FakeModem('one');
    const { world, ask, heard } = await bank(1, { modems: [modem] });
    modem.become(LOST);
    for (let n = 0; n < 8; n += 1) await ask();
    expect(await rows(world.database, 'SELECT * FROM party_in_vain')).toEqual([]);
    modem.become(READY);
    await world.clock.advance(10 * SECOND);
    expect(heard()).toEqual(['AUTH_REQUEST']);
  });
});

describe('a relying party that asks too much', () => {
  it('200 times: is stopped by its limits, and the phone stays quiet', async () => {
    const { world, party, order, customer } = await bank();
    const before = customer.phone.received.length;
    const refusals = new Map<string, number>();
    for (let n = 0; n < 200; n += 1) {
      const refused = await world.service.authentications.request(party, order()).then(
        () => 'taken',
        (error: { code: string }) => error.code,
      );
      refusals.set(refused, (refusals.get(refused) ?? 0) + 1);
      await world.clock.advance(SECOND);
    }
    await world.clock.advance(HOUR);
    // 60 at once and one a minute; of these five are shown, one at a time, and each is taken back before the next.
    expect(refusals.get('limit-exceeded')).toBeGreaterThan(130);
    expect((refusals.get('taken') ?? 0) + (refusals.get('limit-exceeded') ?? 0)).toBe(200);
    const heard = customer.phone.received.slice(before);
    expect(heard.filter(({ type }) => type === 'AUTH_REQUEST')).toHaveLength(5);
    expect(heard.filter((message) => message.type === 'RECEIPT' && message.status === 'cancelled')).toHaveLength(5);
    expect(heard).toHaveLength(10);
  });

  it('has a budget a day, which comes back little by little', async () => {
    const base = await bank();
    const { world, customer, order } = base;
    const { party } = await world.service.parties.add({
      name: 'Comune di Torino',
      shortName: 'Comune Torino',
      kinds: ['login'],
      requestsADay: 24,
    });
    await consented(world);
    const request = () => world.service.authentications.request(party, order());
    for (let n = 0; n < 24; n += 1) {
      await request();
      await world.clock.advance(2 * SECOND);
      await pins(base, PIN);
    }
    const rowsBefore = await rows(world.database, 'SELECT id FROM authentication');
    const asked = customer.phone.asked.length;
    // What was confirmed is not in vain: all of them were asked.
    expect(asked).toBe(1 + 24);
    expect(await rows(world.database, 'SELECT * FROM party_in_vain')).toEqual([]);
    await expect(request()).rejects.toMatchObject({
      code: 'limit-exceeded',
      message: expect.stringContaining('24 requests a day'),
    });
    expect(await rows(world.database, 'SELECT id FROM authentication')).toHaveLength(rowsBefore.length);
    await world.clock.advance(HOUR);
    expect(customer.phone.asked).toHaveLength(asked);
    await request();
    await expect(request()).rejects.toMatchObject({ code: 'limit-exceeded' });
  });

  it('is slowed by "not me", and stopped after three people, until the operator has looked', async () => {
    const { world, party, ask, customer, stateOf } = await bank();
    const others = [await world.subscriber('+393400000011'), await world.subscriber('+393400000012')];
    await consented(world);
    for (const { phone, person } of [customer, ...others]) {
      const { id } = await ask({ who: person.number });
      phone.refuse('not-me');
      await world.clock.advance(3 * SECOND);
      expect(await stateOf(id)).toBe('not-me');
    }
    expect(alarms(world).filter((alarm) => alarm === 'party-suspended')).toHaveLength(1);
    await expect(ask()).rejects.toMatchObject({ code: 'limit-exceeded' });
    const [listed] = await world.service.parties.list();
    expect(listed?.suspendedAt).toBeDefined();
    expect((await world.service.parties.keys.resume(party.id, 'looked')).suspendedAt).toBeUndefined();
    const asked = customer.phone.asked.length;
    await ask();
    expect(customer.phone.asked).toHaveLength(asked + 1);
    const resumed = world.journal.filter(({ event }) => event.kind === 'party-resumed').map(({ event }) => event);
    expect(resumed).toEqual([{ kind: 'party-resumed', partyId: party.id, reason: 'looked' }]);
  });

  it('or for what it may not ask, or with words that phones do not show, asks nobody', async () => {
    const { world, party, order, customer } = await bank();
    const { party: onlyLogin } = await world.service.parties.add({
      name: 'Comune',
      shortName: 'Comune',
      kinds: ['login'],
      requestsADay: 10,
    });
    const document = { fullTitle: 'Atto', hash: new Uint8Array(32) };
    const sign = (title: string, fullTitle = 'Atto') =>
      ({ ...order({ title }), kind: 'sign', document: { ...document, fullTitle } }) as const;
    const { authentications } = world.service;
    await expect(authentications.request(onlyLogin, sign('Atto'))).rejects.toMatchObject({ code: 'forbidden' });
    const refused = [
      order({ title: 'x'.repeat(41) }),
      order({ title: ' ' }),
      order({ title: 'è'.repeat(21) }),
      order({ title: 'a\u202eb' }),
      sign('x'.repeat(19)),
      sign('Atto', 'a\u202eb'),
      sign('Atto', 'x'.repeat(401)),
    ];
    for (const one of refused)
      await expect(authentications.request(party, one)).rejects.toMatchObject({ code: 'invalid-request' });
    expect(customer.phone.asked).toHaveLength(1);
    expect(await rows(world.database, 'SELECT id FROM authentication')).toEqual([]);
  });
});
