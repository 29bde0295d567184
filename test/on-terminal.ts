import { spawn } from '@lydell/node-pty';
import { Terminal } from '@xterm/headless';
import { systemClock } from '../modem/index.ts';

/** How long a program may take to show what is waited for, ms. */
const SHOWS_WITHIN_MS = 60_000;
const COLUMNS = 80;
const ROWS = 24;

/** A program on a terminal of 80 by 24, read and typed at as a person does. */
export interface ProgramOnTerminal {
  /** Its exit code, once it has ended; 128 and the number of the signal that ended it. */
  readonly exited: Promise<number>;
  kill(signal: NodeJS.Signals): void;
  type(keys: string): void;
  resize(columns: number, rows: number): void;
  /** Resolves when the screen has these words on it, or matches; rejects, with what it has, when that takes too long. */
  shows(words: string | RegExp): Promise<void>;
  screen(): string;
}

/** Runs Node with these arguments on a terminal. */
export function onTerminal(...argv: readonly string[]): ProgramOnTerminal {
  const terminal = new Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  const program = spawn(process.execPath, [...argv], { name: 'xterm-256color', cols: COLUMNS, rows: ROWS });
  const screen = () =>
    Array.from(
      { length: terminal.rows },
      (_, row) => terminal.buffer.active.getLine(row)?.translateToString(true) ?? '',
    ).join('\n');
  const has = (words: string | RegExp) => (typeof words === 'string' ? screen().includes(words) : words.test(screen()));
  const waiting: { readonly words: string | RegExp; readonly found: () => void }[] = [];
  program.onData((data) =>
    terminal.write(data, () => {
      for (const { words, found } of waiting) if (has(words)) found();
    }),
  );
  return {
    exited: new Promise((resolve) =>
      program.onExit(({ exitCode, signal = 0 }) => resolve(signal === 0 ? exitCode : 128 + signal)),
    ),
    kill: (signal) => program.kill(signal),
    type: (keys) => program.write(keys),
    resize(columns, rows) {
      terminal.resize(columns, rows);
      program.resize(columns, rows);
    },
    shows: (words) =>
      new Promise((resolve, reject) => {
        const cancel = systemClock.after(SHOWS_WITHIN_MS, () =>
          reject(new Error(`"${words}" was not shown within ${SHOWS_WITHIN_MS / 1000} s, but:\n${screen()}`)),
        );
        const found = () => {
          cancel();
          resolve();
        };
        if (has(words)) found();
        else waiting.push({ words, found });
      }),
    screen,
  };
}
