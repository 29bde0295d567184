import type { SmsReport } from '../../../modem/index.ts';
import { Till } from '../../../server/ecr/till.ts';
import type { RelyingParty } from '../../../server/index.ts';
import { CIBA_GRANT, type Ciba } from '../../../server/service/ciba.ts';
import { showKeyOnce } from '../ciba/client-key.ts';
import { ScriptedRail } from '../rails/scripted-rail.ts';
import { WIDE_LIMITS } from '../wide-limits.ts';
import { CUSTOMER_NUMBER, MERCHANT_NUMBER, PIN, type Subscriber, World } from '../world.ts';

/** Tables that grow with every payment, refund or message, as long as the service lives. */
export const HISTORY: readonly string[] = [
  'attempt',
  'authentication',
  'challenge',
  'entry',
  'evidence',
  'inbox',
  'journal',
  'outbox',
  'payment',
  'receipt',
  'refund',
  'transfer',
  'transfer_end',
];

/** Every SQL text of a service: enrolment, payments with every end, wrong PINs, refunds, queries, lists, crashes, the daily work. */
export async function wholeLife(): Promise<{ database: string; texts: Set<string> }> {
  const world = new World(3, { limits: { ...WIDE_LIMITS, notMeCustomers: 1 } });
  const texts = new Set<string>();
  world.beforeStatement = (sql) => texts.add(sql);
  await world.open();
  const customer = await world.subscriber(CUSTOMER_NUMBER);
  const owner = await world.subscriber(MERCHANT_NUMBER, '71717');
  const { merchant, apiKey } = await world.merchant(owner.person.id);
  const amount = { minor: 1_250, currency: 'EUR' } as const;
  const ask = async () => {
    const payment = await world.request(merchant, { mref: `life ${texts.size} ${world.clock.now()}` });
    await world.clock.advance(2_000);
    return payment;
  };

  const { txn } = await ask();
  customer.phone.approve('00000');
  await world.clock.advance(3_000);
  customer.phone.approve(PIN);
  await world.clock.advance(3_000);
  customer.phone.repeat();
  customer.phone.query(customer.phone.lastAsked().plaintext.subarray(5, 13));
  customer.phone.query(new Uint8Array(8).fill(1), 'balance');
  await world.clock.advance(3_000);
  await world.service.refund(txn, { key: 'a', amount: { minor: 100, currency: 'EUR' } });
  await world.service.refund(txn);
  await world.service.refunds(await world.service.payment(txn));
  await world.service.receipt(txn).catch(() => {});
  await world.clock.advance(1_000);
  world.air.report(world.air.sent.at(-1), 'delivered' satisfies SmsReport['outcome']);

  customer.phone.provePin(PIN, customer.phone.newPin(PIN));
  await world.clock.advance(3_000);
  customer.phone.takeNewPin();

  await ask();
  customer.phone.refuse('not-me');
  await world.clock.advance(3_000);
  await world.service.merchantKeys.resume(merchant.id, 'looked');
  await world.service.cancel((await ask()).txn);
  await ask();
  await world.clock.advance(600_000);

  world.air.fate = () => ({ kind: 'failed', reason: 'no network', retry: true });
  owner.phone.payInit({ kind: 'number', digits: CUSTOMER_NUMBER.slice(1) }, amount, '47');
  await world.clock.advance(30_000);
  world.air.fate = () => 'deliver';
  await world.clock.advance(120_000);
  await world.service.payments({ limit: 10, inReview: true });
  await world.service.payments({ limit: 10, merchantId: merchant.id });
  await world.service.payments({ limit: 10, personId: customer.person.id });
  await world.service.payments({ limit: 10, merchantId: merchant.id, mref: 'x' });
  await world.service.holdings(customer.person.id);
  await world.service.merchantByApiKey(apiKey);
  await world.service.downloads.descriptor((await world.service.activate(customer.person.id)).linkToken);
  await world.service.cashRegisters.add('12345678', merchant.id);
  await world.service.cashRegisters.name(merchant.id, '12345678', CUSTOMER_NUMBER);
  const register = await world.service.cashRegisters.find('12345678');
  if (register !== undefined)
    await new Till(world.service, world.clock).pay(register, { minor: 0, text: '' }, false, () => {});
  await world.service.cashRegisters.closeTotals('12345678');
  await partyLife(world, customer);
  await world.enrolPhone(customer.person, '90909');
  await world.service.close();
  const limited = new ScriptedRail();
  limited.limits = { dayMinor: 1 };
  await world.open(undefined, { rails: [limited] });
  await world.request(merchant, { mref: 'above the sum of a day' });
  await world.clock.advance(26 * 3_600_000);
  await world.service.close();
  return { database: world.database, texts };
}

/** A relying party and all that it can ask for. */
async function partyLife(world: World, { phone, person }: Subscriber): Promise<void> {
  const { service, clock } = world;
  const { parties, authentications } = service;
  const { party, apiKey } = await parties.add({
    name: 'Banca',
    shortName: 'Banca',
    kinds: ['login'],
    requestsADay: 99,
  });
  for (const key of [apiKey, 'cm_unknown']) await parties.byApiKey(key);
  await parties.list();
  await parties.keys.rotate(party.id, 1_000);
  await parties.jwsKeys.sign('life+jwt', {});
  await parties.jwsKeys.rotate();
  await parties.jwsKeys.list();
  await parties.pairwise.of(party.id, person.id);
  await showKeyOnce(world, party);
  const ask = async (key: string, who = CUSTOMER_NUMBER) => {
    const order = { kind: 'login', key, who, title: 'Conto' } as const;
    const { authentication } = await authentications.request(party, order);
    await clock.advance(2_000);
    return authentication.id;
  };
  await authentications.cancel(party, await ask('the question for a consent'));
  const confirmed = await ask('a');
  // The consent first.
  for (let answered = 0; answered < 2; answered += 1) {
    phone.approve(PIN);
    await clock.advance(3_000);
  }
  await authentications.evidence(party, confirmed);
  await ask('b');
  phone.refuse('not-me');
  await clock.advance(3_000);
  await parties.keys.resume(party.id, 'looked');
  // Nobody listens there.
  const pinged = await parties.notifyAt(party.id, 'http://127.0.0.1:1/');
  await cibaLife(parties.ciba, pinged, async () => {
    await clock.advance(2_000);
    phone.approve(PIN);
    await clock.advance(3_000);
  });
  await service.aliases.set(person.id, 'ANNA');
  await authentications.cancel(party, await ask('c', 'anna'));
  await authentications.cancel(party, await ask('d', '+393409999999'));
  await ask('e', '+393409999999');
  await clock.advance(300_000);
  await authentications.list(party, { limit: 10 });
  await authentications.list(party, { limit: 10, after: confirmed });
  await parties.consents.revoke(person.id, party.id);
  await parties.consents.list(person.id);
  await ask('f');
  await parties.consents.liftRefusal(person.id, party.id);
  await parties.keys.revoke(party.id);
}

/** A login by CIBA, of which the client hears that it is open, its tokens, and that they are gone. */
async function cibaLife(ciba: Ciba, party: RelyingParty, confirm: () => Promise<void>): Promise<void> {
  const form = { scope: 'openid', login_hint: CUSTOMER_NUMBER, client_notification_token: 'life' };
  const asked = await ciba.authorize(party, form);
  const poll = () => ciba.token(party, { grant_type: CIBA_GRANT, auth_req_id: asked.auth_req_id }).catch(() => {});
  await poll();
  await confirm();
  await poll();
  await poll();
}
