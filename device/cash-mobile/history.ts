import { type Item, StringItem } from '../midp/index.ts';
import type { AppContext } from './app-context.ts';
import { lineOf, matchCodeItems, matterOf, partyOf, receiptNote, standingText, timeText, titleOf } from './describe.ts';
import type { DeviceRecord } from './device-record.ts';
import type { Sales } from './sales.ts';
import type { Choice } from './screens.ts';
import type { StatusQueries } from './status-queries.ts';
import { awaitsReceipt, type Request, requestOf, type Transaction } from './transaction.ts';

/** What this phone paid, refused and asked for, newest first. */
export class History {
  readonly #app: AppContext;
  readonly #queries: StatusQueries;
  readonly #sales: Sales | undefined;

  constructor(app: AppContext, queries: StatusQueries, sales: Sales | undefined) {
    this.#app = app;
    this.#queries = queries;
    this.#sales = sales;
  }

  show(device: DeviceRecord): void {
    const { texts, screens, agenda, transactions } = this.#app;
    const lines = transactions.all
      .filter((transaction) => !isEnrolment(requestOf(transaction)))
      .toReversed()
      .map((transaction) => ({ label: lineOf(transaction, texts), does: () => this.#details(device, transaction) }));
    agenda.free(() => {
      if (lines.length === 0) screens.alert(texts.history, texts.noHistory, 'INFO', () => agenda.next());
      else screens.list(texts.history, lines, [{ label: texts.back, type: 'BACK', does: () => agenda.next() }]);
    });
  }

  #details(device: DeviceRecord, transaction: Transaction): void {
    const { texts, screens, agenda } = this.#app;
    const choices: Choice[] = [{ label: texts.back, type: 'BACK', does: () => this.show(device) }];
    if (mayHaveNews(transaction))
      choices.push({ label: texts.askAgain, type: 'SCREEN', does: () => this.#ask(device, transaction) });
    agenda.free(() => screens.form(titleOf(requestOf(transaction), texts), this.#items(transaction), choices));
  }

  #ask(device: DeviceRecord, transaction: Transaction): void {
    const isSale = transaction.role === 'merchant' && awaitsReceipt(transaction);
    if (isSale) this.#sales?.resume(device, transaction);
    this.#queries.ask(device, transaction);
    if (!isSale) this.show(device);
  }

  #items(transaction: Transaction): readonly Item[] {
    const { texts, system } = this.#app;
    const request = requestOf(transaction);
    const partyLabel = { PAY_REQUEST: texts.payTo, AUTH_REQUEST: texts.askedBy, PAY_INIT: texts.from }[request.type];
    const reference = request.type === 'AUTH_REQUEST' ? '' : request.reference;
    const note = receiptNote(transaction, texts);
    return [
      new StringItem(texts.statusLabel, standingText(transaction, texts)),
      new StringItem('', matterOf(request, texts)),
      new StringItem(partyLabel, partyOf(request)),
      ...(reference === '' ? [] : [new StringItem(texts.reference, reference)]),
      new StringItem(texts.time, timeText(transaction.at, system)),
      ...(note === '' ? [] : [new StringItem('', note)]),
      ...matchCodeItems(request, texts),
    ];
  }
}

/** Whether the service may know more than this phone: a receipt is missing, or was one of a refund. */
function mayHaveNews(transaction: Transaction): boolean {
  return awaitsReceipt(transaction) || transaction.standing?.status === 'paid';
}

function isEnrolment(request: Request): boolean {
  return request.type === 'AUTH_REQUEST' && request.kind === 'confirm-enrolment';
}
