import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../modem/index.ts';
import type { RailOrder } from '../../../server/index.ts';
import {
  ExampleHost,
  exampleRail,
  type HostFault,
  listenForLines,
  memoryLink,
  type SettlementFault,
  tcpLink,
  VirtualClock,
} from '../../../sim/index.ts';

const KEY = 'aaaaaaaaaaaaaaaa';
const CHARGE = `ORDER key=${KEY}:charge kind=charge of=${KEY}:charge minor=1250 currency=EUR`;
const refund = (number: number, minor: number) =>
  `ORDER key=${KEY}:refund-${number} kind=refund of=${KEY}:charge minor=${minor} currency=EUR`;
const B = 'b'.repeat(16);
const OTHER = CHARGE.replaceAll(KEY, B);
const OTHER_BACK = refund(1, 1_250).replaceAll(KEY, B);
const REVERSAL = `ORDER key=${KEY}:reversal kind=reversal of=${KEY}:charge minor=1250 currency=EUR`;

function open(options: { readonly keyLifeMs?: number; readonly bookFile?: string } = {}) {
  const clock = new VirtualClock(0);
  const host = new ExampleHost({ clock, secret: 's', keyLifeMs: 60_000, ...options });
  const link = memoryLink(host.serve, clock);
  const say = async (line: string) => {
    const heard: string[] = [];
    link(line, (answer) => heard.push(answer));
    await clock.advance(100);
    return heard;
  };
  return { clock, host, say };
}

describe('the host', () => {
  it.each<readonly [what: string, lines: readonly string[], answer: string, moved: number]>([
    ['a charge', [CHARGE], `${KEY}:charge DONE code=4711`, 1_250],
    ['the same charge again', [CHARGE, CHARGE], `${KEY}:charge DONE code=4711`, 1_250],
    ['all of it back', [CHARGE, refund(1, 1_250)], `${KEY}:refund-1 DONE code=4711`, 0],
    ['more than all back', [CHARGE, refund(1, 1_251)], `${KEY}:refund-1 DECLINED reason=51`, 1_250],
    ['more than the rest back', [CHARGE, refund(1, 1_000), refund(2, 251)], `${KEY}:refund-2 DECLINED reason=51`, 250],
    ['the rest back', [CHARGE, refund(1, 1_000), refund(2, 250)], `${KEY}:refund-2 DONE code=4711`, 0],
    ['something back of nothing', [refund(1, 1)], `${KEY}:refund-1 DECLINED reason=51`, 0],
    ['a reversal', [CHARGE, REVERSAL], `${KEY}:reversal DONE code=4711`, 0],
    ['a reversal before its charge', [REVERSAL, CHARGE], `${KEY}:charge DECLINED reason=51`, 0],
    ['a charge again after its reversal', [CHARGE, REVERSAL, CHARGE], `${KEY}:charge DECLINED reason=reversed`, 0],
    ['a question about nothing', [`ASK key=${KEY}:charge`], `${KEY}:charge ABSENT`, 0],
    ['a question about a charge', [CHARGE, `ASK key=${KEY}:charge`], `${KEY}:charge DONE code=4711`, 1_250],
    ['no amount', [CHARGE.replace('1250', '0')], '? REFUSED', 0],
    ['half an amount', [CHARGE.replace('1250', '12.5')], '? REFUSED', 0],
    ['another kind', [CHARGE.replace('kind=charge', 'kind=gift')], '? REFUSED', 0],
    ['another verb', ['HELLO'], '? REFUSED', 0],
    ...['key', 'kind', 'of', 'minor', 'currency'].map((field): readonly [string, readonly string[], string, number] => [
      `an order without ${field}`,
      [CHARGE.replace(new RegExp(` ${field}=\\S+`), '')],
      '? REFUSED',
      0,
    ]),
    [
      'all of one back after all of another',
      [CHARGE, OTHER, refund(1, 1_250), OTHER_BACK],
      `${B}:refund-1 DONE code=4711`,
      0,
    ],
  ])('answers %s', async (_, lines, answer, moved) => {
    const { host, say } = open();
    let heard: string[] = [];
    for (const line of lines) heard = await say(line);
    expect(heard).toEqual([answer]);
    expect(host.moved()).toBe(moved);
  });

  it('forgets a key after its life: the same order is another one', async () => {
    const { clock, host, say } = open();
    await say(CHARGE);
    await clock.advance(59_000);
    await say(CHARGE);
    expect(host.moved()).toBe(1_250);
    await clock.advance(1_000);
    await say(CHARGE);
    expect(host.moved()).toBe(2_500);
  });

  it.each<readonly [HostFault, readonly string[], number]>([
    ['no-answer', [], 0],
    ['answer-lost', [], 1_250],
    ['late', [], 1_250],
    ['slow', [], 0],
    ['cut', [], 1_250],
    ['twice', ['DONE code=4711', 'DONE code=4711'], 1_250],
    ['declined', ['DECLINED reason=51'], 0],
    ['pending', ['PENDING'], 0],
  ])('told %s, does that once', async (fault, answers, moved) => {
    const { host, say } = open();
    host.misbehave(fault);
    expect(await say(CHARGE)).toEqual(answers.map((answer) => `${KEY}:charge ${answer}`));
    expect(host.moved()).toBe(moved);
    expect(await say(CHARGE.replaceAll(KEY, 'b'.repeat(16)))).toEqual([`${'b'.repeat(16)}:charge DONE code=4711`]);
  });

  it.each<readonly [SettlementFault, readonly string[]]>([
    ['amount', ['minor=1251', 'at=20', 'END lines=1']],
    ['day', ['minor=1250', 'at=86400020', 'END lines=1']],
    ['missing', ['END lines=0']],
    ['duplicate', ['at=20', 'at=20', 'END lines=2']],
    ['orphan', [`key=${KEY}`, 'key=0000000000000000:charge', 'END lines=2']],
  ])('reports wrongly when told: %s', async (fault, parts) => {
    const { host, say } = open();
    await say(CHARGE);
    host.misreport(fault);
    const lines = await say('REPORT from=0 to=1000');
    expect(lines).toHaveLength(parts.filter((part) => !part.startsWith('minor')).length);
    for (const part of parts) expect(lines.join('\n')).toContain(part);
  });

  it.each([
    ['moved', 'DONE code=4711', 2_500],
    ['declined', 'DECLINED reason=51', 1_250],
  ] as const)('decides (%s) about what is pending alone, once, with a notice', async (state, answer, moved) => {
    const { host, say } = open();
    const notices: string[] = [];
    host.onNotice = (message) => void notices.push(new TextDecoder().decode(message).replace(/ mac=.*/, ''));
    host.misbehave('pending', 'declined');
    for (const line of [CHARGE, OTHER, CHARGE.replaceAll(KEY, 'c'.repeat(16))]) await say(line);
    host.decide(state);
    host.decide(state);
    expect(notices).toEqual([`${KEY}:charge ${answer}`]);
    expect(host.moved()).toBe(moved);
  });

  it('has its book in a file, and goes on with it', async () => {
    const bookFile = join(mkdtempSync(join(tmpdir(), 'cash-mobile-host-')), 'book.jsonl');
    const first = open({ bookFile });
    await first.say(CHARGE);
    await first.say(refund(1, 250));
    const second = open({ bookFile });
    expect(second.host.moved()).toBe(1_000);
    expect(await second.say(`ASK key=${KEY}:refund-1`)).toEqual([`${KEY}:refund-1 DONE code=4711`]);
  });
});

describe('the host remembers a key', () => {
  it.each([
    ['as long as its life', 59_999, [1_250]],
    ['no longer', 60_000, [1_250, 1_250]],
    ['from the first time on, not from the last', 60_000, [1_250, 1_250], 30_000],
  ])('%s: an order that comes again after %d ms', async (_name, after, moved, between = 0) => {
    const { clock, host, say } = open();
    const began = clock.now();
    await say(CHARGE);
    if (between > 0) {
      await clock.advance(began + between - clock.now());
      await say(CHARGE);
    }
    await clock.advance(began + after - clock.now());
    expect(await say(CHARGE)).toEqual([`${KEY}:charge DONE code=4711`]);
    expect(host.orders.map(({ minor }) => minor)).toEqual(moved);
    expect(host.moved()).toBe(moved.reduce((sum, minor) => sum + minor, 0));
  });
});

it.each([
  [60_000, false],
  [60_001, true],
])('an order that the host does not have %d ms after it was sent is absent for good: %s', async (age, final) => {
  const clock = new VirtualClock(1_000_000);
  const link = memoryLink((_line, reply) => reply(`${KEY}:charge ABSENT`), clock, 20);
  const { inquire } = exampleRail({ link, clock, secret: 's' });
  // The answer comes 40 ms after the question.
  const note = JSON.stringify({ from: clock.now() + 40 - age });
  const order = { key: `${KEY}:charge`, kind: 'charge', txn: KEY, amount: { minor: 1, currency: 'EUR' }, note };
  const asked = inquire?.(order as unknown as RailOrder) ?? expect.fail('the rail cannot be asked');
  expect(await clock.run(asked)).toEqual({ kind: 'absent', final });
});

describe('the host on a socket', () => {
  it('answers lines, cuts one when told so, and ends a connection with an overlong line', async () => {
    const host = new ExampleHost({ clock: systemClock, secret: 's', keyLifeMs: 60_000 });
    const { port, close } = await listenForLines(host.serve);
    expect(port).toBeGreaterThan(1_023);
    const link = tcpLink(port);
    const ask = (line: string) =>
      new Promise<string>((resolve) => {
        const connection = link(line, (answer) => {
          connection.close();
          resolve(answer);
        });
      });
    host.misbehave('cut');
    const half: string[] = [];
    const cut = link(CHARGE, (answer) => half.push(answer));
    const long = link('x'.repeat(2_000), (answer) => half.push(answer));
    expect(await ask(`ASK key=${KEY}:refund-1`)).toBe(`${KEY}:refund-1 ABSENT`);
    await expect.poll(() => host.moved()).toBe(1_250);
    expect(await ask(CHARGE)).toBe(`${KEY}:charge DONE code=4711`);
    expect(half).toEqual([]);
    cut.close();
    long.close();
    await close();
  });

  const TOO_LONG = `${'x'.repeat(1_024)}\n${'x'.repeat(1_025)}`;

  it('ends the connection with a client that says a line of more than 1,024 characters', async () => {
    const { port, close } = await listenForLines((line, reply) => reply(line));
    const client = connect(port, '127.0.0.1').resume();
    client.write(TOO_LONG);
    await once(client, 'close');
    await close();
  });

  it('is left by a client to which it says a line of more than 1,024 characters', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    tcpLink(typeof address === 'string' ? 0 : (address?.port ?? 0))('ASK', () => {});
    const [socket]: Socket[] = await once(server, 'connection');
    socket?.resume().write(TOO_LONG);
    await once(socket ?? server, 'close');
    server.close();
  });
});
