import { type Clock, systemClock } from '../../modem/clock.ts';
import { type Random, randomBelow, systemRandom } from '../../modem/random.ts';
import { LONGEST_WAIT_SECONDS } from '../http/deadline.ts';
import { PROBLEM_CODES, PROBLEM_TYPE } from '../vocabulary/problem-codes.ts';
import { ClientError } from './client-error.ts';
import { distrustOf, distrustSentence } from './distrust.ts';

/** Where the service is, and who calls it. */
export interface ClientOptions {
  /** As `https://pay.example.org`; a path in front of `/v1` is kept. */
  readonly url: string;
  /** The API key of a merchant, or of a relying party. */
  readonly apiKey: string;
  /** How long a call may take with its repeats, ms; default 60,000. What a call waits for by itself is not counted. */
  readonly timeoutMs?: number;
  /** How requests are sent; default the one of Node. */
  readonly fetch?: typeof fetch;
  /** Time and chance; default the machine's. Tests give virtual ones. */
  readonly clock?: Clock;
  readonly random?: Random;
}

/** What every call takes. */
export interface CallOptions {
  /** Ends the call, which then throws the reason of the signal. What was asked for may have been done. */
  readonly signal?: AbortSignal | undefined;
}

/** One request to the service. It is sent again as it is, so it changes nothing the second time. */
export interface ClientRequest extends CallOptions {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: object;
  /** How long the service may let it wait for something to happen, ms. */
  readonly waitMs?: number;
}

/** How long the first pause between two tries is, ms; each further one is twice as long. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/** How long one try may take, ms: a service that has not answered by then is asked again, perhaps by another connection. */
const TRY_MS = 20_000;

const DEFAULT_TIMEOUT_MS = 60_000;

/** After these somebody may do it a moment later: too many requests, and a service or a proxy that cannot now. */
const PASSING = [429, 502, 503, 504];

/** Pause between two questions that wait for an end, ms: a service that is being stopped does not let them wait. */
const BETWEEN_WAITS_MS = 500;

/** What of a problem (RFC 9457) is read. */
interface Problem {
  readonly type?: string;
  readonly detail?: string;
  readonly txn?: string;
}

/** A try that may be made again. */
interface Passing {
  readonly error: ClientError;
  /** When the service wants to be asked again, ms from now. */
  readonly afterMs: number | undefined;
}

/** The requests of one client: sent again with pauses while nobody answers or the service cannot now, and never after another refusal. */
export class Connection {
  readonly #url: string;
  readonly #apiKey: string;
  readonly #timeoutMs: number;
  readonly #fetch: typeof fetch;
  readonly #clock: Clock;
  readonly #random: Random;

  /** @throws TypeError for a URL that is none of a service, and for a key that cannot be one */
  constructor(options: ClientOptions) {
    const { url, apiKey, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
    if (!/^https?:\/\/[^/?#]+[^?#]*$/.test(url) || !URL.canParse(url))
      throw new TypeError(`${url} is not the URL of a service: give it as https://pay.example.org`);
    if (!/^[\x21-\x7e]+$/.test(apiKey)) throw new TypeError('The API key is empty, or has a space or a line break');
    this.#url = url.replace(/\/+$/, '');
    this.#apiKey = apiKey;
    this.#timeoutMs = timeoutMs;
    this.#fetch = options.fetch ?? fetch;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? systemRandom;
  }

  /** A key for a request that its author gave none. */
  newKey(): string {
    return Buffer.from(this.#random.bytes(16)).toString('hex');
  }

  /** The service's answer. @throws ClientError; the reason of the signal */
  async ask<Answer>(request: ClientRequest): Promise<Answer> {
    const end = this.#clock.now() + this.#timeoutMs + (request.waitMs ?? 0);
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
      const outcome = await this.#try<Answer>(request, end);
      if ('answer' in outcome) return outcome.answer;
      // Clients that failed at one moment come back at different ones.
      const afterMs = outcome.afterMs ?? pauseMs / 2 + randomBelow(this.#random, pauseMs);
      if (this.#clock.now() + afterMs >= end) throw outcome.error;
      await this.#pause(afterMs, request.signal);
    }
  }

  /** Asks until `isOver` says so of an answer, each time letting the service wait. @throws ClientError; the reason of the signal */
  async askUntil<Answer>(path: string, isOver: (answer: Answer) => boolean, { signal }: CallOptions): Promise<Answer> {
    for (;;) {
      const query = { wait: LONGEST_WAIT_SECONDS };
      const waitMs = LONGEST_WAIT_SECONDS * 1000;
      const answer = await this.ask<Answer>({ method: 'GET', path, query, waitMs, signal });
      if (isOver(answer)) return answer;
      await this.#pause(BETWEEN_WAITS_MS, signal);
    }
  }

  async #try<Answer>(request: ClientRequest, end: number): Promise<{ readonly answer: Answer } | Passing> {
    const { method, path, query = {}, body, waitMs = 0, signal } = request;
    const late = new AbortController();
    const limitMs = Math.min(TRY_MS + waitMs, end - this.#clock.now());
    const cancel = this.#clock.after(limitMs, () => late.abort());
    try {
      signal?.throwIfAborted();
      const response = await this.#fetch(`${this.#url}${path}${searchOf(query)}`, {
        method,
        // The key goes to nobody to whom an answer points.
        redirect: 'manual',
        signal: signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]),
        headers: {
          authorization: `Bearer ${this.#apiKey}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
        },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return this.#answerOf<Answer>(response, await response.text());
    } catch (error) {
      if (error instanceof ClientError) throw error;
      signal?.throwIfAborted();
      return { error: this.#noAnswer(error, late.signal.aborted), afterMs: undefined };
    } finally {
      cancel();
    }
  }

  /** @throws ClientError */
  #answerOf<Answer>({ ok, status, headers }: Response, text: string): { readonly answer: Answer } | Passing {
    const content = objectOf<Answer & Problem>(text);
    if (ok && content !== undefined) return { answer: content };
    const error = this.#errorOf(status, content);
    if (!PASSING.includes(status)) throw error;
    const seconds = Number(headers.get('retry-after') ?? Number.NaN);
    return { error, afterMs: seconds >= 0 ? seconds * 1000 : undefined };
  }

  #errorOf(status: number, problem: Problem | undefined): ClientError {
    const code = PROBLEM_CODES.find((known) => problem?.type === `${PROBLEM_TYPE}${known}`);
    if (code !== undefined) return new ClientError(code, `${problem?.detail}`, { status, txn: problem?.txn });
    const message = `${this.#url} answered ${status}, but not as the service does: is the URL right?`;
    return new ClientError('not-the-service', message, { status });
  }

  /** @throws ClientError when there is no use in another try */
  #noAnswer(error: unknown, wasLate: boolean): ClientError {
    const distrust = distrustOf(error);
    if (distrust !== undefined) throw new ClientError('distrusted', distrustSentence(this.#url, distrust));
    if (wasLate)
      return new ClientError('timeout', `${this.#url} has not answered in time; whether it did it is not known`);
    return new ClientError('unreachable', `no service answers at ${this.#url}`);
  }

  #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const aborted = () => {
        cancel();
        reject(signal?.reason);
      };
      const cancel = this.#clock.after(ms, () => {
        signal?.removeEventListener('abort', aborted);
        resolve();
      });
      if (signal?.aborted) aborted();
      else signal?.addEventListener('abort', aborted, { once: true });
    });
  }
}

function searchOf(query: NonNullable<ClientRequest['query']>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? '' : `?${search}`;
}

/** The object that a text is in JSON. Its members are not looked at: those of a later version are more, not others. */
function objectOf<Content extends object>(text: string): Content | undefined {
  try {
    const content: Content | null | undefined = JSON.parse(text);
    return typeof content === 'object' && content !== null ? content : undefined;
  } catch {
    return undefined;
  }
}
