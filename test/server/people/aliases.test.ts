import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { likenessOf } from '../../../server/people/aliases.ts';
import { ALIAS } from '../../../server/vocabulary/person-fields.ts';
import { bank } from '../authentications/bank.ts';
import { open } from '../http/api.ts';
import { CUSTOMER_NUMBER, shop } from '../world.ts';

const OTHER_NUMBER = '+393400000077';

describe('two aliases look alike', () => {
  it.each([
    ['Anna', 'ANNA', true],
    ['ILARIA', 'lLaRla', true],
    ['MARNO', 'mamo', true],
    ['VVILMA', 'wilma', true],
    ['ANNA', 'ANNE', false],
    ['OTTO', 'QTTO', false],
  ])('%s and %s: %s', (one, other, alike) => {
    expect(likenessOf(one) === likenessOf(other)).toBe(alike);
  });

  it('when they differ in case alone, or in I and L', () => {
    fc.assert(
      fc.property(fc.stringMatching(ALIAS), (alias) => {
        expect(likenessOf(alias.toUpperCase())).toBe(likenessOf(alias.toLowerCase()));
        expect(likenessOf(alias.replaceAll(/[il]/gi, 'I'))).toBe(likenessOf(alias));
      }),
    );
  });
});

/** A shop, its customer, and another person. */
async function two() {
  const base = await shop();
  const { aliases } = base.world.service;
  const other = await base.world.service.addPerson({ number: OTHER_NUMBER, name: 'Bruno', language: 'it' });
  const { id } = base.customer.person;
  return { ...base, aliases, id, other: other.id };
}

describe('an alias', () => {
  it('belongs to one person for ever: neither it nor what looks like it is given to somebody else, also after its end', async () => {
    const { world, aliases, id, other } = await two();
    await aliases.set(id, 'Ilaria');
    expect(await aliases.of(id)).toBe('ILARIA');
    const taken = async (letters: string) => {
      await expect(aliases.set(other, letters)).rejects.toMatchObject({ code: 'conflict' });
    };
    for (const letters of ['ILARIA', 'ilaria', 'LLARIA']) await taken(letters);
    await aliases.set(id, 'ila');
    await taken('Ilaria');
    await aliases.set(id, undefined);
    for (const letters of ['Ilaria', 'Ila']) await taken(letters);
    expect([await aliases.of(id), await aliases.of(other)]).toEqual([undefined, undefined]);
    // Its person may have it back.
    await aliases.set(id, 'LLARIA');
    expect(await aliases.of(id)).toBe('LLARIA');
    await aliases.set(id, 'llaria');
    const events = world.journal.flatMap(({ event }) => (event.kind === 'alias' ? [event.alias] : []));
    expect(events).toEqual(['ILARIA', 'ILA', null, 'LLARIA']);
  });

  it('that cannot be had leaves the person the one before', async () => {
    const { aliases, id, other } = await two();
    await aliases.set(id, 'ANNA');
    await aliases.set(other, 'BRUNO');
    await expect(aliases.set(other, 'ANNA')).rejects.toMatchObject({ code: 'conflict' });
    for (const letters of ['', 'ANNAMARI', 'ANNA1', 'ÀNNA', '+39340'])
      await expect(aliases.set(other, letters)).rejects.toMatchObject({ code: 'invalid-request' });
    expect(await aliases.of(other)).toBe('BRUNO');
    await expect(aliases.set(999, 'ZOE')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('names the customer of a payment, who pays as under the number; the merchant does not learn the number', async () => {
    const { world, call, order, customer } = await open();
    await world.service.aliases.set(customer.person.id, 'ANNA');
    const { status, body } = await call('POST', '/v1/payments', order({ customer: 'Anna' }));
    expect([status, body.customer, body.state]).toEqual([201, 'Anna', 'REQUESTED']);
    await world.clock.advance(2_000);
    expect(customer.phone.lastAsked().message).toMatchObject({ type: 'PAY_REQUEST' });
    const list = await call('GET', '/v1/payments');
    expect(JSON.stringify([body, list.body])).not.toContain(CUSTOMER_NUMBER);
    const byNumber = await call('POST', '/v1/payments', order({ mref: 'by-number', customer: CUSTOMER_NUMBER }));
    expect(byNumber.body.customer).toBe(CUSTOMER_NUMBER);
  });

  it('of nobody, or that was given up, is for a merchant as a number of nobody', async () => {
    const { world, call, order, customer } = await open();
    await world.service.aliases.set(customer.person.id, 'ANNA');
    await world.service.aliases.set(customer.person.id, 'ANNINA');
    const answers = [];
    for (const [n, who] of ['+393409999999', 'NOBODY', 'ANNA'].entries())
      answers.push(await call('POST', '/v1/payments', order({ mref: `n${n}`, customer: who })));
    const said = answers.map(({ status, body }) => [status, body.type, body.detail]);
    expect(said).toEqual([said[0], said[0], said[0]]);
    expect(said[0]?.slice(0, 2)).toEqual([422, 'urn:cash-mobile:problem:customer-unreachable']);
    expect((await call('POST', '/v1/payments', order({ mref: 'x', customer: 'ANNA1' }))).status).toBe(400);
  });

  it('names who pays a merchant with a phone, and who pays next at a cash register', async () => {
    const { world, customer, merchant, owner } = await shopOfOwner();
    await world.service.aliases.set(customer.person.id, 'ANNA');
    owner.phone.payInit({ kind: 'alias', letters: 'anna' }, { minor: 1_250, currency: 'EUR' }, '47');
    await world.clock.advance(4_000);
    expect(customer.phone.lastAsked().message).toMatchObject({ type: 'PAY_REQUEST', amount: { minor: 1_250 } });
    await world.service.cashRegisters.add('12345678', merchant.id);
    await world.service.cashRegisters.name(merchant.id, '12345678', 'ANNA');
    expect(await world.service.cashRegisters.begin('12345678', 'payment')).toMatchObject({ customer: 'ANNA' });
    await expect(world.service.cashRegisters.name(merchant.id, '12345678', '39340')).rejects.toMatchObject({
      code: 'invalid-request',
    });
  });

  it('names whom a relying party asks, by its API and by CIBA', async () => {
    const { world, customer, party, ask, stateOf } = await bank();
    await world.service.aliases.set(customer.person.id, 'ANNA');
    const { id } = await ask({ who: 'anna' });
    expect(customer.phone.lastAsked().message).toMatchObject({ type: 'AUTH_REQUEST', title: 'Conto online' });
    expect(await stateOf(id)).toBe('asked');
    const nobody = await ask({ who: 'nobody' });
    expect(await stateOf(nobody.id)).toBe('asked, unreachable');
    const { ciba } = world.service.parties;
    await ciba.authorize(party, { scope: 'openid', login_hint: 'ANNA', binding_message: 'Via CIBA' });
    await world.clock.advance(2_000);
    expect(customer.phone.lastAsked().message).toMatchObject({ type: 'AUTH_REQUEST', title: 'Via CIBA' });
    await expect(ciba.authorize(party, { scope: 'openid', login_hint: 'anna1' })).rejects.toMatchObject({
      code: 'unknown_user_id',
    });
  });
});

/** A shop whose owner has a phone. */
async function shopOfOwner() {
  const base = await shop();
  const owner = await base.world.subscriber(OTHER_NUMBER);
  const { merchant } = await base.world.merchant(owner.person.id);
  return { ...base, merchant, owner };
}
