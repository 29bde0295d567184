import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** A module of Node that says, when the process ends, which packages it loaded. */
const SAYS_PACKAGES = `data:text/javascript,
import { registerHooks } from 'node:module';
const packages = new Set();
registerHooks({
  load(url, context, next) {
    const name = /node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(url)?.[1];
    if (name) packages.add(name);
    return next(url, context);
  },
});
process.on('exit', () => process.stderr.write([...packages].sort().join(' ')));`.replaceAll('\n', '%0A');

/** The packages that a command line loads until it ends. */
function packagesOf(program: string, ...args: readonly string[]): readonly string[] {
  const { stderr, status } = spawnSync(process.execPath, ['--import', SAYS_PACKAGES, program, ...args], {
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  return stderr.split(' ');
}

const GSM_MODEM = 'dist/modem/cli/gsm-modem.js';
const CASH_SERVER = 'dist/server/cli/cash-server.js';
const GSM_SIM = 'dist/sim/cli/gsm-sim.js';

const NOBLE = ['@noble/ciphers', '@noble/curves', '@noble/ed25519', '@noble/hashes'];

/** Command lines, and the packages that their `--help` may load beside commander. */
const STARTS: readonly {
  readonly packages: readonly string[];
  readonly commands: readonly (readonly [program: string, ...command: string[]])[];
}[] = [
  {
    packages: [],
    commands: [[GSM_MODEM], ['dist/device/cli/cash-handset.js'], [CASH_SERVER], [GSM_SIM], ['dist/sim/cli/demo.js']],
  },
  {
    packages: [],
    commands: [
      [GSM_MODEM, 'send'],
      [GSM_MODEM, 'pdu'],
      [GSM_SIM, 'subscribers'],
      [CASH_SERVER, 'serve'],
    ],
  },
  { packages: ['zod'], commands: [[GSM_SIM, 'serve']] },
  { packages: [...NOBLE, 'tweetnacl', 'zod'], commands: [[CASH_SERVER, 'deposit']] },
];

it.each(STARTS)('what is not needed to say the options is not loaded: $commands', ({ packages, commands }) => {
  for (const [program, ...command] of commands) {
    const loaded = packagesOf(program, ...command, '--help').filter((name) => name !== 'commander');
    expect([program, ...command, ...loaded.filter((name) => !packages.includes(name))]).toEqual([program, ...command]);
  }
});
