import { VirtualClock } from '../../../sim/index.ts';

/** One answer of a scripted service: a response, nobody who answers, or nothing at all. */
export type Answer =
  | { readonly status: number; readonly body?: unknown; readonly retryAfter?: string; readonly location?: string }
  | 'refused'
  | 'silent';

/** A request that a scripted service got. */
export interface Got {
  /** ms after the start. */
  readonly at: number;
  readonly method: string;
  readonly url: string;
  readonly authorization: string | null;
  readonly body: unknown;
}

/** The `fetch` of a service that gives these answers, the last one again and again, on a virtual clock. */
export function scripted(...answers: readonly Answer[]) {
  const clock = new VirtualClock();
  const start = clock.now();
  const got: Got[] = [];
  const fetch = async (url: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const { method = 'GET', headers, body, signal } = init;
    const answer = answers[Math.min(got.length, answers.length - 1)] ?? 'silent';
    got.push({
      at: clock.now() - start,
      method,
      url: String(url),
      authorization: new Headers(headers).get('authorization'),
      body: typeof body === 'string' ? JSON.parse(body) : body,
    });
    if (answer === 'refused') throw new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED') });
    if (answer === 'silent')
      return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason)));
    const { status, body: content = {}, retryAfter, location } = answer;
    // As fetch does unless it is told otherwise.
    if (location !== undefined && init.redirect !== 'manual') return fetch(location, init);
    return new Response(JSON.stringify(content), {
      status,
      headers: { ...(retryAfter && { 'retry-after': retryAfter }), ...(location && { location }) },
    });
  };
  /** What a call came to within `ms`: its answer, its error, or that it still waits. */
  const within = async (ms: number, call: Promise<unknown>): Promise<unknown> => {
    let outcome: unknown = 'waits';
    void call.then(
      (answer) => {
        outcome = answer;
      },
      (error: unknown) => {
        outcome = error;
      },
    );
    await clock.advance(ms);
    return outcome;
  };
  return { clock, got, fetch, within };
}
