import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { ModemLines } from '../modem-lines.ts';
import { CONTROL_VARIABLE } from './options.ts';

/** What a shell says of a command that is not there. */
const NOT_FOUND = 127;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The variables by which a command finds the network: its control URL, and of each modem the tty, TCP port and number. */
export function commandEnvironment(control: string, lines: readonly ModemLines[]): Readonly<Record<string, string>> {
  const ofModems = lines.flatMap(({ number, tty, tcp, codes }, i) => [
    [`GSM_SIM_MODEM${i + 1}`, tty],
    [`GSM_SIM_MODEM${i + 1}_TCP`, tcp],
    [`GSM_SIM_NUMBER${i + 1}`, number],
    ...(codes === undefined ? [] : [[`GSM_SIM_MODEM${i + 1}_CODES`, codes]]),
  ]);
  return { [CONTROL_VARIABLE]: control, ...Object.fromEntries(ofModems) };
}

/**
 * Runs a command on this terminal and resolves to its exit code, as a shell has it: 128 and the number of the signal that
 * ended it. A signal to us goes on to it, but for the Ctrl-C of a terminal, which it has already.
 */
export function runCommand(
  [file = '', ...args]: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const child = spawn(file, args, { stdio: 'inherit', env: { ...process.env, ...environment } });
  const passOn = (signal: NodeJS.Signals) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, passOn);
  const ended = Promise.withResolvers<number>();
  child.on('error', (error) => {
    process.stderr.write(`gsm-sim: cannot run ${file}: ${error.message}\n`);
    ended.resolve(NOT_FOUND);
  });
  child.on('exit', (code, signal) => ended.resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
  return ended.promise.finally(() => {
    for (const signal of SIGNALS) process.off(signal, passOn);
  });
}
