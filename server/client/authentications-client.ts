import type { AuthenticationBody, AuthenticationListView, AuthenticationView } from '../http/authentication-schemas.ts';
import { type CallOptions, type ClientOptions, Connection } from './connection.ts';

type KeyOptional<Body> = Body extends { readonly key: string }
  ? Omit<Body, 'key'> & { readonly key?: string | undefined }
  : never;

/** What a person is asked for. Without `key` the client draws one, and keeps it over its own repeats. */
export type AuthenticationOrder = KeyOptional<AuthenticationBody>;

/** Which part of a list is wanted. */
export interface AuthenticationListQuery {
  /** `next` of the answer before. */
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}

/** The authentications of a relying party. All calls throw {@link ClientError}, or the reason of their signal. */
export class AuthenticationsClient {
  readonly #connection: Connection;

  /** @throws TypeError for a URL or key that cannot be one */
  constructor(options: ClientOptions) {
    this.#connection = new Connection(options);
  }

  /** Asks a person to log in or to sign; the same `key` with the same content is the same authentication. Show its `matchCode` at once. */
  create(order: AuthenticationOrder, options: CallOptions = {}): Promise<AuthenticationView> {
    const body = { ...order, key: order.key ?? this.#connection.newKey() };
    return this.#connection.ask({ method: 'POST', path: '/v1/authentications', body, ...options });
  }

  /** An authentication as it stands. */
  get(id: string, options: CallOptions = {}): Promise<AuthenticationView> {
    return this.#connection.ask({ method: 'GET', path: pathOf(id), ...options });
  }

  /** An authentication once it has ended. Each one ends: `expired` when nobody answers. */
  ended(id: string, options: CallOptions = {}): Promise<AuthenticationView> {
    return this.#connection.askUntil<AuthenticationView>(pathOf(id), ({ ended }) => ended, options);
  }

  /** Authentications, latest first; `next` of an answer is `after` of the next call. */
  list(query: AuthenticationListQuery = {}, options: CallOptions = {}): Promise<AuthenticationListView> {
    return this.#connection.ask({ method: 'GET', path: '/v1/authentications', query: { ...query }, ...options });
  }

  /** Takes a request back that the person has not answered. */
  cancel(id: string, options: CallOptions = {}): Promise<AuthenticationView> {
    return this.#connection.ask({ method: 'POST', path: `${pathOf(id)}/cancel`, ...options });
  }
}

function pathOf(id: string): string {
  return `/v1/authentications/${encodeURIComponent(id)}`;
}
