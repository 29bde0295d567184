import { describe, expect, it } from 'vitest';
import { AuthenticationsClient, PaymentsClient } from '../../../server/client/index.ts';
import { PROBLEM_CODES } from '../../../server/vocabulary/problem-codes.ts';
import { seededRandom } from '../../../sim/index.ts';
import { type Answer, scripted } from './scripted.ts';

const ORDER = { customer: '+393400000001', amount: { minor: 1_250, currency: 'EUR' } } as const;

function open(...answers: readonly Answer[]) {
  const service = scripted(...answers);
  const { fetch, clock } = service;
  const options = { url: 'https://pay.example/', apiKey: 'cm_1', fetch, clock, random: seededRandom(1) };
  return { ...service, payments: new PaymentsClient(options), people: new AuthenticationsClient(options) };
}

const problem = (status: number, code: string, retryAfter?: string) => ({
  status,
  body: { type: `urn:cash-mobile:problem:${code}`, title: 'A title', status, detail: `It is ${code}` },
  ...(retryAfter !== undefined && { retryAfter }),
});

describe('a call that the service cannot answer now', () => {
  it.each<[string, Answer]>([
    ['nobody answers', 'refused'],
    ['too many requests', problem(429, 'too-many-requests')],
    ['a proxy without a service', { status: 502 }],
    ['the service stops', problem(503, 'stopping')],
    ['a proxy waited too long', { status: 504 }],
  ])('%s: is made again with the same key, and then answers', async (_name, answer) => {
    const { payments, within, got } = open(answer, answer, { status: 201, body: { txn: 'a' } });
    expect(await within(10_000, payments.create(ORDER))).toEqual({ txn: 'a' });
    expect(got).toHaveLength(3);
    expect(got[0]).toEqual({
      at: 0,
      method: 'POST',
      url: 'https://pay.example/v1/payments',
      authorization: 'Bearer cm_1',
      body: { ...ORDER, mref: expect.stringMatching(/^[0-9a-f]{32}$/) },
    });
    expect(got.map(({ body }) => body)).toEqual(Array(3).fill(got[0]?.body));
  });

  it('is made again after pauses that grow and differ, half to one and a half of 0.5, 1, 2, 4, 8, 10, 10 s', async () => {
    const { payments, within, got } = open('refused');
    const outcome = await within(60_000, payments.get('a'));
    expect(outcome).toMatchObject({ code: 'unreachable', message: 'no service answers at https://pay.example' });
    const pauses = got.slice(1).map(({ at }, index) => at - (got[index]?.at ?? 0));
    for (const [index, pauseMs] of pauses.entries()) {
      const middle = Math.min(500 * 2 ** index, 10_000);
      expect(pauseMs, `pause ${index}`).toBeGreaterThanOrEqual(middle / 2);
      expect(pauseMs, `pause ${index}`).toBeLessThan(middle * 1.5);
    }
    expect(new Set(pauses.map((pauseMs, index) => pauseMs / Math.min(500 * 2 ** index, 10_000))).size).toBe(
      pauses.length,
    );
    expect(got.length).toBeGreaterThan(6);
  });

  it('is made again when the service says: Retry-After in seconds', async () => {
    const { payments, within, got } = open(problem(503, 'no-room', '17'), { status: 200, body: { txn: 'a' } });
    expect(await within(17_000, payments.get('a'))).toEqual({ txn: 'a' });
    expect(got.map(({ at }) => at)).toEqual([0, 17_000]);
  });

  it('fails with its problem when the service wants to be asked after the limit of the call', async () => {
    const { payments, within, got } = open(problem(503, 'no-room', '60'));
    expect(await within(0, payments.get('a'))).toMatchObject({
      code: 'no-room',
      message: 'It is no-room',
      status: 503,
    });
    expect(got).toHaveLength(1);
  });

  it.each(['soon', '-5', ''])('pauses as by itself for a Retry-After of "%s"', async (retryAfter) => {
    const { payments, within, got } = open(problem(503, 'stopping', retryAfter), { status: 200, body: {} });
    expect(await within(1_000, payments.get('a'))).toEqual({});
    expect(got[1]?.at).toBeGreaterThanOrEqual(250);
  });

  it('asks again after 20 s of silence, and after 60 s does not know what became of it', async () => {
    const { payments, within, got } = open('silent');
    expect(await within(60_000, payments.create(ORDER))).toMatchObject({
      code: 'timeout',
      message: 'https://pay.example has not answered in time; whether it did it is not known',
    });
    expect(got).toHaveLength(3);
    expect(got[1]?.at).toBeGreaterThanOrEqual(20_000);
  });

  it('gives a refund the 30 s more for which the service waits', async () => {
    const { payments, within, got } = open('silent');
    const call = payments.refund('a');
    expect(await within(49_999, call)).toBe('waits');
    expect(got).toHaveLength(1);
    expect(await within(40_001, call)).toMatchObject({ code: 'timeout' });
  });

  it('has the limit that it was given', async () => {
    const { clock, fetch, within, got } = scripted('silent');
    const payments = new PaymentsClient({ url: 'http://127.0.0.1:8080', apiKey: 'k', timeoutMs: 5_000, clock, fetch });
    const call = payments.get('a');
    expect(await within(4_999, call)).toBe('waits');
    expect(await within(1, call)).toMatchObject({ code: 'timeout' });
    expect(got).toHaveLength(1);
  });
});

describe('a call that is refused', () => {
  const statuses = { 400: 'invalid-request', 401: 'unauthorized', 403: 'forbidden', 404: 'not-found', 409: 'conflict' };
  it.each([...Object.entries(statuses), ['422', 'limit-exceeded'], ['500', 'fault']])(
    '%s %s: is not made again, and has the code of the problem',
    async (status, code) => {
      const { payments, within, got } = open(problem(Number(status), code, '1'));
      const outcome = await within(60_000, payments.create(ORDER));
      expect(outcome).toMatchObject({ name: 'ClientError', code, message: `It is ${code}`, status: Number(status) });
      expect(got).toHaveLength(1);
    },
  );

  it.each(PROBLEM_CODES)('has the code %s', async (code) => {
    const { payments, within } = open(problem(400, code));
    expect(await within(0, payments.get('a'))).toMatchObject({ code });
  });

  it('names the payment that was written down as rejected', async () => {
    const { status, body } = problem(422, 'customer-unreachable');
    const { payments, within } = open({ status, body: { ...body, txn: '00112233445566aa' } });
    expect(await within(0, payments.create(ORDER))).toMatchObject({ txn: '00112233445566aa' });
  });

  it.each<[string, Answer]>([
    ['another page', { status: 200, body: 'Welcome' }],
    ['null', { status: 200, body: null }],
    ['a problem of somebody else', { status: 404, body: { type: 'about:blank' } }],
    ['another place, to which the key does not go', { status: 307, location: 'https://attacker.example/' }],
  ])('says that it is not the service: %s', async (_name, answer) => {
    const { payments, within, got } = open(answer);
    const outcome = await within(60_000, payments.get('a'));
    expect(outcome).toMatchObject({ code: 'not-the-service', message: expect.stringContaining('is the URL right?') });
    expect(got).toHaveLength(1);
  });

  it('is not made again when the certificate is not accepted', async () => {
    const { clock } = scripted();
    const cause = Object.assign(new Error('self-signed certificate; if the root CA is …'), {
      code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    const fetch = async () => {
      throw new TypeError('fetch failed', { cause });
    };
    const payments = new PaymentsClient({ url: 'https://pay.example', apiKey: 'k', clock, fetch });
    await expect(payments.get('a')).rejects.toMatchObject({
      code: 'distrusted',
      message: expect.stringContaining('is not accepted (self-signed certificate): '),
    });
  });
});

describe('the signal of a call', () => {
  const reason = new Error('the till was switched off');

  it.each<[string, Answer, number]>([
    ['before it', 'silent', -1],
    ['during a try', 'silent', 1_000],
    ['during a pause', problem(503, 'no-room', '30'), 1_000],
  ])('ends it %s, with its reason', async (_name, answer, abortAt) => {
    const { payments, within, got, clock } = open(answer);
    const aborter = new AbortController();
    if (abortAt < 0) aborter.abort(reason);
    else clock.after(abortAt, () => aborter.abort(reason));
    expect(await within(1_000, payments.get('a', { signal: aborter.signal }))).toBe(reason);
    expect(got).toHaveLength(abortAt < 0 ? 0 : 1);
    expect(await within(60_000, Promise.resolve('nothing more'))).toBe('nothing more');
    expect(got).toHaveLength(abortAt < 0 ? 0 : 1);
  });

  it('ends also a call that waits for an end', async () => {
    const { people, within, clock } = open({ status: 200, body: { ended: false } });
    const aborter = new AbortController();
    clock.after(5_250, () => aborter.abort(reason));
    expect(await within(6_000, people.ended('a', { signal: aborter.signal }))).toBe(reason);
  });
});

describe('waiting for an end', () => {
  it('asks with wait=60 until it has ended, at most twice a second', async () => {
    const open503 = problem(503, 'stopping', '1');
    const going = { status: 200, body: { ended: false } };
    const { people, within, got } = open(going, going, open503, { status: 200, body: { ended: true } });
    expect(await within(2_000, people.ended('a/b'))).toEqual({ ended: true });
    expect(got.map(({ at, url }) => [at, url])).toEqual(
      [0, 500, 1_000, 2_000].map((at) => [at, 'https://pay.example/v1/authentications/a%2Fb?wait=60']),
    );
  });

  it('lets the service wait 60 s, and 20 s more for its answer', async () => {
    const { payments, within, got } = open('silent');
    const call = payments.settled('a');
    expect(await within(80_000, call)).toBe('waits');
    expect(got).toHaveLength(1);
    await within(40_000, call);
    expect(got).toHaveLength(2);
  });
});

it.each([
  ['pay.example', 'k'],
  ['ftp://pay.example', 'k'],
  ['https://', 'k'],
  ['https://pay.example/?a=b', 'k'],
  ['https://pay.example:x', 'k'],
  ['https://pay.example', ''],
  ['https://pay.example', 'two words'],
  ['https://pay.example', 'cm_1\n'],
])('url %s with the key "%s" is no client', (url, apiKey) => {
  expect(() => new PaymentsClient({ url, apiKey })).toThrow(TypeError);
});
