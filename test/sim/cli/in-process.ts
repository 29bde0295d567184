import { vi } from 'vitest';
import { wholeProgram } from '../../../modem/cli/executable.ts';
import { runProgram } from '../../../modem/cli/program.ts';
import { gsmSim } from '../../../sim/cli/gsm-sim-program.ts';

/** How a command ended: its exit code and what it printed. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs `gsm-sim` in this process, from its source: a hundred times as fast as a process of its own. */
export async function gsmSimHere(...args: readonly string[]): Promise<Ended> {
  const argv = ['node', 'gsm-sim', ...args];
  const said = { out: '', err: '' };
  const before = { argv: process.argv, exitCode: process.exitCode };
  const spies = [
    // A listener that each run would leave behind.
    vi.spyOn(process.stdout, 'on').mockReturnThis(),
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      said.out += typeof text === 'string' ? text : Buffer.from(text).toString('latin1');
      return true;
    }),
    vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
      said.err += String(text);
      return true;
    }),
  ];
  process.argv = argv;
  process.exitCode = 0;
  try {
    await runProgram(await wholeProgram(gsmSim), argv);
    return { code: Number(process.exitCode), ...said };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.argv = before.argv;
    process.exitCode = before.exitCode;
  }
}
