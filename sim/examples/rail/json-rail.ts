import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from 'cash-mobile/modem';
import type { Capabilities, Notice, Outcome, RailKey, RemoteRail } from 'cash-mobile/server';
import { z } from 'zod';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** What the bank's description promises. The engine does the rest by it: it asks, sends again, or reverses. */
const CAPABILITIES: Capabilities = {
  maxMinor: 1_000_000,
  refund: 'partial',
  onUnknown: 'inquire',
  keyLifeMs: { charge: 24 * HOUR_MS, refund: 48 * HOUR_MS, reversal: 24 * HOUR_MS },
  timeoutMs: 10 * SECOND_MS,
  retryMs: [SECOND_MS, 5 * SECOND_MS, 30 * SECOND_MS, 2 * MINUTE_MS, 10 * MINUTE_MS, HOUR_MS, HOUR_MS],
};

/** After this time a request can no longer reach the bank, ms. */
const ON_ITS_WAY_MS = MINUTE_MS;

/** One request to the bank and its answer in JSON. Rejects when no whole answer has come within `timeoutMs`. */
export type Ask = (method: 'GET' | 'POST', path: string, body?: Readonly<Record<string, unknown>>) => Promise<Answer>;

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const State = z.discriminatedUnion('state', [
  z.object({ state: z.literal('done'), code: z.int().nonnegative() }),
  z.object({ state: z.literal('declined'), reason: z.string().max(20) }),
  z.object({ state: z.literal('pending') }),
]);
const Key = z.custom<RailKey>((key) => /^[0-9a-f]{16}:(charge|reversal|refund-[1-9][0-9]*)$/.test(String(key)));
const Movements = z.object({
  movements: z.array(z.object({ key: z.string().max(40), minor: z.int(), currency: z.literal('EUR'), at: z.int() })),
});
/** `order` is JSON in a text, so that the MAC is over exactly these octets. */
const Signed = z.strictObject({ order: z.string(), mac: z.string().regex(/^[0-9a-f]{64}$/) });

/** How a {@link jsonRail} is made. */
export interface JsonRailOptions {
  readonly ask: Ask;
  readonly clock: Clock;
  /** Shared with the bank, which signs its notices with it. */
  readonly secret: string;
}

/** A rail to a bank whose API is JSON over HTTP. It keeps nothing, tries nothing again, and never guesses. */
export function jsonRail({ ask, clock, secret }: JsonRailOptions): RemoteRail {
  return {
    name: 'bank',
    local: false,
    capabilities: CAPABILITIES,
    payerOf: () => 'clearing:bank',
    // On disk before an octet leaves: from this time on the order may be on its way.
    prepare: async () => JSON.stringify({ from: clock.now() }),
    async send({ key, kind, txn, amount: { minor, currency } }) {
      const order = { key, kind, charge: `${txn}:charge`, minor, currency };
      return outcomeOf(await ask('POST', '/orders', order));
    },
    async inquire({ key, note }) {
      const answer = await ask('GET', `/orders/${encodeURIComponent(key)}`);
      if (answer.status !== 404) return outcomeOf(answer);
      const { from }: { readonly from: number } = JSON.parse(note);
      return { kind: 'absent', final: clock.now() - from > ON_ITS_WAY_MS };
    },
    accept: async (message) => [noticeOf(new TextDecoder().decode(message), secret)],
    async settlement(from, to) {
      const { body } = await ask('GET', `/movements?from=${from}&to=${to}`);
      const { movements } = Movements.parse(body);
      return movements.map(({ key, minor, currency, at }) => ({ key, amount: { minor, currency }, at }));
    },
  };
}

function outcomeOf({ status, body }: Answer): Outcome {
  const read = State.safeParse(body);
  if (status !== 200 || !read.success) return { kind: 'unknown', reason: `the bank answered ${status}` };
  const { data } = read;
  if (data.state === 'done') return { kind: 'done', approvalCode: data.code };
  if (data.state === 'declined') return { kind: 'declined', reason: data.reason };
  return { kind: 'pending', askAgainMs: 10 * MINUTE_MS };
}

/** @throws Error when the bank has not signed it */
function noticeOf(text: string, secret: string): Notice {
  const { order, mac } = Signed.parse(JSON.parse(text));
  const own = createHmac('sha256', secret).update(order).digest();
  if (!timingSafeEqual(own, Buffer.from(mac, 'hex'))) throw new Error('the notice is not of the bank');
  const { key, ...body } = z.looseObject({ key: Key }).parse(JSON.parse(order));
  return { key, outcome: outcomeOf({ status: 200, body }) };
}

/** Requests over HTTP to the bank. @param url `https://bank.example`; pass `timeoutMs` on, so that the engine and the request agree */
export function askOver(url: string, apiKey: string, timeoutMs: number = CAPABILITIES.timeoutMs): Ask {
  return async (method, path, body) => {
    const response = await fetch(new URL(path, url), {
      method,
      redirect: 'error',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  };
}
