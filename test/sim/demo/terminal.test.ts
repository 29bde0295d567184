import { join } from 'node:path';
import { spawn } from '@lydell/node-pty';
import { Terminal } from '@xterm/headless';
import { expect, it } from 'vitest';
import { CUSTOMER } from '../../../sim/demo/cast.ts';

const DEMO = join(import.meta.dirname, '../../../dist/sim/cli/demo.js');
const COLUMNS = 80;
const ROWS = 24;

/** A program on a terminal of 80 by 24, read as a person reads it. */
function onTerminal(...argv: readonly string[]) {
  const terminal = new Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  const program = spawn(process.execPath, [...argv], { name: 'xterm-256color', cols: COLUMNS, rows: ROWS });
  const exited = new Promise<number>((resolve) => program.onExit(({ exitCode }) => resolve(exitCode)));
  const screen = () =>
    Array.from({ length: ROWS }, (_, row) => terminal.buffer.active.getLine(row)?.translateToString(true) ?? '').join(
      '\n',
    );
  const waiting: { readonly words: string; readonly found: () => void }[] = [];
  program.onData((data) =>
    terminal.write(data, () => {
      for (const { words, found } of waiting) if (screen().includes(words)) found();
    }),
  );
  return {
    exited,
    type: (keys: string) => program.write(keys),
    resize(columns: number, rows: number) {
      terminal.resize(columns, rows);
      program.resize(columns, rows);
    },
    shows: (words: string) =>
      new Promise<void>((found) => {
        if (screen().includes(words)) found();
        else waiting.push({ words, found });
      }),
    screen,
  };
}

it('a newcomer who presses the keys that the screen names makes a payment', { timeout: 60_000 }, async () => {
  const demo = onTerminal(DEMO);
  await demo.shows('Press r');
  expect(demo.screen()).toContain("Merchant's page: http://127.0.0.1:");
  demo.resize(60, 18);
  await demo.shows('too small');
  demo.resize(COLUMNS, ROWS);
  await demo.shows('Press r');
  demo.type('r');
  await demo.shows('Press [ to approve');
  expect(demo.screen()).toContain('EUR 12.50');
  demo.type('[');
  await demo.shows(`PIN, ${CUSTOMER.pin}`);
  demo.type(CUSTOMER.pin);
  await demo.shows('•••••');
  demo.type('[');
  await demo.shows('Approval code');
  expect(demo.screen()).toContain('CAPTURED');
  demo.type('q');
  expect(await demo.exited).toBe(0);
});
