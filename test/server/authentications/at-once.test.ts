import { describe, expect, it } from 'vitest';
import { hexOf } from '../../../device/safe-mobile/index.ts';
import { rows } from '../database.ts';
import { ends, tally, times } from '../tally.ts';
import { WIDE_LIMITS } from '../wide-limits.ts';
import { bank } from './bank.ts';

const NOBODY = '+393409999999';

describe('requests of a relying party in the same moment', () => {
  it('with one key are one authentication, and one SMS', async () => {
    const { world, party, order, customer } = await bank('at once');
    const before = customer.phone.asked.length;
    const one = order();
    const asked = await Promise.all(times(20, () => world.service.authentications.request(party, one)));
    await world.clock.advance(2_000);
    expect(new Set(asked.map(({ authentication }) => authentication.id)).size).toBe(1);
    expect(tally(asked.map(({ repeated }) => repeated))).toEqual({ false: 1, true: 19 });
    expect(customer.phone.asked).toHaveLength(before + 1);
  });

  it('to one person: the last waits at the phone, and the relying party hears the same of all', async () => {
    const { world, party, order, customer } = await bank('at once', { limits: WIDE_LIMITS });
    const asked = await Promise.all(times(20, () => world.service.authentications.request(party, order())));
    await world.clock.advance(2_000);
    expect(tally(asked.map(({ authentication }) => authentication.state))).toEqual({ asked: 20 });
    const written = await rows(world.database, 'SELECT id, reason FROM authentication');
    expect(tally(written.map(({ reason }) => reason))).toEqual({ null: 1, 'asked-anew': 19 });
    const { message } = customer.phone.lastAsked();
    const shown = message.type === 'AUTH_REQUEST' && hexOf(message.challenge);
    expect(written.find(({ reason }) => reason === null)?.['id']).toBe(shown);
  });

  it('are no more than its budget', async () => {
    const { world, order } = await bank('at once');
    const { party } = await world.service.parties.add({ name: 'A', shortName: 'A', kinds: ['login'], requestsADay: 5 });
    const request = () => world.service.authentications.request(party, order({ who: NOBODY }));
    expect(tally(await ends(times(20, request), () => 'taken'))).toEqual({ taken: 5, 'limit-exceeded': 15 });
  });
});
