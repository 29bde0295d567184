import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, test, vi } from 'vitest';
import { cashHandset } from '../../../device/cli/cash-handset-program.ts';
import { type Executable, wholeProgram } from '../../../modem/cli/executable.ts';
import { gsmModem } from '../../../modem/cli/gsm-modem-program.ts';
import { manPage } from '../../../modem/cli/man-page.ts';
import { cashAuthenticate } from '../../../server/cli/cash-authenticate-program.ts';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import { gsmSim } from '../../../sim/cli/gsm-sim-program.ts';
import { inProcess } from '../../in-process.ts';

const EXECUTABLES: readonly Executable[] = [gsmModem, cashHandset, cashServer, cashAuthenticate, gsmSim];
const FOLDER = mkdtempSync(join(tmpdir(), 'completion-'));

async function scriptFile(shell: string): Promise<string> {
  const { out, code } = await inProcess(gsmModem, 'completion', shell);
  expect(code).toBe(0);
  const file = join(FOLDER, `gsm-modem.${shell}`);
  writeFileSync(file, out);
  return file;
}

/** What stands before the cursor, and what must and must not be offered there. */
const OFFERS = [
  ['gsm-modem ', ['send', 'pdu', '--json'], ['encode', '--port']],
  ['gsm-modem se', ['send'], ['receive', 'pdu']],
  ['gsm-modem send --t', ['--to', '--text', '--trace'], ['--port', '--from']],
  ['gsm-modem --json send --js', ['--json'], ['--to']],
  ['gsm-modem pdu ', ['encode', 'decode', '--jsonl'], ['send', '--hex']],
  ['gsm-modem completion ', ['bash', 'zsh', 'fish'], ['send']],
] as const;

/** The words that a shell offers, by the script and the command that starts it. */
function offered(shell: string, command: readonly string[]): readonly string[] {
  const [program = shell, ...args] = command;
  const { stdout, error } = spawnSync(program, args, { encoding: 'utf8' });
  if (error !== undefined) throw error;
  return stdout.split('\n').flatMap((line) => line.split('\t')[0] ?? []);
}

function isMissing(program: string): boolean {
  return spawnSync(program, ['--version']).error !== undefined && process.env['CASH_MOBILE_SKIP_NOTHING'] !== '1';
}

describe('completion bash', async () => {
  const file = await scriptFile('bash');
  it.each(OFFERS)('%s', (line, some, none) => {
    const words = line.split(' ').map((word) => `'${word}'`);
    const ask = `source ${file}; COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _gsm_modem; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const offers = offered('bash', ['bash', '--norc', '-c', ask]);
    expect(offers).toEqual(expect.arrayContaining([...some]));
    for (const word of none) expect(offers).not.toContain(word);
  });
});

describe.skipIf(isMissing('fish'))('completion fish', async () => {
  const file = await scriptFile('fish');
  it.each(OFFERS)('%s', (line, some, none) => {
    const offers = offered('fish', ['fish', '--no-config', '-c', `source ${file}; complete -C '${line}'`]);
    // fish offers options only where a word begins with a hyphen.
    const expected = line.endsWith(' ') ? some.filter((word) => !word.startsWith('-')) : some;
    expect(offers).toEqual(expect.arrayContaining([...expected]));
    for (const word of none) expect(offers).not.toContain(word);
  });
});

test.skipIf(isMissing('zsh'))('completion zsh is a script that zsh takes', async () => {
  const file = await scriptFile('zsh');
  const ask = `autoload -U compinit; compinit -u -d ${FOLDER}/dump; source ${file}; print $_comps[gsm-modem]; functions _gsm-modem`;
  const { stdout, stderr, status } = spawnSync('zsh', ['-f', '-c', ask], { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/^_gsm-modem\n/);
  expect(stdout).toContain("'encode:");
});

test('an unknown shell is refused in one line', async () => {
  const { err, code } = await inProcess(gsmModem, 'completion', 'tcsh');
  expect(code).toBe(2);
  expect(err).toMatch(/^gsm-modem: .*tcsh.*bash, zsh, fish.*\n$/);
});

describe('the commands of an executable', () => {
  it.each(EXECUTABLES.map((executable) => [executable.name, executable] as const))(
    '%s: each is registered under the name that it has, and said in the man page with all its options',
    async (_name, executable) => {
      const program = await wholeProgram(executable);
      const named = program.commands.map((command) => command.name());
      expect(named).toEqual([...Object.keys(executable.commands), 'completion', 'man']);
      const page = await manPage(executable);
      for (const command of program.commands) {
        expect(command.description()).not.toBe('');
        expect(page).toContain(`\n.SS "${command.name().replaceAll('-', '\\-')}"\n`);
        for (const { flags } of command.options) expect(page).toContain(flags.replaceAll('-', '\\-'));
      }
    },
  );

  it('what a program needs without a command is not asked of its commands', async () => {
    expect(await inProcess(cashHandset, 'completion', 'bash')).toMatchObject({ code: 0, err: '' });
    expect((await inProcess(cashHandset, '--flash', 'a')).err).toMatch(/--port/);
  });

  it.each([
    ['gsm-modem probe', gsmModem, ['probe']],
    ['cash-handset', cashHandset, ['--flash', join(FOLDER, 'flash.json'), '--headless']],
  ])('%s takes its port from GSM_MODEM_PORT, unless --port names another', async (_, executable, args) => {
    onTestFinished(() => void vi.unstubAllEnvs());
    vi.stubEnv('GSM_MODEM_PORT', '/dev/no-such-tty');
    expect((await inProcess(executable, ...args)).err).toMatch(/\/dev\/no-such-tty/);
    expect((await inProcess(executable, ...args, '--port', '/dev/another')).err).toMatch(/\/dev\/another/);
    vi.stubEnv('GSM_MODEM_PORT', '');
    expect(await inProcess(executable, ...args)).toMatchObject({
      code: 2,
      err: expect.stringMatching(/GSM_MODEM_PORT.*Give a device path/),
    });
  });

  it.each([
    ['send', '--help'],
    ['help', 'send'],
    ['--json', 'send', '--help'],
  ])('gsm-modem %s %s says the options of that command', async (...args) => {
    expect((await inProcess(gsmModem, ...args)).out).toMatch(/--destination-port/);
  });
});
