import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createProgram, type Output, outputOf, runProgram, UsageError } from '../../modem/cli/program.ts';
import { VirtualClock } from '../clock.ts';
import { type RailLaw, railLaws } from '../hosts/rail-laws.ts';
import type { RailUnderTrial } from '../hosts/rail-trial.ts';

/** Makes a rail and the double of its host, on the clock of one law. */
type Make = (clock: VirtualClock) => RailUnderTrial;

/** `npm run rail:check -- FILE`: somebody's own rail, and what it says it can, tried by the laws that follow from that. */
export async function run(): Promise<void> {
  const program = createProgram(
    'npm run rail:check --',
    'Tries a rail and the double of its host by the laws that follow from what the rail says it can.',
  )
    .argument('<file>', 'a module whose default export is (clock) => ({ rail, host }), in JavaScript or TypeScript')
    .addHelpText('after', '\nExit code 1: a law is broken. An example: sim/examples/rail/json-bank.ts')
    .action(async (file: string) => {
      const output = outputOf(program);
      const broken = await brokenOf(railLaws(await makerIn(file)), output);
      if (broken > 0) process.exitCode = 1;
    });
  await runProgram(program);
}

/** Tries each law, and says of each whether it is kept. @returns how many are not */
export async function brokenOf(laws: readonly RailLaw[], output: Output): Promise<number> {
  let broken = 0;
  for (const law of laws) if (!(await isKept(law, output))) broken += 1;
  output.print(
    { event: 'sum', laws: laws.length, broken },
    broken === 0 ? `All ${laws.length} laws are kept.` : `${broken} of ${laws.length} laws are broken.`,
  );
  return broken;
}

async function isKept({ name, run }: RailLaw, output: Output): Promise<boolean> {
  try {
    await run();
    output.print({ event: 'law', name, kept: true }, `kept    ${name}`);
    return true;
  } catch (error) {
    const [why = ''] = wordsOf(error).split('\n');
    output.print({ event: 'law', name, kept: false, why }, `BROKEN  ${name}: ${why}`);
    return false;
  }
}

/** @throws UsageError when the file is not there, does not load, or makes no rail and host */
async function makerIn(file: string): Promise<Make> {
  const path = resolve(file);
  if (!existsSync(path)) throw new UsageError(`${file} is not there`);
  const loaded: { readonly default?: unknown } = await import(pathToFileURL(path).href).catch((error: unknown) => {
    throw new UsageError(`${file} cannot be loaded: ${wordsOf(error)}`);
  });
  const make = loaded.default;
  if (!isMake(make))
    throw new UsageError(`${file} has no default export that makes a rail: (clock) => ({ rail, host })`);
  return make;
}

function isMake(make: unknown): make is Make {
  if (typeof make !== 'function') return false;
  const made: Partial<RailUnderTrial> = Object(make(new VirtualClock()));
  return made.rail?.capabilities !== undefined && typeof made.host?.misbehave === 'function';
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
