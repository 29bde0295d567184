import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';

const ROOT = join(import.meta.dirname, '../../..');
const PROGRAMS = { 'cash-handset': 'device/cli/cash-handset.js', 'gsm-sim': 'sim/cli/gsm-sim.js' } as const;

/** The commands in the section of the README that makes an application. */
function commands(folder: string): readonly (readonly [program: string, ...args: string[]])[] {
  const readme = readFileSync(join(ROOT, 'device/README.md'), 'utf8');
  const [section = ''] = /^## Make an application$.*?^## /ms.exec(readme) ?? [];
  const lines = Array.from(section.matchAll(/^npx (cash-handset|gsm-sim) ([^#\n]*)/gm));
  return lines.map(([, name, args = '']) => {
    const program = name === 'gsm-sim' ? PROGRAMS['gsm-sim'] : PROGRAMS['cash-handset'];
    return [join(ROOT, 'dist', program), ...args.trim().replaceAll('/tmp/gsm', join(folder, 'gsm')).split(/\s+/)];
  });
}

/** A program that runs until the test ends, and what it prints. */
function program(folder: string, args: readonly string[]) {
  const child: ChildProcess = spawn(process.execPath, [...args], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('The program has no pipes');
  createInterface({ input: stdout }).on('line', (line) => lines.push(line));
  return {
    says: (words: string) =>
      expect.poll(() => lines.find((line) => line.includes(words)), { timeout: 60_000 }).toBeDefined(),
    tell: (...given: readonly object[]) => {
      for (const command of given) stdin.write(`${JSON.stringify(command)}\n`);
    },
    end: () => new Promise((resolve) => child.once('exit', resolve).kill('SIGTERM')),
  };
}

test('the commands of the README lead from an empty folder to a chat between two phones', async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'readme-')), 'chat');
  mkdirSync(folder);
  for (const file of ['suite.yaml', 'chat.ts', 'talk.ts'])
    copyFileSync(join(ROOT, 'device/examples/chat', file), join(folder, file));
  const all = commands(folder);
  const [network, ...phones] = all.filter((words) => !words.includes('suite'));
  expect([all.length, network?.[1], phones.length]).toEqual([7, 'serve', 2]);
  for (const words of all.filter((one) => one.includes('suite')))
    expect(execFileSync(process.execPath, [...words], { cwd: folder, encoding: 'utf8' })).not.toBe('');

  const running = [program(folder, [...(network ?? []), '--json'])];
  try {
    await running[0]?.says('"ready"');
    const [anna, bruno] = phones.map((words) => program(folder, [...words, '--headless', '--json']));
    if (anna === undefined || bruno === undefined) throw new Error('The README has no two phones');
    running.push(anna, bruno);
    await bruno.says('"ready"');
    anna.tell(
      ...[{ select: 'Menu' }, { select: 'Applications' }, { select: 'Chat' }, { waitFor: 'Number' }],
      ...[{ type: '+393330000002' }, { select: 'OK' }, { waitFor: 'Exit' }, { select: 'Write' }, { waitFor: 'Send' }],
      ...[
        { type: 'Ciao Bruno' },
        { select: 'Send' },
        { waitFor: 'Allow' },
        { select: 'Allow' },
        { waitFor: '> Ciao Bruno' },
      ],
    );
    bruno.tell({ waitFor: 'Open it now?' }, { select: 'Open' }, { waitFor: 'Ciao Bruno' });
    await bruno.says('Ciao Bruno');
    await anna.says('> Ciao Bruno');
  } finally {
    await Promise.all(running.map((one) => one.end()));
  }
}, 180_000);
