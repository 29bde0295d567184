import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { fileFlash } from '../../../device/index.ts';

/** The calls of the file system, in order, with the name of the file that each is about. */
const calls = vi.hoisted((): string[] => []);

vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const names = new Map<number, string>();
  const named = (path: unknown) => String(path).split('/').at(-1) ?? '';
  return {
    ...real,
    openSync: (path: string, ...more: [flags: string, mode?: number]) => {
      const file = real.openSync(path, ...more);
      names.set(file, named(path));
      calls.push(`open ${named(path)} ${more.join(' ')}`);
      return file;
    },
    writeSync: (file: number, octets: Buffer, from: number, length: number, at: number) => {
      calls.push(`write ${names.get(file)}`);
      // A disk may take a part only.
      return real.writeSync(file, octets, from, Math.min(length, 100), at);
    },
    fsyncSync: (file: number) => {
      calls.push(`sync ${names.get(file)}`);
      real.fsyncSync(file);
    },
    closeSync: (file: number) => {
      calls.push(`close ${names.get(file)}`);
      real.closeSync(file);
    },
    renameSync: (from: string, to: string) => {
      calls.push(`rename ${named(from)} ${named(to)}`);
      real.renameSync(from, to);
    },
  };
});

test('a file is on the disk before it gets its name, and the name before the write returns', async () => {
  const { mkdtempSync, readdirSync } = await import('node:fs');
  const folder = mkdtempSync(join(tmpdir(), 'durable-'));
  const flash = fileFlash(join(folder, 'phone.json'));
  calls.length = 0;
  flash.write('text', 'x'.repeat(150));
  const name = folder.split('/').at(-1);
  expect(calls).toEqual([
    `open phone.json.new wx ${0o600}`,
    ...['write phone.json.new', 'write phone.json.new', 'write phone.json.new'],
    'sync phone.json.new',
    'close phone.json.new',
    'rename phone.json.new phone.json',
    `open ${name} r`,
    `sync ${name}`,
    `close ${name}`,
  ]);
  expect(readdirSync(folder)).toEqual(['phone.json']);
  calls.length = 0;
  flash.write('text', 'y'.repeat(80));
  // What it replaces is overwritten only when the new line is on the disk.
  expect(calls).toEqual([
    ...['open phone.json r+', 'write phone.json', 'write phone.json', 'sync phone.json', 'close phone.json'],
    ...['open phone.json r+', 'write phone.json', 'write phone.json', 'sync phone.json', 'close phone.json'],
  ]);
  calls.length = 0;
  flash.write('text', 'y'.repeat(80));
  expect(calls).toEqual([]);
  flash.write('text', 'x'.repeat(150));
  expect(fileFlash(join(folder, 'phone.json')).read('text')).toBe('x'.repeat(150));
});
