import type { Clock } from '../../modem/index.ts';
import { type Journal, recordFault } from '../journal/journal.ts';
import type {
  Inquiry,
  LocalRail,
  Notice,
  NoticeHeaders,
  Outcome,
  Rail,
  RailOrder,
  Rails,
  RemoteRail,
} from '../rails/rail.ts';
import type { Store, Tx } from '../store/store.ts';
import type { Timers } from '../time/timers.ts';
import { messageOf, ServiceError } from '../vocabulary/errors.ts';
import {
  type Attempt,
  changeAttempt,
  countTry,
  hasEnded,
  insertAttempt,
  insertFirstAttempt,
  lockAttempt,
} from './attempt.ts';
import { type FinalOutcome, isFinal, meaningOf } from './late-answer.ts';
import { book, setAside } from './postings.ts';
import { isRemembered, nextStepOf } from './unanswered.ts';

/** How much longer than the rail's own time-out an answer is waited for before the attempt is taken up by its timer, ms. */
const SPARE_MS = 5_000;

/** When a `pending` attempt is asked about unless the rail says, ms; and the limits of what a rail may say. */
const PENDING_PAUSE_MS = 3_600_000;
const SHORTEST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 24 * 3_600_000;

/** What the engine tells the payments, inside the transaction that changes the attempt. */
export interface AttemptListener {
  /** The outcome is known, or not known yet, or will not be known without a person. */
  changed(tx: Tx, attempt: Attempt): Promise<void>;
  /** A charge is to be undone in place of being asked about: opens the reversal. */
  reverse(tx: Tx, attempt: Attempt): Promise<void>;
}

/**
 * The one place that asks rails to move money. A local rail decides in the transaction that asks. For another rail the attempt
 * and a timer are on disk before the rail is called; the timer takes the attempt up when no answer comes, also after a crash.
 */
export class AttemptEngine {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #journal: Journal;
  readonly #rails: Rails;
  #listener: AttemptListener | undefined;

  constructor(store: Store, clock: Clock, timers: Timers, journal: Journal, rails: Rails) {
    this.#store = store;
    this.#clock = clock;
    this.#timers = timers;
    this.#journal = journal;
    this.#rails = rails;
  }

  /** Says who hears of the outcomes; called once, before the first attempt. */
  listen(listener: AttemptListener): void {
    this.#listener = listener;
  }

  /**
   * Makes the first attempt of its key at a local rail, which has decided when this resolves. The caller acts on the outcome: the
   * listener does not hear of it. @throws Error, at the latest with the commit, when there was an attempt with this key
   */
  async decide(tx: Tx, rail: LocalRail, order: RailOrder): Promise<Attempt> {
    const attempt = await this.#decided(tx, rail, order);
    insertFirstAttempt(tx, attempt);
    return attempt;
  }

  async #decided(tx: Tx, rail: LocalRail, order: RailOrder): Promise<Attempt> {
    const outcome = await rail.decide(tx, order);
    return {
      order: { ...order, note: outcome.note ?? order.note },
      rail: rail.name,
      state: outcome.kind,
      tries: 1,
      unanswered: 0,
      reason: outcome.kind === 'declined' ? outcome.reason : undefined,
      approvalCode: outcome.kind === 'done' ? outcome.approvalCode : 0,
      createdAt: this.#clock.now(),
    };
  }

  /** Makes an attempt, once a key. With a local rail the listener has heard of the outcome when this resolves. */
  async begin(tx: Tx, rail: Rail, order: RailOrder): Promise<void> {
    if (rail.local) {
      const decided = await this.#decided(tx, rail, order);
      if (await insertAttempt(tx, decided)) await this.#listener?.changed(tx, decided);
      return;
    }
    const attempt: Attempt = {
      order: rail.prepare === undefined ? order : { ...order, note: await rail.prepare(tx, order) },
      rail: rail.name,
      state: 'asked',
      tries: 1,
      unanswered: 0,
      reason: undefined,
      approvalCode: 0,
      createdAt: this.#clock.now(),
    };
    if (!(await insertAttempt(tx, attempt))) return;
    const reason = await setAside(tx, order, attempt.createdAt);
    if (reason === undefined) await this.#ask(tx, rail, attempt, () => rail.send(attempt.order));
    else await this.#change(tx, attempt, { kind: 'declined', reason });
  }

  /** The handler of the timer `attempt`: no answer came, or it is time to ask again. */
  async takeUp(tx: Tx, key: string): Promise<void> {
    const attempt = await lockAttempt(tx, key);
    if (attempt === undefined || hasEnded(attempt)) return;
    const rail = this.#rails.named(attempt.rail);
    if (rail === undefined) {
      await this.#setTimer(tx, key, PENDING_PAUSE_MS);
      await this.#journal.record(tx, { kind: 'alarm', alarm: 'rail-missing', ref: attempt.order.txn });
    } else if (rail.local) {
      await this.#answered(tx, attempt, await rail.decide(tx, attempt.order));
    } else if (attempt.state === 'asked') {
      await this.#answered(tx, attempt, { kind: 'unknown', reason: 'the rail did not answer in time' });
    } else {
      await this.#askAgain(tx, rail, attempt);
    }
  }

  /** A person found out what became of an attempt that was given up. */
  async resolve(tx: Tx, key: string, outcome: FinalOutcome): Promise<void> {
    const attempt = await lockAttempt(tx, key);
    if (attempt?.state !== 'given-up') throw new Error(`${key} was not given up`);
    await this.#change(tx, attempt, outcome);
  }

  /**
   * Takes a message that the host of a rail sent by itself; resolves when what it says is on disk.
   * @throws ServiceError `not-found` for a rail that is not there or takes no messages; `invalid-request` when the rail says
   * that the message is not its host's
   */
  async notice(name: string, message: Uint8Array, headers: NoticeHeaders): Promise<void> {
    const rail = this.#rails.named(name);
    if (rail === undefined || rail.local || rail.accept === undefined) {
      throw new ServiceError('not-found', `there is no rail ${name} that takes messages`);
    }
    const notices = await accepted(rail.accept(message, headers));
    await this.#store.transaction('notice of a rail', async (tx) => {
      for (const notice of notices) await this.#noticed(tx, rail, notice);
    });
  }

  async #noticed(tx: Tx, rail: RemoteRail, { key, outcome }: Notice): Promise<void> {
    const attempt = await lockAttempt(tx, key);
    if (attempt === undefined || attempt.rail !== rail.name) {
      await this.#journal.record(tx, { kind: 'alarm', alarm: 'notice-of-unknown-order', ref: key });
    } else if (isFinal(outcome)) {
      await this.#heardFinal(tx, attempt, outcome);
    } else if (outcome.kind === 'pending' && !hasEnded(attempt)) {
      await this.#answered(tx, attempt, outcome);
    }
  }

  async #askAgain(tx: Tx, rail: RemoteRail, attempt: Attempt): Promise<void> {
    const now = this.#clock.now();
    const step = nextStepOf(rail, attempt, now);
    switch (step.kind) {
      case 'inquire': {
        const tried = await countTry(tx, attempt, now);
        await this.#ask(tx, rail, tried, () => this.#inquire(rail, tried));
        break;
      }
      case 'send-again': {
        const tried = await countTry(tx, attempt, now);
        await this.#ask(tx, rail, tried, () => rail.send(tried.order));
        break;
      }
      case 'reverse':
        await changeAttempt(tx, attempt, { state: 'given-up', reason: 'it is reversed' }, now);
        await this.#listener?.reverse(tx, attempt);
        break;
      case 'wait':
        await this.#setTimer(tx, attempt.order.key, PENDING_PAUSE_MS);
        break;
      case 'give-up': {
        const last: Outcome | undefined =
          step.reason === undefined ? undefined : { kind: 'unknown', reason: step.reason };
        await this.#change(tx, attempt, undefined, last);
      }
    }
  }

  /** The rail may not know the order: then it is sent again while the rail remembers its key, or it has ended unsent. */
  async #inquire(rail: RemoteRail, attempt: Attempt): Promise<Outcome> {
    const { order } = attempt;
    const found: Inquiry = (await rail.inquire?.(order)) ?? { kind: 'unknown', reason: 'the rail cannot be asked' };
    if (found.kind !== 'absent') return found;
    if (!found.final) return { kind: 'unknown', reason: 'the rail does not know the order yet' };
    if (order.kind === 'reversal' || isRemembered(rail.capabilities, attempt, this.#clock.now()))
      return rail.send(order);
    return { kind: 'declined', reason: 'never-sent' };
  }

  /** Calls the rail after the commit; a timer stands for the case that no answer comes. */
  async #ask(tx: Tx, rail: RemoteRail, attempt: Attempt, call: () => Promise<Outcome>): Promise<void> {
    const lease = rail.capabilities.timeoutMs + SPARE_MS;
    const until = this.#clock.now() + lease;
    await this.#setTimer(tx, attempt.order.key, lease);
    tx.afterCommit(() => {
      // A process that was stopped after the commit leaves the call to the one in which the timer fired.
      if (this.#clock.now() < until) void this.#await(attempt, call);
    });
  }

  async #await(asked: Attempt, call: () => Promise<Outcome>): Promise<void> {
    const outcome = await answerOf(call);
    try {
      await this.#store.transaction('answer of a rail', async (tx) => {
        const attempt = await lockAttempt(tx, asked.order.key);
        if (attempt === undefined) return;
        if (isFinal(outcome)) await this.#heardFinal(tx, attempt, outcome);
        else if (attempt.state === 'asked' && attempt.tries === asked.tries) await this.#answered(tx, attempt, outcome);
      });
    } catch (error) {
      await recordFault(this.#store, this.#journal, error);
    }
  }

  async #heardFinal(tx: Tx, attempt: Attempt, outcome: FinalOutcome): Promise<void> {
    const meaning = await meaningOf(tx, attempt, outcome);
    if (meaning === 'counts') await this.#answered(tx, attempt, outcome);
    else if (meaning !== 'known') {
      await this.#journal.record(tx, { kind: 'alarm', alarm: meaning, ref: attempt.order.txn });
    }
  }

  async #answered(tx: Tx, attempt: Attempt, outcome: Outcome): Promise<void> {
    const { key, kind } = attempt.order;
    if (outcome.kind === 'pending') {
      const pause = outcome.askAgainMs ?? PENDING_PAUSE_MS;
      await this.#setTimer(tx, key, Math.min(Math.max(pause, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS));
      await this.#change(tx, attempt, outcome);
      return;
    }
    if (outcome.kind !== 'unknown') {
      await this.#timers.cancel(tx, 'attempt', key);
      await this.#change(tx, attempt, outcome);
      return;
    }
    const capabilities = this.#rails.named(attempt.rail)?.capabilities;
    const reversible = kind === 'charge' && capabilities?.onUnknown === 'reverse';
    const pause = capabilities?.retryMs[attempt.unanswered] ?? (reversible ? 0 : undefined);
    if (pause === undefined) {
      await this.#timers.cancel(tx, 'attempt', key);
      await this.#change(tx, attempt, undefined, outcome);
      return;
    }
    await this.#setTimer(tx, key, pause);
    await this.#change(tx, attempt, outcome);
  }

  /** @param outcome `undefined`: the attempt is given up */
  async #change(tx: Tx, attempt: Attempt, outcome: Outcome | undefined, last?: Outcome): Promise<void> {
    const note = (outcome ?? last)?.note;
    const told = outcome ?? last;
    const changed = await changeAttempt(
      tx,
      attempt,
      {
        state: outcome?.kind ?? 'given-up',
        ...(told !== undefined && 'reason' in told && { reason: told.reason }),
        ...(outcome?.kind === 'done' && { approvalCode: outcome.approvalCode }),
        ...(outcome?.kind === 'unknown' && { unanswered: attempt.unanswered + 1 }),
        note,
      },
      this.#clock.now(),
    );
    if (changed === undefined) return;
    // A local rail has moved the money itself, except where a person decides what an earlier version of the service left open.
    if (this.#rails.named(changed.rail)?.local !== true || attempt.state === 'given-up')
      await book(tx, changed, this.#clock.now());
    await this.#listener?.changed(tx, changed);
  }

  #setTimer(tx: Tx, key: string, afterMs: number): Promise<void> {
    return this.#timers.set(tx, 'attempt', key, this.#clock.now() + afterMs);
  }
}

/** What a rail throws, at once or later, is an answer that was lost. */
async function answerOf(call: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await call();
  } catch (error) {
    return { kind: 'unknown', reason: messageOf(error) };
  }
}

async function accepted(accepting: Promise<readonly Notice[]>): Promise<readonly Notice[]> {
  try {
    return await accepting;
  } catch (error) {
    throw new ServiceError('invalid-request', `the rail does not take this message: ${messageOf(error)}`);
  }
}
