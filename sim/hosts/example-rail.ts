import { createHmac, timingSafeEqual } from 'node:crypto';
import { isCurrency } from '../../device/safe-mobile/index.ts';
import type { Clock } from '../../modem/index.ts';
import type {
  Capabilities,
  Inquiry,
  Notice,
  Outcome,
  RailKey,
  RailOrder,
  RemoteRail,
  SettlementLine,
} from '../../server/index.ts';
import type { HostLink } from './host-link.ts';

/** How an {@link exampleRail} is made. */
export interface ExampleRailOptions {
  readonly link: HostLink;
  readonly clock: Clock;
  /** Shared with the host: it signs notices with it. */
  readonly secret: string;
  readonly capabilities?: Partial<Capabilities>;
  /** Whether the host may be asked what became of an order. Default: yes. */
  readonly inquiry?: boolean;
}

const DAY_MS = 24 * 3_600_000;

/** After this time the host cannot get an order any more that was on its way to it, ms. */
const ON_ITS_WAY_MS = 60_000;

const CAPABILITIES: Capabilities = {
  maxMinor: 1_000_000,
  refund: 'partial',
  onUnknown: 'inquire',
  keyLifeMs: { charge: DAY_MS, refund: 2 * DAY_MS, reversal: DAY_MS },
  timeoutMs: 10_000,
  retryMs: [1_000, 5_000, 30_000, 120_000, 600_000, 3_600_000, 3_600_000],
};

/** A small rail to copy from: lines of text to an {@link ExampleHost}. Has no state: what it must remember is the note of the order. */
export function exampleRail({ link, clock, secret, capabilities, inquiry = true }: ExampleRailOptions): RemoteRail {
  const able: Capabilities = { ...CAPABILITIES, ...capabilities };
  const ask = (request: string, key: string) => firstAnswer(link, clock, request, key, able.timeoutMs);
  return {
    name: 'bank',
    local: false,
    capabilities: able,
    payerOf: () => 'clearing:bank',
    prepare: async () => JSON.stringify({ from: clock.now() }),
    send: async (order) => outcomeOf(await ask(orderLine(order), order.key)),
    ...(inquiry && {
      inquire: async (order: RailOrder): Promise<Inquiry> => {
        const answer = await ask(`ASK key=${order.key}`, order.key);
        if (answer !== 'ABSENT') return outcomeOf(answer);
        return { kind: 'absent', final: clock.now() - sentFrom(order) > ON_ITS_WAY_MS };
      },
    }),
    accept: async (message) => [readNotice(message, secret)],
    settlement: (from, to) => report(link, clock, able.timeoutMs, from, to),
  };
}

function orderLine({ key, kind, txn, amount: { minor, currency } }: RailOrder): string {
  return `ORDER key=${key} kind=${kind} of=${txn}:charge minor=${minor} currency=${currency}`;
}

/** The words behind the key in the first answer that names the key; `undefined` when none comes in time. */
function firstAnswer(
  link: HostLink,
  clock: Clock,
  request: string,
  key: string,
  timeoutMs: number,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const end = (answer: string | undefined) => {
      cancel();
      connection.close();
      resolve(answer);
    };
    const cancel = clock.after(timeoutMs, () => end(undefined));
    const connection = link(request, (line) => {
      if (line.startsWith(`${key} `)) end(line.slice(key.length + 1));
    });
  });
}

function outcomeOf(answer: string | undefined): Outcome {
  if (answer === undefined) return { kind: 'unknown', reason: 'the host did not answer in time' };
  const [, code] = /^DONE code=([0-9]{1,9})$/.exec(answer) ?? [];
  if (code !== undefined) return { kind: 'done', approvalCode: Number(code) };
  const [, reason] = /^DECLINED reason=(\w{1,20})$/.exec(answer) ?? [];
  if (reason !== undefined) return { kind: 'declined', reason };
  if (answer === 'PENDING') return { kind: 'pending', askAgainMs: 600_000 };
  return { kind: 'unknown', reason: 'the host answered in words that the rail does not know' };
}

function sentFrom({ note }: RailOrder): number {
  const { from }: { readonly from: number } = JSON.parse(note);
  return from;
}

function readNotice(message: Uint8Array, secret: string): Notice {
  const [, text = '', key = '', answer = '', mac = ''] =
    /^(([0-9a-f]{16}:[a-z0-9-]{1,20}) (.{1,80})) mac=([0-9a-f]{64})$/.exec(new TextDecoder().decode(message)) ?? [];
  const own = createHmac('sha256', secret).update(text).digest();
  if (!isRailKey(key) || !timingSafeEqual(own, Buffer.from(mac, 'hex')))
    throw new Error('the notice is not of the host');
  return { key, outcome: outcomeOf(answer) };
}

/** @throws Error when the report does not come whole in time */
function report(
  link: HostLink,
  clock: Clock,
  timeoutMs: number,
  from: number,
  to: number,
): Promise<readonly SettlementLine[]> {
  const lines: SettlementLine[] = [];
  return new Promise((resolve, reject) => {
    const end = (fault?: Error) => {
      cancel();
      connection.close();
      if (fault === undefined) resolve(lines);
      else reject(fault);
    };
    const cancel = clock.after(timeoutMs, () => end(new Error('the report did not come in time')));
    const connection = link(`REPORT from=${from} to=${to}`, (text) => {
      const line = readSettlementLine(text);
      if (line !== undefined) lines.push(line);
      else if (text === `END lines=${lines.length}`) end();
      else end(new Error(`the report cannot be read: ${text.slice(0, 80)}`));
    });
  });
}

function readSettlementLine(text: string): SettlementLine | undefined {
  const [, key = '', minor, currency = '', at] =
    /^MOVED key=(\S{1,40}) minor=([0-9]{1,15}) currency=([A-Z]{3}) at=([0-9]{1,15})$/.exec(text) ?? [];
  if (!isCurrency(currency)) return undefined;
  return { key, amount: { minor: Number(minor), currency }, at: Number(at) };
}

function isRailKey(text: string): text is RailKey {
  return /^[0-9a-f]{16}:(charge|reversal|refund-[1-9][0-9]*)$/.test(text);
}
