import { createHmac } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import type { Clock } from '../../modem/index.ts';
import type { LineServer } from './host-link.ts';
import { misreported, type SettlementFault } from './settlement-fault.ts';

/** What a host can do wrong with one order. */
export const HOST_FAULTS = [
  // The order is lost on its way: nothing is carried out, nobody answers.
  'no-answer',
  // The order is carried out and its answer is lost.
  'answer-lost',
  // The order is carried out; its answer comes two minutes later, as a notice.
  'late',
  // The order reaches the host only half a minute later.
  'slow',
  // The answer comes twice.
  'twice',
  // The answer to another order comes first.
  'out-of-order',
  // The connection ends in the middle of the answer.
  'cut',
  // The host refuses.
  'declined',
  // The host takes the order and decides later: ExampleHost.decide.
  'pending',
] as const;

/** What a host does wrong with one order: one of {@link HOST_FAULTS}. */
export type HostFault = (typeof HOST_FAULTS)[number];

/** An order as the host has it in its book. */
export interface HostOrder {
  readonly key: string;
  readonly kind: 'charge' | 'refund' | 'reversal';
  /** The key of the charge that a refund or a reversal is about; of a charge its own. */
  readonly of: string;
  readonly minor: number;
  readonly currency: string;
  /** ms since 1970. */
  readonly at: number;
  readonly state: 'moved' | 'declined' | 'pending' | 'reversed';
}

/** How an {@link ExampleHost} is opened. */
export interface ExampleHostOptions {
  readonly clock: Clock;
  /** Shared with the rail: signs notices. */
  readonly secret: string;
  /** How long the host recognises an order that comes again, ms. After that it is another order. */
  readonly keyLifeMs: number;
  /** Where the book is kept, a line an entry; a host on the same file goes on with it. Default: nowhere. */
  readonly bookFile?: string;
}

const LATE_MS = 120_000;
const SLOW_MS = 30_000;

/**
 * An honest double of a payment host, with its own book and its own parser. It carries out an order once as long as it
 * remembers its key, refuses what a real host refuses, and makes the faults that it is told to.
 *
 * A request is a line: `ORDER key=K kind=charge of=K minor=1250 currency=EUR`, `ASK key=K` or `REPORT from=MS to=MS`. The
 * answer names the key: `K DONE code=4711`, `K DECLINED reason=51`, `K PENDING`, `K ABSENT`.
 */
export class ExampleHost {
  /** Nothing that is sent reaches the host. */
  down = false;
  /** Gets each notice that the host sends by itself. */
  onNotice: (message: Uint8Array) => void = () => {};
  readonly #options: ExampleHostOptions;
  readonly #book: HostOrder[] = [];
  readonly #faults: HostFault[] = [];
  readonly #settlementFaults: SettlementFault[] = [];

  constructor(options: ExampleHostOptions) {
    this.#options = options;
    const { bookFile } = options;
    if (bookFile === undefined || !existsSync(bookFile)) return;
    for (const line of readFileSync(bookFile, 'utf8')
      .split('\n')
      .filter((line) => line !== ''))
      this.#book.push(JSON.parse(line));
  }

  /** What the host does wrong with the next orders, one fault an order. */
  misbehave(...faults: HostFault[]): void {
    this.#faults.push(...faults);
  }

  /** What is wrong in every report from now on. */
  misreport(...faults: SettlementFault[]): void {
    this.#settlementFaults.push(...faults);
  }

  /** What the host has in its book; the latest entry of a key counts. */
  get orders(): readonly HostOrder[] {
    return this.#book.filter(
      (order, index) => !this.#book.some((other, at) => at > index && isLaterEntry(other, order)),
    );
  }

  /** Charges less refunds in the host's book, minor units. */
  moved(): number {
    const signs = { charge: 1, refund: -1, reversal: 0 };
    return this.orders.reduce((sum, { kind, state, minor }) => sum + (state === 'moved' ? signs[kind] * minor : 0), 0);
  }

  /** Decides about all that is pending, and sends a notice of each. */
  decide(state: 'moved' | 'declined'): void {
    for (const order of this.orders.filter((known) => known.state === 'pending')) {
      this.#notice(this.#write({ ...order, state }));
    }
  }

  /** Deals with one line: the other end of a {@link HostLink}. */
  readonly serve: LineServer = (line, reply, cut) => {
    if (this.down) return;
    const [verb = '', ...words] = line.split(' ');
    const fields = new Map(words.map((word) => splitAt(word, '=')));
    if (verb === 'ORDER') this.#order(fields, reply, cut);
    else if (verb === 'ASK') reply(answerTo(fields.get('key') ?? '', this.#latest(fields.get('key') ?? '')));
    else if (verb === 'REPORT') this.#report(Number(fields.get('from')), Number(fields.get('to')), reply);
    else reply('? REFUSED');
  };

  #order(fields: ReadonlyMap<string, string>, reply: (line: string) => void, cut: (half: string) => void): void {
    const fault = this.#faults.shift();
    if (fault === 'no-answer') return;
    const asked = readOrder(fields, this.#options.clock.now());
    if (asked === undefined) {
      reply('? REFUSED');
    } else if (fault === 'slow') {
      this.#options.clock.after(SLOW_MS, () => this.#carryOut(asked, undefined));
    } else {
      const order = this.#carryOut(asked, fault);
      if (fault === 'late') this.#options.clock.after(LATE_MS, () => this.#notice(order));
      else if (fault === 'cut') cut(answerTo(order.key, order).slice(0, -2));
      else if (fault !== 'answer-lost') this.#answer(order, fault, reply);
    }
  }

  #answer(order: HostOrder, fault: HostFault | undefined, reply: (line: string) => void): void {
    if (fault === 'out-of-order') reply('0000000000000000:charge DECLINED reason=51');
    reply(answerTo(order.key, order));
    if (fault === 'twice') reply(answerTo(order.key, order));
  }

  /** Once a key, as long as the key is remembered. */
  #carryOut(asked: HostOrder, fault: HostFault | undefined): HostOrder {
    const known = this.#latest(asked.key);
    if (known !== undefined && asked.at - known.at < this.#options.keyLifeMs) return known;
    if (fault === 'declined') return this.#write({ ...asked, state: 'declined' });
    if (asked.kind === 'reversal') return this.#reverse(asked);
    if (!this.#isAllowed(asked)) return this.#write({ ...asked, state: 'declined' });
    return this.#write({ ...asked, state: fault === 'pending' ? 'pending' : 'moved' });
  }

  /** A reversal of a charge that has not come yet is done, and the charge is refused when it comes. */
  #reverse(reversal: HostOrder): HostOrder {
    const charge = this.#latest(reversal.of);
    if (charge !== undefined && charge.state !== 'declined') this.#write({ ...charge, state: 'reversed' });
    return this.#write({ ...reversal, state: 'moved' });
  }

  #isAllowed(asked: HostOrder): boolean {
    if (asked.kind === 'charge') return !this.orders.some(({ kind, of }) => kind === 'reversal' && of === asked.key);
    const charge = this.#latest(asked.of);
    if (charge?.state !== 'moved' || charge.currency !== asked.currency) return false;
    const refunds = this.orders.filter(
      ({ kind, of, state }) => kind === 'refund' && of === asked.of && state !== 'declined',
    );
    return refunds.reduce((sum, { minor }) => sum + minor, asked.minor) <= charge.minor;
  }

  #latest(key: string): HostOrder | undefined {
    return this.#book.findLast((order) => order.key === key);
  }

  #write(order: HostOrder): HostOrder {
    this.#book.push(order);
    if (this.#options.bookFile !== undefined) appendFileSync(this.#options.bookFile, `${JSON.stringify(order)}\n`);
    return order;
  }

  #notice(order: HostOrder): void {
    const text = answerTo(order.key, order);
    const mac = createHmac('sha256', this.#options.secret).update(text).digest('hex');
    this.onNotice(new TextEncoder().encode(`${text} mac=${mac}`));
  }

  #report(from: number, to: number, reply: (line: string) => void): void {
    const honest = this.orders.filter(
      ({ kind, state, at }) => kind !== 'reversal' && state === 'moved' && at >= from && at < to,
    );
    const lines = misreported(honest, this.#settlementFaults, orphanOf);
    for (const { key, minor, currency, at } of lines)
      reply(`MOVED key=${key} minor=${minor} currency=${currency} at=${at}`);
    reply(`END lines=${lines.length}`);
  }
}

function orphanOf(first: HostOrder): HostOrder {
  return { ...first, key: '0000000000000000:charge' };
}

/** An entry of the same order; another order of the same key has come at another time. */
function isLaterEntry(later: HostOrder, order: HostOrder): boolean {
  return later.key === order.key && later.at === order.at;
}

function answerTo(key: string, order: HostOrder | undefined): string {
  switch (order?.state) {
    case undefined:
      return `${key} ABSENT`;
    case 'moved':
      return `${key} DONE code=4711`;
    case 'pending':
      return `${key} PENDING`;
    case 'declined':
      return `${key} DECLINED reason=51`;
    case 'reversed':
      return `${key} DECLINED reason=reversed`;
  }
}

function readOrder(fields: ReadonlyMap<string, string>, at: number): HostOrder | undefined {
  const key = fields.get('key');
  const kind = fields.get('kind');
  const of = fields.get('of');
  const minor = Number(fields.get('minor'));
  const currency = fields.get('currency');
  if (key === undefined || of === undefined || currency === undefined || !Number.isSafeInteger(minor) || minor < 1) {
    return undefined;
  }
  if (kind !== 'charge' && kind !== 'refund' && kind !== 'reversal') return undefined;
  return { key, kind, of, minor, currency, at, state: 'pending' };
}

function splitAt(text: string, sign: string): readonly [before: string, after: string] {
  const place = text.indexOf(sign);
  return [text.slice(0, place), text.slice(place + 1)];
}
