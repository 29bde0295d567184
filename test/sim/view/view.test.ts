import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { onTerminal } from '../../on-terminal.ts';

const PROGRAM = join(import.meta.dirname, '../../../dist/sim/cli/gsm-sim.js');

function view(...options: readonly string[]) {
  const folder = join(mkdtempSync(join(tmpdir(), 'view-')), 'gsm');
  return { folder, ...onTerminal(PROGRAM, 'serve', '--view', '--dir', folder, '--profile', 'none', ...options) };
}

const UP = '\x1b[A';
const DOWN = '\x1b[B';
const ESCAPE = '\x1b';

it('shows phones, queue, faults and log, and does what its keys say', { timeout: 60_000 }, async () => {
  const program = view();
  await program.shows('▶ +393330000001   registered');
  expect(program.screen()).toContain('SERVICE CENTRE 0');
  // The end of a path that is too long tells the ttys apart.
  expect(program.screen()).toMatch(/▶ \+393330000001 .* closed …\S+\/gsm\/modem1$/m);
  expect(program.screen()).toContain('? help');
  program.type('?');
  await program.shows('c      it loses its coverage');
  expect(program.screen()).not.toContain('SERVICE CENTRE');
  program.type('?');
  await program.shows('SERVICE CENTRE 0');
  program.type('?');
  await program.shows('HELP');
  program.type(ESCAPE);
  await program.shows('SERVICE CENTRE 0');
  program.type('c');
  await program.shows('no coverage');
  program.type('m');
  await program.shows('From 4321 to +393330000001');
  program.type('Hello');
  await program.shows('Hello█');
  program.type('\r');
  await program.shows('4321           → +393330000001  waits (absent), again in');
  expect(program.screen()).toContain('«Hello»');
  program.type(' ');
  await program.shows(' stopped · ');
  program.type('c');
  await program.shows('searching');
  program.type('.');
  await program.shows('← 4321 «Hello»');
  expect(program.screen()).toMatch(/▶ \+393330000001 +registered +1 stored/);
  program.type('u');
  await program.shows('unplugged');
  program.type('u');
  await program.shows('▶ +393330000001   searching');
  program.type('f');
  await program.shows('X lose all to it');
  program.type('X');
  await program.shows('1 on  drop');
  program.type('1');
  await program.shows('1 off drop');
  program.type(UP);
  await program.shows('▶ +393330000002');
  program.type('q');
  expect(await program.exited).toBe(0);
});

it('gives the message up at Esc, and changes the pace', { timeout: 60_000 }, async () => {
  const program = view('--modems', '12');
  await program.shows('PHONES 1 to 5 of 12');
  program.type('m');
  await program.shows('Enter sends');
  program.type(ESCAPE);
  await expect.poll(program.screen).not.toContain('Enter sends');
  program.type('mAllx');
  await program.shows('Allx█');
  program.type('\x7f');
  await program.shows('All█');
  program.type('y');
  await program.shows('Ally█');
  program.type('\b');
  await program.shows('All█');
  program.type(' at once\r');
  await program.shows('«All at once»');
  program.type('>');
  await program.shows(' x10 · ');
  program.type('t');
  await program.shows(' fast · ');
  program.type(UP);
  await program.shows('PHONES 8 to 12 of 12');
  for (const number of [1, 2, 3, 4, 5, 6]) {
    program.type(DOWN);
    await program.shows(`▶ +39333000000${number}`);
  }
  await program.shows('PHONES 2 to 6 of 12');
  program.kill('SIGTERM');
  expect(await program.exited).toBe(0);
  expect(existsSync(program.folder)).toBe(false);
});

it('says that a small window is too small, and comes back; Ctrl-C leaves the terminal as it was', {
  timeout: 60_000,
}, async () => {
  const program = view();
  await program.shows('SERVICE CENTRE');
  program.resize(60, 18);
  await program.shows('too small');
  program.resize(100, 30);
  await program.shows('SERVICE CENTRE');
  program.type('\x03');
  expect(await program.exited).toBe(0);
  expect(program.screen()).not.toContain('SERVICE CENTRE');
});
