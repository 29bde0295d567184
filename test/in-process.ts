import { vi } from 'vitest';
import { type Executable, runExecutable } from '../modem/cli/executable.ts';

/** How a program ended, and what it printed. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs an executable in the process of the tests, from its source, which spares the start of a process. For command lines
 * that need no terminal, no standard input and no signals, one at a time. Octets are printed as Latin-1.
 */
export function inProcess(executable: Executable, ...args: readonly string[]): Promise<Ended> {
  return programInProcess(executable.name, args, () => runExecutable(executable));
}

/** The same with a program that is no executable of the package. @param run what its file does */
export async function programInProcess(
  name: string,
  args: readonly string[],
  run: () => Promise<void>,
): Promise<Ended> {
  const { argv, exitCode } = process;
  const said = { out: '', err: '' };
  const spies = [
    // A listener that each run would leave behind.
    vi.spyOn(process.stdout, 'on').mockReturnThis(),
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      said.out += textOf(text);
      return true;
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said.err += textOf(text);
      return true;
    }),
  ];
  process.argv = ['node', name, ...args];
  process.exitCode = undefined;
  try {
    await run();
    return { code: Number(process.exitCode ?? 0), ...said };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.argv = argv;
    process.exitCode = exitCode;
  }
}

const textOf = (text: string | Uint8Array) => (typeof text === 'string' ? text : Buffer.from(text).toString('latin1'));
