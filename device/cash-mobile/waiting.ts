import { type Displayable, Gauge, StringItem } from '../midp/index.ts';
import { sameOctets } from '../safe-mobile/index.ts';
import type { AppContext } from './app-context.ts';
import { matchCodeItems, matterOf, partyOf, titleOf } from './describe.ts';
import type { Dispatch } from './link.ts';
import type { Choice } from './screens.ts';
import { requestOf, type Transaction } from './transaction.ts';

/** The words of the screen that waits for an answer of the service. */
type Progress = 'sending' | 'waiting' | 'cancelling' | 'notSent' | 'noReceipt';

interface Shown {
  readonly transaction: Transaction;
  readonly screen: Displayable;
  readonly note: StringItem;
}

/** The screen between an answer and its receipt. A request or an outcome may take its place at any time; a notice waits. */
export class Waiting {
  readonly #app: AppContext;
  #shown: Shown | undefined;

  constructor(app: AppContext) {
    this.#app = app;
  }

  /** Sends the frame of a transaction and shows how far it is. */
  send(transaction: Transaction, cancel?: () => void): void {
    this.#show(transaction, 'sending', cancel);
    const { sent } = transaction;
    if (sent === undefined) return;
    const going: Progress = sent.said === 'cancelled' ? 'cancelling' : 'waiting';
    this.#app.link.send(sent.frame, (dispatch: Dispatch) => {
      if (!this.#isShown(transaction)) return;
      if (dispatch === 'sent') this.#say(going);
      else this.#show(transaction, 'notSent', cancel);
    });
  }

  /** Shows a transaction whose frame was sent before. */
  resume(transaction: Transaction, cancel?: () => void): void {
    this.#show(transaction, transaction.sent?.said === 'cancelled' ? 'cancelling' : 'waiting', cancel);
  }

  /** If the waiting screen is shown: says that no receipt came, although the phone has asked the service. */
  gaveUp(transaction: Transaction): void {
    if (this.#isShown(transaction)) this.#say('noReceipt');
  }

  #show(transaction: Transaction, progress: Progress, cancel: (() => void) | undefined): void {
    const { texts, agenda, screens } = this.#app;
    const request = requestOf(transaction);
    const note = new StringItem('', texts[progress]);
    const items = [
      new StringItem('', partyOf(request)),
      new StringItem('', matterOf(request, texts)),
      ...(request.type === 'PAY_INIT' ? matchCodeItems(request, texts) : []),
    ];
    const choices: Choice[] = [{ label: texts.close, type: 'BACK', does: () => agenda.next() }];
    if (progress === 'notSent')
      choices.push({ label: texts.sendAgain, type: 'OK', does: () => this.send(transaction, cancel) });
    if (cancel !== undefined && progress !== 'cancelling') {
      choices.push({ label: texts.cancelRequest, type: 'SCREEN', does: cancel });
    }
    agenda.await(() => {
      const bar = progress === 'notSent' ? [] : [new Gauge('', 0)];
      const screen = screens.form(titleOf(request, texts), [...items, note, ...bar], choices);
      this.#shown = { transaction, screen, note };
    });
  }

  #isShown(transaction: Transaction): boolean {
    const shown = this.#shown;
    return (
      shown !== undefined &&
      sameOctets(shown.transaction.ref, transaction.ref) &&
      this.#app.screens.isShown(shown.screen)
    );
  }

  #say(progress: Progress): void {
    this.#shown?.note.setText(this.#app.texts[progress]);
  }
}
