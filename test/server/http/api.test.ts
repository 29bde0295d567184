import { describe, expect, it } from 'vitest';
import { octetsOf, verifySignature } from '../../../device/safe-mobile/index.ts';
import { servicePrimitives } from '../../../server/index.ts';
import { rows } from '../database.ts';
import { CUSTOMER_NUMBER, PIN } from '../world.ts';
import { open } from './api.ts';

const AMOUNTS = {
  'is busy': {},
  'has a new phone': { amount: { minor: 10_001, currency: 'EUR' } },
} as const;

describe('POST /v1/payments', () => {
  it('asks the customer and answers 201 with what the merchant shows', async () => {
    const { call, order } = await open();
    const { status, body } = await call('POST', '/v1/payments', order());
    expect(status).toBe(201);
    expect(body).toEqual({
      txn: expect.stringMatching(/^[0-9a-f]{16}$/),
      mref: 'order-1',
      state: 'REQUESTED',
      settled: false,
      payee: 'Edicola Città',
      customer: CUSTOMER_NUMBER,
      amount: { minor: 1_250, currency: 'EUR' },
      reference: 'scontrino',
      ttl: 120,
      matchCode: expect.stringMatching(/^[0-9]{4}$/),
      rail: 'ledger',
      refunds: [],
      createdAt: expect.stringMatching(/Z$/),
      expiresAt: expect.stringMatching(/Z$/),
      changedAt: expect.stringMatching(/Z$/),
    });
  });

  it('answers 200 with the stored payment to the same key and content, and 409 to another content', async () => {
    const { world, call, order } = await open();
    const first = await call('POST', '/v1/payments', order());
    await world.clock.advance(0);
    const sent = world.air.sent.length;
    const second = await call('POST', '/v1/payments', order());
    expect([second.status, second.body]).toEqual([200, first.body]);
    for (const changed of [{ amount: { minor: 1_251, currency: 'EUR' } }, { reference: 'x' }, { ttl: 130 }]) {
      const other = await call('POST', '/v1/payments', order(changed));
      expect([other.status, other.type]).toEqual([409, 'application/problem+json']);
      expect(other.body).toMatchObject({ type: 'urn:cash-mobile:problem:conflict', status: 409 });
    }
    await world.clock.advance(1_000);
    expect(world.air.sent).toHaveLength(sent);
  });

  it('keeps the keys of two merchants apart', async () => {
    const { world, call, order } = await open();
    const other = await world.service.addMerchant({ name: 'Bar Sport', currency: 'EUR' });
    const first = await call('POST', '/v1/payments', order());
    const second = await call('POST', '/v1/payments', order({ reference: 'x' }), other.apiKey);
    expect(second.status).toBe(201);
    expect((await call('GET', `/v1/payments/${first.body.txn}`, undefined, other.apiKey)).status).toBe(404);
  });

  it.each([
    ['an amount with a fraction', { amount: { minor: 12.5, currency: 'EUR' } }, 400, 'amount.minor'],
    ['no amount', { amount: { minor: 0, currency: 'EUR' } }, 400, 'amount.minor'],
    ['an amount as text', { amount: { minor: '1250', currency: 'EUR' } }, 400, 'amount.minor'],
    ['a currency that is none', { amount: { minor: 1, currency: 'XXX' } }, 400, 'amount.currency'],
    ["a currency that is not the merchant's", { amount: { minor: 1, currency: 'CHF' } }, 400, 'takes EUR, not CHF'],
    ['a number without +', { customer: '393400000001' }, 400, 'customer: expected +'],
    ['a key with a blank', { mref: 'order 1' }, 400, 'mref'],
    ['a time to live that is too long', { ttl: 2_551 }, 400, 'ttl'],
    ['a field that nobody knows', { amuont: 1 }, 400, 'amuont'],
    ['a reference that does not fit', { reference: 'x'.repeat(50) }, 400, 'reference: at most 39 octets'],
    ['a reference that deceives', { reference: 'a\u202eb' }, 400, 'reference'],
    ['a customer whom nobody knows', { customer: '+393409999999' }, 422, 'The customer cannot be asked'],
    ['an amount above the limit', { amount: { minor: 500_001, currency: 'EUR' } }, 422, 'above the limit'],
  ])('refuses %s with a sentence', async (_, changed, status, sentence) => {
    const { call, order } = await open();
    const answer = await call('POST', '/v1/payments', order(changed));
    expect([answer.status, answer.type]).toEqual([status, 'application/problem+json']);
    expect(answer.body.status).toBe(status);
    expect(answer.body.detail).toContain(sentence);
  });

  it.each([
    ['limit-exceeded', 'The customer has too many requests waiting', 'is busy', 'customer-busy'],
    ['limit-exceeded', 'above the limit of the first day of a new phone', 'has a new phone', 'new-phone-limit'],
  ] as const)(
    'answers %s, "%s", when the customer %s, with the payment that was written down: %s',
    async (code, detail, what, reason) => {
      const { world, customer, call, order } = await open();
      const wanted = order({ mref: 'rejected', ...AMOUNTS[what] });
      if (what === 'has a new phone') await world.enrolPhone(customer.person);
      if (what === 'is busy') for (const mref of ['a', 'b', 'c']) await call('POST', '/v1/payments', order({ mref }));
      const { status, body } = await call('POST', '/v1/payments', wanted);
      expect({ status, type: body.type }).toEqual({ status: 422, type: `urn:cash-mobile:problem:${code}` });
      expect(body.detail).toContain(detail);
      expect((await call('GET', `/v1/payments/${body.txn}`)).body).toMatchObject({
        mref: 'rejected',
        state: 'REJECTED',
        reason,
      });
      expect(await call('POST', '/v1/payments', wanted)).toMatchObject({ status, body });
    },
  );

  it('says what is wrong with a body that is not JSON, or too large', async () => {
    const { world, apiKey } = await open();
    const send = (payload: string) =>
      world.service.http.inject({
        method: 'POST',
        url: '/v1/payments',
        headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
        payload,
      });
    const broken = await send('{');
    expect([broken.statusCode, broken.json().detail]).toEqual([400, 'The body is not JSON']);
    expect((await send(JSON.stringify({ mref: 'x'.repeat(20_000) }))).statusCode).toBe(413);
    expect(broken.headers['content-type']).toBe('application/problem+json');
  });

  it('says that a body sent as a form must be JSON', async () => {
    const { world, apiKey } = await open();
    const answer = await world.service.http.inject({
      method: 'POST',
      url: '/v1/payments',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/x-www-form-urlencoded' },
      payload: '{"mref":"a"}',
    });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([415, 'application/problem+json']);
    expect(answer.json().detail).toContain('Content-Type: application/json');
  });

  it('says what is wrong with a path that is no URL', async () => {
    const { world } = await open();
    const answer = await world.service.http.inject({ url: '/v1/payments/%zz' });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([400, 'application/problem+json']);
    expect(answer.json().detail).toContain('% signs');
  });
});

describe('GET /v1/payments/:txn', () => {
  it.each([
    [0, '0000'],
    [7, '0007'],
    [9_999, '9999'],
  ])('shows the match code %i with four digits, as the phone does', async (code, shown) => {
    const { world, call, order } = await open();
    const { body } = await call('POST', '/v1/payments', order());
    await world.clock.advance(2_000);
    await rows(world.database, 'UPDATE payment SET match_code = ?', code);
    const payment = (await call('GET', `/v1/payments/${body.txn}`)).body;
    expect(payment.matchCode).toBe(shown);
    expect(payment).not.toHaveProperty('approvalCode');
  });

  it('waits for the payment to be settled, when asked to', async () => {
    const { world, customer, call, order } = await open();
    const { body } = await call('POST', '/v1/payments', order());
    const waiting = call('GET', `/v1/payments/${body.txn}?wait=30`);
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(2_000);
    expect((await waiting).body).toMatchObject({ state: 'CAPTURED', settled: true, approvalCode: '255T' });
  });

  it('answers with the payment as it stands when the wait is over', async () => {
    const { world, call, order } = await open();
    const { body } = await call('POST', '/v1/payments', order());
    const waiting = call('GET', `/v1/payments/${body.txn}?wait=30`);
    await world.clock.advance(30_000);
    expect((await waiting).body.state).toBe('REQUESTED');
  });

  it.each(['wait=61', 'wait=-1', 'wait=soon'])('refuses ?%s', async (query) => {
    const { call, order } = await open();
    const { body } = await call('POST', '/v1/payments', order());
    expect((await call('GET', `/v1/payments/${body.txn}?${query}`)).status).toBe(400);
  });

  it('lists the latest first', async () => {
    const { call, order } = await open();
    for (const mref of ['a', 'b', 'c']) await call('POST', '/v1/payments', order({ mref }));
    const { body } = await call('GET', '/v1/payments?limit=2');
    expect(body.payments.map((payment: { mref: string }) => payment.mref)).toEqual(['c', 'b']);
  });
});

describe('cancel, receipt and refund', () => {
  it('cancels what waits, twice without harm, and nothing else', async () => {
    const { world, customer, call, order } = await open();
    const { body } = await call('POST', '/v1/payments', order());
    const cancel = `/v1/payments/${body.txn}/cancel`;
    expect((await call('POST', cancel)).body.state).toBe('CANCELLED');
    expect((await call('POST', cancel)).status).toBe(200);
    const paid = await call('POST', '/v1/payments', order({ mref: 'order-2' }));
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(2_000);
    expect((await call('POST', `/v1/payments/${paid.body.txn}/cancel`)).status).toBe(409);
  });

  it('gives a receipt that anybody can check, the same every time', async () => {
    const { world, customer, call, order } = await open();
    const { body } = await call('POST', '/v1/payments', order());
    const receipt = `/v1/payments/${body.txn}/receipt`;
    expect((await call('GET', receipt)).status).toBe(409);
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(2_000);
    const first = (await call('GET', receipt)).body;
    await world.clock.advance(60_000);
    expect((await call('GET', receipt)).body).toEqual(first);
    const [publicKey, text, signature] = [first.publicKey, first.signedText, first.signature].map(octetsOf);
    if (publicKey === undefined || text === undefined || signature === undefined) throw new Error('octets are missing');
    expect(publicKey).toEqual(world.keys.signing.publicKey);
    expect(verifySignature(servicePrimitives(), publicKey, text, signature)).toBe(true);
    expect(octetsOf(first.request)).toEqual(customer.phone.lastAsked().plaintext);
    expect(first.status).toBe('paid');
  });

  it('refunds a paid payment', async () => {
    const { world, customer, call, order } = await open();
    const { body } = await call('POST', '/v1/payments', order());
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(2_000);
    expect((await call('POST', `/v1/payments/${body.txn}/refund`)).body.state).toBe('REFUNDED');
  });

  it.each(['refund', 'cancel'])('does not ignore what a %s is told beside: nothing happens', async (action) => {
    const { world, customer, call, order } = await open();
    const { body } = await call('POST', '/v1/payments', order());
    await world.clock.advance(2_000);
    if (action === 'refund') customer.phone.approve(PIN);
    await world.clock.advance(2_000);
    const before = (await world.service.payment(body.txn)).state;
    const answer = await call('POST', `/v1/payments/${body.txn}/${action}`, {
      total: { minor: 100, currency: 'EUR' },
    });
    expect(answer.status).toBe(400);
    expect(answer.body.detail).toContain('total');
    expect((await world.service.payment(body.txn)).state).toBe(before);
    expect((await call('POST', `/v1/payments/${body.txn}/${action}`, {})).status).toBe(200);
  });
});

describe('administration', () => {
  it('registers a person and lets them enrol a phone', async () => {
    const { admin } = await open();
    const person = await admin('POST', '/v1/people', { number: '+393400000077', name: 'Anna', language: 'it' });
    expect(person).toMatchObject({ status: 201, body: { number: '+393400000077', devices: [], balances: [] } });
    const activation = await admin('POST', `/v1/people/${person.body.id}/activations`);
    expect(activation.status).toBe(201);
    expect(activation.body.activationCode).toMatch(/^[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    expect(activation.body.descriptor).toMatch(/^\/d\/[0-9a-f]{32}\.jad$/);
    const again = await admin('GET', `/v1/people/${person.body.id}`);
    expect(again.body.devices).toEqual([{ deviceId: activation.body.deviceId, state: 'registered' }]);
  });

  it('keeps the references of deposits apart by person', async () => {
    const { world, admin } = await open();
    const { id } = await world.service.addPerson({ number: '+393400000008', name: 'Berta', language: 'en' });
    const deposit = { amount: { minor: 500, currency: 'EUR' }, reference: 'same' };
    for (const person of [1, id]) {
      for (const [status, repeated] of [
        [201, false],
        [200, true],
      ]) {
        const answer = await admin('POST', `/v1/people/${person}/deposits`, deposit);
        expect(answer).toMatchObject({ status, body: { repeated } });
      }
    }
    expect(await world.service.holdings(id)).toEqual([{ minor: 500, currency: 'EUR' }]);
    expect(await world.breaches()).toEqual([]);
  });

  it('takes a deposit once a reference', async () => {
    const { admin, customer } = await open();
    const url = `/v1/people/${customer.person.id}/deposits`;
    const body = { amount: { minor: 700, currency: 'EUR' }, reference: 'bank-1' };
    const first = await admin('POST', url, body);
    const second = await admin('POST', url, body);
    expect([first.status, second.status]).toEqual([201, 200]);
    expect([first.body.repeated, second.body.repeated]).toEqual([false, true]);
    expect(second.body.balances).toEqual([{ minor: 100_700, currency: 'EUR' }]);
    const other = await admin('POST', url, { ...body, amount: { minor: 701, currency: 'EUR' } });
    expect(other.status).toBe(409);
  });

  it('registers a merchant, whose key works at once', async () => {
    const { admin, call, customer } = await open();
    const { id } = customer.person;
    const { status, body } = await admin('POST', '/v1/merchants', { name: 'Bar Sport', currency: 'EUR', personId: id });
    expect(status).toBe(201);
    const own = await call('GET', '/v1/merchant', undefined, body.apiKey);
    expect(own.body).toEqual({ id: body.id, name: 'Bar Sport', currency: 'EUR', suspended: false, registers: [] });
    const again = await admin('POST', '/v1/merchants', { name: 'Bar Due', currency: 'EUR', personId: id });
    expect(again.status).toBe(409);
  });

  it.each([
    ['a number that is taken', { number: CUSTOMER_NUMBER, name: 'B' }, 409],
    ['a number that is none', { number: '0340', name: 'B' }, 400],
    ['a name with a line end', { number: '+393400000078', name: 'A\nB' }, 400],
    ['a blank name', { number: '+393400000078', name: '  ' }, 400],
    ['a language that nobody speaks', { number: '+393400000078', name: 'B', language: 'xx' }, 400],
  ])('refuses %s', async (_, body, status) => {
    const { admin } = await open();
    expect((await admin('POST', '/v1/people', body)).status).toBe(status);
  });

  it('does not find people who are not there', async () => {
    const { admin } = await open();
    expect((await admin('GET', '/v1/people/999')).status).toBe(404);
    expect((await admin('POST', '/v1/people/999/activations')).status).toBe(404);
  });
});

describe('keys', () => {
  it.each(['/v1/payments', '/v1/people/1'])('%s needs one', async (url) => {
    const { world } = await open();
    const response = await world.service.http.inject({ url });
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer');
  });

  it('open only what they are for', async () => {
    const { call, admin } = await open();
    expect((await call('GET', '/v1/people/1')).status).toBe(401);
    expect((await admin('GET', '/v1/payments')).status).toBe(401);
    expect((await call('GET', '/v1/payments', undefined, 'cm_0000')).status).toBe(401);
  });

  it.each([
    ['Bearer KEY', 200],
    ['bearer KEY', 200],
    ['Bearer KEY more', 401],
    ['Bearer  KEY', 401],
    ['Basic KEY', 401],
    ['KEY', 401],
    ['Bearer', 401],
    ['', 401],
  ])('are given as "Bearer <key>" and nothing more: %j is answered %i', async (authorization, status) => {
    const { world, apiKey } = await open();
    for (const [url, key] of [
      ['/v1/payments', apiKey],
      ['/v1/people', world.adminKey],
    ] as const) {
      const headers = { authorization: authorization.replace('KEY', key) };
      expect((await world.service.http.inject({ url, headers })).statusCode, url).toBe(status);
    }
  });

  it('are asked for before the request is looked at', async () => {
    const { call } = await open();
    expect((await call('POST', '/v1/payments', { nonsense: true }, 'cm_0000')).status).toBe(401);
  });
});

describe('what needs no key', () => {
  it('describes the API', async () => {
    const { world } = await open();
    const description = (await world.service.http.inject({ url: '/openapi.json' })).json();
    expect(description.openapi).toMatch(/^3\.1/);
    expect(Object.keys(description.paths).toSorted()).toEqual([
      '/.well-known/jwks.json',
      '/.well-known/openid-configuration',
      '/ciba/bc-authorize',
      '/ciba/token',
      '/d/{file}',
      '/health',
      '/health/live',
      '/health/ready',
      '/v1/authentications',
      '/v1/authentications/{id}',
      '/v1/authentications/{id}/cancel',
      '/v1/authentications/{id}/evidence',
      '/v1/deposits/pending',
      '/v1/deposits/{id}/confirm',
      '/v1/deposits/{id}/reject',
      '/v1/jws-keys',
      '/v1/keys',
      '/v1/keys/announcements',
      '/v1/merchant',
      '/v1/merchants',
      '/v1/merchants/{id}/payouts',
      '/v1/merchants/{id}/resume',
      '/v1/merchants/{id}/revoke',
      '/v1/merchants/{id}/rotate-key',
      '/v1/operator',
      '/v1/operator/rotate-key',
      '/v1/operators',
      '/v1/operators/{name}/confirm',
      '/v1/operators/{name}/revoke',
      '/v1/operators/{name}/rotate-key',
      '/v1/parties',
      '/v1/parties/{id}/jwks',
      '/v1/parties/{id}/notification-endpoint',
      '/v1/parties/{id}/resume',
      '/v1/parties/{id}/revoke',
      '/v1/parties/{id}/rotate-key',
      '/v1/payments',
      '/v1/payments/{txn}',
      '/v1/payments/{txn}/cancel',
      '/v1/payments/{txn}/receipt',
      '/v1/payments/{txn}/refund',
      '/v1/payments/{txn}/resolve',
      '/v1/people',
      '/v1/people/{id}',
      '/v1/people/{id}/activations',
      '/v1/people/{id}/alias',
      '/v1/people/{id}/consents',
      '/v1/people/{id}/consents/lift-refusal',
      '/v1/people/{id}/consents/revoke',
      '/v1/people/{id}/deposits',
      '/v1/people/{id}/lock',
      '/v1/people/{id}/payments',
      '/v1/people/{id}/unlock',
      '/v1/people/{id}/wipe',
      '/v1/rails/{rail}/notices',
      '/v1/reconciliations',
      '/v1/reconciliations/accept',
      '/v1/registers/{terminal}/customer',
      '/v1/reviews',
      '/v1/vault-key',
    ]);
    expect(description.components.schemas).toHaveProperty('Payment');
  });

  it('hands out the application descriptor while the activation lasts', async () => {
    const { world, customer, admin } = await open();
    const { body } = await admin('POST', `/v1/people/${customer.person.id}/activations`);
    const get = (url: string) => world.service.http.inject({ url });
    const response = await get(body.descriptor);
    expect(response.headers['content-type']).toContain('text/vnd.sun.j2me.app-descriptor');
    expect(response.body).toContain(`Safe-Mobile-Device: ${body.deviceId}\n`);
    for (const url of [`/d/${'0'.repeat(32)}.jad`, '/d/../keys.json']) expect((await get(url)).statusCode).toBe(404);
    expect((await get(`/d/${body.deviceId}.jad`)).statusCode).toBe(400);
    await world.clock.advance(24 * 3_600_000);
    expect((await get(body.descriptor)).statusCode).toBe(200);
    await world.clock.advance(1);
    expect((await get(body.descriptor)).statusCode).toBe(404);
  });

  it("shows the merchant's page under a strict policy", async () => {
    const { world } = await open();
    const page = await world.service.http.inject({ url: '/' });
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    for (const [, file = ''] of page.body.matchAll(/(?:src|href)="([^"]+)"/g)) {
      expect((await world.service.http.inject({ url: file })).statusCode).toBe(200);
    }
    const script = await world.service.http.inject({ url: '/page.js' });
    for (const [, module = ''] of script.body.matchAll(/from '\.(\/[^']+)'/g)) {
      expect((await world.service.http.inject({ url: module })).headers['content-type']).toContain('text/javascript');
    }
  });

  it('answers with a problem where there is nothing', async () => {
    const { world } = await open();
    const response = await world.service.http.inject({ url: '/nothing' });
    expect(response.statusCode).toBe(404);
    expect(response.json()).toMatchObject({ type: 'urn:cash-mobile:problem:not-found', status: 404 });
  });
});
