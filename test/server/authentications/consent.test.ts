import { describe, expect, it } from 'vitest';
import { hexOf } from '../../../device/safe-mobile/index.ts';
import type { ServiceOptions } from '../../../server/index.ts';
import { STANDARD_LIMITS } from '../../../server/limits/limits.ts';
import { rows, write } from '../database.ts';
import { FakeModem, LOST, READY } from '../fake-modem.ts';
import { CUSTOMER_NUMBER, PIN } from '../world.ts';
import { bank } from './bank.ts';

const SECOND = 1_000;
const DAY = 86_400 * SECOND;
const NOBODY = '+393409999999';

/** A bank that has never asked the person. */
async function stranger(options: Partial<ServiceOptions> = {}) {
  const base = await bank(1, options);
  await write(base.world.database, 'DELETE FROM party_consent');
  const { world, customer, party, order, stateOf } = base;
  const ask = async (who: string = CUSTOMER_NUMBER, ttl = 120) => {
    const { authentication } = await world.service.authentications.request(party, order({ who, ttl }));
    await world.clock.advance(2 * SECOND);
    return authentication;
  };
  /** Answers the question that the phone was asked last, and lets the answer arrive. */
  const approve = async () => {
    customer.phone.approve(PIN);
    await world.clock.advance(3 * SECOND);
  };
  const refuse = async (reason: 'no' | 'not-me' | 'muted' | 'wrong-digits') => {
    customer.phone.refuse(reason);
    await world.clock.advance(3 * SECOND);
  };
  /** The titles of all that the bank has asked, each once, however often it was sent. */
  const titles = () => {
    const asked = customer.phone.asked.flatMap(({ message }) =>
      message.type === 'AUTH_REQUEST' && message.kind === 'login' ? [message] : [],
    );
    return [...new Map(asked.map(({ challenge, title }) => [hexOf(challenge), title])).values()];
  };
  const consents = () => world.journal.flatMap(({ event }) => (event.kind === 'consent' ? [event.to] : []));
  return { ...base, ask, approve, refuse, titles, consents, stateOf };
}

const QUESTION = "Vuole chiederti conferme d'ora in poi";
const LOGIN = 'Conto online';

describe('the first request of a relying party', () => {
  it('asks for consent, as for a login with the same digits; then it is asked itself, and from then on at once', async () => {
    const { customer, party, ask, approve, titles, stateOf, consents } = await stranger();
    const first = await ask();
    expect(customer.phone.lastAsked().message).toMatchObject({
      ...{ type: 'AUTH_REQUEST', kind: 'login', relyingParty: party.shortName, title: QUESTION, ttl: 120 },
      matchCode: first.matchCode,
    });
    await approve();
    expect([titles(), await stateOf(first.id)]).toEqual([[QUESTION, LOGIN], 'asked']);
    expect(customer.phone.lastAsked().message).toMatchObject({ matchCode: first.matchCode, ttl: 110 });
    await approve();
    expect(await stateOf(first.id)).toBe('confirmed');
    const second = await ask();
    await approve();
    expect([titles(), await stateOf(second.id), consents()]).toEqual([
      ...[[QUESTION, LOGIN, LOGIN], 'confirmed', ['asked', 'given']],
    ]);
  });

  it('is in the language of the person', async () => {
    const { world, party, order } = await bank();
    const anna = await world.service.addPerson({ number: '+393400000077', name: 'Anna', language: 'en' });
    const { phone } = await world.enrolPhone(anna);
    await world.service.authentications.request(party, order({ who: anna.number }));
    await world.clock.advance(2 * SECOND);
    expect(phone.lastAsked().message).toMatchObject({ title: 'Wants to ask you from now on' });
  });

  it('has nothing of the same party beside it on the phone: the next request takes its place, with the digits of its own screen', async () => {
    const { world, customer, party, ask, titles, stateOf, approve, heard, consents } = await stranger();
    const first = await ask();
    const second = await ask();
    expect([titles(), heard()]).toEqual([
      [QUESTION, QUESTION],
      ['AUTH_REQUEST', 'RECEIPT cancelled', 'AUTH_REQUEST'],
    ]);
    expect(customer.phone.lastAsked().message).toMatchObject({ matchCode: second.matchCode });
    // Nobody is asked for the first any more, so its end leaves the question of the second.
    await world.service.authentications.cancel(party, first.id);
    await approve();
    expect([titles(), await stateOf(second.id)]).toEqual([[QUESTION, QUESTION, LOGIN], 'asked']);
    expect(consents()).toEqual(['asked', 'cancelled', 'asked', 'given']);
  });

  it.each(['no', 'not-me'] as const)('that is refused with "%s" is remembered for 30 days', async (reason) => {
    const { world, ask, refuse, titles, consents } = await stranger();
    await ask();
    await refuse(reason);
    await world.clock.advance(29 * DAY);
    await ask();
    expect([titles(), consents()]).toEqual([[QUESTION], ['asked', 'refused']]);
    await world.clock.advance(DAY);
    await ask();
    expect(titles()).toEqual([QUESTION, QUESTION]);
  });

  it('that is lifted by an operator is asked again at once', async () => {
    const { world, customer, party, ask, refuse, titles, consents } = await stranger();
    const { consents: office } = world.service.parties;
    await ask();
    await refuse('no');
    expect(await office.liftRefusal(customer.person.id, party.id)).toMatchObject([{ quietUntil: 0 }]);
    await ask();
    expect([titles(), consents()]).toEqual([
      [QUESTION, QUESTION],
      ['asked', 'refused', 'refusal-lifted', 'asked'],
    ]);
  });

  it('that has wrong digits twice is no refusal: the next asks at once; it counts as one that was not answered', async () => {
    const { ask, approve, refuse, titles, stateOf, consents } = await stranger();
    const first = await ask();
    await refuse('wrong-digits');
    expect([await stateOf(first.id), consents()]).toEqual(['asked, first-contact', ['asked', 'wrong-digits']]);
    const second = await ask();
    await approve();
    await approve();
    expect([titles(), await stateOf(second.id)]).toEqual([[QUESTION, QUESTION, LOGIN], 'confirmed']);
    const other = await stranger();
    for (let times = 0; times < 8; times += 1) {
      await other.ask();
      if (other.titles().length > times) await other.refuse('wrong-digits');
    }
    expect(other.titles()).toHaveLength(STANDARD_LIMITS.inVainAtCustomer.atOnce);
  });

  it('that nobody answers, or the phone refuses, may come again when its time is over', async () => {
    const { world, ask, refuse, titles, consents } = await stranger();
    await ask();
    await refuse('muted');
    await ask();
    expect(titles()).toEqual([QUESTION]);
    await world.clock.advance(125 * SECOND);
    await ask();
    await world.clock.advance(130 * SECOND);
    await ask();
    expect(titles()).toEqual([QUESTION, QUESTION, QUESTION]);
    expect(consents()).toEqual(['asked', 'unanswered', 'asked', 'unanswered', 'asked']);
  });

  it('looks to the party as that to a number that nobody has, refused or not answered', async () => {
    const { world, party, ask, refuse } = await stranger();
    const refused = await ask();
    await refuse('no');
    const nobody = await ask(NOBODY);
    const seen = async () => {
      const { authentications } = world.service;
      const all = [await authentications.one(party, refused.id), await authentications.one(party, nobody.id)];
      return all.map(({ state }) => state);
    };
    expect(await seen()).toEqual(['asked', 'asked']);
    await world.clock.advance(110 * SECOND);
    expect(await seen()).toEqual(['asked', 'asked']);
    await world.clock.advance(20 * SECOND);
    expect(await seen()).toEqual(['expired', 'expired']);
    const budget = async () => (await rows(world.database, 'SELECT in_vain_full_at FROM relying_party'))[0];
    const other = await stranger();
    for (const who of [NOBODY, NOBODY]) await other.ask(who);
    await other.world.clock.advance(130 * SECOND);
    const difference =
      Number((await budget())?.['in_vain_full_at']) -
      Number((await rows(other.world.database, 'SELECT in_vain_full_at FROM relying_party'))[0]?.['in_vain_full_at']);
    expect(Math.abs(difference)).toBeLessThan(60 * SECOND);
  });

  it('is not asked itself when less than 20 s are left; the consent counts', async () => {
    const { world, ask, approve, titles, stateOf, consents } = await stranger();
    const first = await ask(CUSTOMER_NUMBER, 60);
    await world.clock.advance(40 * SECOND);
    await approve();
    await world.clock.advance(60 * SECOND);
    expect([titles(), consents(), await stateOf(first.id)]).toEqual([[QUESTION], ['asked', 'given'], 'expired']);
    await ask();
    expect(titles()).toEqual([QUESTION, LOGIN]);
  });

  it('that is cancelled takes the question from the phone: the next one asks with the digits of its own screen', async () => {
    const { world, customer, party, ask, approve, refuse, titles, stateOf, consents, heard } = await stranger();
    const first = await ask();
    await world.service.authentications.cancel(party, first.id);
    await world.clock.advance(2 * SECOND);
    expect(heard()).toEqual(['AUTH_REQUEST', 'RECEIPT cancelled']);
    await refuse('no');
    const second = await ask();
    expect([titles(), customer.phone.lastAsked().message]).toMatchObject([
      [QUESTION, QUESTION],
      { matchCode: second.matchCode },
    ]);
    await approve();
    await approve();
    expect([await stateOf(first.id), await stateOf(second.id), consents()]).toEqual([
      ...['cancelled', 'confirmed', ['asked', 'cancelled', 'asked', 'given']],
    ]);
  });

  it('that is cancelled before the question left costs nothing, and the person never sees it', async () => {
    const modem = new FakeModem('one');
    const { world, party, order, ask, titles, consents, heard } = await stranger({ modems: [modem] });
    modem.become(LOST);
    const { authentication } = await world.service.authentications.request(party, order());
    await world.clock.advance(60 * SECOND);
    await world.service.authentications.cancel(party, authentication.id);
    modem.become(READY);
    await world.clock.advance(60 * SECOND);
    expect([heard(), consents()]).toEqual([[], ['asked', 'cancelled']]);
    await ask();
    expect([titles(), consents()]).toEqual([[QUESTION], ['asked', 'cancelled', 'asked']]);
    expect(await rows(world.database, 'SELECT full_at FROM party_in_vain')).toEqual([]);
  });

  it('that is cancelled after the answer leaves the refusal as it is', async () => {
    const { world, party, ask, refuse, titles, stateOf, consents } = await stranger();
    const first = await ask();
    await refuse('no');
    await world.service.authentications.cancel(party, first.id);
    await ask();
    expect([await stateOf(first.id), titles(), consents()]).toEqual(['cancelled', [QUESTION], ['asked', 'refused']]);
  });

  it('that is asked for and cancelled again and again costs the person no more SMS than logins would', async () => {
    const { world, party, ask, titles } = await stranger();
    for (let times = 0; times < 8; times += 1) {
      const { id } = await ask();
      await world.service.authentications.cancel(party, id);
    }
    expect(titles().length).toBeLessThan(8);
  });

  it('is not asked itself of a party that was suspended meanwhile', async () => {
    const { world, party, ask, approve, titles } = await stranger();
    await ask();
    await world.service.parties.keys.revoke(party.id);
    await approve();
    expect(titles()).toEqual([QUESTION]);
  });

  it('that has been asked itself can be cancelled, and its phone hears of it', async () => {
    const { world, party, ask, approve, stateOf, heard } = await stranger();
    const first = await ask();
    await approve();
    await world.service.authentications.cancel(party, first.id);
    await world.clock.advance(3 * SECOND);
    expect([await stateOf(first.id), heard().at(-1)]).toEqual(['cancelled', 'RECEIPT cancelled']);
  });

  it('goes with the lock of the phone, and does not come back with its unlock', async () => {
    const { world, customer, ask, approve, consents, stateOf } = await stranger();
    const first = await ask();
    await world.service.phoneOrders.give(customer.person.id, 'lock');
    await world.clock.advance(3 * SECOND);
    await approve();
    await world.clock.advance(130 * SECOND);
    expect([consents(), await stateOf(first.id)]).toEqual([['asked'], 'expired']);
  });

  it('"not me" of three people suspends the party', async () => {
    const { world, party, order } = await bank();
    for (const number of ['+393400000071', '+393400000072', '+393400000073']) {
      const one = await world.subscriber(number);
      await world.service.authentications.request(party, order({ who: number }));
      await world.clock.advance(2 * SECOND);
      one.phone.refuse('not-me');
      await world.clock.advance(3 * SECOND);
    }
    await expect(world.service.authentications.request(party, order())).rejects.toMatchObject({
      code: 'limit-exceeded',
    });
  });
});

describe('a consent', () => {
  it('is taken back by an operator for the person: nothing more is asked, and for 30 days not for consent', async () => {
    const { world, customer, party, ask, approve, titles, consents } = await stranger();
    const { parties } = world.service;
    await ask();
    await approve();
    await approve();
    const givenAt = world.clock.now() - 6 * SECOND;
    const [given] = await parties.consents.list(customer.person.id);
    expect([given?.partyId, Math.abs((given?.givenAt ?? 0) - givenAt) < 3 * SECOND]).toEqual([party.id, true]);
    const [revoked] = await parties.consents.revoke(customer.person.id, party.id);
    expect(revoked).toMatchObject({ givenAt: undefined, quietUntil: world.clock.now() + 30 * DAY });
    await ask();
    await world.clock.advance(30 * DAY);
    await ask();
    expect([titles(), consents()]).toEqual([
      [QUESTION, LOGIN, QUESTION],
      ['asked', 'given', 'revoked', 'asked'],
    ]);
  });

  it('that is taken back takes what is open from the phone, and an answer that comes then is too late', async () => {
    const { world, customer, party, ask, approve, stateOf, heard } = await stranger();
    const first = await ask();
    await approve();
    await world.service.parties.consents.revoke(customer.person.id, party.id);
    await approve();
    expect([await stateOf(first.id), heard().slice(-2)]).toEqual([
      ...['cancelled, consent-revoked', ['RECEIPT cancelled', 'RECEIPT cancelled']],
    ]);
  });

  it('that is taken back before it was given takes the question from the phone, and the party learns nothing', async () => {
    const { world, customer, party, ask, approve, stateOf, heard, consents } = await stranger();
    const first = await ask();
    const [revoked] = await world.service.parties.consents.revoke(customer.person.id, party.id);
    expect(revoked).toMatchObject({ quietUntil: world.clock.now() + 30 * DAY });
    await world.clock.advance(2 * SECOND);
    expect(heard()).toEqual(['AUTH_REQUEST', 'RECEIPT cancelled']);
    await approve();
    expect([await stateOf(first.id), consents()]).toEqual(['asked, first-contact', ['asked', 'cancelled', 'revoked']]);
  });

  it('that nobody was asked for is not there', async () => {
    const { world, customer, party } = await stranger();
    const { consents } = world.service.parties;
    expect(await consents.list(customer.person.id)).toEqual([]);
    for (const wrong of [consents.list(99), consents.revoke(customer.person.id, party.id)])
      await expect(wrong).rejects.toMatchObject({ code: 'not-found' });
  });
});
