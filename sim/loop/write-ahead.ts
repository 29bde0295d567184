import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import type { SmsBearer } from '../../modem/index.ts';
import type { Rail } from '../../server/index.ts';

/** What must be in the service's file when something leaves: the frame, marked as handed over; the order. */
const MESSAGE = "SELECT 1 FROM outbox WHERE frame = ? AND state = 'handed' AND ended_at IS NULL";
const ORDER = 'SELECT 1 FROM attempt WHERE rail_key = ?';

/**
 * Watches that what leaves the service is on its disk: a process that dies after it has sent something, and before it has written that
 * down, does not know of it any more. No kill is needed to see it: another connection sees only what is committed.
 */
export class WriteAhead {
  readonly #database: string;
  readonly #tell: (text: string) => void;
  readonly #questions = new Map<string, StatementSync>();
  #file: DatabaseSync | undefined;
  #isOver = false;

  /** @param database the service's file. @param tell hears of what left too early */
  constructor(database: string, tell: (text: string) => void) {
    this.#database = database;
    this.#tell = tell;
  }

  bearer(bearer: SmsBearer): SmsBearer {
    return {
      send: (sms) => {
        const { content, destination } = sms;
        if (content.kind !== 'data' || !this.#has(MESSAGE, content.data))
          this.#tell(`a message to ${destination} left, and is not on disk`);
        return bearer.send(sms);
      },
      receive: (receiver) => bearer.receive(receiver),
      close: () => bearer.close(),
    };
  }

  rail(rail: Rail): Rail {
    if (rail.local) return rail;
    return {
      ...rail,
      send: (order) => {
        if (!this.#has(ORDER, order.key)) this.#tell(`the order ${order.key} left, and is not on disk`);
        return rail.send(order);
      },
    };
  }

  /** The process has ended: nothing leaves it any more. */
  close(): void {
    this.#isOver = true;
    this.#file?.close();
  }

  #has(question: string, value: SQLInputValue): boolean {
    if (this.#isOver) return true;
    this.#file ??= new DatabaseSync(this.#database, { readOnly: true });
    const statement = this.#questions.get(question) ?? this.#file.prepare(question);
    this.#questions.set(question, statement);
    return statement.get(value) !== undefined;
  }
}
