import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Notice } from '../../../server/index.ts';
import { ExampleHost, exampleRail, memoryLink } from '../../../sim/index.ts';
import { ScriptedRail } from '../rails/scripted-rail.ts';
import { PIN, shop, World } from '../world.ts';

const SECRET = 'between rail and host';

/** A payment on the example rail, whose host has not decided; what the host says by itself is kept. */
async function pending() {
  const opened = new World('notices');
  const host = new ExampleHost({ clock: opened.clock, secret: SECRET, keyLifeMs: 86_400_000 });
  const notices: Uint8Array[] = [];
  host.onNotice = (notice) => void notices.push(notice);
  const rail = exampleRail({ link: memoryLink(host.serve, opened.clock), clock: opened.clock, secret: SECRET });
  await opened.open(undefined, { rails: [rail] });
  const customer = await opened.subscriber('+393400000001');
  const { merchant } = await opened.merchant();
  host.misbehave('pending');
  const { txn } = await opened.request(merchant);
  await opened.clock.advance(2_000);
  customer.phone.approve(PIN);
  await opened.clock.advance(3_000);
  host.decide('moved');
  const [notice = new Uint8Array()] = notices;
  const state = async () => (await opened.service.payment(txn)).state;
  expect(await state()).toBe('PENDING');
  const post = async (payload: Uint8Array, path = '/v1/rails/bank/notices', headers = {}) => {
    const answer = await opened.service.http.inject({
      method: 'POST',
      url: path,
      payload: Buffer.from(payload),
      headers,
    });
    await opened.clock.advance(10);
    return [answer.statusCode, answer.body === '' ? '' : answer.json().detail];
  };
  const alarms = () => opened.journal.flatMap(({ event }) => (event.kind === 'alarm' ? [event] : []));
  return { world: opened, host, notice, state, post, alarms };
}

/** A notice of the example host about an order. */
function signed(text: string): Uint8Array {
  const mac = createHmac('sha256', SECRET).update(text).digest('hex');
  return new TextEncoder().encode(`${text} mac=${mac}`);
}

describe('POST /v1/rails/:rail/notices', () => {
  it('takes a message of the host over a socket, and again, and says so when it is on disk', async () => {
    const { world, notice, state, alarms } = await pending();
    const url = await world.service.http.listen({ host: '127.0.0.1', port: 0 });
    const post = async () =>
      (await fetch(`${url}/v1/rails/bank/notices`, { method: 'POST', body: Buffer.from(notice) })).status;
    expect(await post()).toBe(204);
    await world.clock.advance(10);
    expect(await state()).toBe('CAPTURED');
    expect(await post()).toBe(204);
    await world.clock.advance(10);
    expect([await state(), alarms(), await world.breaches()]).toEqual(['CAPTURED', [], []]);
    await world.service.http.close();
  });

  it.each([{}, { 'content-type': 'application/json' }])(
    'takes it as octets, whatever its type: %o',
    async (headers) => {
      const { notice, state, post } = await pending();
      expect(await post(notice, undefined, headers)).toEqual([204, '']);
      expect(await state()).toBe('CAPTURED');
    },
  );

  it('of an order that did not come from here is an alarm', async () => {
    const { post, alarms } = await pending();
    expect(await post(signed('0123456789abcdef:charge DONE code=1'))).toEqual([204, '']);
    expect(alarms()).toEqual([{ kind: 'alarm', alarm: 'notice-of-unknown-order', ref: '0123456789abcdef:charge' }]);
  });

  it.each<[string, (notice: Uint8Array) => Uint8Array, string | undefined, number, RegExp]>([
    [
      'with another octet',
      (notice) => notice.with(-1, (notice.at(-1) ?? 0) ^ 1),
      undefined,
      400,
      /does not take this message: .*not of the host/,
    ],
    ['without an octet', () => new Uint8Array(), undefined, 400, /message of the host/],
    ['of 64 KiB and one octet', () => new Uint8Array(65_537).fill(0x20), undefined, 413, /too large/],
    ['of 64 KiB', () => new Uint8Array(65_536), undefined, 400, /not of the host/],
    ['to a rail that is not there', (notice) => notice, '/v1/rails/moon/notices', 404, /no rail moon/],
    ['to the ledger, which sends none', (notice) => notice, '/v1/rails/ledger/notices', 404, /no rail ledger/],
  ])('refuses one %s', async (_, change, path, status, detail) => {
    const { notice, state, post } = await pending();
    expect(await post(change(notice), path)).toEqual([status, expect.stringMatching(detail)]);
    expect(await state()).toBe('PENDING');
  });

  it('gives the headers to the rail, because some hosts sign in them', async () => {
    const heard: unknown[] = [];
    class HearingRail extends ScriptedRail {
      override async accept(...message: unknown[]): Promise<readonly Notice[]> {
        heard.push(message);
        return [];
      }
    }
    const { world } = await shop('headers', { rails: [new HearingRail()] });
    const answer = await world.service.http.inject({
      ...{ method: 'POST', url: '/v1/rails/card/notices', payload: 'a\0b', headers: { 'X-Signature': 's' } },
    });
    expect(answer.statusCode).toBe(204);
    expect(heard).toEqual([[Buffer.from('a\0b'), expect.objectContaining({ 'x-signature': 's' })]]);
  });

  it('refuses one to a rail whose host sends none', async () => {
    const world = new World('deaf');
    const link = memoryLink(() => {}, world.clock);
    const { accept: _, ...deaf } = exampleRail({ link, clock: world.clock, secret: SECRET });
    await world.open(undefined, { rails: [deaf] });
    const answer = await world.service.http.inject({ method: 'POST', url: '/v1/rails/bank/notices', payload: 'a' });
    expect(answer.statusCode).toBe(404);
  });
});
