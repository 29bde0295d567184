import { FRAME_OCTETS } from '../../device/safe-mobile/index.ts';
import type { IncomingSms, SmsReceiver, SmsReport } from '../../modem/index.ts';
import { recordFault } from '../journal/journal.ts';
import { announceAnew, endDelivered } from '../outgoing/announce.ts';
import { recipientOf } from '../outgoing/compose.ts';
import type { Context } from '../outgoing/context.ts';
import { APPLICATION_PORT } from '../outgoing/outbox.ts';
import { receiptDelivered } from '../outgoing/receipts.ts';
import { lockDevice } from '../people/devices.ts';
import type { Row } from '../store/row.ts';
import type { Store, Tx } from '../store/store.ts';
import { messageOf } from '../vocabulary/errors.ts';
import type { StoredFrame } from './arrival.ts';
import { dispatch, type MessageHandlers } from './dispatch.ts';
import { Junk } from './junk.ts';
import type { OpenedBox } from './open.ts';
import { Sieve } from './sieve.ts';
import { UNDEALT } from './undealt.ts';

/** Pauses before a message that could not be dealt with is tried again, ms. After the last one it is set aside. */
const RETRY_PAUSES_MS: readonly number[] = [1_000, 5_000, 30_000, 120_000];

/** Pause before a message is tried again when not even its failure could be written, ms. */
const UNWRITTEN_PAUSE_MS = 60_000;

/**
 * Incoming frames. What is no message of a phone is counted and not kept. Each other is stored before the bearer may delete its SMS, known by its stamp and digest when the same SMS is handed
 * over again, and dealt with in the transaction that stores it. A frame is dealt with or it is not: after a fault it is stored
 * alone, and tried again. The same frame in another SMS is known by its counter (`counters.ts`).
 */
export class Inbox implements SmsReceiver {
  readonly #store: Store;
  readonly #context: Context;
  readonly #handlers: MessageHandlers;
  readonly #sieve: Sieve;
  readonly #junk: Junk;

  constructor(store: Store, context: Context, handlers: MessageHandlers) {
    this.#store = store;
    this.#context = context;
    this.#handlers = handlers;
    this.#sieve = new Sieve(store, context);
    this.#junk = new Junk(store, context);
  }

  /**
   * Takes a message over: when this resolves, the message is on disk, or it is junk and counted.
   * @throws StoreError when the service is closed. Error when too many wait
   */
  async message(sms: IncomingSms): Promise<void> {
    const frame = frameOf(sms);
    if (frame === undefined) return;
    const receivedAt = this.#context.clock.now();
    const sifted = await this.#sieve.look(sms.originator, frame);
    if (sifted.kind === 'junk') return this.#junk.count(sifted.reason);
    if (sifted.kind === 'strange-key') return this.#strangeKey(sifted.deviceId);
    const arrival = { sms, frame, digest: sifted.digest, receivedAt };
    try {
      await this.#store.transaction('message', async (tx) => {
        const arrived = await keep(tx, arrival);
        if (arrived !== undefined) await this.#handle(tx, arrived, sifted.box);
      });
    } catch (error) {
      await this.#store.transaction('message alone', async (tx) => {
        const arrived = await keep(tx, arrival);
        if (arrived !== undefined) await this.#tryLater(tx, arrived.id, error);
      });
    }
    this.#sieve.noteDealtWith(sifted.digest);
  }

  /** A status report came: the phone has the message, which is not sent again. */
  report({ id, outcome }: SmsReport): void {
    if (outcome !== 'delivered') return;
    const noted = this.#store.transaction('status report', async (tx) => {
      const delivered = await this.#context.outbox.delivered(tx, id);
      if (delivered?.message === 'RECEIPT') await receiptDelivered(tx, this.#context, delivered);
      if (delivered?.message === 'KEY') await endDelivered(tx, this.#context, delivered);
    });
    void noted.catch((error) => this.#record(error));
  }

  /** An undecodable record is not a frame, and is dropped; the modem's log has an entry about it. */
  async unreadable(): Promise<void> {}

  /** Deals with the messages that a crash has left stored and not dealt with: those of one phone in the order of their arrival. */
  async readAll(): Promise<void> {
    const left = await this.#store.read((tx) =>
      tx.all(`SELECT id, originator FROM inbox WHERE ${UNDEALT} ORDER BY id`, (row) => ({
        id: row.integer('id'),
        originator: row.text('originator'),
      })),
    );
    const phones = Map.groupBy(left, ({ originator }) => originator);
    await Promise.all([...phones.values()].map((messages) => this.#dealInTurn(messages)));
  }

  async #dealInTurn(messages: readonly { readonly id: number }[]): Promise<void> {
    for (const { id } of messages) await this.#deal(id);
  }

  /** The pause before another try is over: the handler of the timer `inbox-retry`. */
  async retry(tx: Tx, subject: string): Promise<void> {
    const { timers, clock } = this.#context;
    await timers.set(tx, 'inbox-retry', subject, clock.now() + UNWRITTEN_PAUSE_MS);
    tx.afterCommit(() => void this.#deal(Number(subject)).catch((error) => this.#record(error)));
  }

  #record(error: unknown): Promise<void> {
    return recordFault(this.#store, this.#context.journal, error);
  }

  /** A message that fails does not block the next one. */
  async #deal(id: number): Promise<void> {
    try {
      await this.#store.transaction('frame', async (tx) => {
        const undealt = await lockUndealt(tx, id);
        await this.#context.timers.cancel(tx, 'inbox-retry', String(id));
        if (undealt !== undefined) await this.#handle(tx, undealt);
      });
    } catch (error) {
      await this.#store.transaction('frame failed', (tx) => this.#tryLater(tx, id, error));
    }
  }

  /** The phone cannot be understood, and may be helped: it is told the keys that count. */
  async #strangeKey(id: number): Promise<void> {
    await this.#store.transaction('strange key', async (tx) => {
      const device = await lockDevice(tx, id);
      const recipient = device && recipientOf(device);
      if (recipient !== undefined) await announceAnew(tx, this.#context, recipient);
    });
    await this.#junk.count('not-for-this-service');
  }

  async #handle(tx: Tx, stored: StoredFrame, box?: OpenedBox): Promise<void> {
    const result = await dispatch(tx, this.#context, this.#handlers, stored, box);
    tx.later('UPDATE inbox SET frame = NULL, result = ? WHERE id = ?', result, stored.id);
  }

  /** Counts a failure, unless another process has dealt with the frame meanwhile. */
  async #tryLater(tx: Tx, id: number, error: unknown): Promise<void> {
    const { clock, journal, timers } = this.#context;
    const reason = messageOf(error);
    const tries = await tx.get(
      `UPDATE inbox SET tries = tries + 1 WHERE id = ? AND ${UNDEALT} RETURNING tries`,
      (row) => row.integer('tries'),
      id,
    );
    if (tries === undefined) return;
    const pause = RETRY_PAUSES_MS[tries - 1];
    await journal.record(tx, { kind: 'fault', reason: `message ${id} could not be dealt with: ${reason}` });
    if (pause !== undefined) {
      await timers.set(tx, 'inbox-retry', String(id), clock.now() + pause);
      return;
    }
    await tx.run('UPDATE inbox SET result = ? WHERE id = ?', `set aside: ${reason}`, id);
    await journal.record(tx, { kind: 'alarm', alarm: 'message-set-aside', ref: String(id) });
  }
}

/** A frame that has passed the sieve. */
interface ArrivedFrame extends Pick<StoredFrame, 'frame' | 'digest' | 'receivedAt'> {
  readonly sms: IncomingSms;
}

/** Stores a frame. @returns `undefined` for an SMS that was handed over before */
async function keep(tx: Tx, { sms, ...arrived }: ArrivedFrame): Promise<StoredFrame | undefined> {
  const { sentAt, originator } = sms;
  const { digest, receivedAt, frame } = arrived;
  const id = await tx.insert(
    `INSERT INTO inbox (sent_at, digest, originator, received_at, frame) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (sent_at, digest) DO NOTHING`,
    'id',
    ...[sentAt, digest, originator, receivedAt, frame],
  );
  return id === undefined ? undefined : { ...arrived, id, originator };
}

/** A frame that nobody has dealt with yet, locked: several processes may try. */
function lockUndealt(tx: Tx, id: number): Promise<StoredFrame | undefined> {
  return tx.get(
    `SELECT id, received_at, originator, digest, frame FROM inbox WHERE id = ? AND ${UNDEALT} FOR UPDATE`,
    readStored,
    id,
  );
}

function readStored(row: Row): StoredFrame {
  return {
    id: row.integer('id'),
    receivedAt: row.integer('received_at'),
    originator: row.text('originator'),
    digest: row.octets('digest'),
    frame: row.octets('frame'),
  };
}

/** The frame in an SMS to the application's port; `undefined` for any other SMS, which the service ignores. */
function frameOf(sms: IncomingSms): Uint8Array | undefined {
  if (sms.content.kind !== 'data' || sms.content.ports?.destination !== APPLICATION_PORT) return undefined;
  return sms.content.data.length === FRAME_OCTETS ? sms.content.data : undefined;
}
