import { PassThrough, Writable } from 'node:stream';
import { Terminal } from '@xterm/headless';
import { Box, render as inkRender, Text } from 'ink';
import { render } from 'ink-testing-library';
import { isValidElement, type ReactElement } from 'react';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { cellsOf } from '../../../device/firmware/index.ts';
import type { HandsetEvent, Key, Screen } from '../../../device/index.ts';
import {
  drawPhone,
  Fitted,
  HandsetTerminal,
  PHONE_COLUMNS,
  PHONE_ROWS,
  Phone,
  typeOn,
} from '../../../device/terminal/index.ts';
import { traceText } from '../../../device/terminal/trace-text.ts';
import { bench, settle } from '../bench.ts';
import { type CashBench, enrolled, installed } from '../cash-mobile/cash-bench.ts';

const NO_KEY = {
  upArrow: false,
  downArrow: false,
  leftArrow: false,
  rightArrow: false,
  pageDown: false,
  pageUp: false,
  home: false,
  end: false,
  return: false,
  escape: false,
  ctrl: false,
  shift: false,
  tab: false,
  backspace: false,
  delete: false,
  meta: false,
  super: false,
  hyper: false,
  capsLock: false,
  numLock: false,
};

const open: { unmount(): void }[] = [];
afterEach(() => {
  for (const instance of open.splice(0)) instance.unmount();
});

/** Waits for a frame that fits; ink draws on a turn of its own. */
async function frameWith(lastFrame: () => string | undefined, words: string): Promise<string> {
  for (let turns = 0; turns < 1_000; turns += 1) {
    const frame = lastFrame();
    if (frame?.includes(words) === true) return frame;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error(`No frame with "${words}" came, the last was:\n${lastFrame()}`);
}

describe('The keys of a computer', () => {
  /** A phone that notes what it is given: keys by name, held ones with !, characters in quotes. */
  function noting(input?: Screen['input']) {
    const given: string[] = [];
    const { input: _, ...screen } = bench().handset.screen;
    const handset = {
      screen: input === undefined ? screen : { ...screen, input },
      press: (key: Key, long = false) => void given.push(`${key}${long ? '!' : ''}`),
      type: (character: string) => void given.push(`'${character}'`),
    };
    return { handset, given };
  }

  const NUMBER = { mode: '123', numeric: true, telephone: true } as const;
  const TEXT = { mode: 'abc', numeric: false, telephone: false } as const;

  test.each([
    ['[', {}, 'soft-left', 'soft-left', 'soft-left'],
    ['<', {}, 'soft-left', 'soft-left', 'soft-left'],
    [']', {}, 'soft-right', 'soft-right', 'soft-right'],
    ['>', {}, 'soft-right', 'soft-right', 'soft-right'],
    ['44', {}, '4 4', '4 4', '4 4'],
    ['48213', {}, '4 8 2 1 3', '4 8 2 1 3', '4 8 2 1 3'],
    ['+', {}, "'+'", "'+'", "'+'"],
    ['#', { meta: true }, '#!', '#!', '#!'],
    ['0', { meta: true }, '0!', '0!', '0!'],
    ['p', {}, 'power', 'power', "'p'"],
    ['P', {}, 'power!', 'power!', "'P'"],
    ['p', { ctrl: true }, 'power', 'power', 'power'],
    ['c', { ctrl: true }, '', '', ''],
    ['', { upArrow: true }, 'up', 'up', 'up'],
    ['', { downArrow: true }, 'down', 'down', 'down'],
    ['', { leftArrow: true }, 'left', 'left', 'left'],
    ['', { rightArrow: true }, 'right', 'right', 'right'],
    ['', { delete: true }, 'clear', 'clear', 'clear'],
    ['\r', { return: true, meta: true }, 'select!', 'select!', 'select!'],
    ['*', {}, '*', '*', '*'],
    ['', { home: true }, 'soft-left', 'soft-left', 'soft-left'],
    ['', { end: true }, 'soft-right', 'soft-right', 'soft-right'],
    ['\r', { return: true }, 'select', 'select', 'select'],
    ['', { backspace: true }, 'clear', 'clear', 'clear'],
    ['', { delete: true, meta: true }, 'clear!', 'clear!', 'clear!'],
    ['xy é', {}, "'x' 'y' ' ' 'é'", "'x' 'y' ' ' 'é'", "'x' 'y' ' ' 'é'"],
    ['x', { meta: true }, '', '', ''],
    ['\t\u200B', {}, '', '', ''],
    ['', { escape: true, upArrow: true }, '', '', ''],
  ] as const)('%j %j: on a menu %s, in a number %s, in a text %s', (input, flags, menu, number, text) => {
    for (const [field, expected] of [
      [undefined, menu],
      [NUMBER, number],
      [TEXT, text],
    ] as const) {
      const { handset, given } = noting(field);
      typeOn(handset, input, { ...NO_KEY, ...flags });
      expect(given.join(' ')).toBe(expected);
    }
  });

  test('write the activation code as it is printed', async () => {
    const cash = await installed();
    typeOn(cash.handset, cash.service.activationCode, NO_KEY);
    expect(cash.phone.screen.items.at(-1)?.value).toBe(cash.service.activationCode);
  });
});

describe('A drawn phone', () => {
  test('is 26 columns and 21 rows, whatever it shows', async () => {
    const cash = await enrolled();
    await cash.request({ payee: '漢字'.repeat(8), reference: '' });
    const screens = [cash.phone.screen, bench().phone.screen];
    for (const screen of screens) {
      const lines = drawPhone(screen).map((line) => line.map(({ text }) => text).join(''));
      expect(lines).toHaveLength(PHONE_ROWS);
      expect(drawPhone(screen, { keypad: false })).toHaveLength(16);
    }
    expect(PHONE_COLUMNS).toBe(26);
  });

  /** The idle screen with changes, drawn: each line as text. */
  function drawn(change: Partial<Screen>): readonly string[] {
    const lines = drawPhone({ ...bench().phone.screen, ...change });
    return lines.map((line) => line.map(({ text }) => text).join(''));
  }
  const icons = { signal: 0, battery: 0, message: false, clock: '10:00' } as const;
  const row = (text: string) => ({ text, inverse: false });

  test.each<[string, Partial<Screen>, number, string]>([
    ['no signal and an empty battery', { icons }, 1, `│${' '.repeat(17)}10:00  │`],
    ['a message', { icons: { ...icons, signal: 4, battery: 1, message: true } }, 1, '│ ▂▄▆█ ✉         10:00 ▮ │'],
    ['nothing when it is off', { kind: 'off', icons }, 1, `│${' '.repeat(24)}│`],
    ['no ticker', {}, 2, `│╭${'─'.repeat(22)}╮│`],
    ['a ticker', { ticker: '1 more' }, 2, `│╭ 1 more ${'─'.repeat(14)}╮│`],
    ['a ticker that fits', { ticker: 'x'.repeat(20) }, 2, `│╭ ${'x'.repeat(20)} ╮│`],
    ['a ticker that does not fit', { ticker: 'x'.repeat(21) }, 2, `│╭ ${'x'.repeat(19)}… ╮│`],
    ['a ticker of wide letters', { ticker: '漢字' }, 2, `│╭ 漢字 ${'─'.repeat(16)}╮│`],
    [
      'the mode of a text',
      { title: 'x'.repeat(20), input: { mode: 'Abc', numeric: false, telephone: false } },
      3,
      `││${'x'.repeat(17)}… Abc││`,
    ],
    ['no arrow', { rows: [row('one')] }, 4, `││one${' '.repeat(19)}││`],
    [
      'that there is more above',
      { scroll: { above: true, below: false } },
      4,
      `││${' '.repeat(11)}${' '.repeat(11)}▲│`,
    ],
    ['that there is more below', { scroll: { above: false, below: true } }, 11, `││${' '.repeat(22)}▼│`],
    ['no arrow in between', { scroll: { above: true, below: true } }, 10, `││${' '.repeat(22)}││`],
    ['a screen of the phone', {}, 12, `│├ Phone ${'─'.repeat(15)}┤│`],
    [
      'a screen of nobody, when the phone is off',
      { indicator: { kind: 'phone', text: '' } },
      12,
      `│├${'─'.repeat(22)}┤│`,
    ],
    [
      'the name of an application that just fits',
      { indicator: { kind: 'trusted', text: 'x'.repeat(20) } },
      12,
      `│├ ${'x'.repeat(20)} ┤│`,
    ],
    [
      'the name of an application that does not fit',
      { indicator: { kind: 'trusted', text: 'x'.repeat(21) } },
      12,
      `│├ ${'x'.repeat(19)}… ┤│`,
    ],
    ['no soft keys', { softKeys: { left: '', right: '' } }, 13, `││${' '.repeat(22)}││`],
    ['a left soft key alone', { softKeys: { left: 'x'.repeat(22), right: '' } }, 13, `││${'x'.repeat(22)}││`],
    ['a right soft key alone', { softKeys: { left: '', right: 'Back' } }, 13, `││${' '.repeat(18)}Back││`],
    ['two that do not fit', { softKeys: { left: 'x'.repeat(18), right: 'Back' } }, 13, `││${'x'.repeat(16)}… Back││`],
    [
      'a right one that does not fit',
      { softKeys: { left: 'OK', right: 'x'.repeat(22) } },
      13,
      `││ ${'x'.repeat(20)}…││`,
    ],
  ])('shows %s', (_name, change, line, text) => {
    const lines = drawn({ rows: [], ...change });
    expect(lines[line]).toBe(text);
    expect(lines.map(cellsOf)).toEqual(lines.map(() => PHONE_COLUMNS));
  });

  test('has a keypad, dim, unless told otherwise, and a bright edge while it rings', () => {
    const { screen } = bench().phone;
    expect(drawn({}).slice(-6)).toEqual([
      '│ [ (−)  ◄ ▲ ● ▼ ►  (−) ]│',
      '│  1 .?!   2 abc   3 def │',
      '│  4 ghi   5 jkl   6 mno │',
      '│  7pqrs   8 tuv   9wxyz │',
      '│  * +#    0  ␣    # Aa  │',
      `╰${'─'.repeat(24)}╯`,
    ]);
    expect(drawPhone(screen)[15]?.map(({ dim }) => dim)).toEqual([undefined, true, undefined]);
    expect(drawPhone(screen)[0]).toEqual([{ text: `╭${'─'.repeat(24)}╮` }]);
    expect(drawPhone(screen, { ringing: true })[0]).toEqual([
      { text: '╭  ((•))   RING   ((•))  ╮', inverse: true, bold: true },
    ]);
    const inverse = { ...screen, rows: [row('one'), { text: 'two', inverse: true }] };
    expect(
      drawPhone(inverse).flatMap((line) => line.flatMap((span) => (span.inverse ? [span.text.trim()] : []))),
    ).toEqual(['two']);
  });

  test.each(['phone', 'trusted', 'signed', 'unsigned'] as const)('marks whose screen it is: %s', (kind) => {
    const screen: Screen = { ...bench().phone.screen, indicator: { kind, text: 'Mark' } };
    expect(drawPhone(screen)[12]?.[2]).toEqual({ text: ` Mark ${'─'.repeat(16)}`, inverse: kind === 'unsigned' });
  });

  test('shows a prompt', async () => {
    const cash = await enrolled();
    await cash.request();
    const { lastFrame, unmount } = render(<Phone screen={cash.phone.screen} keypad={false} />);
    open.push({ unmount });
    expect(lastFrame()?.split('\n')).toEqual([
      '╭────────────────────────╮',
      '│ ▂▄▆         10:00 ▮▮▮▮ │',
      '│╭──────────────────────╮│',
      '││Payment               ││',
      '││Pay to: Edicola Duomo ││',
      '││EUR 12.50             ││',
      '││Reference: Il Sole    ││',
      '││Code: 0042            ││',
      '││                      ││',
      '││                      ││',
      '││                      ││',
      '││                      ││',
      '│├ ✓ Cash-Mobile ───────┤│',
      '││Approve         Refuse││',
      '│╰──────────────────────╯│',
      '╰────────────────────────╯',
    ]);
  });
});

/** How the spans of a phone are given to ink, row by row. */
function spansGiven(element: ReactElement): readonly object[] {
  const given: object[] = [];
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const child of node) walk(child);
    if (!isValidElement<Record<string, unknown>>(node)) return;
    const { type, props } = node;
    const { children, inverse, bold, dimColor } = props;
    if (typeof type === 'function' && type.name === 'PhoneLine') walk((type as (props: object) => unknown)(props));
    else if (typeof children === 'string') given.push({ text: children, inverse, bold, dim: dimColor });
    else walk(children);
  };
  walk(element);
  return given;
}

test.each([true, false])('a phone draws what is inverse, bold and dim so; active: %s', (active) => {
  const { screen } = bench().phone;
  const rows = [{ text: 'two', inverse: true }];
  const spans = drawPhone({ ...screen, rows }, { ringing: true }).flat();
  expect(spansGiven(Phone({ screen: { ...screen, rows }, ringing: true, active }))).toEqual(
    spans.map(({ text, inverse = false, bold = false, dim = false }) => ({ text, inverse, bold, dim: dim || !active })),
  );
});

/** The character that rings the bell. */
const BEL = '\u0007';

function expectSilence(frames: readonly string[]): void {
  for (const ring of ['RING', BEL]) expect(frames.join('')).not.toContain(ring);
}

test.each<[HandsetEvent, string | undefined]>([
  [
    { kind: 'received', from: '+391', octets: 140, port: 16_001, destination: 'application' },
    '← +391:16001 140 octets, application',
  ],
  [{ kind: 'received', from: '4321', octets: 5, destination: 'inbox' }, '← 4321 5 octets, inbox'],
  [{ kind: 'sent', to: '+391', octets: 133, port: 0, outcome: 'failed' }, '→ +391:0 133 octets, failed'],
  [{ kind: 'sent', to: '+391', octets: 133, outcome: 'unknown' }, '→ +391 133 octets, unknown'],
  [{ kind: 'application', name: 'Pay', state: 'started' }, 'Pay started'],
  [{ kind: 'installed', name: 'Pay', version: '1.0', isDowngrade: false }, 'Pay 1.0 installed'],
  [
    { kind: 'installed', name: 'Pay', version: '1.1', replaced: '1.0', isDowngrade: false },
    'Pay 1.1 installed in place of 1.0',
  ],
  [
    { kind: 'installed', name: 'Pay', version: '1.0', replaced: '1.1', isDowngrade: true },
    'Pay 1.0 installed in place of 1.1, which is newer',
  ],
  [{ kind: 'removed', name: 'Pay', version: '1.0' }, 'Pay 1.0 removed'],
  [{ kind: 'not-installed', reason: 'no network' }, 'not installed: no network'],
  [{ kind: 'not-installed', status: 907, reason: 'no zip' }, 'not installed (907): no zip'],
  [{ kind: 'removed', name: 'P\u001b[2Jay', version: '1' }, 'P?[2Jay 1 removed'],
  [{ kind: 'sound', tone: 'error' }, undefined],
])('the event %j is the line %j', (event, text) => {
  expect(traceText(event)).toBe(text);
});

test.each([
  [{}, 'false'],
  [{ active: true }, 'false'],
  [{ active: false }, 'true'],
])('of several phones all but the active one are dim: with %o every line is dim: %s', (given, dim) => {
  const lines = JSON.stringify(Phone({ screen: bench().phone.screen, ...given })).matchAll(/\],"dim":(true|false)/g);
  expect(new Set(Array.from(lines, ([, found]) => found))).toEqual(new Set([dim]));
});

describe('A handset on a terminal', () => {
  test('takes keys, draws what they do, and traces messages', async () => {
    const phone = bench();
    await settle(phone.clock);
    const { stdin, lastFrame, unmount } = render(<HandsetTerminal handset={phone.handset} title="a test" />);
    open.push({ unmount });
    await frameWith(lastFrame, 'I-Sim');
    stdin.write('[');
    await frameWith(lastFrame, 'Applications');
    await phone.radio.deliver({ originator: '+39340', sentAt: 0, content: { kind: 'text', text: 'ciao' } });
    await frameWith(lastFrame, '← +39340 4 octets, inbox');
    stdin.write('\u001B[B\r');
    expect(await frameWith(lastFrame, 'No applications')).toContain('a test');
  });

  test.each([
    ['a request', true, async (cash: CashBench) => void (await cash.request())],
    [
      'a text',
      true,
      (cash: CashBench) =>
        cash.radio.deliver({ originator: '+39340', sentAt: 0, content: { kind: 'text', text: 'ciao' } }),
    ],
    ['a request, when told to be silent', false, async (cash: CashBench) => void (await cash.request())],
  ])('rings for %s: %s', async (_name, rings, come) => {
    const cash = await enrolled();
    const { stdout, lastFrame, frames, unmount } = render(
      <HandsetTerminal handset={cash.handset} title="a test" rings={rings} />,
    );
    open.push({ unmount });
    await frameWith(lastFrame, 'I-Sim');
    expectSilence(frames);
    await come(cash);
    if (rings) {
      expect(await frameWith(lastFrame, 'RING')).toMatch(/^╭ {2}\(\(•\)\) {3}RING {3}\(\(•\)\) {2}╮/m);
      expect(stdout.frames.filter((frame) => frame === BEL)).toHaveLength(1);
    } else {
      await frameWith(lastFrame, 'Pay to');
      expectSilence(frames);
    }
  });

  test('rings for 5 s after the last message, and shows the last 8 messages', async () => {
    const phone = bench();
    const { lastFrame, unmount } = render(<HandsetTerminal handset={phone.handset} title="a test" />);
    open.push({ unmount });
    await frameWith(lastFrame, 'I-Sim');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      for (let count = 1; count <= 9; count += 1) {
        const content = { kind: 'text', text: 'x'.repeat(count) } as const;
        await phone.radio.deliver({ originator: '+39340', sentAt: 0, content });
        await frameWith(lastFrame, `← +39340 ${count} octets, inbox`);
        await frameWith(lastFrame, 'RING');
        vi.advanceTimersByTime(4_999);
      }
      expect(lastFrame()).toContain('← +39340 2 octets');
      expect(lastFrame()).not.toContain('← +39340 1 octets');
      for (let turns = 0; turns < 10; turns += 1) await new Promise((resolve) => setImmediate(resolve));
      expect(lastFrame()).toContain('RING');
      vi.advanceTimersByTime(1);
      await frameWith(() => (lastFrame()?.includes('RING') === true ? '' : 'silent'), 'silent');
    } finally {
      vi.useRealTimers();
    }
  });

  test.each([
    [80, 24, 'content'],
    [79, 24, '79 x 24: too small. Make the window 80 x 24.'],
    [80, 23, '80 x 23: too small. Make the window 80 x 24.'],
  ])('in a window of %d x %d shows: %s', async (columns, rows, words) => {
    let drawn = '';
    const write = (chunk: Buffer, _encoding: string, done: () => void) => {
      drawn += chunk.toString();
      done();
    };
    const stdout = Object.assign(new Writable({ write }), { columns, rows, isTTY: true });
    const tree = (
      <Fitted>
        <Text>content</Text>
      </Fitted>
    );
    open.push(
      inkRender(tree, { stdout, interactive: true, patchConsole: false, exitOnCtrlC: false, stdin: fakeStdin() }),
    );
    await frameWith(() => drawn, words);
    expect(drawn.includes('content')).toBe(words === 'content');
    expect(drawn.includes('too small')).toBe(words !== 'content');
  });

  test('does not ring for what its owner does', async () => {
    const cash = await enrolled();
    const { txn } = await cash.request();
    const { lastFrame, frames, unmount } = render(<HandsetTerminal handset={cash.handset} title="a test" />);
    open.push({ unmount });
    await frameWith(lastFrame, 'Pay to');
    await cash.send(cash.service.receipt(txn, 'cancelled'));
    await frameWith(lastFrame, 'Cancelled');
    expectSilence(frames);
  });

  test('shows another handset when it is given one', async () => {
    const [one, other] = [bench(), bench()];
    other.phone.select('Menu');
    const { lastFrame, rerender, unmount } = render(<HandsetTerminal handset={one.handset} title="a test" />);
    open.push({ unmount });
    await frameWith(lastFrame, 'I-Sim');
    rerender(<HandsetTerminal handset={other.handset} title="a test" />);
    await frameWith(lastFrame, 'Applications');
  });

  test('rings no more when it has ended', async () => {
    const phone = bench();
    const { stdout, lastFrame, unmount } = render(<HandsetTerminal handset={phone.handset} title="a test" />);
    await frameWith(lastFrame, 'I-Sim');
    unmount();
    await phone.radio.deliver({ originator: '+39340', sentAt: 0, content: { kind: 'text', text: 'ciao' } });
    expectSilence(stdout.frames);
  });

  test('q is a letter in a text, and Ctrl-Q quits there', async () => {
    const cash = await installed();
    const { stdin, lastFrame, unmount } = render(<HandsetTerminal handset={cash.handset} title="a test" />);
    open.push({ unmount });
    await frameWith(lastFrame, 'Ctrl-Q quit');
    stdin.write('q');
    await frameWith(lastFrame, ' q▏');
    stdin.write('\u0011');
    await frameWith(() => (lastFrame() === '' ? 'ended' : lastFrame()), 'ended').catch(() => {});
    stdin.write('z');
    await settle(cash.clock);
    expect(cash.phone.screen.items.at(-1)?.value).toBe('q');
  });

  test('fits 80 columns and 24 rows, cell by cell', async () => {
    const cash = await enrolled();
    await cash.request();
    const terminal = new Terminal({ cols: 80, rows: 24, convertEol: true, allowProposedApi: true });
    const stdout = Object.assign(
      new Writable({
        write(chunk, _encoding, done) {
          terminal.write(chunk, () => done());
        },
      }),
      { columns: 80, rows: 24, isTTY: true },
    );
    const tree = (
      <Box flexDirection="column">
        <HandsetTerminal handset={cash.handset} title={'x'.repeat(200)} />
      </Box>
    );
    const instance = inkRender(tree, {
      stdout,
      interactive: true,
      patchConsole: false,
      exitOnCtrlC: false,
      stdin: fakeStdin(),
    });
    open.push(instance);
    const row = (index: number) => terminal.buffer.active.getLine(index)?.translateToString(true) ?? '';
    await frameWith(() => Array.from({ length: 24 }, (_, index) => row(index)).join('\n'), 'q quit');
    expect(terminal.buffer.active.baseY).toBe(0);
    expect(row(1).slice(0, 26)).toBe('╭────────────────────────╮');
    expect(row(5)).toMatch(/^││Pay to: Edicola Duomo ││ {2}Enter/);
    expect(row(22)).toBe('q quit');
  });
});

function fakeStdin(): PassThrough {
  const nothing = () => {};
  return Object.assign(new PassThrough(), { isTTY: true, setRawMode: nothing, ref: nothing, unref: nothing });
}
