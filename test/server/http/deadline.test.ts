import { expect, it, vi } from 'vitest';
import type { Payment } from '../../../server/index.ts';
import { shop } from '../world.ts';

/** A service whose lists of payments never come. */
async function hanging() {
  const { world, merchant, apiKey } = await shop('deadline', { http: { answerWithinMs: 50 } });
  const list = Promise.withResolvers<Payment[]>();
  vi.spyOn(world.service, 'payments').mockReturnValue(list.promise);
  const get = (url: string) => world.service.http.inject({ url, headers: { authorization: `Bearer ${apiKey}` } });
  return { world, merchant, list, get };
}

it('a request without an answer gets 503 and the time to come again; what comes later harms nobody', async () => {
  const { world, list, get } = await hanging();
  const answer = await get('/v1/payments');
  expect([answer.statusCode, answer.headers['retry-after'], answer.json()]).toEqual([
    503,
    '10',
    {
      type: 'urn:cash-mobile:problem:no-answer',
      title: 'Not available now',
      status: 503,
      detail: 'There was no answer in time. The request may be sent again, with the same key or mref',
    },
  ]);
  list.resolve([]);
  const faults = () => world.journal.flatMap(({ event }) => (event.kind === 'fault' ? [event.reason] : []));
  await expect.poll(faults).toEqual(['an HTTP request had no answer in time: GET /v1/payments']);
});

it('a request that waits for something to happen has that time too', async () => {
  const { world, merchant, get } = await hanging();
  const { txn } = await world.request(merchant);
  const settled = get(`/v1/payments/${txn}?wait=60`);
  const ready = get(`/health?not=${(await get('/health')).json().status}&wait=60`);
  for (let n = 0; n < 3; n += 1) expect((await get('/v1/payments')).statusCode).toBe(503);
  await world.clock.advance(60_000);
  expect([(await settled).statusCode, (await settled).json()]).toEqual([
    200,
    expect.objectContaining({ txn, state: 'REQUESTED' }),
  ]);
  expect((await ready).statusCode).toBe(200);
});
