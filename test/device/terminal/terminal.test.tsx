import { PassThrough, Writable } from 'node:stream';
import { Terminal } from '@xterm/headless';
import { Box, render as inkRender } from 'ink';
import { render } from 'ink-testing-library';
import { afterEach, describe, expect, test } from 'vitest';
import type { Key, Screen } from '../../../device/index.ts';
import {
  drawPhone,
  HandsetTerminal,
  PHONE_COLUMNS,
  PHONE_ROWS,
  Phone,
  typeOn,
} from '../../../device/terminal/index.ts';
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
      '│├──────────────────────┤│',
      '││Approve         Refuse││',
      '│╰──────────────────────╯│',
      '╰────────────────────────╯',
    ]);
  });
});

/** The character that rings the bell. */
const BEL = '\u0007';

function expectSilence(frames: readonly string[]): void {
  for (const ring of ['RING', BEL]) expect(frames.join('')).not.toContain(ring);
}

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
