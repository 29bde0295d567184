import { z } from 'zod';
import { type Clock, sleep, systemClock } from '../../../modem/index.ts';

/** Pause before a request is sent again that no service answered, ms of the fast clock. */
const AGAIN_AFTER_MS = 4_000;

/** How long an answer may take of a process that runs, s of the machine's clock. */
const ANSWER_SECONDS = 30;

/** A process that was stopped in the middle of a request: whoever asked asks again (RFC 9110, 15.5.9). */
const REQUEST_TIMEOUT = 408;

const AmountAnswer = z.object({ minor: z.int(), currency: z.string() });

/** What the API says of a payment, as far as it is used here. */
export const PaymentAnswer = z.object({
  txn: z.string(),
  mref: z.string(),
  state: z.string(),
  settled: z.boolean(),
  customer: z.string(),
  amount: AmountAnswer,
  refunds: z.array(z.object({ key: z.string().optional(), amount: AmountAnswer, state: z.string() })),
});
export type PaymentAnswer = z.infer<typeof PaymentAnswer>;

export const PersonAnswer = z.object({
  id: z.int(),
  number: z.string(),
  devices: z.array(z.object({ deviceId: z.int(), state: z.string() })),
  balances: z.array(AmountAnswer),
});
export type PersonAnswer = z.infer<typeof PersonAnswer>;

const PaymentsAnswer = z.object({ payments: z.array(PaymentAnswer), next: z.string().optional() });
const PeopleAnswer = z.object({ people: z.array(PersonAnswer), next: z.int().optional() });

/** The answer to a request that a service has understood. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A client of the API that never gives up: while no service runs it asks again, and so does every careful client. */
export class Api {
  /** Where the processes of the service listen at the moment: they are asked in turn. */
  readonly urls: string[];
  /** Answers of 500, 503 that do not say when to come again, and requests that were not answered: faults of the service. */
  readonly faults: string[] = [];
  readonly #clock: Clock;
  readonly #key: string;
  #turn = 0;

  /** @param key of a merchant, or of the administrator */
  constructor(clock: Clock, key: string, urls: string[] = []) {
    this.#clock = clock;
    this.#key = key;
    this.urls = urls;
  }

  async ask(method: 'GET' | 'POST', path: string, body?: object): Promise<Answer> {
    for (;;) {
      const answer = await this.#once(method, path, body).catch((error: Error) => {
        if (error.name === NO_ANSWER) this.faults.push(`${method} ${path}: no answer`);
      });
      if (answer !== undefined && answer.status < 500 && answer.status !== REQUEST_TIMEOUT) return answer;
      await sleep(this.#clock, AGAIN_AFTER_MS);
    }
  }

  /** All payments of the merchant. */
  async payments(): Promise<PaymentAnswer[]> {
    const all: PaymentAnswer[] = [];
    for (let after = ''; ; ) {
      const { payments, next } = await this.get(PaymentsAnswer, `/v1/payments?limit=200${after}`);
      all.push(...payments);
      if (next === undefined) return all;
      after = `&after=${next}`;
    }
  }

  async people(): Promise<PersonAnswer[]> {
    return (await this.get(PeopleAnswer, '/v1/people?limit=200')).people;
  }

  /** What is in review. */
  async reviews(): Promise<PaymentAnswer[]> {
    return (await this.get(PaymentsAnswer, '/v1/reviews?limit=200')).payments;
  }

  /** @throws Error when the answer is another one */
  async get<Body>(body: z.ZodType<Body>, path: string): Promise<Body> {
    const answer = await this.ask('GET', path);
    if (answer.status !== 200) throw new Error(`GET ${path} was answered ${answer.status}`);
    return body.parse(answer.body);
  }

  async #once(method: string, path: string, body: object | undefined): Promise<Answer> {
    this.#turn += 1;
    const { signal, end } = patience();
    try {
      return await this.#answer(method, path, body, signal);
    } finally {
      end();
    }
  }

  async #answer(method: string, path: string, body: object | undefined, signal: AbortSignal): Promise<Answer> {
    const response = await fetch(`${this.urls[this.#turn % this.urls.length]}${path}`, {
      ...{ method, signal },
      headers: {
        authorization: `Bearer ${this.#key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = { status: response.status, body: await response.json() };
    if (response.status >= 500 && (response.status !== 503 || !response.headers.has('retry-after')))
      this.faults.push(`${method} ${path}: ${response.status} ${JSON.stringify(answer.body)}`);
    return answer;
  }
}

const NO_ANSWER = 'TimeoutError';

/** Ends a request after some seconds in which this process ran itself: it stands still while it starts or stops a database. */
function patience(): { readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  let left = ANSWER_SECONDS;
  const tick = () =>
    systemClock.after(1_000, () => {
      left -= 1;
      if (left === 0) controller.abort(new DOMException('no answer', NO_ANSWER));
      else cancel = tick();
    });
  let cancel = tick();
  return { signal: controller.signal, end: () => cancel() };
}
