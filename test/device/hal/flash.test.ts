import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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

describe('A flash in a file', () => {
  test('is there again after the process ended', () => {
    fileFlash(path).write('settings', { language: 'it' });
    expect(fileFlash(path).read('settings')).toEqual({ language: 'it' });
  });

  test('is JSON for people that only the owner may read, and leaves no other file', () => {
    fileFlash(path).write('settings', { language: 'it' });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({
      format: 'cash-handset-flash-1',
      sections: { settings: { language: 'it' } },
    });
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

  test.each(['', '{', '[]', '{"format":"another","sections":{}}', '{"format":"cash-handset-flash-1"}'])(
    'that holds %j is refused in one line and not overwritten',
    (text) => {
      writeFileSync(path, text);
      expect(() => fileFlash(path)).toThrow(FlashError);
      expect(() => fileFlash(path)).toThrow(/^[^\n]*is not a flash file of a handset[^\n]*$/);
      expect(readFileSync(path, 'utf8')).toBe(text);
    },
  );

  test('in a folder that does not exist says so when it is written', () => {
    const flash = fileFlash(join(folder, 'nowhere', 'phone.json'));
    expect(() => flash.write('a', 1)).toThrow(expect.objectContaining({ code: 'failed' }));
  });
});
