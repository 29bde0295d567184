import type { Clock } from '../../modem/index.ts';
import { requireAuthentication } from '../authentications/authentication.ts';
import { lookForKeys } from '../keyring/vault-rotation.ts';
import type { Vault } from '../keys/vault.ts';
import { partyById } from '../parties/relying-parties.ts';
import type { Store, Tx } from '../store/store.ts';
import type { DueRows, Timers } from '../time/timers.ts';
import type { ServiceEvent } from '../vocabulary/events.ts';
import type { Ref } from '../vocabulary/ids.ts';
import { lifeOf } from './ciba-request.ts';

/** When a client hears that its login has ended: the column `due`. */
export const DUE_PINGS: DueRows = { kind: 'ciba-ping', table: 'ciba_request', key: 'authentication_id' };

/** How long a client may take to answer a ping, ms. */
const ANSWER_WITHIN_MS = 10_000;

/** The pause before the second ping when the first did not arrive, ms; each further one is twice as long. */
const FIRST_PAUSE_MS = 10_000;

/** Pings that are tried. A client that hears none of them asks the token endpoint by itself. */
const PINGS = 4;

/** What is wanted of a ping: the auth_req_id, and the client's own token, by which it knows who pings (CIBA Core 1.0, 10.2). */
export interface Ping {
  readonly authReqId: string;
  readonly notificationToken: string;
}

interface PingContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly vault: Vault;
  readonly timers: Timers;
  /** Keeps a virtual clock still. */
  readonly hold?: ((work: Promise<unknown>) => void) | undefined;
}

const placeOf = (authentication: string) => ['CIBA ping', authentication] as const;

/** The ping of a request, under the vault key. */
export function sealPing(vault: Vault, authentication: Ref, ping: Ping): Uint8Array {
  return vault.seal(...placeOf(authentication), new TextEncoder().encode(JSON.stringify(ping)));
}

/** Tells clients that a login has ended: ping mode. It does not say how: that the client asks at the token endpoint. */
export class Pings {
  readonly #context: PingContext;

  constructor(context: PingContext) {
    this.#context = context;
  }

  /** Hears of the end of a login: its ping is due now. When this process dies before, it is due once the time of the person is over. */
  hear(event: ServiceEvent): void {
    if (event.kind !== 'authentication' || event.to === 'asked') return;
    const { store, clock, timers } = this.#context;
    const now = clock.now();
    const work = store.transaction('ciba ping due', async (tx) => {
      const changed = await tx.run(
        'UPDATE ciba_request SET due = ? WHERE authentication_id = ? AND due > ?',
        ...[now, event.id, now],
      );
      if (changed > 0) timers.dueAt(tx, now);
    });
    // The timer of before is still there.
    void work.catch(() => {});
  }

  /** The handler of the timer: the ping leaves after the commit, and the next one is due unless this one arrives. */
  async due(tx: Tx, id: string): Promise<void> {
    const { clock, timers, vault } = this.#context;
    const request = await tx.get(
      'SELECT ping, pings FROM ciba_request WHERE authentication_id = ? AND token_hash IS NULL',
      (row) => ({ ping: row.octets('ping'), pings: row.integer('pings') }),
      id,
    );
    if (request === undefined) return;
    const now = clock.now();
    const { state, partyId, createdAt, ttl } = await requireAuthentication(tx, id);
    const { notificationEndpoint } = await partyById(tx, partyId);
    if (notificationEndpoint === undefined || now >= createdAt + lifeOf(ttl) * 1000) return;
    const isOpen = state === 'asked';
    if (isOpen || request.pings < PINGS - 1) {
      const next = now + (isOpen ? FIRST_PAUSE_MS : FIRST_PAUSE_MS * 2 ** request.pings);
      await tx.run(
        'UPDATE ciba_request SET due = ?, pings = ? WHERE authentication_id = ?',
        ...[next, request.pings + (isOpen ? 0 : 1), id],
      );
      timers.dueAt(tx, next);
    }
    if (isOpen) return;
    await lookForKeys(tx, vault, now);
    const ping: Ping = JSON.parse(new TextDecoder().decode(vault.open(...placeOf(id), request.ping)));
    tx.afterCommit(() => {
      const work = this.#send(id, notificationEndpoint, ping);
      this.#context.hold?.(work);
    });
  }

  async #send(id: string, endpoint: string, { authReqId, notificationToken }: Ping): Promise<void> {
    if (!(await this.#arrives(endpoint, authReqId, notificationToken))) return;
    const ended = this.#context.store.transaction('ciba ping arrived', (tx) =>
      tx.run('UPDATE ciba_request SET due = NULL WHERE authentication_id = ?', id),
    );
    // Otherwise it arrives once more, which changes nothing.
    await ended.catch(() => {});
  }

  /** Whether the client took it (10.2): redirects are not followed. */
  async #arrives(endpoint: string, authReqId: string, token: string): Promise<boolean> {
    const late = new AbortController();
    const cancel = this.#context.clock.after(ANSWER_WITHIN_MS, () => late.abort());
    try {
      const { ok, body } = await fetch(endpoint, {
        method: 'POST',
        redirect: 'manual',
        signal: late.signal,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ auth_req_id: authReqId }),
      });
      await body?.cancel();
      return ok;
    } catch {
      return false;
    } finally {
      cancel();
    }
  }
}
