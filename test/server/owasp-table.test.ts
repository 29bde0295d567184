import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const TESTS = join(ROOT, 'test/server');

/** OWASP API Security Top 10, 2023. */
const RISKS: readonly string[] = [
  'API1 object level authorization',
  'API2 authentication',
  'API3 object property level authorization',
  'API4 resource consumption',
  'API5 function level authorization',
  'API6 sensitive business flows',
  'API7 server side request forgery',
  'API8 misconfiguration',
  'API9 inventory',
  'API10 use of other APIs',
];

/** The rows of the table in the README. */
function rowsOfTable(): readonly (readonly [risk: string, measure: string, tests: string])[] {
  const readme = readFileSync(join(ROOT, 'server/README.md'), 'utf8');
  const [, chapter = ''] = /^## OWASP API Security Top 10 \(2023\)\n(.*?)^## /ms.exec(readme) ?? [];
  const rows = chapter.split('\n').filter((line) => line.startsWith('| API'));
  return rows.map((row) => {
    const [, risk = '', measure = '', tests = ''] = row.split(/ *\| */);
    return [risk, measure, tests];
  });
}

it('the README has each risk of the OWASP API Security Top 10 of 2023, once, in its order', () => {
  expect(rowsOfTable().map(([risk]) => risk)).toEqual(RISKS);
});

it.each(rowsOfTable())(
  '%s: the measure, and tests that are there and name the risk or what holds it',
  (_, measure, tests) => {
    expect(measure).not.toBe('');
    const files = [...tests.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path);
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      expect(file, 'a test file, not a folder').toMatch(/\.test\.ts$/);
      expect(existsSync(join(TESTS, file)), file).toBe(true);
    }
    // Files and functions that the measure names are in the server.
    for (const [, name = ''] of measure.matchAll(/`([a-z-]+\/[a-z/-]*(?:\.ts)?)`/g)) {
      expect(existsSync(join(ROOT, 'server', name)), name).toBe(true);
    }
  },
);

it('the tests of one file for several risks have a part for each', () => {
  const text = readFileSync(join(TESTS, 'http/owasp.test.ts'), 'utf8');
  const told = rowsOfTable().flatMap(([risk, , tests]) =>
    tests.includes('`http/owasp.test.ts`') ? [risk.split(' ')[0] ?? ''] : [],
  );
  expect(told.filter((risk) => !new RegExp(`${risk}\\b`).test(text))).toEqual([]);
});
