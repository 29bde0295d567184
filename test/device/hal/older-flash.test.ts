import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fileFlash } from '../../../device/index.ts';
import { bench } from '../bench.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'older-flash-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The phone of a flash file of the first format: an enrolled customer with a text message and three payments. */
function olderPhone() {
  const path = join(folder, 'phone.json');
  copyFileSync(join(import.meta.dirname, 'fixtures/flash-1.json'), path);
  return { path, ...bench({ flash: fileFlash(path) }) };
}

test('a phone of the first format has its application with its records, and its messages', () => {
  const { phone, handset } = olderPhone();
  expect(handset.applications.map(({ id, signer, descriptor }) => [id, signer, descriptor.version])).toEqual([
    ['Cash-Mobile', { kind: 'phone' }, '1.0.0'],
  ]);
  for (const label of ['Menu', 'Applications', 'Cash-Mobile', 'History']) phone.select(label);
  expect(phone.screen.items.map(({ label }) => label)).toEqual(Array(3).fill('EUR 12.50 Edicola Duomo'));
  phone.press('power');
  phone.select('Messages');
  expect(phone.screen.items.map(({ label }) => label)).toEqual(['* +393471234567 Ciao, come va?']);
});

test('it keeps its records through an update of its application', () => {
  const { path, handset } = olderPhone();
  const descriptor = handset.applications[0]?.descriptor.attributes ?? {};
  const lines = Object.entries({ ...descriptor, 'MIDlet-Version': '1.1' }).map(([name, value]) => `${name}: ${value}`);
  handset.install(lines.join('\n'));
  const { phone } = bench({ flash: fileFlash(path) });
  for (const label of ['Menu', 'Applications', 'Cash-Mobile', 'History']) phone.select(label);
  expect(phone.screen.items).toHaveLength(3);
});
