/** One request over HTTP. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Nothing of a request has left: there is no way to its host. */
export class NotSent extends Error {
  override readonly name = 'NotSent';
}

/** Why no connection is made, by the codes of the system and of Node's `fetch`. */
const NO_CONNECTION: readonly unknown[] = [
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
];

/** Makes a request and brings the whole answer. Rejects when none has come in time: with {@link NotSent} nothing was asked, otherwise what was asked for may have been done. */
export type AskOverHttp = (request: HttpRequest) => Promise<{ readonly status: number; readonly body: string }>;

/** Requests over the network; no redirect is followed. @param timeoutMs for the whole answer */
export function fetchOverHttp(timeoutMs: number): AskOverHttp {
  return async ({ method, url, headers, body }) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const options = { method, headers, redirect: 'error', signal, ...(body !== undefined && { body }) } as const;
    const response = await fetch(url, options).catch((error: unknown) => {
      throw isWithoutConnection(error) ? new NotSent('there is no connection to PayPal') : error;
    });
    return { status: response.status, body: await response.text() };
  };
}

function isWithoutConnection(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && NO_CONNECTION.includes(cause.code);
}
