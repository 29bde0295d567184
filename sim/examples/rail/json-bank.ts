import { createHmac } from 'node:crypto';
import {
  ExampleHost,
  type HostFault,
  type RailUnderTrial,
  type SettlementFault,
  type TrialHost,
  type VirtualClock,
} from 'cash-mobile/sim';
import { type Answer, type Ask, jsonRail } from './json-rail.ts';

const SECRET = 'between rail and bank';
const DAY_MS = 24 * 3_600_000;
const TIMEOUT_MS = 10_000;
const LATENCY_MS = 20;

/**
 * The double of the bank: what it says in JSON is written from the bank's description, not from the rail. Its book, and what it does wrong
 * when it is told to, are those of `ExampleHost`, which speaks in lines.
 */
class JsonBank implements TrialHost {
  readonly #clock: VirtualClock;
  readonly #book: ExampleHost;
  onNotice: (message: Uint8Array) => void = () => {};

  constructor(clock: VirtualClock) {
    this.#clock = clock;
    this.#book = new ExampleHost({ clock, secret: SECRET, keyLifeMs: DAY_MS });
    this.#book.onNotice = (message) => this.onNotice(signed(new TextDecoder().decode(message)));
  }

  misbehave(...faults: HostFault[]): void {
    this.#book.misbehave(...faults);
  }

  misreport(...faults: SettlementFault[]): void {
    this.#book.misreport(...faults);
  }

  decide(state: 'moved' | 'declined'): void {
    this.#book.decide(state);
  }

  moved(): number {
    return this.#book.moved();
  }

  get down(): boolean {
    return this.#book.down;
  }

  set down(down: boolean) {
    this.#book.down = down;
  }

  /** One request: in memory, and on the virtual clock, so that a week of faults takes a moment. */
  readonly ask: Ask = (_method, path, body = {}) =>
    new Promise((resolve, reject) => {
      const fail = (reason: string) => () => reject(new Error(reason));
      this.#clock.after(TIMEOUT_MS, fail('no answer in time'));
      const lines: string[] = [];
      const hear = (line: string) => {
        lines.push(line);
        const answer = answerOf(path, body, lines);
        if (answer !== undefined) resolve(answer);
      };
      const cut = fail('the connection ended in the middle of the answer');
      this.#clock.after(LATENCY_MS, () => this.#book.serve(lineOf(path, body), hear, cut));
    });
}

function lineOf(path: string, body: Readonly<Record<string, unknown>>): string {
  const { pathname, searchParams } = new URL(path, 'http://bank');
  if (pathname === '/movements') return `REPORT from=${searchParams.get('from')} to=${searchParams.get('to')}`;
  if (pathname !== '/orders') return `ASK key=${keyOf(path, body)}`;
  const { kind, charge, minor, currency } = body;
  return `ORDER key=${keyOf(path, body)} kind=${kind} of=${charge} minor=${minor} currency=${currency}`;
}

function keyOf(path: string, body: Readonly<Record<string, unknown>>): string {
  return path === '/orders' ? String(body['key']) : decodeURIComponent(path.slice('/orders/'.length));
}

/** The answer in JSON, once enough lines are there. A line about another order has no place in an answer over HTTP. */
function answerOf(path: string, body: Readonly<Record<string, unknown>>, lines: readonly string[]): Answer | undefined {
  if (path.startsWith('/movements')) {
    if (lines.at(-1)?.startsWith('END') !== true) return undefined;
    const movements = lines.slice(0, -1).map((line) => {
      const { key, minor, currency, at } = fieldsOf(line);
      return { key, minor: Number(minor), currency, at: Number(at) };
    });
    return { status: 200, body: { movements } };
  }
  const key = keyOf(path, body);
  const own = lines.find((line) => line.startsWith(`${key} `));
  if (own === undefined) return undefined;
  return own.endsWith('ABSENT') ? { status: 404, body: {} } : { status: 200, body: stateOf(own) };
}

function stateOf(line: string): object {
  const { code, reason } = fieldsOf(line);
  if (code !== undefined) return { state: 'done', code: Number(code) };
  return reason === undefined ? { state: 'pending' } : { state: 'declined', reason };
}

function fieldsOf(line: string): Partial<Record<string, string>> {
  return Object.fromEntries([...line.matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [name, value]));
}

/** A notice in the bank's own form. @param line that of `ExampleHost`: `KEY DONE code=4711 mac=…` */
function signed(line: string): Uint8Array {
  const order = JSON.stringify({ key: line.split(' ')[0], ...stateOf(line) });
  const mac = createHmac('sha256', SECRET).update(order).digest('hex');
  return new TextEncoder().encode(JSON.stringify({ order, mac }));
}

/** What `npm run rail:check` asks of a module: a new rail and a new double for each law, on the clock of that law. */
export default function make(clock: VirtualClock): RailUnderTrial {
  const host = new JsonBank(clock);
  return { rail: jsonRail({ ask: host.ask, clock, secret: SECRET }), host };
}
