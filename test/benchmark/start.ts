import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { type Contest, perSecond } from './comparison.ts';

const ROOT = join(import.meta.dirname, '../..');

/** The built files of the executables, and `npm start`. */
const BUILT: Readonly<Record<string, string>> = {
  'gsm-modem': 'dist/modem/cli/gsm-modem.js',
  'cash-handset': 'dist/device/cli/cash-handset.js',
  'cash-server': 'dist/server/cli/cash-server.js',
  'gsm-sim': 'dist/sim/cli/gsm-sim.js',
  'npm start --': 'dist/sim/cli/demo.js',
};

/** What is started: each executable, and of each that has commands one that many use. */
const STARTS: readonly (readonly string[])[] = [
  ['gsm-modem'],
  ['gsm-modem', 'send'],
  ['cash-handset'],
  ['cash-server'],
  ['cash-server', 'serve'],
  ['gsm-sim'],
  ['gsm-sim', 'serve'],
  ['npm start --'],
];

/** `--help` of the built executables beside a Node that does nothing: starts a second. */
export function startContests(): readonly Contest[] {
  return STARTS.map(([executable = '', ...command]) => ({
    name: [executable, ...command, '--help'].join(' '),
    peer: 'node -e 0',
    ours: () => startOf([join(ROOT, BUILT[executable] ?? ''), ...command, '--help']),
    theirs: () => startOf(['-e', '0']),
  }));
}

function startOf(args: readonly string[]): number {
  const start = process.hrtime.bigint();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
  const rate = perSecond(1, start);
  if (status !== 0) throw new Error(`node ${args.join(' ')} failed: npm run build comes first`);
  return rate;
}
