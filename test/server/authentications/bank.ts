import type { RelyingParty, ServiceOptions } from '../../../server/index.ts';
import { CUSTOMER_NUMBER, shop } from '../world.ts';
import { consented } from './consented.ts';

type Login = { readonly key: string; readonly who: string; readonly ttl: number; readonly title: string };

/** A person with a phone, and a bank that asks them to log in and to sign. */
export async function bank(seed: number | string = 1, options: Partial<ServiceOptions> = {}) {
  const base = await shop(seed, options);
  const { world } = base;
  const { party, apiKey: partyKey } = await world.service.parties.add({
    name: 'Banca di Torino S.p.A.',
    shortName: 'BancaTorino',
    kinds: ['login', 'sign'],
    requestsADay: 1_000,
  });
  await consented(world);
  await consented(world);
  let keys = 0;
  const order = (changed: Partial<Login> = {}) => {
    keys += 1;
    return {
      kind: 'login',
      key: `k${keys}`,
      who: CUSTOMER_NUMBER,
      title: 'Conto online',
      ttl: 120,
      ...changed,
    } as const;
  };
  /** Asks, and lets the SMS arrive. */
  const ask = async (changed: Partial<Login> = {}, by: RelyingParty = party) => {
    if (by !== party) await consented(world);
    const { authentication } = await world.service.authentications.request(by, order(changed));
    await world.clock.advance(2_000);
    return authentication;
  };
  const stateOf = async (id: string) => {
    const { state, reason } = await world.service.authentications.one(party, id);
    return reason === undefined ? state : `${state}, ${reason}`;
  };
  /** The messages of these types that the service has sent to the person's phone since the enrolment, as `type status`. */
  const heard = () =>
    base.customer.phone.received
      .slice(ENROLMENT)
      .map((message) => (message.type === 'RECEIPT' ? `RECEIPT ${message.status}` : message.type));
  return { ...base, party, partyKey, order, ask, stateOf, heard };
}

/** Messages of an enrolment. */
const ENROLMENT = 2;
