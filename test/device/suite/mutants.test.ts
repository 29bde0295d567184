import { describe, expect, test } from 'vitest';
import { InstallError, openSuite, passesFilter, readOffer, statusLine } from '../../../device/suite/index.ts';
import { readManifest, writeManifest } from '../../../device/suite/manifest.ts';
import { readZip } from '../../../device/suite/zip.ts';
import { randomBelow } from '../../../modem/index.ts';
import { type SeededRandom, seededRandom } from '../../../sim/index.ts';
import { ATTRIBUTES, descriptor, JAR, primitives, unsigned } from './built-suite.ts';
import { dataDescriptor, zipFile } from './zip-file.ts';

/** How many of each kind; a million by hand: `CASH_MOBILE_MUTANTS=1000000`. */
const MUTANTS = Number(process.env['CASH_MOBILE_MUTANTS'] ?? 1_500);
/** Octets and words at which readers break. */
const EDGES = [0, 1, 0x0a, 0x0d, 0x1a, 0x20, 0x2c, 0x2e, 0x2f, 0x3a, 0x50, 0x7f, 0x80, 0xef, 0xff];
const WORDS = [
  'MIDlet-Signature: ',
  'MIDlet-1: ',
  'MIDlet-Jar-Size: ',
  '../',
  'PK\u0001\u0002',
  'PK\u0003\u0004',
  'PK\u0005\u0006',
  '\r\n ',
  '\n\n',
  '*',
  '\u00ef\u00bb\u00bf',
];

/** The octets with one to eight changes, each of which could be a fault of the way, of a tool or of an attacker. */
function mutated(octets: Uint8Array, random: SeededRandom): Uint8Array {
  let changed = Buffer.from(octets);
  for (let left = 1 + randomBelow(random, 8); left > 0; left -= 1) {
    const at = randomBelow(random, changed.length + 1);
    const length = randomBelow(random, 64);
    const [before, after] = [changed.subarray(0, at), changed.subarray(at)];
    switch (randomBelow(random, 7)) {
      case 0:
        changed = Buffer.concat([
          before,
          after.map((octet, index) => (index === 0 ? octet ^ (1 << (length % 8)) : octet)),
        ]);
        break;
      case 1:
        changed = Buffer.concat([before, Buffer.of(EDGES[length % EDGES.length] ?? 0), after.subarray(1)]);
        break;
      case 2:
        changed = Buffer.concat([before, after.subarray(length)]);
        break;
      case 3:
        changed = Buffer.concat([before, after.subarray(0, length), after]);
        break;
      case 4:
        changed = Buffer.concat([before, Buffer.from(WORDS[length % WORDS.length] ?? '', 'latin1'), after]);
        break;
      case 5:
        changed = Buffer.concat([before, random.bytes(4), after.subarray(4)]);
        break;
      default:
        changed = randomBelow(random, 8) === 0 ? before : Buffer.concat([after, before]);
    }
  }
  return new Uint8Array(changed);
}

/** What became of it: 900, or the status with which it was refused in one clear line. */
function judged(act: () => unknown): number {
  try {
    act();
    return 900;
  } catch (error) {
    if (!(error instanceof InstallError)) throw error;
    if (!/^[^\p{Cc}]{10,}$/u.test(error.message) || error.message.length > 300)
      throw new Error(`not a clear line: ${JSON.stringify(error.message)}`);
    statusLine(error.status);
    return error.status;
  }
}

const ZIPS = [
  JAR,
  zipFile([
    { name: 'a', content: 'text' },
    { name: 'f/', method: 0 },
    { name: 'f/b', content: 'b', method: 0 },
  ]),
  zipFile([
    { name: 'a', content: 'text', flags: 0x0808, behind: dataDescriptor('text') },
    { name: 'b', extra: Uint8Array.of(0xfe, 0xca, 0, 0) },
  ]),
];

describe(`${MUTANTS} mutants are accepted, or refused with a status code and one clear line`, () => {
  test.each<[string, readonly number[], (random: SeededRandom) => void]>([
    ['descriptors, signed', [906, 909], (random) => readOffer(mutated(descriptor(), random), primitives)],
    [
      'descriptors, with their JAR',
      [900, 905, 906, 909],
      (random) =>
        openSuite(
          readOffer(mutated(unsigned({ 'MIDlet-Push-1': 'sms://:5000, Chat, +39*' }), random), primitives),
          JAR,
          primitives,
        ),
    ],
    [
      'JARs, under descriptors that know their size',
      [900, 907],
      (random) => {
        const jar = mutated(JAR, random);
        const size = { 'MIDlet-Jar-Size': String(jar.length), 'MIDlet-Jar-SHA256': undefined };
        openSuite(readOffer(unsigned(size), primitives), jar, primitives);
      },
    ],
    [
      'zip files of other tools',
      [900, 907],
      (random) => readZip(mutated(ZIPS[randomBelow(random, ZIPS.length)] ?? JAR, random)),
    ],
    [
      'manifests',
      [900, 907],
      (random) => readManifest(mutated(writeManifest({ ...ATTRIBUTES, X: 'x'.repeat(200) }), random)),
    ],
  ])(
    '%s',
    (name, expected, act) => {
      const random = seededRandom(name);
      const seen = new Set<number>();
      for (let left = MUTANTS; left > 0; left -= 1) seen.add(judged(() => act(random)));
      expect([...seen]).toEqual(expect.arrayContaining([...expected]));
    },
    7_200_000,
  );

  test('filters of senders are compared in no time, whatever is in them', () => {
    const random = seededRandom('filters');
    for (let left = MUTANTS; left > 0; left -= 1) {
      const filter = Array.from(random.bytes(randomBelow(random, 200)), (octet) => '*?+34'.charAt(octet % 5)).join('');
      passesFilter(filter, `+${'34'.repeat(randomBelow(random, 20))}`);
    }
  });
});
