import { PassThrough, Writable } from 'node:stream';
import { Terminal } from '@xterm/headless';
import { Box, render as inkRender } from 'ink';
import { render } from 'ink-testing-library';
import { afterEach, describe, expect, test } from 'vitest';
import {
  drawPhone,
  HandsetTerminal,
  keyPressesOf,
  PHONE_COLUMNS,
  PHONE_ROWS,
  Phone,
} from '../../../device/terminal/index.ts';
import { bench, settle } from '../bench.ts';
import { enrolled } from '../cash-mobile/cash-bench.ts';

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
  test.each([
    ['[', {}, [['soft-left', false]]],
    ['>', {}, [['soft-right', false]]],
    [
      '44',
      {},
      [
        ['4', false],
        ['4', false],
      ],
    ],
    [
      '48213',
      {},
      [
        ['4', false],
        ['8', false],
        ['2', false],
        ['1', false],
        ['3', false],
      ],
    ],
    ['+', {}, [['0', true]]],
    ['#', { meta: true }, [['#', true]]],
    ['P', {}, [['power', true]]],
    ['', { upArrow: true }, [['up', false]]],
    ['\r', { return: true }, [['select', false]]],
    ['', { backspace: true }, [['clear', false]]],
    ['', { delete: true, meta: true }, [['clear', true]]],
    ['c', { ctrl: true }, []],
    ['xyz', {}, []],
    ['', { tab: true }, []],
  ] as const)('%j %j', (input, flags, presses) => {
    expect(keyPressesOf(input, { ...NO_KEY, ...flags }).map(({ key, long }) => [key, long])).toEqual(presses);
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
      expect(drawPhone(screen, false)).toHaveLength(16);
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
