import { Argument } from 'commander';
import { createProgram, type Output, outputOf, runProgram } from '../../modem/cli/program.ts';
import { busyShare } from './busy.ts';
import { codecContests } from './codec.ts';
import { type Comparison, compare } from './comparison.ts';
import { throughputContest } from './throughput.ts';
import { openVirtualNetwork } from './virtual-network.ts';

const CODEC = { rounds: 15, warmUps: 3 } as const;
const THROUGHPUT = { rounds: 5, warmUps: 1 } as const;

type Suite = 'codec' | 'throughput';

const program = createProgram('bench', 'Measures the modem room side by side with other packages')
  .addArgument(new Argument('[suite]', 'what to measure, by default everything').choices(['codec', 'throughput']))
  .action(async (suite: Suite | undefined) => {
    const output = outputOf(program);
    output.print({ event: 'start', node: process.version }, heading());
    const results = [
      ...(suite === 'throughput' ? [] : await measureCodec(output)),
      ...(suite === 'codec' ? [] : await measureThroughput(output)),
    ];
    const busy = suite === 'codec' ? undefined : await busyShare();
    const ratios = Object.fromEntries(results.map(({ name, ratio }) => [name, rounded(ratio)]));
    output.print(
      { ratios, ...(busy === undefined ? {} : { busy: rounded(busy) }) },
      busy === undefined ? undefined : `\nThe radio is busy ${(100 * busy).toFixed(1)} % of the time.`,
    );
  });

await runProgram(program);

async function measureCodec(output: Output): Promise<readonly Comparison[]> {
  const results: Comparison[] = [];
  for (const contest of codecContests()) {
    results.push(report(output, await compare(contest, CODEC.rounds, CODEC.warmUps)));
  }
  return results;
}

async function measureThroughput(output: Output): Promise<readonly Comparison[]> {
  const network = await openVirtualNetwork();
  try {
    const { rounds, warmUps } = THROUGHPUT;
    return [report(output, await compare(throughputContest(network), rounds, warmUps))];
  } finally {
    await network.close();
  }
}

function report(output: Output, result: Comparison): Comparison {
  const { name, peer, ours, theirs, ratio } = result;
  output.print(
    { event: 'result', name, peer, ours: rounded(ours), theirs: rounded(theirs), ratio: rounded(ratio) },
    row([name, `${Math.round(ours)}/s`, `${Math.round(theirs)}/s`, ratio.toFixed(1), peer]),
  );
  return result;
}

function heading(): string {
  return row(['', 'cash-mobile', 'peer', 'ratio', '']);
}

function row([name = '', ours = '', theirs = '', ratio = '', peer = '']: readonly string[]): string {
  return `${name.padEnd(18)}${ours.padStart(12)}${theirs.padStart(12)}${ratio.padStart(8)}  ${peer}`.trimEnd();
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
