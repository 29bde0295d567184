import { describe, expect, it } from 'vitest';
import type { AuthenticationOrder } from '../../../server/index.ts';
import { Owner } from '../pin-change/handset.ts';
import { CUSTOMER_NUMBER, PIN, World } from '../world.ts';
import { consented } from './consented.ts';

const SHORT = 'Comune di Torino Anagraf';
const LOGIN = {
  kind: 'login',
  key: 'a',
  who: CUSTOMER_NUMBER,
  title: 'Certificato di residenza, sportello 12 o',
} as const;

/** A person with the payment application on a phone, and a town hall with the longest names that an SMS takes. */
async function townHall() {
  const world = new World('town hall');
  await world.open();
  const owner = new Owner(world);
  await owner.enrol(PIN);
  owner.leave();
  const { parties, authentications } = world.service;
  const { party } = await parties.add({ name: 'Comune', shortName: SHORT, kinds: ['login'], requestsADay: 99 });
  const { party: notary } = await parties.add({
    name: 'Notaio',
    shortName: 'Notaio De Rossi'.slice(0, 14),
    kinds: ['sign'],
    requestsADay: 9,
  });
  await consented(world);
  /** Asks, and lets the phone show it. */
  const ask = async (order: AuthenticationOrder = LOGIN) => {
    const by = order.kind === 'sign' ? notary : party;
    const { authentication } = await authentications.request(by, order);
    await owner.pause();
    return authentication;
  };
  const stateOf = async ({ id, kind }: { readonly id: string; readonly kind: string }) =>
    (await authentications.one(kind === 'sign' ? notary : party, id)).state;
  const words = () =>
    owner.screen.kind === 'form'
      ? owner.screen.items.map(({ label, value }) =>
          value === undefined || value === '' ? label : `${label}: ${value}`,
        )
      : [];
  /** The last two digits of the code on the other screen. */
  const digitsOf = ({ matchCode }: { readonly matchCode: number }) => String(matchCode % 100).padStart(2, '0');
  return { world, owner, party, ask, stateOf, words, digitsOf };
}

describe('the application on a phone and a relying party', () => {
  it('a login: who asks and what for, two digits of the other screen, the PIN, "Confirmed"', async () => {
    const { owner, ask, stateOf, words, digitsOf } = await townHall();
    const login = await ask();
    expect(new TextEncoder().encode(SHORT + LOGIN.title)).toHaveLength(64);
    expect([owner.screen.title, words()]).toEqual(['Login', [`Asked by: ${SHORT}`, LOGIN.title]]);
    await owner.select('Approve');
    await owner.type(digitsOf(login), 'Next');
    await owner.type(PIN, 'Confirm');
    await owner.pause();
    expect([owner.screen.title, await stateOf(login)]).toEqual(['Confirmed', 'confirmed']);
  });

  it('a signature: with its code, then the PIN, at the second try', async () => {
    const { owner, ask, stateOf, words } = await townHall();
    const document = { fullTitle: 'Atto di compravendita n. 12', hash: new Uint8Array(32).fill(7) };
    const title = 'Compravendita n.12';
    const signature = await ask({ kind: 'sign', key: 's', who: CUSTOMER_NUMBER, title, document });
    const code = String(signature.matchCode).padStart(4, '0');
    expect([owner.screen.title, words()]).toEqual(['Signature', ['Asked by: Notaio De Ross', title, `Code: ${code}`]]);
    await owner.select('Approve');
    await owner.type('00000', 'Confirm');
    await owner.pause();
    await owner.type(PIN, 'Confirm');
    await owner.pause();
    expect([owner.screen.title, await stateOf(signature)]).toEqual(['Confirmed', 'confirmed']);
  });

  it('"It is not mine", and a request that is taken back while it is on the screen', async () => {
    const { world, party, owner, ask, stateOf } = await townHall();
    const taken = await ask({ ...LOGIN, key: 'taken' });
    await world.service.authentications.cancel(party, taken.id);
    await owner.pause();
    expect([owner.screen.title, await stateOf(taken)]).toEqual(['Cancelled', 'cancelled']);
    await owner.select('OK');
    owner.leave();
    const refused = await ask({ ...LOGIN, key: 'not mine' });
    await owner.select('Refuse', 'It is not mine');
    await owner.pause();
    expect([owner.screen.title, await stateOf(refused)]).toEqual(['Refused', 'not-me']);
  });
});
