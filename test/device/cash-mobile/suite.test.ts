import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { buildSuite } from '../../../device/cli/suite-build.ts';
import {
  type Boot,
  Handset,
  HeadlessHandset,
  inProcess,
  type Language,
  memoryFlash,
  midp,
  NO_DOWNLOAD,
  textOf,
} from '../../../device/index.ts';
import { servicePrimitives } from '../../../server/index.ts';
import { seededRandom, VirtualClock } from '../../../sim/index.ts';
import { FakeRadio } from '../bench.ts';
import { openEngine } from '../machine/engine.ts';
import { FakeService } from './fake-service.ts';

const FOLDER = join(import.meta.dirname, '../../../device/cash-mobile');
const built = await buildSuite(FOLDER, mkdtempSync(join(tmpdir(), 'cash-mobile-')), servicePrimitives());
const { descriptor, script, resources } = built.content;

const engine = await openEngine();

const beside: Boot = inProcess((context) => {
  const exported: Record<string, new (given: midp.MidletContext) => midp.MIDlet> = {};
  new Function('require', 'exports', script)(() => midp, exported);
  const { CashMobile } = exported;
  if (CashMobile === undefined) throw new Error('the suite exports no CashMobile');
  return new CashMobile(context);
});
const MACHINES: Readonly<Record<'beside the phone' | 'in a QuickJS', Boot>> = {
  'beside the phone': beside,
  'in a QuickJS': engine.boot(script, 'CashMobile'),
};

/** A phone that has opened the suite, whose JAR has these files. */
function phoneWith(language: Language, files: ReadonlyMap<string, Uint8Array>, boot: Boot): HeadlessHandset {
  const clock = new VirtualClock();
  const handset = new Handset({
    board: {
      radio: new FakeRadio(),
      flash: memoryFlash(),
      clock,
      random: seededRandom('suite'),
      download: NO_DOWNLOAD,
      buzz: () => {},
      gauges: { operator: () => 'I-Sim', signal: () => 3, battery: () => 4 },
      utcOffsetMinutes: () => 60,
    },
    classes: new Map([['CashMobile', (host) => boot({ ...host, resource: (path) => files.get(path) })]]),
    language,
  });
  handset.powerOn();
  handset.install(new FakeService(clock).jad());
  const phone = new HeadlessHandset(handset, clock);
  phone.select('Menu');
  phone.select(language === 'it' ? 'Applicazioni' : 'Applications');
  phone.select('Cash-Mobile');
  return phone;
}

describe('The payment application as a suite', () => {
  test('has a script of at most 100 kB, a JAR of at most 64 kB, and 256 kB unpacked', () => {
    const unpacked = [...resources.values()].reduce((sum, { length }) => sum + length, Buffer.byteLength(script));
    expect(Buffer.byteLength(script)).toBeLessThanOrEqual(100_000);
    expect(built.jarOctets).toBeLessThanOrEqual(64_000);
    expect(unpacked).toBeLessThanOrEqual(256_000);
  });

  test('takes nothing of the phone but the class library', () => {
    expect(script.match(/\brequire\("[^"]*"\)/g)).toEqual(['require("midp")']);
    expect([...resources.keys()]).toEqual(['texts/en.json', 'texts/it.json']);
  });

  describe.each(['beside the phone', 'in a QuickJS'] as const)('%s', (where) => {
    test.each([
      ['en', 'Activation'],
      ['it', 'Attivazione'],
    ] as const)('speaks the language of the phone, %s, from the file of that language', async (language, title) => {
      const other = [...resources].map(([path, octets]): [string, Uint8Array] => [
        path,
        path.includes(language) ? octets : Uint8Array.of(0),
      ]);
      const phone = phoneWith(language, new Map(other), MACHINES[where]);
      await vi.waitUntil(() => phone.screen.title === title);
    });

    test('ends when its texts are missing, and the phone goes on', async () => {
      const phone = phoneWith('it', new Map(), MACHINES[where]);
      await vi.waitUntil(() => textOf(phone.screen).replaceAll(/\s+/g, ' ').includes('Cash-Mobile è stata chiusa.'));
    });
  });

  test('says the same of itself as the descriptor for phones that have it built in', async () => {
    const { 'MIDlet-Name': name, 'MIDlet-Vendor': vendor, 'MIDlet-Version': version } = descriptor.attributes;
    expect({ name, vendor, version }).toEqual({ name: 'Cash-Mobile', vendor: 'Cash-Mobile', version: '1.0.0' });
    expect(descriptor.midlets).toEqual([{ name: 'Cash-Mobile', icon: '', className: 'CashMobile' }]);
    expect(descriptor.push).toEqual([
      { connection: 'sms://:16001', port: 16_001, className: 'CashMobile', filter: '*' },
    ]);
    expect(descriptor.permissions).toHaveLength(4);
  });
});
