import { type Displayable, Gauge, type Item, StringItem, type TimerTask } from '../midp/index.ts';
import { type Balance, formatAmount, type Nak, sameOctets } from '../safe-mobile/index.ts';
import type { AppContext } from './app-context.ts';
import { timeText } from './describe.ts';
import type { DeviceRecord } from './device-record.ts';
import type { Choice } from './screens.ts';
import { decimalPointOf } from './texts.ts';

/** How long the screen waits for the service, ms. */
const PATIENCE_MS = 60_000;

/** A sealed STATUS_QUERY; sent again as it is, it gets the same answer. */
interface Question {
  /** 8 octets that the answer repeats. */
  readonly ref: Uint8Array;
  readonly frame: Uint8Array;
}

interface Asked extends Question {
  /** The screen on which the customer waits, or reads that no answer has come. */
  readonly screen: Displayable;
  /** Cancels the timer after which the screen says that no answer has come. */
  readonly patience?: TimerTask;
}

/** Asks the service for the prepaid balance and shows the answer. A request may replace the waiting screen meanwhile; a notice waits. */
export class BalanceQuery {
  readonly #app: AppContext;
  /** The query whose answer will be shown; none when the customer has left the screen. */
  #asked: Asked | undefined;

  constructor(app: AppContext) {
    this.#app = app;
  }

  /** Asks under a new ref and waits. */
  begin(device: DeviceRecord): void {
    const { link, system } = this.#app;
    const ref = system.randomBytes(8);
    const frame = link.seal(device.phone, (ctr) => ({ type: 'STATUS_QUERY', ctr, ref, kind: 'balance' }));
    this.#send({ ref, frame });
  }

  /** Takes the answer; ignores the answer to an earlier query, and any answer after the customer has left the screen. */
  answered({ ref, amounts, time }: Balance): void {
    if (!this.#isAwaited(ref)) return;
    this.#forget();
    const { texts, system, agenda } = this.#app;
    const items = [
      ...amounts.map((amount) => new StringItem(texts.available, formatAmount(amount, decimalPointOf(texts)))),
      ...(amounts.length === 0 ? [new StringItem('', texts.noMoney)] : []),
      new StringItem(texts.time, timeText(time * 1000, system)),
    ];
    agenda.outcome(() => this.#show(items));
  }

  /** Takes a NAK and shows its reason. @returns false when the NAK is about another message */
  refused({ ref, text, code }: Nak): boolean {
    if (!this.#isAwaited(ref)) return false;
    this.#forget();
    const { texts, agenda } = this.#app;
    agenda.outcome(() => this.#show([new StringItem('', text === '' ? texts.nak[code] : text)]));
    return true;
  }

  #send(question: Question): void {
    const { texts, agenda, link, system } = this.#app;
    agenda.await(() => {
      const screen = this.#show([new StringItem('', texts.balanceWaits), new Gauge('', 0)]);
      const patience = system.schedule(PATIENCE_MS, () => this.#fail(screen, texts.noAnswer));
      this.#asked = { ...question, screen, patience };
      link.send(question.frame, (dispatch) => {
        if (dispatch === 'not-sent') this.#fail(screen, texts.notSent);
      });
    });
  }

  /** Replaces the waiting screen by "no answer". When a request has replaced that screen before, nothing is shown. */
  #fail(waiting: Displayable, reason: string): void {
    const { texts, agenda, screens } = this.#app;
    const asked = this.#asked;
    if (asked?.screen !== waiting) return;
    this.#forget();
    if (!screens.isShown(waiting)) return;
    const again: Choice = { label: texts.askAgain, type: 'OK', does: () => this.#send(asked) };
    agenda.await(() => {
      this.#asked = { ref: asked.ref, frame: asked.frame, screen: this.#show([new StringItem('', reason)], [again]) };
    });
  }

  #show(items: readonly Item[], choices: readonly Choice[] = []): Displayable {
    const { texts, screens } = this.#app;
    return screens.form(texts.balance, items, [
      { label: texts.back, type: 'BACK', does: () => this.#leave() },
      ...choices,
    ]);
  }

  #leave(): void {
    this.#forget();
    this.#app.agenda.next();
  }

  #isAwaited(ref: Uint8Array): boolean {
    return this.#asked !== undefined && sameOctets(this.#asked.ref, ref);
  }

  #forget(): void {
    this.#asked?.patience?.cancel();
    this.#asked = undefined;
  }
}
