import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { beginRun, readKept, writeKept } from '../../../sim/demo/kept.ts';
import { seededRandom } from '../../../sim/index.ts';

const parent = mkdtempSync(join(tmpdir(), 'cash-mobile-kept-'));
afterAll(() => rmSync(parent, { recursive: true }));
const newFolder = () => mkdtempSync(join(parent, 'data-'));
const AT = Date.UTC(2010, 2, 1);

it('the second run has the keys of the first, whatever its seed', () => {
  const folder = newFolder();
  const first = beginRun(folder, AT, seededRandom(1));
  writeKept(folder, { ...first.kept, merchantId: 7, enrolled: ['merchant'] });
  const second = beginRun(folder, AT + 1, seededRandom(2));
  expect(second.kept).toEqual({ ...first.kept, runs: 2, merchantId: 7, enrolled: ['merchant'] });
  expect(second.keys).toEqual(first.keys);
});

it('only the owner reads what is kept', () => {
  const folder = newFolder();
  beginRun(folder, AT, seededRandom(1));
  const modes = readdirSync(folder).map((name) => [name, statSync(join(folder, name)).mode & 0o777]);
  expect(modes).toEqual([
    ['demo.json', 0o600],
    ['keys.json', 0o600],
  ]);
});

it('a run that was killed before its keys were written begins anew', () => {
  const folder = newFolder();
  const killed = beginRun(folder, AT, seededRandom(1));
  rmSync(join(folder, 'keys.json'));
  expect(beginRun(folder, AT, seededRandom(2)).kept).toMatchObject({
    runs: 1,
    adminKey: expect.not.stringMatching(killed.kept.adminKey),
  });
});

it.each([
  [
    'keys.json',
    '{}',
    /keys\.json is not of a demonstration, whose folder has a demo\.json: give --data another folder/,
  ],
  ['service.sqlite', '', /service\.sqlite is not of a demonstration/],
  ['demo.json', '{', /demo\.json cannot be read: give --data another folder/],
  ['demo.json', '{"runs":0}', /demo\.json cannot be read, at "runs": give --data another folder/],
])('a folder whose %s is not its own (%j) is left alone', (name, content, message) => {
  const folder = newFolder();
  writeFileSync(join(folder, name), content);
  expect(() => readKept(folder)).toThrow(message);
  expect(() => beginRun(folder, AT, seededRandom(1))).toThrow(message);
  expect(readdirSync(folder)).toEqual([name]);
  expect(readFileSync(join(folder, name), 'utf8')).toBe(content);
});

it('an empty folder has nothing kept', () => {
  expect(readKept(newFolder())).toBeUndefined();
});
