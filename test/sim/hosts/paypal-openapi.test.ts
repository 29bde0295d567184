import { expect, it } from 'vitest';
import type { z } from 'zod';
import { RailTrial } from '../../../sim/hosts/rail-trial.ts';
import {
  Capture,
  Order,
  OrderRequest,
  Refund,
  RefundRequest,
  Refused,
  SearchQuery,
  SearchResponse,
} from './paypal-openapi.ts';
import { paypalUnderTrial } from './paypal-trial.ts';

/** A request of the rail, or an answer of the double, and what PayPal says of its form. */
type Said = readonly [what: string, form: z.ZodType, value: unknown];

/** A path, the form of its requests' bodies, and of its answers. */
const PATHS: readonly (readonly [path: RegExp, request: z.ZodType | undefined, answer: z.ZodType])[] = [
  [/^\/v2\/checkout\/orders$/, OrderRequest, Order],
  [/^\/v2\/payments\/captures\/[0-9A-Z]+\/refund$/, RefundRequest, Refund],
  [/^\/v2\/payments\/captures\/[0-9A-Z]+$/, undefined, Capture],
  [/^\/v2\/payments\/refunds\/[0-9A-Z]+$/, undefined, Refund],
  [/^\/v1\/reporting\/transactions$/, undefined, SearchResponse],
];

it("requests of the rail and answers of the double have the form of PayPal's OpenAPI files", async () => {
  const said: Said[] = [];
  const trial = await RailTrial.open((clock) => {
    return paypalUnderTrial(clock, {}, (http) => async (request) => {
      const answer = await http(request);
      const { pathname, searchParams } = new URL(request.url);
      const [, asked, answered] = PATHS.find(([path]) => path.test(pathname)) ?? [];
      const what = `${request.method} ${pathname.replace(/[0-9A-Z]{17}/, 'ID')}`;
      if (asked !== undefined) said.push([`${what} asks`, asked, JSON.parse(request.body ?? '')]);
      if (pathname.startsWith('/v1/reporting'))
        said.push([`${what} asks`, SearchQuery, Object.fromEntries(searchParams)]);
      const form = answer.status < 300 ? answered : Refused;
      if (form !== undefined) said.push([`${what} ${answer.status}`, form, JSON.parse(answer.body)]);
      return answer;
    });
  });
  const host = trial.misbehaving;
  const txn = await trial.pay('order-1');
  await trial.refund(txn, 'a', 250);
  host.misbehave('pending');
  await trial.refund(txn, 'b', 250);
  host.misbehave('pending');
  await trial.pay('order-2');
  host.misbehave('declined', 'answer-lost');
  for (const mref of ['order-3', 'order-4']) await trial.pay(mref);
  await trial.clock.advance(5 * 3_600_000);
  await trial.settlement(trial.clock.now() - 24 * 3_600_000, trial.clock.now());
  await trial.close();

  expect([...new Set(said.map(([what]) => what))].toSorted()).toEqual([
    'GET /v1/reporting/transactions 200',
    'GET /v1/reporting/transactions asks',
    'GET /v2/payments/captures/ID 200',
    'GET /v2/payments/refunds/ID 200',
    'POST /v2/checkout/orders 200',
    'POST /v2/checkout/orders 201',
    'POST /v2/checkout/orders 422',
    'POST /v2/checkout/orders asks',
    'POST /v2/payments/captures/ID/refund 201',
    'POST /v2/payments/captures/ID/refund asks',
  ]);
  const wrong = said.flatMap(([what, form, value]) => {
    const { error } = form.safeParse(value);
    return error === undefined ? [] : [`${what}: ${error.message}`];
  });
  expect(wrong).toEqual([]);
});
