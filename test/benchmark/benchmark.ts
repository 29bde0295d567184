import { Argument, InvalidArgumentError, Option } from 'commander';
import { createProgram, type Output, outputOf, runProgram } from '../../modem/cli/program.ts';
import { busyShare } from './busy.ts';
import { codecContests } from './codec.ts';
import { type Comparison, compare } from './comparison.ts';
import { measureJunk } from './junk.ts';
import { MACHINES, measurePhones } from './phone.ts';
import { measureCycles } from './phone-cycle.ts';
import { measureService, serviceLoads } from './service.ts';
import { measureProcesses } from './service-processes.ts';
import { startContests } from './start.ts';
import { throughputContest } from './throughput.ts';
import { openVirtualNetwork } from './virtual-network.ts';
import { measureLoad, worldCases } from './world.ts';

const CODEC = { rounds: 15, warmUps: 3 } as const;
const START = { rounds: 11, warmUps: 2 } as const;
const THROUGHPUT = { rounds: 5, warmUps: 1 } as const;

const SUITES = ['codec', 'throughput', 'start', 'world', 'service', 'junk', 'phone'] as const;
type Suite = (typeof SUITES)[number];

const DATABASES = ['sqlite', 'postgres'] as const;

interface BenchOptions {
  readonly history: number;
  readonly database: (typeof DATABASES)[number];
  readonly frames: number;
  readonly phones: number;
  readonly payments: number;
}

const program = createProgram(
  'bench',
  'Measures the modem room side by side with other packages, the simulated world, the service, also with junk frames, and the phone',
)
  .addArgument(new Argument('[suite]', 'what to measure, by default everything').choices(SUITES))
  .option('--history <payments>', 'service: payments in the longer history', wholeNumber, 1_000_000)
  .option(
    '--frames <count>',
    'junk: frames of each kind; ten times as many of all kinds while customers pay',
    wholeNumber,
    100_000,
  )
  .option('--phones <count>', 'phone: phones in one process', wholeNumber, 50)
  .option('--payments <count>', 'phone: payments between programs', wholeNumber, 10)
  .addOption(
    new Option('--database <kind>', 'service: a file, or a server of PostgreSQL with 1, 2 and 4 processes')
      .choices(DATABASES)
      .default('sqlite'),
  )
  .action(async (suite: Suite | undefined, { history, database, frames, phones, payments }: BenchOptions) => {
    const output = outputOf(program);
    const wants = (name: Suite) => suite === undefined || suite === name;
    output.print(
      { event: 'start', node: process.version },
      wants('codec') || wants('throughput') ? heading() : undefined,
    );
    const results = [
      ...(wants('codec') ? await measureCodec(output) : []),
      ...(wants('throughput') ? await measureThroughput(output) : []),
    ];
    if (wants('start')) await measureStart(output);
    if (wants('world')) await measureWorld(output);
    if (wants('service') && database === 'sqlite') await measureServices(output, history);
    if (wants('service') && database === 'postgres') await measureOnPostgres(output);
    const busy = wants('throughput') ? await busyShare() : undefined;
    if (wants('junk')) await measureJunkFrames(output, frames);
    if (wants('phone')) await measurePhone(output, phones, payments);
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

async function measureStart(output: Output): Promise<void> {
  output.print({ event: 'start-start' }, startRow(['', 'ms', 'node -e 0', 'times as long']));
  for (const contest of startContests()) {
    const { name, ours, theirs, ratio } = await compare(contest, START.rounds, START.warmUps);
    const [ms, emptyMs, times] = [1_000 / ours, 1_000 / theirs, 1 / ratio];
    output.print(
      { event: 'start-time', name, ms: rounded(ms), emptyMs: rounded(emptyMs), times: rounded(times) },
      startRow([name, ms.toFixed(0), emptyMs.toFixed(0), times.toFixed(2)]),
    );
  }
}

async function measureWorld(output: Output): Promise<void> {
  output.print({ event: 'start-world' }, worldRow(['', 'phones', 'SMS', 'SMS/s of CPU', 'µs', 'wall s', 'MB']));
  for (const { name, load } of worldCases) {
    const { phones, delivered, cpuSeconds, wallSeconds, megabytes } = await measureLoad(load);
    const [perSecond, microseconds] = [delivered / cpuSeconds, (1e6 * cpuSeconds) / delivered];
    output.print(
      {
        event: 'world',
        name,
        phones,
        delivered,
        perSecond: rounded(perSecond),
        microseconds: rounded(microseconds),
        wallSeconds: rounded(wallSeconds),
        megabytes: rounded(megabytes),
      },
      worldRow([
        name,
        `${phones}`,
        `${delivered}`,
        `${Math.round(perSecond)}`,
        microseconds.toFixed(1),
        wallSeconds.toFixed(1),
        `${Math.round(megabytes)}`,
      ]),
    );
  }
}

async function measureServices(output: Output, history: number): Promise<void> {
  const heads = [
    'payments',
    'per core-s',
    'primitives',
    'ratio',
    'SQL',
    'tx',
    'commits',
    'octets',
    'ms alone',
    'p50 ms',
  ];
  output.print({ event: 'start-service' }, serviceRow([...heads, 'p99 ms']));
  for (const load of serviceLoads(history)) {
    const result = await measureService(load);
    const numbers = Object.entries(result).map(([name, value]) => [name, rounded(value)] as const);
    output.print(
      { event: 'service', ...Object.fromEntries(numbers) },
      serviceRow(numbers.map(([, value]) => `${value}`)),
    );
  }
}

async function measureOnPostgres(output: Output): Promise<void> {
  const heads = ['processes', 'at once', 'clients ms', 'server ms', 'sum ms', 'SQL', 'tx', 'again', 'of one'];
  output.print({ event: 'start-service-processes' }, serviceRow(heads));
  for (const result of await measureProcesses()) {
    const shown = Object.entries(result).map(([name, value]) => [name, rounded(value)] as const);
    output.print(
      { event: 'service-processes', ...Object.fromEntries(shown) },
      serviceRow(shown.map(([, value]) => `${value}`)),
    );
  }
}

async function measureJunkFrames(output: Output, frames: number): Promise<void> {
  output.print({ event: 'start-junk' }, junkRow(['', 'frames', 'µs', 'of a good one', 'rows', 'SMS']));
  const { kinds, flood } = await measureJunk({ frames, flood: 10 * frames, good: 1_000 });
  for (const { kind, frames: count, microseconds, share, rows, sms } of kinds) {
    const shown = {
      microseconds: rounded(microseconds),
      share: rounded(share),
      rows: rounded(rows),
      sms: rounded(sms),
    };
    output.print(
      { event: 'junk', kind, frames: count, ...shown },
      junkRow([
        kind,
        `${count}`,
        microseconds.toFixed(1),
        `1/${(1 / share).toFixed(0)}`,
        rows.toFixed(3),
        sms.toFixed(3),
      ]),
    );
  }
  const { quiet, flooded, payments, rows, sms, megabytes } = flood;
  const ms = ({ median, p99, worst }: typeof quiet) =>
    `median ${median.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, at worst ${worst.toFixed(1)} ms`;
  output.print(
    { event: 'flood', ...flood },
    [
      '',
      `A payment alone: ${ms(quiet)}`,
      `While ${flood.frames} junk frames came, ${payments} payments, all paid: ${ms(flooded)}`,
      `For the junk: ${rows.toFixed(0)} rows, ${sms.toFixed(0)} SMS; memory ${megabytes.map((mb) => mb.toFixed(0)).join(', then ')} MB`,
    ].join('\n'),
  );
}

async function measurePhone(output: Output, phones: number, payments: number): Promise<void> {
  const heads = ['phones', 'kB on', 'kB open', 'kB closed', 'kB machine', 'open ms', 'answer ms', 'payment ms'];
  output.print({ event: 'start-phones' }, phoneRow(['', ...heads]));
  for (const machine of MACHINES) {
    const { machine: _, ...result } = await measurePhones({ phones, machine });
    const numbers = Object.entries(result).map(([name, value]) => [name, rounded(value)] as const);
    output.print(
      { event: 'phones', machine, ...Object.fromEntries(numbers) },
      phoneRow([machine, ...numbers.map(([, value]) => `${value}`)]),
    );
  }
  const steps = ['shown', '+CMGS p50', 'p95', 'captured', 'paid', 'cycle p50', 'p95'];
  output.print({ event: 'start-cycle' }, phoneRow(['', 'profile', 'payments', ...steps]));
  for (const profile of ['none', 'direct']) {
    for (const machine of MACHINES) {
      const result = await measureCycles(profile, machine, payments);
      const { shownMs, cmgsMs, cmgsP95Ms, capturedMs, paidMs, cycleMs, cycleP95Ms } = result;
      const shown = { shownMs, cmgsMs, cmgsP95Ms, capturedMs, paidMs, cycleMs, cycleP95Ms };
      const times = Object.entries(shown).map(([name, ms]) => [name, rounded(ms)] as const);
      output.print(
        { event: 'cycle', machine, profile, payments, ...Object.fromEntries(times) },
        phoneRow([machine, profile, `${payments}`, ...times.map(([, ms]) => `${ms}`)]),
      );
    }
  }
}

function phoneRow([name = '', ...columns]: readonly string[]): string {
  return `${name.padEnd(12)}${columns.map((column) => column.padStart(12)).join('')}`;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return value;
}

function junkRow([kind = '', ...columns]: readonly string[]): string {
  return `${kind.padEnd(30)}${columns.map((column) => column.padStart(14)).join('')}`;
}

function serviceRow(columns: readonly string[]): string {
  return columns.map((column) => column.padStart(11)).join('');
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

function startRow([name = '', ...columns]: readonly string[]): string {
  return `${name.padEnd(26)}${columns.map((column) => column.padStart(14)).join('')}`;
}

function worldRow([name = '', ...columns]: readonly string[]): string {
  return `${name.padEnd(8)}${columns.map((column) => column.padStart(14)).join('')}`;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
