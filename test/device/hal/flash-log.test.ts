import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Flash, FlashError, fileFlash } from '../../../device/index.ts';
import { anyCharacter } from '../../any-text.ts';

/**
 * The power of the machine: it goes after so many changes of the disk, in the middle of a write after so many octets of it. Or the disk
 * fails there, so many times.
 */
const power = vi.hoisted(() => ({ changes: Number.POSITIVE_INFINITY, octets: 0, fails: 0, done: 0, length: 0 }));

vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const change =
    <Given extends readonly unknown[], Result>(act: (...given: Given) => Result, half: (...given: Given) => void) =>
    (...given: Given): Result => {
      const number = power.done;
      power.done += 1;
      if (number < power.changes || (power.fails > 0 && number >= power.changes + power.fails)) return act(...given);
      if (number === power.changes) half(...given);
      throw new Error(power.fails > 0 ? 'EIO: the disk failed' : 'The power went');
    };
  return {
    ...real,
    writeSync: change(
      (file: number, octets: Buffer, from: number, length: number, at: number) =>
        real.writeSync(file, octets, from, length, at),
      (file, octets, from, length, at) => {
        power.length = length;
        real.writeSync(file, octets, from, Math.min(power.octets, length), at);
      },
    ),
    // The order of the calls is looked at in durable.test.ts; here the time that they take would be too much.
    fsyncSync: change(
      (_file: number) => {},
      () => {},
    ),
    renameSync: change(
      (from: string, to: string) => real.renameSync(from, to),
      () => {},
    ),
    truncateSync: change(
      (file: string, end: number) => real.truncateSync(file, end),
      () => {},
    ),
  };
});

let folder: string;
let path: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flash-log-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  path = join(folder, 'phone.json');
  rmSync(path, { force: true });
  rmSync(`${path}.new`, { force: true });
  restore();
});

function restore(): void {
  Object.assign(power, { changes: Number.POSITIVE_INFINITY, octets: 0, fails: 0, done: 0, length: 0 });
}

function cutAfter(changes: number, octets: number): void {
  Object.assign(power, { changes, octets, fails: 0, done: 0, length: 0 });
}

/** The disk fails after so many changes, at that one and the next ones. */
function failAfter(changes: number, fails: number): void {
  Object.assign(power, { changes, octets: 5, fails, done: 0, length: 0 });
}

type Value = Parameters<Flash['write']>[1];

function contentOf(flash: Flash): Readonly<Record<string, Value>> {
  return Object.fromEntries(flash.names().map((name) => [name, flash.read(name)]));
}

const RECORDS = (entries: Readonly<Record<string, string>>) => ({ nextId: 9, records: entries });

/** Writes of every kind: new, changed, erased keys and sections, an empty object and one that was. */
const WRITES: readonly (readonly [name: string, value: Value])[] = [
  ['settings', { language: 'it' }],
  ['inbox', []],
  ['records/A/s', RECORDS({})],
  ['records/A/s', RECORDS({ 1: 'secret one' })],
  ['records/A/s', RECORDS({ 1: 'secret one', 2: 'secret two' })],
  ['inbox', [{ text: 'ciao è €\t\n' }]],
  ['records/A/s', RECORDS({ 2: 'three' })],
  ['alarms', {}],
  ['alarms', { A: 1 }],
  ['alarms', {}],
  ['settings', 'a text'],
  ['settings', { language: 'en', more: { deep: { deeper: { deepest: null } } } }],
  ['records/A/s', undefined],
  ['a\tb', { 'c\td': false }],
];

function written(count: number): Flash {
  const flash = fileFlash(path);
  for (const [name, value] of WRITES.slice(0, count)) flash.write(name, value);
  return flash;
}

describe('A flash file that the power cuts', () => {
  test('is what it was before the write or after it, wherever it was cut, and goes on', () => {
    for (let index = 0; index < WRITES.length; index += 1) {
      const [name, value] = WRITES[index] ?? expect.fail();
      for (let changes = 0; changes < 6; changes += 1) {
        for (const octets of [0, 20, 1_000]) {
          rmSync(path, { force: true });
          restore();
          const flash = written(index);
          const before = contentOf(flash);
          cutAfter(changes, octets);
          try {
            flash.write(name, value);
          } catch (error) {
            expect(error).toBeInstanceOf(FlashError);
          }
          restore();
          const booted = fileFlash(path);
          const left = contentOf(booted);
          const wanted = { ...before, ...(value === undefined ? {} : { [name]: value }) };
          if (value === undefined) delete wanted[name];
          expect([before, wanted]).toContainEqual(left);
          booted.write('last', { words: 'here' });
          expect(contentOf(fileFlash(path))).toEqual({ ...left, last: { words: 'here' } });
        }
      }
    }
  });

  // One letter of each length in UTF-8, and those that JSON or a text of lines treats in a way of its own.
  test.each([
    ['one octet', 'a'],
    ['two octets', 'è'],
    ['three octets', '€'],
    ['four octets', '😀'],
    ['a mark over the letter before', 'e\u0301'],
    ['half a pair', '\ud83d'],
    ['the sign for what cannot be read', '\ufffd'],
    ['the mark of the order of octets', '\ufeff'],
    ['the end of a line of Unicode', '\u2028'],
    ['a tab and the end of a line', '\t\n'],
    ['a blank', ' '],
  ])('in the middle of a letter (%s), at any octet of any of its changes', (_name, letter) => {
    const value = (text: string): Value => ({ [letter]: { text, [`${letter}2`]: [text], same: letter } });
    const [before, wanted] = [value(`x${letter}${letter}`), value(`${letter}y`)];
    const name = `s${letter}`;
    let cuts = 0;
    for (let changes = 0, isCut = true; isCut; changes += 1) {
      for (let octets = 0, length = 0; octets <= length; octets += 1) {
        rmSync(path, { force: true });
        restore();
        const flash = fileFlash(path);
        flash.write('other', letter);
        flash.write(name, before);
        cutAfter(changes, octets);
        try {
          flash.write(name, wanted);
        } catch {}
        isCut = power.done > power.changes;
        length = power.length;
        restore();
        const booted = fileFlash(path);
        expect([before, wanted]).toContainEqual(booted.read(name));
        expect(booted.read('other')).toBe(letter);
        const left = booted.read(name);
        booted.write('last', letter);
        expect(contentOf(fileFlash(path))).toEqual({ other: letter, [name]: left, last: letter });
        cuts += 1;
      }
    }
    // A line, and two values that it replaces.
    expect(cuts).toBeGreaterThan(60);
  });

  test('has nothing left of what was erased once it has booted, though the power went before it was overwritten', () => {
    for (let changes = 1; changes < 6; changes += 1) {
      rmSync(path, { force: true });
      restore();
      const flash = written(5);
      cutAfter(changes, 3);
      try {
        flash.write('records/A/s', RECORDS({ 2: 'secret two' }));
      } catch {}
      restore();
      const isErased =
        JSON.stringify(fileFlash(path).read('records/A/s')) === JSON.stringify(RECORDS({ 2: 'secret two' }));
      expect(readFileSync(path, 'utf8').includes('secret one')).toBe(!isErased);
      expect(readFileSync(path, 'utf8')).toContain('secret two');
    }
  });

  test('has nothing left of a write that was cut once it has booted', () => {
    written(5);
    const before = readFileSync(path, 'utf8');
    cutAfter(0, 35);
    expect(() => fileFlash(path).write('inbox', ['another secret'])).toThrow(FlashError);
    restore();
    expect(readFileSync(path, 'utf8')).toContain('another');
    fileFlash(path);
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  test('any writes, cut anywhere: before or after', () => {
    const value = fc.oneof(
      fc.constant(undefined),
      fc.string({ unit: anyCharacter, maxLength: 20 }),
      fc.dictionary(
        fc.string({ maxLength: 3 }),
        fc.dictionary(fc.string({ maxLength: 2 }), fc.string({ maxLength: 20 })),
      ),
    );
    const writes = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c'), value), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(writes, fc.nat(40), fc.nat(60), (all, changes, octets) => {
        rmSync(path, { force: true });
        restore();
        let flash = fileFlash(path);
        cutAfter(changes, octets);
        for (const [name, given] of all) {
          const before = contentOf(flash);
          let isDone = true;
          try {
            flash.write(name, given);
          } catch {
            isDone = false;
          }
          const isCut = power.done > power.changes;
          if (isCut) restore();
          const booted = fileFlash(path);
          const wanted = Object.fromEntries(
            Object.entries({ ...before, [name]: given }).filter(([, one]) => one !== undefined),
          );
          const possible = isDone ? [wanted] : [before, wanted];
          expect(possible).toContainEqual(contentOf(booted));
          if (isCut) flash = booted;
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('A flash file on a disk that fails', () => {
  const failed = expect.objectContaining({
    code: 'failed',
    message: expect.stringContaining('cannot be written: EIO'),
  });

  // In the middle of the line, or once it is there and before the disk has it for sure.
  test.each([0, 1])('after %i changes is what it was, and whole with the next write', (changes) => {
    for (const [name, next] of [
      ['inbox', ['new']],
      ['settings', { language: 'it' }],
    ] as const) {
      rmSync(path, { force: true });
      restore();
      const flash = written(6);
      const before = contentOf(flash);
      failAfter(changes, 9);
      expect(() => flash.write('settings', { language: 'de' })).toThrow(failed);
      restore();
      expect(contentOf(flash)).toEqual(before);
      flash.write(name, next);
      expect(contentOf(fileFlash(path))).toEqual({ ...before, [name]: next });
    }
  });

  test('once is what it was, also when the phone is started again at once', () => {
    const before = contentOf(written(6));
    failAfter(1, 1);
    expect(() => fileFlash(path).write('settings', { language: 'de' })).toThrow(failed);
    expect(contentOf(fileFlash(path))).toEqual(before);
  });

  test('as it overwrites what was replaced has nothing left of that with the next write', () => {
    const flash = written(5);
    failAfter(2, 1);
    flash.write('records/A/s', RECORDS({ 1: 'changed' }));
    expect(readFileSync(path, 'utf8')).toMatch(/secret one.*\n.*changed/s);
    flash.write('inbox', ['new']);
    expect(readFileSync(path, 'utf8')).not.toContain('secret');
  });
});

describe('A flash file', () => {
  test('gets only what has changed, and has nothing left of what was replaced or erased', () => {
    const flash = written(5);
    const long = 'z'.repeat(20_000);
    flash.write('big', { text: long });
    const before = statSync(path).size;
    flash.write('records/A/s', RECORDS({ 1: 'changed', 2: 'secret two' }));
    expect(statSync(path).size - before).toBeLessThan(80);
    expect(readFileSync(path, 'utf8')).not.toContain('secret one');
    flash.write('records/A/s', undefined);
    expect(readFileSync(path, 'utf8')).not.toMatch(/secret|changed/);
    expect(contentOf(fileFlash(path))).toEqual(contentOf(flash));
  });

  test('keeps keys in their order when one of them changes', () => {
    const flash = fileFlash(path);
    flash.write('applications', { b: { v: '1' }, a: { v: '1' } });
    flash.write('applications', { b: { v: '2' }, a: { v: '1' } });
    expect(Object.keys(Object(fileFlash(path).read('applications')))).toEqual(['b', 'a']);
  });

  test('is written anew when most of it does not count any more', () => {
    const flash = fileFlash(path);
    for (let number = 0; number < 100; number += 1) flash.write('text', `${number} `.padEnd(3_000, 'x'));
    expect(statSync(path).size).toBeLessThan(90_000);
    expect(fileFlash(path).read('text')).toMatch(/^99 x/);
  });

  test.each([
    ['a value that was changed in the middle', (text: string) => text.replace('"it"', '"de"')],
    ['a path that was changed', (text: string) => text.replace('"language"', '"languag!"')],
    ['a line that is gone but for its columns', (text: string) => text.replace(/\["settings".*\n/, 'x\n')],
    ['two columns too many', (text: string) => text.replace('"it"', '"it"\tx\ty')],
    ['another first line', (text: string) => text.replace('flash-2', 'flash-3')],
  ])('with %s is refused and not overwritten', (_name, damage) => {
    written(3);
    const text = damage(readFileSync(path, 'utf8'));
    writeFileSync(path, text);
    expect(() => fileFlash(path)).toThrow(expect.objectContaining({ code: 'damaged' }));
    expect(readFileSync(path, 'utf8')).toBe(text);
  });
});
