import { readFileSync } from 'node:fs';
import { type Output, UsageError } from '../../modem/cli/program.ts';
import type { Names } from '../scenario/names.ts';
import { faultText, readScenario } from '../scenario/read.ts';
import type { ScenarioResult } from '../scenario/scenario-run.ts';
import type { Scenario } from '../scenario/schema.ts';
import { durationText } from '../vocabulary/durations.ts';

/** The largest scenario file, octets. */
const FILE_OCTETS = 4 * 1024 * 1024;

/** Reads a scenario file. @throws UsageError when there is none, or something is wrong with it: each fault is a line on stderr. */
export function openScenario(file: string): { readonly scenario: Scenario; readonly names: Names } {
  const read = readScenario(textOf(file));
  if (read.ok) return read;
  const lines = read.faults.map((fault) => faultText(file, fault));
  const [only] = lines;
  if (only !== undefined && lines.length === 1) throw new UsageError(only);
  for (const line of lines) process.stderr.write(`${line}\n`);
  throw new UsageError(`${lines.length} things are wrong with ${file}`);
}

function textOf(file: string): string {
  let octets: Uint8Array;
  try {
    octets = readFileSync(file);
  } catch (cause) {
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new UsageError(missing ? `there is no file ${file}` : `cannot read ${file}`, { cause });
  }
  if (octets.length > FILE_OCTETS) throw new UsageError(`${file} is larger than ${FILE_OCTETS} octets`);
  return new TextDecoder().decode(octets);
}

/** Prints how a scenario went. */
export function printResult(output: Output, result: ScenarioResult): void {
  const { name, ok, lastedMs, sms, judgements } = result;
  const lines = judgements.map(({ what, found, ok: right }) => `  ${right ? 'ok  ' : 'FAIL'} ${what}: ${found}`);
  const head = `${ok ? 'ok  ' : 'FAIL'} ${name}: ${sms} SMS in ${durationText(lastedMs)}`;
  output.print({ event: 'scenario', ...result }, [head, ...lines].join('\n'));
}
