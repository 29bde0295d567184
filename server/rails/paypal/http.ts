/** One request over HTTP. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Makes a request and brings the whole answer. Rejects when none has come in time; what was asked for may have been done all the same. */
export type AskOverHttp = (request: HttpRequest) => Promise<{ readonly status: number; readonly body: string }>;

/** Requests over the network; no redirect is followed. @param timeoutMs for the whole answer */
export function fetchOverHttp(timeoutMs: number): AskOverHttp {
  return async ({ method, url, headers, body }) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const options = { method, headers, redirect: 'error', signal, ...(body !== undefined && { body }) } as const;
    const response = await fetch(url, options);
    return { status: response.status, body: await response.text() };
  };
}
