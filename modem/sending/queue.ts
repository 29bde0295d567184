import type { Chat } from '../at/chat.ts';
import type { OutgoingSms, SendOutcome } from '../bearer.ts';
import type { Clock } from '../clock.ts';
import { describeState, type ModemState } from '../state.ts';
import { References } from './message-references.ts';
import { PduModeAfterIdle } from './pdu-mode-after-idle.ts';
import type { ReportMatcher } from './status-reports.ts';
import { type Outlet, sendMessage } from './submit.ts';

/** Messages that may wait; one more fails at once. */
const WAITING_LIMIT = 1_000;

/** How long messages wait for a modem that is not ready, in ms, before they fail. */
const READY_LIMIT_MS = 60_000;

/** Sends messages one after the other, while the modem is ready. One object for all openings of the modem. */
export class SendQueue {
  readonly #clock: Clock;
  readonly #reports: ReportMatcher;
  readonly #troubles: Pick<Outlet, 'storeFull' | 'simLocked'>;
  readonly #submitTimeoutMs: number;
  readonly #references = new References();
  readonly #pduMode: PduModeAfterIdle;
  #state: ModemState = { kind: 'opening' };
  #chat: Chat | undefined;
  #unreadySince: number;
  #waiting = 0;
  #turn: Promise<void> = Promise.resolve();
  #wake: () => void = () => {};
  #concatenationReference: number;
  /** The chat on which `+CMMS=2` was typed. */
  #keptLink: Chat | undefined;

  constructor(
    clock: Clock,
    reports: ReportMatcher,
    submitTimeoutMs: number,
    troubles: Pick<Outlet, 'storeFull' | 'simLocked'>,
  ) {
    this.#clock = clock;
    this.#pduMode = new PduModeAfterIdle(clock);
    this.#reports = reports;
    this.#submitTimeoutMs = submitTimeoutMs;
    this.#troubles = troubles;
    this.#unreadySince = clock.now();
    // The first reference comes from the time: two runs of a program in a row must not use the same one, or the recipient
    // mixes the parts of two messages.
    this.#concatenationReference = Math.floor(clock.now() / 1_000);
  }

  /** The modem enters a state; `chat` is given while the modem is open. */
  enter(state: ModemState, chat: Chat | undefined): void {
    if (this.#state.kind === 'ready' && state.kind !== 'ready') this.#unreadySince = this.#clock.now();
    this.#state = state;
    this.#chat = state.kind === 'ready' ? chat : undefined;
    this.#wake();
  }

  send(message: OutgoingSms): Promise<SendOutcome> {
    if (this.#waiting >= WAITING_LIMIT) {
      const reason = `${WAITING_LIMIT} messages are waiting already`;
      return Promise.resolve({ kind: 'failed', reason, retry: true });
    }
    this.#waiting += 1;
    const since = this.#clock.now();
    const outcome = this.#turn.then(() => this.#sendNow(message, since));
    this.#turn = outcome.then(() => {
      this.#waiting -= 1;
    });
    return outcome;
  }

  async #sendNow(message: OutgoingSms, since: number): Promise<SendOutcome> {
    const chat = await this.#whenReady(since);
    if (chat === undefined) {
      return { kind: 'failed', reason: `the modem is not ready: ${describeState(this.#state)}`, retry: true };
    }
    const failure = await this.#pduMode.confirm(chat);
    if (failure !== undefined) return failure;
    this.#concatenationReference = (this.#concatenationReference + 1) % 0x1_0000;
    const outlet = {
      chat,
      reports: this.#reports,
      references: this.#references,
      submitTimeoutMs: this.#submitTimeoutMs,
      isBusy: this.#waiting > 1,
      ...this.#troubles,
      keepLink: () => this.#keepLink(chat),
    };
    const outcome = await sendMessage(outlet, message, this.#concatenationReference);
    if (outcome.kind === 'sent') this.#pduMode.accepted();
    return outcome;
  }

  /**
   * `+CMMS=2` (3GPP TS 27.005, 3.5.6): the modem keeps its link to the network open for a second or more, for the next
   * message. Typed once for each opening; some modems refuse it (E1752: `+CMS ERROR: 500`) and send all the same.
   */
  async #keepLink(chat: Chat): Promise<void> {
    if (this.#keptLink === chat) return;
    this.#keptLink = chat;
    await chat.run({ text: 'AT+CMMS=2' });
  }

  /** Waits until the modem is ready and returns its chat; undefined when that takes too long or the modem is closed. */
  async #whenReady(since: number): Promise<Chat | undefined> {
    const deadline = Math.max(since, this.#unreadySince) + READY_LIMIT_MS;
    while (this.#chat === undefined && this.#state.kind !== 'closed' && this.#clock.now() < deadline) {
      await new Promise<void>((resolve) => {
        const cancel = this.#clock.after(deadline - this.#clock.now(), resolve);
        this.#wake = () => {
          cancel();
          resolve();
        };
      });
    }
    return this.#chat;
  }
}
