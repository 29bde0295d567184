import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { lockFlash } from '../../../device/hal/flash-lock.ts';
import { type Flash, FlashError, fileFlash, memoryFlash } from '../../../device/index.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'flash-'));
  path = join(folder, 'phone.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.each([
  ['in memory', () => memoryFlash(200)],
  ['in a file', () => fileFlash(path, 200)],
])('A flash %s', (_name, create: () => Flash) => {
  test('keeps sections by name, replaces and erases them', () => {
    const flash = create();
    expect(flash.read('inbox')).toBeUndefined();
    flash.write('inbox', [{ text: 'ciao' }]);
    flash.write('settings', { language: 'it' });
    expect(flash.read('inbox')).toEqual([{ text: 'ciao' }]);
    flash.write('inbox', undefined);
    expect(flash.read('inbox')).toBeUndefined();
    expect(flash.read('settings')).toEqual({ language: 'it' });
    expect(flash.names()).toEqual(['settings']);
  });

  test('is not changed by who changes the value afterwards', () => {
    const flash = create();
    const value = [1];
    flash.write('numbers', value);
    value.push(2);
    expect(flash.read('numbers')).toEqual([1]);
  });

  test('refuses what it has no room for, and keeps what it had', () => {
    const flash = create();
    flash.write('small', 'a');
    expect(() => flash.write('large', 'x'.repeat(200))).toThrow(expect.objectContaining({ code: 'full' }));
    expect(flash.read('small')).toBe('a');
    expect(flash.read('large')).toBeUndefined();
  });
});

describe('The capacity of a flash', () => {
  const needed = memoryFlashWith('ciao').dump().length;

  function memoryFlashWith(value: string) {
    const flash = memoryFlash();
    flash.write('text', value);
    return flash;
  }

  test.each([
    ['in memory', memoryFlash],
    ['in a file', (capacity: number) => fileFlash(path, capacity)],
  ])('%s may be used to the last character', (_name, create: (capacity: number) => Flash) => {
    create(needed).write('text', 'ciao');
    const refused = { code: 'full', message: `The flash holds ${needed - 1} characters and would need ${needed}` };
    expect(() => create(needed - 1).write('text', 'ciao')).toThrow(expect.objectContaining(refused));
  });

  test.each([
    ['in memory', () => memoryFlash()],
    ['in a file', () => fileFlash(path)],
  ])('%s is 1,000,000 characters unless told otherwise', (_name, create: () => Flash) => {
    const flash = create();
    flash.write('text', 'x'.repeat(999_000));
    expect(() => flash.write('more', 'x'.repeat(1_000))).toThrow('The flash holds 1000000 characters');
  });
});

describe('A flash in a file', () => {
  test('is there again after the process ended', () => {
    fileFlash(path).write('settings', { language: 'it' });
    expect(fileFlash(path).read('settings')).toEqual({ language: 'it' });
  });

  test('is for the eyes of the owner only, and leaves no other file', () => {
    fileFlash(path).write('settings', { language: 'it' });
    expect(readFileSync(path, 'utf8')).toBe(
      '{"format":"cash-handset-flash-2"}\n["settings","language"]\tb508df51\t"it"\n',
    );
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['phone.json']);
  });

  test('is the old one when the power went while the new one was written', () => {
    fileFlash(path).write('settings', { language: 'it' });
    writeFileSync(`${path}.new`, '{"format":"cash-hand');
    const flash = fileFlash(path);
    expect(flash.read('settings')).toEqual({ language: 'it' });
    flash.write('settings', { language: 'en' });
    expect(fileFlash(path).read('settings')).toEqual({ language: 'en' });
  });

  test('is there after its first write, though the power had gone in the first write of all', () => {
    writeFileSync(`${path}.new`, '{"format":"cash-hand');
    fileFlash(path).write('settings', { language: 'it' });
    expect(fileFlash(path).read('settings')).toEqual({ language: 'it' });
    expect(readdirSync(folder)).toEqual(['phone.json']);
  });

  test.each(['', '{', '[]', '{"format":"another","sections":{}}', '{"format":"cash-handset-flash-1"}'])(
    'that holds %j is refused in one line and not overwritten',
    (text) => {
      writeFileSync(path, text);
      expect(() => fileFlash(path)).toThrow(FlashError);
      expect(() => fileFlash(path)).toThrow(/^[^\n]*is not a flash file of a handset[^\n]*$/);
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );

  test('that cannot be read says so, and is not taken for a new one', () => {
    mkdirSync(path);
    const message = expect.stringMatching(/^The flash file \S+phone\.json cannot be read: .*EISDIR/);
    expect(() => fileFlash(path)).toThrow(expect.objectContaining({ code: 'failed', message }));
  });

  test('in a folder that does not exist says so when it is written', () => {
    const flash = fileFlash(join(folder, 'nowhere', 'phone.json'));
    expect(() => flash.write('a', 1)).toThrow(
      expect.objectContaining({ code: 'failed', message: expect.stringMatching(/cannot be written: .*ENOENT/) }),
    );
  });
});

describe('The lock of a flash file', () => {
  const held = expect.objectContaining({
    name: 'FlashError',
    code: 'held',
    message: expect.stringMatching(/phone\.json is in use by another handset: stop that one, or give another --flash$/),
  });

  test('keeps a second handset away until the first lets go, also under another name of the file', () => {
    fileFlash(path).write('settings', 1);
    const other = join(folder, 'link-to-phone.json');
    symlinkSync(path, other);
    const unlock = lockFlash(path);
    expect(() => lockFlash(path)).toThrow(held);
    expect(() => lockFlash(other)).toThrow(held);
    lockFlash(join(folder, 'another.json'))();
    unlock();
    lockFlash(other)();
  });

  test('cannot be made in a folder that is not there, or where something else has its name: what to do is said', () => {
    const nowhere = join(folder, 'nowhere', 'phone.json');
    const message = `There is no folder ${join(folder, 'nowhere')} for the flash file ${nowhere}: make the folder, or give another --flash`;
    expect(() => lockFlash(nowhere)).toThrow(expect.objectContaining({ code: 'failed', message }));
    writeFileSync(join(folder, 'file'), '');
    expect(() => lockFlash(join(folder, 'file', 'phone.json'))).toThrow(/^There is no folder /);
    mkdirSync(`${path}.lock`);
    const other = expect.stringMatching(/^The flash file \S+phone\.json cannot be locked by \S+phone\.json\.lock: ./);
    expect(() => lockFlash(path)).toThrow(expect.objectContaining({ code: 'failed', message: other }));
  });

  test('goes away with a process that is killed', async () => {
    const script = `(await import(process.argv[1])).lockFlash(process.argv[2]); console.log('held'); setInterval(() => {}, 1e6)`;
    const module = join(import.meta.dirname, '../../../device/hal/flash-lock.ts');
    const holder = spawn(process.execPath, ['--input-type=module', '--eval', script, module, path]);
    await once(holder.stdout, 'data');
    expect(() => lockFlash(path)).toThrow(held);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    lockFlash(path)();
  });
});

describe('A flash behind a symbolic link', () => {
  test('is the file that the link names', () => {
    fileFlash(path).write('settings', 1);
    const link = join(folder, 'link.json');
    symlinkSync(path, link);
    fileFlash(link).write('settings', 2);
    expect(fileFlash(path).read('settings')).toBe(2);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
  });
});
