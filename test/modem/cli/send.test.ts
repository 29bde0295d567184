import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { send } from '../../../modem/cli/send.ts';
import type { OutgoingSms, SendOutcome, SmsReceiver, SmsReport } from '../../../modem/index.ts';
import { VirtualClock } from '../../../sim/index.ts';

const TEXT = { kind: 'text', text: 'Ciao' } as const;
const sent: SendOutcome = { kind: 'sent', references: [7, 8] };
const busy: SendOutcome = { kind: 'failed', reason: '+CMS ERROR: 42', retry: true };
const unknown: SendOutcome = { kind: 'unknown', reason: 'no answer' };

let clock: VirtualClock;
let messages: OutgoingSms[];
let receiver: SmsReceiver | undefined;
let printed: [record: object, text: string | undefined][];
let err: string;

beforeEach(() => {
  clock = new VirtualClock();
  [messages, receiver, printed, err] = [[], undefined, [], ''];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

interface Given {
  readonly outcomes: readonly SendOutcome[];
  readonly report?: true;
  readonly json?: boolean;
  readonly retry?: number;
  readonly class?: 0;
}

/** Sends to +391 with 60 s of patience for a report. */
function start({ outcomes, json = false, ...options }: Given): Promise<void> {
  const rest = [...outcomes];
  const modem = {
    async send(message: OutgoingSms) {
      messages.push(message);
      return (rest.length > 1 ? rest.shift() : rest[0]) ?? sent;
    },
    receive(given: SmsReceiver) {
      receiver = given;
    },
  };
  const output = { json, print: (record: object, text?: string) => printed.push([record, text]) };
  return send(modem, '+391', { wait: 60, retry: 0, ...options }, TEXT, output, clock);
}

const report = (outcome: SmsReport['outcome']): SmsReport => ({ id: '+391', outcome, status: 48, dischargedAt: 0 });

describe('send', () => {
  test.each<[SendOutcome, object, string, number]>([
    [sent, { outcome: 'sent', references: [7, 8] }, 'sent to +391, references 7 8', 0],
    [
      busy,
      { outcome: 'failed', references: [], reason: '+CMS ERROR: 42', retry: true },
      'not sent to +391: +CMS ERROR: 42',
      1,
    ],
    [unknown, { outcome: 'unknown', references: [], reason: 'no answer' }, 'perhaps sent to +391: no answer', 3],
  ])('%j', async (outcome, record, text, code) => {
    await start({ outcomes: [outcome] });
    expect(printed).toEqual([[{ event: 'outcome', ...record }, text]]);
    expect(process.exitCode).toBe(code);
    expect(messages).toEqual([
      expect.objectContaining({ id: '+391', destination: '+391', content: TEXT, statusReport: false }),
    ]);
    expect([receiver, err]).toEqual([undefined, '']);
  });

  test('writes the message as the options say', async () => {
    await start({ outcomes: [sent], class: 0 });
    expect(messages[0]?.coding).toMatchObject({ messageClass: 0 });
  });

  test('sends again what is refused for now', async () => {
    const work = start({ outcomes: [busy, sent], retry: 1 });
    await clock.advance(5_000);
    await work;
    expect(messages).toHaveLength(2);
    expect(printed.at(-1)?.[0]).toMatchObject({ outcome: 'sent' });
  });
});

describe('send --report', () => {
  test.each([
    ['delivered', 0],
    ['failed', 1],
  ] as const)('prints the report: %s', async (outcome, code) => {
    const work = start({ outcomes: [sent], report: true });
    receiver?.report(report('trying'));
    await clock.advance(59_999);
    expect(printed).toEqual([[{ event: 'report', outcome: 'trying', status: 48 }, 'report: trying']]);
    receiver?.report(report(outcome));
    await work;
    expect(printed.slice(1)).toEqual([
      [{ event: 'report', outcome, status: 48 }, `report: ${outcome}`],
      [{ event: 'outcome', outcome: 'sent', references: [7, 8], report: outcome }, expect.any(String)],
    ]);
    expect(process.exitCode).toBe(code);
    expect(messages[0]?.statusReport).toBe(true);
    expect(err).toBe('');
    // Nothing keeps the program for the rest of the minute.
    expect(clock.next).toBeUndefined();
  });

  test('leaves messages that come meanwhile in the modem', async () => {
    const work = start({ outcomes: [sent], report: true });
    const sms = { originator: '+1', sentAt: 0, content: TEXT };
    await expect(receiver?.message(sms)).rejects.toThrow('this command only sends');
    receiver?.report(report('delivered'));
    await work;
  });

  test.each([
    [sent, 0],
    [unknown, 3],
  ])('says after --wait that no report came: %j', async (outcome, code) => {
    const work = start({ outcomes: [outcome], report: true });
    await clock.advance(59_999);
    expect([printed, err]).toEqual([[], '']);
    await clock.advance(1);
    await work;
    expect(printed.at(-1)?.[0]).toMatchObject({ outcome: outcome.kind, report: 'none' });
    expect(err).toBe('no report came within 60 s: ask for more with --wait\n');
    expect(process.exitCode).toBe(code);
  });

  test('says so in the record only, with --json', async () => {
    const work = start({ outcomes: [sent], report: true, json: true });
    await clock.advance(60_000);
    await work;
    expect(printed.at(-1)?.[0]).toMatchObject({ report: 'none' });
    expect(err).toBe('');
  });

  test('waits for none when nothing was sent', async () => {
    await start({ outcomes: [busy], report: true });
    expect(printed).toEqual([
      [
        { event: 'outcome', outcome: 'failed', references: [], reason: '+CMS ERROR: 42', retry: true, report: 'none' },
        'not sent to +391: +CMS ERROR: 42',
      ],
    ]);
    expect([process.exitCode, err]).toEqual([1, '']);
  });
});
