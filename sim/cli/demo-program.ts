import { constants } from 'node:os';
import { createProgram, outputOf, runProgram, UsageError } from '../../modem/cli/program.ts';
import { type LatencyProfile, latencyProfiles } from '../network/profiles.ts';
import { wholeNumber } from './options.ts';

interface DemoOptions {
  readonly headless?: true;
  readonly pty?: true;
  readonly seed: number;
  readonly profile: string;
  readonly data?: string;
}

/** `npm start`: the loop, on a terminal or played by itself. */
export async function run(): Promise<void> {
  const program = createProgram(
    'npm start --',
    'The whole loop in simulation: a merchant, a customer, the service, and the SMS between them.',
  )
    .option('--headless', 'play by itself and print what happens; so it does when there is no terminal')
    .option('--pty', 'over pseudo terminals and in real time')
    .option('--seed <number>', 'the same seed plays the same play', wholeNumber(0, 2 ** 32 - 1), 42)
    .option('--profile <name>', `latency of the network: ${Object.keys(latencyProfiles).join(', ')}`, 'direct')
    .option('--data <folder>', 'keep database and flash files there');
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => process.exit(128 + constants.signals[signal]));
  }
  program.action(async (options: DemoOptions) => {
    const { json, print } = outputOf(program);
    const { seed, pty = false, data } = options;
    const profile = [options.profile, profileOf(options.profile)] as const;
    const common = { seed, profile, ...(data === undefined ? {} : { folder: data }) };
    if (options.headless !== true && !json && process.stdin.isTTY && process.stdout.isTTY) {
      const { showLoop } = await import('../demo/interactive.ts');
      await showLoop({ ...common, lines: pty ? 'pty' : 'memory' }, print);
      return;
    }
    const { playHeadless } = await import('../demo/headless.ts');
    if (!(await playHeadless({ ...common, pty }, print))) process.exitCode = 1;
  });
  await runProgram(program);
}

function profileOf(name: string): LatencyProfile {
  const profile = latencyProfiles[name];
  if (profile === undefined) {
    throw new UsageError(
      `There is no latency profile "${name}": choose one of ${Object.keys(latencyProfiles).join(', ')}`,
    );
  }
  return profile;
}
