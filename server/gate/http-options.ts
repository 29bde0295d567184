/** How long a web server waits for its clients, ms, and how many connections one of them may have. */
export interface Patience {
  /** From the begin of a connection or request until its headers are there. */
  readonly headersMs: number;
  /** From the begin of a request until its body is there. */
  readonly requestMs: number;
  /** Until the next request on a connection. */
  readonly idleMs: number;
  /** Without an octet taken of an answer that is ready. */
  readonly answerMs: number;
  /** Open at once from one address (IPv6: from one /64). */
  readonly connections: number;
}

/** A request has some hundred octets: whoever needs longer holds the connection on purpose, or is gone. */
export const PATIENCE: Patience = {
  headersMs: 10_000,
  requestMs: 15_000,
  idleMs: 15_000,
  answerMs: 30_000,
  connections: 512,
};

/** How many requests are answered in a minute; those beyond it get 429. */
export interface RequestLimits {
  /** Without a key, from one address: page, descriptors, health, description of the API, paths that are not there. */
  readonly public: number;
  /** With a wrong key or none where one is needed, from one address. */
  readonly wrongKeys: number;
  /** With one good key. */
  readonly goodKey: number;
  /** Messages of the hosts of rails, from one address. */
  readonly notices: number;
}

/** More than a watchdog or a till needs, less than what keeps the service from its work. */
export const REQUEST_LIMITS: RequestLimits = { public: 600, wrongKeys: 60, goodKey: 6_000, notices: 6_000 };

/** A certificate with its chain, and its private key; PEM. */
export interface Tls {
  readonly cert: string | Uint8Array;
  readonly key: string | Uint8Array;
}

/** How the HTTP API meets its clients. */
export interface HttpOptions {
  /** Names by which clients may call it (the Host of their requests), beside those of this machine. Default: none. */
  readonly hosts?: readonly string[] | undefined;
  /** HTTPS. Default: plain HTTP. */
  readonly tls?: Tls | undefined;
  /** A proxy is in front: the client's address is the last one in X-Forwarded-For. Default: false. */
  readonly behindProxy?: boolean | undefined;
  readonly patience?: Partial<Patience> | undefined;
  readonly limits?: Partial<RequestLimits> | undefined;
  /** How long a route may take to answer, ms, besides the time that its caller lets it wait; then the client gets 503. Default: 30 s. */
  readonly answerWithinMs?: number | undefined;
}
