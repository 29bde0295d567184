import { Argument, InvalidArgumentError } from 'commander';
import { createProgram, outputOf, runProgram } from '../../modem/cli/program.ts';
import { systemClock } from '../../modem/index.ts';
import { fuzz, REGRESSIONS } from './fuzz.ts';
import { isTargetName, TARGETS } from './targets.ts';

interface FuzzOptions {
  readonly seed: string;
  readonly count: number;
  readonly seconds: number;
}

const program = createProgram('fuzz', 'Bends valid inputs and looks for what no input may cause')
  .addArgument(new Argument('<target>', 'what is fuzzed').choices(Object.keys(TARGETS)))
  .option('--seed <text>', 'the same seed makes the same inputs', '1')
  .option('--count <inputs>', 'ends after so many inputs', wholeNumber, Number.MAX_SAFE_INTEGER)
  .option('--seconds <time>', 'ends after so long', wholeNumber, 60)
  .action(async (target: string, { seed, count, seconds }: FuzzOptions) => {
    const output = outputOf(program);
    if (!isTargetName(target)) throw new InvalidArgumentError(`${target} is not known`);
    const { inputs, findings } = await fuzz({
      ...{
        target,
        open: TARGETS[target],
        seed,
        count,
        limitMs: seconds * 1000,
        clock: systemClock,
        folder: REGRESSIONS,
      },
      onFinding: (finding) =>
        output.print(
          { event: 'finding', ...finding },
          `${finding.reason}\n  seed ${finding.seed}, kept in ${finding.file}`,
        ),
    });
    output.print(
      { event: 'end', target, inputs, findings: findings.length },
      `${target}: ${inputs} inputs, ${findings.length} findings`,
    );
    process.exitCode = findings.length === 0 ? 0 : 1;
  });

await runProgram(program);

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return value;
}
