import { FRAME_OCTETS } from '../../device/safe-mobile/index.ts';
import type { IncomingSms, SmsReceiver, SmsReport } from '../../modem/index.ts';
import type { Context } from '../context.ts';
import type { Row } from '../store/row.ts';
import { dispatch } from './dispatch.ts';
import { APPLICATION_PORT } from './outbox.ts';
import { receiptDelivered } from './receipts.ts';

/** How long frames are remembered, ms: longer than the week in which a service centre may deliver an SMS again. */
const REMEMBERED_MS = 10 * 24 * 60 * 60 * 1000;

interface UnreadFrame {
  readonly id: number;
  readonly digest: Uint8Array;
  readonly receivedAt: number;
  readonly frame: Uint8Array;
}

/**
 * Incoming frames. Each is stored before the bearer may delete its SMS, recognised by its digest when it comes again, and
 * handled in one transaction, in the order of arrival.
 */
export class Inbox implements SmsReceiver {
  readonly #context: Context;
  #reading = false;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Stores a message: when this resolves, the message is on disk. @throws Error when the service is closed */
  async message(sms: IncomingSms): Promise<void> {
    const frame = frameOf(sms);
    if (frame === undefined) return;
    const { store, clock, primitives } = this.#context;
    if (!store.isOpen) throw new Error('the service is closed and takes no message');
    store.transaction(() => {
      store.run('DELETE FROM inbox WHERE received_at < ? AND frame IS NULL', clock.now() - REMEMBERED_MS);
      store.run(
        `INSERT INTO inbox (digest, sent_at, originator, received_at, frame) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (digest, sent_at) DO NOTHING`,
        primitives.sha256(frame),
        sms.sentAt,
        sms.originator,
        clock.now(),
        frame,
      );
    });
    this.#readSoon();
  }

  /** A status report came: the phone has the message, which is not sent again. */
  report({ id, outcome }: SmsReport): void {
    const { store, outbox } = this.#context;
    if (outcome !== 'delivered' || !store.isOpen) return;
    const delivered = outbox.delivered(id);
    if (delivered?.message !== 'RECEIPT') return;
    store.transaction(() => receiptDelivered(this.#context, delivered));
  }

  /** An undecodable record is not a frame, and is dropped; the modem's log has an entry about it. */
  async unreadable(): Promise<void> {}

  /** Handles the messages that a crash has left stored and not handled. */
  readAll(): void {
    for (;;) {
      const { store } = this.#context;
      const next = store.get(
        'SELECT id, digest, received_at, frame FROM inbox WHERE frame IS NOT NULL ORDER BY id LIMIT 1',
        readUnread,
      );
      if (next === undefined) return;
      this.#read(next);
    }
  }

  /** Handles each message in a transaction of its own; a message that fails does not block the next one. */
  #read(next: UnreadFrame): void {
    const { store, journal } = this.#context;
    const end = (result: string) =>
      store.run('UPDATE inbox SET frame = NULL, result = ? WHERE id = ?', result, next.id);
    try {
      store.transaction(() => {
        const repeated = this.#wasReadBefore(next);
        end(dispatch(this.#context, next.frame, { at: next.receivedAt, repeated }));
      });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      store.transaction(() => {
        end(`failed: ${reason}`);
        journal.record({ kind: 'fault', reason: `message ${next.id} could not be dealt with: ${reason}` });
      });
    }
  }

  #readSoon(): void {
    if (this.#reading) return;
    this.#reading = true;
    queueMicrotask(() => {
      this.#reading = false;
      if (this.#context.store.isOpen) this.readAll();
    });
  }

  /** The same frame in another SMS: the phone sent it again. */
  #wasReadBefore({ id, digest }: UnreadFrame): boolean {
    const before = this.#context.store.get(
      'SELECT 1 AS one FROM inbox WHERE digest = ? AND id < ? LIMIT 1',
      (row) => row.integer('one'),
      digest,
      id,
    );
    return before !== undefined;
  }
}

function readUnread(row: Row): UnreadFrame {
  return {
    id: row.integer('id'),
    digest: row.octets('digest'),
    receivedAt: row.integer('received_at'),
    frame: row.octets('frame'),
  };
}

/** The frame in an SMS to the application's port; `undefined` for any other SMS, which the service ignores. */
function frameOf(sms: IncomingSms): Uint8Array | undefined {
  if (sms.content.kind !== 'data' || sms.content.ports?.destination !== APPLICATION_PORT) return undefined;
  return sms.content.data.length === FRAME_OCTETS ? sms.content.data : undefined;
}
