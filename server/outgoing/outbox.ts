import type { Clock, SendOutcome, SmsBearer } from '../../modem/index.ts';
import { type Journal, recordFault } from '../journal/journal.ts';
import type { Processes, ProcessId } from '../processes/processes.ts';
import type { ReadTx, Store, Tx } from '../store/store.ts';
import type { Timers } from '../time/timers.ts';
import { type DeviceId, deviceId } from '../vocabulary/ids.ts';
import type { BearerRoom } from './bearer-room.ts';
import { FrameOutcomes, type HandedFrame, NOT_HANDED } from './outcomes.ts';
import { type OutgoingFrame, readWaitingFrame, type WaitingFrame } from './outgoing-frame.ts';

/** The port of the payment application, on the phone and at the service (3GPP TS 23.040: 16000 to 16999 are free). */
export const APPLICATION_PORT = 16001;

/** The prefix of a row's number in the id that the bearer gets. */
const ID_PREFIX = 'outbox-';
const FRAME_ID = /^outbox-[0-9]{1,15}$/;

/** Pause after a fault of the database, ms: then the frames that wait are looked at again. */
const AGAIN_AFTER_MS = 5_000;

/** Pause before frames that wait are looked at again although the bearer has room, ms: other transactions have locked their rows. */
const LOCKED_PAUSE_MS = 1_000;

/** The phone and the ref of a delivered message. */
export interface DeliveredFrame {
  /** Of its row: later frames about the same ref have greater ones. */
  readonly id: number;
  readonly deviceId: DeviceId;
  readonly message: string;
  readonly ref: string;
}

/** A frame that this process hands to its bearer. */
type HeldFrame = WaitingFrame & HandedFrame;

/**
 * Outgoing frames, as rows: `waiting` → `handed` (marked before the bearer gets the frame) → `sent`, or `resting` until
 * another try, or `dropped`. A frame begins as `handed` when the bearer has room for it, and leaves after the commit that
 * wrote it down. A phone recognises a frame that comes twice: so after a crash the `handed` frames, whose outcome was lost, are
 * handed over again, and so is a frame of outcome `unknown`.
 */
export class Outbox {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #bearer: Pick<SmsBearer, 'send'>;
  readonly #journal: Journal;
  readonly #outcomes: FrameOutcomes;
  readonly #room: BearerRoom;
  readonly #processes: Processes;
  /** Frames that were written down as handed over, and leave when all that follows the commit was done. */
  readonly #leaving = new Map<number, HeldFrame>();
  /**
   * Frames that were written down as handed over since the last commit. One that was undone still counts until the next commit:
   * meanwhile a frame may begin as `waiting` though there is room, and leaves a little later.
   */
  #promised = 0;
  /** Frames that waited and were marked as handed over, and leave when the commit is told. */
  readonly #claimed = new Set<number>();
  /** Frames that the bearer has, until their outcome is written down. */
  readonly #inFlight = new Map<number, Promise<void>>();
  /** Frames that are this process's by their rows, and of which it did not know when it looked last. */
  #unknown: ReadonlySet<number> = new Set();
  #running = false;
  #again = false;
  /** False when no row waits, so that nobody looks for one after each outcome. */
  #mayWait = true;
  #looking: Promise<void> | undefined;
  /** A look for rows that were locked is planned. */
  #looksSoon = false;

  constructor(
    store: Store,
    clock: Clock,
    bearer: Pick<SmsBearer, 'send'>,
    timers: Timers,
    journal: Journal,
    processes: Processes,
    room: BearerRoom,
  ) {
    this.#store = store;
    this.#processes = processes;
    this.#clock = clock;
    this.#bearer = bearer;
    this.#journal = journal;
    this.#outcomes = new FrameOutcomes(store, clock, timers, journal);
    this.#room = room;
  }

  /** Writes a frame down, inside the transaction of the step that it tells of. */
  async add(tx: Tx, frame: OutgoingFrame): Promise<void> {
    const holder = this.#processes.id;
    const leaves = !this.#mayWait && this.#free > this.#promised;
    const stored = tx.laterInsert(
      `INSERT INTO outbox (number, device_id, message, ref, frame, useful_until, created_at, report, state, tries, holder)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      'id',
      frame.number,
      frame.deviceId,
      frame.message,
      frame.ref,
      frame.frame,
      frame.usefulUntil,
      this.#clock.now(),
      frame.report === true ? 1 : 0,
      leaves ? 'handed' : 'waiting',
      leaves ? 1 : 0,
      leaves ? holder : null,
    );
    if (leaves) {
      this.#promised += 1;
      tx.afterCommit(() => {
        const id = stored();
        this.#leaving.set(id, { ...frame, id, holder, tries: 0 });
      });
    }
    tx.wake(leaves ? 'leaving' : 'outbox');
  }

  /** The message that a status report is about, by the id that the bearer was given; `undefined` when it is not known. */
  async delivered(tx: ReadTx, id: string): Promise<DeliveredFrame | undefined> {
    if (!FRAME_ID.test(id)) return undefined;
    return tx.get(
      'SELECT id, device_id, message, ref FROM outbox WHERE id = ?',
      (row) => ({
        id: row.integer('id'),
        deviceId: deviceId(row.integer('device_id')),
        message: row.text('message'),
        ref: row.text('ref'),
      }),
      id.slice(ID_PREFIX.length),
    );
  }

  /** Drops the unsent frames about `ref`: a newer frame replaces them, and an older one must not come after it. */
  async withdraw(tx: Tx, device: DeviceId, message: string, ref: string): Promise<void> {
    tx.later(
      `UPDATE outbox SET state = 'dropped', trouble = 'withdrawn', frame = NULL, ended_at = ?
       WHERE ended_at IS NULL AND ref = ? AND device_id = ? AND message = ?`,
      this.#clock.now(),
      ref,
      device,
      message,
    );
    tx.afterCommit(() => {
      for (const frame of this.#leaving.values()) {
        if (frame.ref === ref && frame.deviceId === device && frame.message === message) this.#leaving.delete(frame.id);
      }
    });
  }

  /** What a process had handed to its bearer has no outcome any more, and waits for another hand-over. */
  async takeOver(tx: Tx, dead: ProcessId): Promise<void> {
    const left = await tx.run(
      "UPDATE outbox SET state = 'waiting', holder = NULL WHERE state = 'handed' AND ended_at IS NULL AND holder = ?",
      dead,
    );
    if (left > 0) tx.wake('outbox');
  }

  /**
   * A COMMIT whose answer was lost may have marked frames as handed over of which this process does not know. What it did not know
   * at the look before either, some seconds ago, waits again; and what waits without news of it is handed over.
   */
  async giveBackUnknown(): Promise<void> {
    const holder = this.#processes.id;
    const { waits, handed } = await this.#store.read(async (tx) => ({
      waits: await tx.get(`SELECT ${WAITING} AS rest`, (row) => row.integer('rest') === 1),
      handed: await tx.all(
        `SELECT id FROM outbox WHERE ${WITHOUT_OTHER_HOLDER} ORDER BY id`,
        (row) => row.integer('id'),
        holder,
      ),
    }));
    const unknown = handed.filter((id) => !this.#isKnown(id));
    const lost = unknown.filter((id) => this.#unknown.has(id));
    this.#unknown = new Set(unknown);
    if (lost.length > 0) {
      await this.#store.transaction('give back', async (tx) => {
        const giveBack = `UPDATE outbox SET state = 'waiting' WHERE ${WITHOUT_OTHER_HOLDER} AND id = ?`;
        for (const id of lost) await tx.run(giveBack, holder, id);
        tx.wake('outbox');
      });
    } else if (waits === true && this.#running) {
      this.#mayWait = true;
      this.look();
    }
  }

  #isKnown(id: number): boolean {
    return this.#inFlight.has(id) || this.#leaving.has(id) || this.#claimed.has(id) || this.#outcomes.isUnwritten(id);
  }

  /** Begins to send. */
  async start(): Promise<void> {
    this.#running = true;
    this.#store.onWake('leaving', () => this.#sendLeaving());
    this.#store.onWake('outbox', () => {
      this.#mayWait = true;
      this.look();
    });
    this.look();
    await this.#looking;
  }

  /** Hands over no more frames, and resolves when all frames that the bearer has got their outcome. */
  async stop(): Promise<void> {
    this.#running = false;
    await this.#looking;
    await Promise.all(this.#inFlight.values());
  }

  /** Frames that the bearer has and that have no outcome yet. */
  get atBearer(): number {
    return this.#inFlight.size;
  }

  /** The pause before another try is over: the handler of the timer `outbox-retry`. */
  async retry(tx: Tx, subject: string): Promise<void> {
    await tx.run("UPDATE outbox SET state = 'waiting' WHERE id = ? AND state = 'resting'", subject);
    tx.wake('outbox');
  }

  /** Hands over waiting frames, as many as the bearer may hold. */
  look(): void {
    this.#again = true;
    this.#looking ??= this.#handOver().finally(() => {
      this.#looking = undefined;
      if (this.#again && this.#free > 0) this.look();
    });
  }

  async #handOver(): Promise<void> {
    try {
      while (this.#again && this.#free > 0) {
        this.#again = false;
        for (const frame of await this.#claim()) {
          this.#claimed.delete(frame.id);
          this.#start(frame);
        }
      }
      if (this.#mayWait && this.#free > 0) this.#lookSoon();
    } catch (error) {
      this.#clock.after(AGAIN_AFTER_MS, () => this.look());
      await recordFault(this.#store, this.#journal, error);
    }
  }

  /** A claim leaves out the rows that other transactions have locked, in this process too, and nobody tells of their unlocking. */
  #lookSoon(): void {
    if (this.#looksSoon) return;
    this.#looksSoon = true;
    this.#clock.after(LOCKED_PAUSE_MS, () => {
      this.#looksSoon = false;
      this.look();
    });
  }

  /** What was written down as handed over leaves, unless another transaction of the same commit has withdrawn it. */
  #sendLeaving(): void {
    this.#promised = 0;
    if (this.#running) for (const frame of this.#leaving.values()) this.#start(frame);
    this.#leaving.clear();
  }

  #start(frame: HeldFrame): void {
    const sending = this.#send(frame).finally(() => {
      if (this.#inFlight.get(frame.id) === sending) this.#inFlight.delete(frame.id);
      if (this.#mayWait) this.look();
    });
    this.#inFlight.set(frame.id, sending);
  }

  /** How many more frames the bearer may get, besides those that it has or gets in this turn. */
  get #free(): number {
    return this.#mayHold() - this.#inFlight.size - this.#leaving.size - this.#claimed.size;
  }

  #mayHold(): number {
    const maySend = this.#running && this.#store.isOpen && this.#processes.isAlive && this.#room.canSend();
    return maySend ? this.#room.atOnce : 0;
  }

  /** Marks the next frames as handed over, in the order in which they were written, and drops those that help nobody any more. */
  #claim(): Promise<HeldFrame[]> {
    return this.#store.transaction('hand over', async (tx) => {
      const holder = this.#processes.id;
      const handed = await tx.get(HANDED, (row) => row.integer('handed'), holder);
      const next = await tx.all(
        `SELECT * FROM outbox WHERE state = 'waiting' AND ended_at IS NULL ORDER BY id LIMIT ? FOR UPDATE SKIP LOCKED`,
        readWaitingFrame,
        Math.max(0, this.#mayHold() - (handed ?? 0)),
      );
      const useful = next.filter(({ usefulUntil }) => usefulUntil > this.#clock.now());
      for (const late of next.filter((frame) => !useful.includes(frame))) {
        await this.#outcomes.drop(tx, late, 'it was not sent in time');
        this.#again = true;
      }
      for (const { id } of useful) {
        await tx.run("UPDATE outbox SET state = 'handed', tries = tries + 1, holder = ? WHERE id = ?", holder, id);
      }
      const rest = await tx.get(`SELECT ${WAITING} AS rest`, (row) => row.integer('rest') === 1);
      tx.afterCommit(() => {
        // What has come since `rest` was read counts too.
        this.#mayWait = rest === true || this.#again;
        for (const { id } of useful) this.#claimed.add(id);
      });
      return useful.map((frame) => ({ ...frame, holder }));
    });
  }

  async #send(frame: HeldFrame): Promise<void> {
    // This process may have been stopped since the commit, and another one may send the frame by now.
    const outcome = this.#processes.isAlive ? await this.#toBearer(frame) : NOT_HANDED;
    await this.#outcomes.write(frame, outcome);
  }

  #toBearer(frame: HeldFrame): Promise<SendOutcome> {
    return this.#bearer.send({
      id: `${ID_PREFIX}${frame.id}`,
      destination: frame.number,
      content: {
        kind: 'data',
        data: frame.frame,
        ports: { destination: APPLICATION_PORT, source: APPLICATION_PORT },
      },
      validityMs: frame.usefulUntil - this.#clock.now(),
      ...(frame.report === true && { statusReport: true }),
    });
  }
}

/** How many messages the bearer of a process holds, or gets after the commit. */
const HANDED = "SELECT count(*) AS handed FROM outbox WHERE state = 'handed' AND ended_at IS NULL AND holder = ?";

/** What this process has, and what is left of processes that took it after they had been missed. */
const WITHOUT_OTHER_HOLDER = `state = 'handed' AND ended_at IS NULL
  AND (holder = ? OR NOT EXISTS (SELECT 1 FROM process WHERE process.id = outbox.holder))`;

/** Whether a frame waits. */
const WAITING = "EXISTS (SELECT 1 FROM outbox WHERE state = 'waiting' AND ended_at IS NULL)";
