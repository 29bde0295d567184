import { FRAME_OCTETS } from '../../device/safe-mobile/index.ts';
import type { IncomingSms, SmsReceiver, SmsReport } from '../../modem/index.ts';
import type { Context } from '../context.ts';
import type { Row } from '../store/row.ts';
import { dispatch } from './dispatch.ts';
import { APPLICATION_PORT } from './outbox.ts';
import { receiptDelivered } from './receipts.ts';

/** A service centre may deliver for a week; a frame that is remembered longer than that cannot come again, ms. */
const REMEMBERED_MS = 10 * 24 * 60 * 60 * 1000;

interface UnreadFrame {
  readonly id: number;
  readonly digest: Uint8Array;
  readonly receivedAt: number;
  readonly frame: Uint8Array;
}

/**
 * Frames on their way in: stored before the hand-over to the modem's side is confirmed, known again by their digest,
 * dealt with in one transaction each, in the order of arrival.
 */
export class Inbox implements SmsReceiver {
  readonly #context: Context;
  #reading = false;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Takes a message over: when this resolves, it is on disk. @throws Error when the service is closed */
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

  /** A phone has a message for which the service asked the network to say so: it need not be sent again. */
  report({ id, outcome }: SmsReport): void {
    const { store, outbox } = this.#context;
    if (outcome !== 'delivered' || !store.isOpen) return;
    const delivered = outbox.delivered(id);
    if (delivered?.message !== 'RECEIPT') return;
    store.transaction(() => receiptDelivered(this.#context, delivered));
  }

  /** What cannot be read is no frame; the modem's log has said so. */
  async unreadable(): Promise<void> {}

  /** Deals with what a crash left unread. */
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

  /** One message is dealt with in one transaction; one that cannot be does not stand in the way of the next. */
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

/** The frame in an SMS to the application's port, or `undefined`: everything else is not for the service. */
function frameOf(sms: IncomingSms): Uint8Array | undefined {
  if (sms.content.kind !== 'data' || sms.content.ports?.destination !== APPLICATION_PORT) return undefined;
  return sms.content.data.length === FRAME_OCTETS ? sms.content.data : undefined;
}
