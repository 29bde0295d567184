import { describe, expect, test } from 'vitest';
import { hexOf } from '../../../device/safe-mobile/index.ts';
import { readOffer } from '../../../device/suite/index.ts';
import { descriptor, JAR, primitives, SEED, SIGNER, unsigned } from './built-suite.ts';

const read = (octets: Uint8Array | string) =>
  readOffer(typeof octets === 'string' ? Buffer.from(octets) : octets, primitives);
const textOf = (octets: Uint8Array) => Buffer.from(octets).toString('latin1');
const SIGNED = textOf(descriptor());
const [BODY = '', LAST = ''] = SIGNED.split(/(?=MIDlet-Signature)/);

describe('What a descriptor offers', () => {
  test('signed', () => {
    expect(read(descriptor({ 'MIDlet-Data-Size': '2048' }))).toMatchObject({
      name: 'Chat',
      version: '1.2.3',
      vendor: 'Somebody',
      jar: { url: 'chat.jar', octets: JAR.length, sha256: hexOf(primitives.sha256(JAR)) },
      dataOctets: 2048,
      signer: SIGNER,
    });
  });

  test('not signed', () => {
    const offer = read(unsigned({ 'MIDlet-Jar-SHA256': undefined }));
    expect(offer).toMatchObject({ name: 'Chat', jar: { url: 'chat.jar', octets: JAR.length }, dataOctets: 0 });
    expect(Object.keys(offer)).not.toContain('signer');
    expect(Object.keys(offer.jar)).toEqual(['url', 'octets']);
  });

  test('without MIDlet-1, which the manifest has', () => {
    expect(read(descriptor({ 'MIDlet-1': undefined })).name).toBe('Chat');
  });

  test('a digest in upper case', () => {
    const sha256 = hexOf(primitives.sha256(JAR));
    expect(read(descriptor({ 'MIDlet-Jar-SHA256': sha256.toUpperCase() })).jar.sha256).toBe(sha256);
  });

  test.each([
    'https://service.example/d/1.jar',
    'http://127.0.0.1:8000/a.jar?b=c',
    '/d/1.jar',
    '../1.jar',
    'x'.repeat(256),
  ])('a JAR at %s', (url) => {
    expect(read(unsigned({ 'MIDlet-Jar-URL': url })).jar.url).toBe(url);
  });

  test.each<[string, string | undefined, number, RegExp]>([
    ['MIDlet-Name', undefined, 906, /has no MIDlet-Name/],
    ['MIDlet-Vendor', undefined, 906, /has no MIDlet-Vendor/],
    ['MIDlet-Version', 'one', 906, /MIDlet-Version is to be/],
    ['MIDlet-Jar-URL', undefined, 906, /has no MIDlet-Jar-URL/],
    ['MIDlet-Jar-URL', 'file:///etc/passwd', 906, /MIDlet-Jar-URL is to be an http or https URL/],
    ['MIDlet-Jar-URL', 'data:,x', 906, /MIDlet-Jar-URL is to be an http or https URL/],
    ['MIDlet-Jar-URL', 'http://[', 906, /MIDlet-Jar-URL is to be an http or https URL/],
    ['MIDlet-Jar-URL', 'x'.repeat(257), 906, /MIDlet-Jar-URL is to be an http or https URL of at most 256/],
    ['MIDlet-Jar-Size', undefined, 906, /has no MIDlet-Jar-Size/],
    ['MIDlet-Jar-Size', '1 kB', 906, /MIDlet-Jar-Size is to be a number of octets, not 1 kB/],
    ['MIDlet-Jar-Size', '-1', 906, /MIDlet-Jar-Size is to be a number/],
    ['MIDlet-Jar-Size', '0x10', 906, /MIDlet-Jar-Size is to be a number/],
    ['MIDlet-Jar-Size', '65537', 901, /The JAR has 65537 octets; a phone takes at most 65536/],
    ['MIDlet-Data-Size', 'much', 906, /MIDlet-Data-Size is to be a number/],
    ['MIDlet-Jar-SHA256', 'abc', 906, /MIDlet-Jar-SHA256 is to have 64/],
    ['MIDlet-Jar-SHA256', undefined, 906, /A signed descriptor is to have MIDlet-Jar-SHA256/],
    ['X', 'x'.repeat(16_384), 906, /longer than 16384 octets/],
  ])('%s: %s is refused with %d', (name, value, status, complaint) => {
    expect(() => read(descriptor({ [name]: value }))).toThrow(expect.objectContaining({ status }));
    expect(() => read(descriptor({ [name]: value }))).toThrow(complaint);
  });

  test('not in UTF-8 is refused with 906', () => {
    expect(() => read(Uint8Array.of(...descriptor(), 0xff))).toThrow(
      expect.objectContaining({ status: 906, message: 'The descriptor is not UTF-8' }),
    );
  });
});

describe('The signature of a descriptor', () => {
  test.each([
    ['as it is written', SIGNED],
    ['without a line end', SIGNED.trimEnd()],
    ['with CR LF behind it', `${SIGNED.trimEnd()}\r\n`],
    ['with CR behind it', `${SIGNED.trimEnd()}\r`],
  ])('%s', (_name, text) => {
    expect(read(text).signer).toBe(SIGNER);
  });

  test('covers line ends and a UTF-8 signature at the begin', () => {
    const body = `\ufeff${BODY.replaceAll('\n', '\r\n')}`;
    const octets = new Uint8Array(Buffer.from(body));
    const signature = Buffer.from(primitives.ed25519Sign(SEED, octets)).toString('base64');
    const signed = `${body}MIDlet-Signature: ${SIGNER} ${signature}`;
    expect(read(signed).signer).toBe(SIGNER);
    expect(() => read(signed.replace('\ufeff', ''))).toThrow(expect.objectContaining({ status: 909 }));
    expect(() => read(signed.replace('\r\n', '\n'))).toThrow(expect.objectContaining({ status: 909 }));
  });

  const other = textOf(descriptor({}, new Uint8Array(32).fill(8))).split(/(?=MIDlet-Signature)/)[1] ?? '';
  const [, otherSignature = ''] = /: \S+ (\S+)/.exec(other) ?? [];
  test.each<[string, string]>([
    ['an attribute that was changed', SIGNED.replace('Somebody', 'Somebodi')],
    ['an attribute more', `X: y\n${SIGNED}`],
    ['an attribute less', SIGNED.replace(/^MIDlet-1.*\n/m, '')],
    ['a blank more', SIGNED.replace(': Chat', ':  Chat')],
    ['an empty line more', SIGNED.replace('\n', '\n\n')],
    ['the signature of another key', `${BODY}MIDlet-Signature: ${SIGNER} ${otherSignature}\n`],
    ['the name of another key', SIGNED.replace(SIGNER, hexOf(primitives.ed25519PublicKey(new Uint8Array(32))))],
    ['a key of small order', SIGNED.replace(SIGNER, '0'.repeat(64))],
  ])('with %s is refused with 909', (_name, text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ name: 'InstallError', status: 909 }));
    expect(() => read(text)).toThrow('The signature of the descriptor is wrong: it was changed after it was signed');
  });

  test.each<[string, string]>([
    ['at the begin', `${LAST}${BODY}`],
    ['before the last attribute', `${BODY}${LAST}X: y\n`],
    ['with an empty line behind it', `${SIGNED}\n`],
    ['with a blank behind it', `${SIGNED} `],
    ['with Ctrl-Z behind it', `${SIGNED}\u001a`],
    ['with NUL behind it', `${SIGNED}\0`],
    ['that is shorter', SIGNED.replace('==\n', '=\n')],
    ['whose key is shorter', SIGNED.replace(SIGNER, SIGNER.slice(2))],
    ['whose key is in upper case', SIGNED.replace(SIGNER, SIGNER.toUpperCase())],
    ['with two blanks', SIGNED.replace(`${SIGNER} `, `${SIGNER}  `)],
    ['without a value', `${BODY}MIDlet-Signature:\n`],
    ['in lower case', SIGNED.replace('MIDlet-Signature', 'midlet-signature')],
    ['behind a UTF-8 signature, and nothing else', `\u00ef\u00bb\u00bfMIDlet-Signature: x\n${BODY}`],
  ])('%s is refused with 906', (_name, text) => {
    const octets = Buffer.from(text, 'latin1');
    expect(() => read(octets)).toThrow(expect.objectContaining({ status: 906 }));
    expect(() => read(octets)).toThrow(/MIDlet-Signature is to be the last line/);
  });

  test.each([
    ['the same', `${SIGNED}${LAST}`],
    ['another', `${SIGNED}${other}`],
    ['in other letters', `${SIGNED}${LAST.replace('MIDlet-S', 'MIDLET-S')}`],
  ])('twice, %s, is refused with 906', (_name, text) => {
    expect(() => read(text)).toThrow(expect.objectContaining({ status: 906, message: expect.stringMatching(/twice/) }));
  });

  test('a descriptor signed by somebody else has another signer', () => {
    expect(read(descriptor({}, new Uint8Array(32).fill(8))).signer).not.toBe(SIGNER);
  });
});
