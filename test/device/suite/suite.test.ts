import { describe, expect, test } from 'vitest';
import { InstallError, openSuite, readJar, readOffer, statusLine, writeJar } from '../../../device/suite/index.ts';
import { ATTRIBUTES, descriptor, JAR, primitives, SCRIPT, SIGNER, unsigned } from './built-suite.ts';
import { zipFile } from './zip-file.ts';

const open = (jad: Uint8Array, jar: Uint8Array) => openSuite(readOffer(jad, primitives), jar, primitives);

/** A suite of another JAR, whose descriptor says the size and digest of that JAR. */
function ofJar(jar: Uint8Array, change: Readonly<Record<string, string | undefined>> = {}, signed = true) {
  const named = {
    'MIDlet-Jar-Size': String(jar.length),
    'MIDlet-Jar-SHA256': Buffer.from(primitives.sha256(jar)).toString('hex'),
    ...change,
  };
  return open(signed ? descriptor(named) : unsigned(named), jar);
}

const MANIFEST = {
  name: 'META-INF/MANIFEST.MF',
  content: 'Manifest-Version: 1.0\nMIDlet-Name: Chat\nMIDlet-Version: 1.2.3\nMIDlet-Vendor: Somebody\n',
};

describe('A suite', () => {
  test('is its descriptor and its JAR', () => {
    const suite = open(descriptor({ 'Chat-Room': '7' }), JAR);
    expect(suite).toMatchObject({
      script: SCRIPT,
      signer: SIGNER,
      descriptor: { name: 'Chat', midlets: [{ className: 'Chat' }] },
    });
    expect([...suite.resources.keys()]).toEqual(['texts/it.json']);
    expect(Buffer.from(suite.resources.get('texts/it.json') ?? []).toString()).toBe('{"hello":"ciao"}');
    expect(suite.descriptor.attributes).toMatchObject({ 'Chat-Room': '7', 'Manifest-Version': '1.0' });
  });

  test('without a signature has no signer', () => {
    expect(Object.keys(open(unsigned(), JAR))).not.toContain('signer');
  });

  test('takes its MIDlets from the manifest when the descriptor has none', () => {
    expect(open(descriptor({ 'MIDlet-1': undefined }), JAR).descriptor.midlets[0].className).toBe('Chat');
  });

  test.each<[string, () => unknown, number, RegExp]>([
    ['904', () => open(descriptor(), JAR.subarray(1)), 904, /The JAR has \d+ octets; the descriptor says/],
    ['904', () => open(descriptor({ 'MIDlet-Jar-Size': '0' }), JAR), 904, /the descriptor says 0/],
    [
      '909',
      () =>
        open(
          descriptor(),
          JAR.map((octet, at) => (at === 40 ? octet ^ 1 : octet)),
        ),
      909,
      /its SHA-256 differs/,
    ],
    [
      '905',
      () => open(descriptor({ 'MIDlet-Vendor': 'Else' }), JAR),
      905,
      /MIDlet-Vendor is "Else" in the descriptor, and "Somebody"/,
    ],
    ['905', () => open(unsigned({ 'MIDlet-Name': 'Else' }), JAR), 905, /MIDlet-Name is "Else"/],
    ['905', () => open(unsigned({ 'MIDlet-Version': '1.2.4' }), JAR), 905, /MIDlet-Version is "1.2.4"/],
    ['905', () => open(unsigned({ 'MIDlet-Vendor': 'somebody' }), JAR), 905, /MIDlet-Vendor is "somebody"/],
    ['905', () => open(descriptor({ 'MIDlet-1': 'Chat,,Else' }), JAR), 905, /MIDlet-1 is "Chat,,Else"/],
    ['907', () => ofJar(zipFile([{ name: 'suite.js' }])), 907, /The JAR has no META-INF\/MANIFEST.MF/],
    ['907', () => ofJar(zipFile([MANIFEST])), 907, /The JAR has no suite.js/],
    [
      '907',
      () => ofJar(zipFile([MANIFEST, { name: 'suite.js', content: Uint8Array.of(0xff) }])),
      907,
      /suite.js is not UTF-8/,
    ],
    [
      '907',
      () => ofJar(zipFile([{ ...MANIFEST, content: 'A: b\n' }, { name: 'suite.js' }])),
      907,
      /manifest of the JAR is wrong/,
    ],
    ['910', () => ofJar(JAR, { 'MIDlet-Permissions': 'javax.microedition.io.Connector.http' }), 910, /cannot give/],
    ['911', () => ofJar(JAR, { 'MIDlet-Push-1': 'sms://:5000, Chat' }), 911, /MIDlet-Push-1 is to be/],
    [
      '911',
      () => ofJar(JAR, { 'MIDlet-Push-1': 'sms://:5000, Other, *' }),
      911,
      /names the class Other, which no MIDlet-n has/,
    ],
  ])('is refused with %s', (_code, act, status, complaint) => {
    expect(act).toThrow(expect.objectContaining({ name: 'InstallError', status }));
    expect(act).toThrow(complaint);
  });

  test.each(['MIDlet-Name', 'MIDlet-Version', 'MIDlet-Vendor'])(
    'whose manifest has no %s is refused with 905',
    (name) => {
      const content = MANIFEST.content.replace(new RegExp(`^${name}.*\\n`, 'm'), '');
      expect(() => ofJar(zipFile([{ ...MANIFEST, content }, { name: 'suite.js' }]), {}, false)).toThrow(
        expect.objectContaining({ status: 905, message: `The manifest of the JAR has no ${name}` }),
      );
    },
  );

  test('a descriptor without a signature may say more than the manifest, and other things', () => {
    expect(open(unsigned({ 'MIDlet-1': 'Talk,,Else' }), JAR).descriptor.midlets[0].className).toBe('Else');
  });

  test('a forged descriptor around the genuine JAR has another signer, or none', () => {
    const forged = { 'Safe-Mobile-Key': '1:00' };
    expect(open(descriptor(forged, new Uint8Array(32).fill(9)), JAR).signer).not.toBe(SIGNER);
    expect(open(unsigned(forged), JAR).signer).toBeUndefined();
    const text = Buffer.from(descriptor()).toString().replace('MIDlet-1', 'Safe-Mobile-Key: 1:00\nMIDlet-1');
    expect(() => open(Buffer.from(text), JAR)).toThrow(expect.objectContaining({ status: 909 }));
  });

  test('has a script of at most 100 KiB', () => {
    const jar = (octets: number) =>
      writeJar({ attributes: ATTRIBUTES, script: ' '.repeat(octets), resources: new Map() });
    expect(ofJar(jar(102_400)).script.length).toBe(102_400);
    expect(() => ofJar(jar(102_401))).toThrow(
      expect.objectContaining({ status: 901, message: 'suite.js has 102401 octets; a phone takes at most 102400' }),
    );
  });
});

describe('A JAR is written', () => {
  test('in the same octets whatever the order of its resources', () => {
    const a: [string, Uint8Array] = ['a', Uint8Array.of(1)];
    const b: [string, Uint8Array] = ['b', Uint8Array.of(2)];
    const write = (...files: [string, Uint8Array][]) =>
      writeJar({ attributes: ATTRIBUTES, script: SCRIPT, resources: new Map(files) });
    expect(write(a, b)).toEqual(write(b, a));
    expect([...readJar(write(b, a)).resources.keys()]).toEqual(['a', 'b']);
  });

  test('in octets that stay the same from one version to the next', () => {
    expect(Buffer.from(primitives.sha256(JAR)).toString('hex')).toMatchInlineSnapshot(
      `"39d17122e609d338e91d3dcac4f7d50512ea9d0c6fad59a2e6edff2bcb1c4aeb"`,
    );
  });
});

describe('The status codes of JSR-118', () => {
  test.each([
    [900, '900 Success'],
    [901, '901 Insufficient Memory'],
    [902, '902 User Cancelled'],
    [903, '903 Loss of Service'],
    [904, '904 JAR size mismatch'],
    [905, '905 Attribute Mismatch'],
    [906, '906 Invalid Descriptor'],
    [907, '907 Invalid JAR'],
    [908, '908 Incompatible Configuration or Profile'],
    [909, '909 Application authentication failure'],
    [910, '910 Application authorization failure'],
    [911, '911 Push registration failure'],
    [912, '912 Deletion Notification'],
  ] as const)('%d', (status, line) => {
    expect(statusLine(status)).toBe(line);
  });
});

describe('What is quoted of a stranger’s file', () => {
  test.each([
    ['of many characters', 'x'.repeat(1_000), 'x'.repeat(300)],
    ['with an escape sequence', 'a\u001b[2Jb', 'a?[2Jb'],
    ['with a control character of two octets in UTF-8', 'a\u009b2Jb', 'a?2Jb'],
    ['with text that runs backwards', 'a\u202eb', 'a?b'],
    ['with line ends', 'a\nb\u2028c', 'a?b?c'],
  ])('%s', (_name, message, shown) => {
    expect(new InstallError(906, message).message).toBe(shown);
  });
});
