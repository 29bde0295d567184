import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { VirtualClock } from '../../../sim/clock.ts';
import { keepLog, linesOf } from '../../../sim/evidence/log-file.ts';
import { LogError, readLog } from '../../../sim/evidence/read-log.ts';
import { placesOf } from '../../../sim/evidence/wide.ts';
import { EventLog, jsonLine } from '../../../sim/log.ts';

/** A turn of the event loop. */
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const folder = mkdtempSync(join(tmpdir(), 'log-file-'));
const linesIn = (path: string) => readFileSync(path, 'utf8').split('\n').length - 1;

function attachTo(log: EventLog, count: number): void {
  for (let i = 0; i < count; i += 1) log.add({ kind: 'attach', number: String(i) });
}

test('a log is written down from its beginning, in the same order, and no more after the end', async () => {
  const log = new EventLog(new VirtualClock());
  const path = join(folder, 'kept.jsonl');
  const failures: Error[] = [];
  attachTo(log, 2);
  const end = keepLog(log, path, (error) => failures.push(error));
  expect(linesIn(path)).toBe(2);
  attachTo(log, 1);
  // A turn of the event loop later, all at once.
  expect(linesIn(path)).toBe(2);
  await turn();
  await turn();
  expect(linesIn(path)).toBe(3);
  attachTo(log, 999);
  expect(linesIn(path)).toBe(3);
  attachTo(log, 1);
  expect(linesIn(path)).toBe(1_003);
  attachTo(log, 1);
  end();
  expect(linesIn(path)).toBe(1_004);
  expect(readFileSync(path, 'utf8')).toBe(
    log
      .entries()
      .map((entry) => `${jsonLine(entry)}\n`)
      .join(''),
  );
  attachTo(log, 2_000);
  end();
  await turn();
  expect(linesIn(path)).toBe(1_004);
  expect(failures).toEqual([]);
});

test('a log is for its owner alone, and leaves no file open; nor does reading one', () => {
  const open = () => readdirSync('/proc/self/fd').length;
  const before = open();
  const path = join(folder, 'mine.jsonl');
  for (let count = 0; count < 20; count += 1) {
    keepLog(new EventLog(new VirtualClock()), path, () => {})();
    expect([...linesOf(path)]).toEqual(['']);
  }
  expect(open()).toBeLessThan(before + 10);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test('a log that exists already is written anew', () => {
  const path = join(folder, 'again.jsonl');
  writeFileSync(path, 'what was before\n');
  const log = new EventLog(new VirtualClock());
  attachTo(log, 1);
  keepLog(log, path, () => {})();
  expect(linesIn(path)).toBe(1);
});

test('a log that cannot be opened says what to do', () => {
  const path = join(folder, 'none', 'x.jsonl');
  expect(() => keepLog(new EventLog(new VirtualClock()), path, () => {})).toThrow(
    `Cannot write the log ${path}: does its folder exist, and may you write there?`,
  );
});

test.skipIf(!existsSync('/dev/full'))('a log that cannot be written any more ends, and that is said once', async () => {
  const log = new EventLog(new VirtualClock());
  const failures: string[] = [];
  const end = keepLog(log, '/dev/full', ({ message }) => failures.push(message));
  attachTo(log, 1_000);
  attachTo(log, 1_000);
  await turn();
  end();
  expect(failures).toEqual([expect.stringMatching(/^The log \/dev\/full ends here: ENOSPC/)]);
});

test('lines are read one by one, also where a character lies across two readings', () => {
  const path = join(folder, 'long.txt');
  const lines = ['a'.repeat(65_535), 'è', 'b'.repeat(65_532), '€', '', 'end'];
  for (const text of [lines.join('\n'), `${'x'.repeat(65_535)}€`]) {
    writeFileSync(path, text);
    expect([...linesOf(path)].join('\n')).toBe(text);
  }
  writeFileSync(path, '');
  expect([...linesOf(path)]).toEqual(['']);
  const file = openSync(path, 'r');
  expect([...linesOf(file)]).toEqual(['']);
  // It is another's to close.
  closeSync(file);
  expect(() => [...linesOf(join(folder, 'none'))]).toThrow(/ENOENT/);
});

const ATTACH = '{"seq":1,"at":"2010-03-01T09:00:00.000Z","kind":"attach","number":"1"}';

test('what is wrong is said with its line, empty lines counted', () => {
  expect(readLog(`\n${ATTACH}\n  \n${ATTACH}\n`)).toHaveLength(2);
  const wrong = `\n${ATTACH}\n\n${ATTACH.replace('"number":"1"', '"number":1')}`;
  expect(() => readLog(wrong)).toThrow(new LogError(4, 'number: must be a text'));
  expect(new LogError(4, 'x')).toMatchObject({ line: 4, message: 'Line 4 of the log: x', name: 'LogError' });
  for (const none of ['{}', '[]', '1', ATTACH.replace('attach', 'nap'), ATTACH.replace('"kind"', '"of"')]) {
    expect(() => readLog(none)).toThrow(/^Line 1 of the log: it is no event of a log; give a file of JSON lines/);
  }
  expect(() => readLog('{')).toThrow(/^Line 1 of the log: it is not JSON; give a file of JSON lines, as gsm-sim log/);
});

test('only what is wanted is kept', () => {
  expect(readLog(`${ATTACH}\n${ATTACH.replace('"seq":1', '"seq":2')}`, ({ seq }) => seq === 2)).toHaveLength(1);
});

/** Places of characters on a terminal (Unicode Standard Annex 11), at the ends of the wide blocks. */
test.each([
  [0, ['\u0301', '\u20dd', '\u200c', '\u200d', '\ufe0f']],
  [
    1,
    [
      'a',
      'è',
      'Ж',
      '\u10ff',
      '\u1160',
      '\u2e7f',
      '\ua4d0',
      '\uabff',
      '\ud7a4',
      '\uf8ff',
      '\ufb00',
      '\ufe70',
      '\uff61',
      '\uffdf',
      '\uffe7',
    ],
  ],
  [
    2,
    [
      '\u1100',
      '\u115f',
      '\u2e80',
      '\ua4cf',
      '\uac00',
      '\ud7a3',
      '\uf900',
      '\ufaff',
      '\ufe30',
      '\uff00',
      '\uff60',
      '\uffe0',
      '\uffe6',
      '😀',
      '\u{20000}',
      '\u{3fffd}',
    ],
  ],
])('%i places each: %j', (places, characters) => {
  for (const character of characters) expect(placesOf(character), character).toBe(places);
});
