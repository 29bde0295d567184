import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { readZip } from '../../../device/suite/zip.ts';
import { dataDescriptor, type TestEnd, type TestEntry, zipFile } from './zip-file.ts';

const A: TestEntry = { name: 'a.txt', content: 'the content of a' };
const B: TestEntry = { name: 'folder/b.txt', content: 'b' };
/** An extra field as `jar` of the JDK writes it. */
const JDK_EXTRA = Uint8Array.of(0xfe, 0xca, 0, 0);

function textsIn(zip: Uint8Array): Readonly<Record<string, string>> {
  return Object.fromEntries([...readZip(zip)].map(([name, octets]) => [name, Buffer.from(octets).toString()]));
}

describe('A JAR is read (PKWARE APPNOTE 6.3.10)', () => {
  test.each<[string, readonly TestEntry[], Readonly<Record<string, string>>]>([
    ['deflated', [A, B], { 'a.txt': 'the content of a', 'folder/b.txt': 'b' }],
    ['stored', [{ ...A, method: 0 }], { 'a.txt': 'the content of a' }],
    ['without a file', [], {}],
    ['with an empty file, stored', [{ name: 'empty', method: 0 }], { empty: '' }],
    ['with an empty file, deflated', [{ name: 'empty' }], { empty: '' }],
    ['with a folder', [{ name: 'META-INF/', method: 0 }, A], { 'a.txt': 'the content of a' }],
    ['with a name in UTF-8', [{ ...A, name: 'größe/€.txt' }], { 'größe/€.txt': 'the content of a' }],
    ['with an ASCII name that does not say UTF-8', [{ ...A, flags: 0 }], { 'a.txt': 'the content of a' }],
    ['that was packed with all its might', [{ ...A, flags: 0x0802 }], { 'a.txt': 'the content of a' }],
    ['with the extra field of jar', [{ ...A, extra: JDK_EXTRA }], { 'a.txt': 'the content of a' }],
    ['with a comment at an entry', [{ ...A, comment: 'x' }, B], { 'a.txt': 'the content of a', 'folder/b.txt': 'b' }],
    [
      'with the sizes behind it',
      [{ ...A, flags: 0x0808, behind: dataDescriptor('the content of a') }, B],
      { 'a.txt': 'the content of a', 'folder/b.txt': 'b' },
    ],
    [
      'with the sizes behind it, without a signature',
      [{ ...A, flags: 0x0808, behind: dataDescriptor('the content of a', false) }, B],
      { 'a.txt': 'the content of a', 'folder/b.txt': 'b' },
    ],
    ['with dots in its names', [{ ...A, name: '..a/b..c/...' }], { '..a/b..c/...': 'the content of a' }],
  ])('%s', (_name, entries, texts) => {
    expect(textsIn(zipFile(entries))).toEqual(texts);
  });

  test('from the middle of a larger array', () => {
    const zip = zipFile([A]);
    const around = new Uint8Array(zip.length + 20);
    around.set(zip, 7);
    expect(textsIn(around.subarray(7, 7 + zip.length))).toEqual({ 'a.txt': 'the content of a' });
  });

  test('with 64 entries and 256 KiB unpacked, and no more', () => {
    const many = (count: number, octets: number) =>
      Array.from({ length: count }, (_, index) => ({ name: `${index}`, content: new Uint8Array(octets) }));
    expect(readZip(zipFile(many(64, 4096))).size).toBe(64);
    expect(() => readZip(zipFile([...many(63, 4096), { name: 'x', content: new Uint8Array(4097) }]))).toThrow(
      expect.objectContaining({
        status: 901,
        message: 'The JAR has 262145 octets unpacked; a phone takes at most 262144',
      }),
    );
    expect(() => readZip(zipFile(many(65, 1)))).toThrow(
      expect.objectContaining({ status: 907, message: 'The JAR has 65 entries; a phone takes at most 64' }),
    );
  });

  test('of 64 KiB, and no longer', () => {
    const empty = zipFile([{ name: 'a', method: 0 }]).length;
    const filled = (octets: number) => zipFile([{ name: 'a', method: 0, content: new Uint8Array(octets - empty) }]);
    expect(readZip(filled(65_536)).get('a')?.length).toBe(65_536 - empty);
    expect(() => readZip(filled(65_537))).toThrow(
      expect.objectContaining({ status: 901, message: 'The JAR has 65537 octets; a phone takes at most 65536' }),
    );
  });
});

const BOMB = deflateRawSync(Buffer.alloc(30_000_000));
const ZIP64_EXTRA = Uint8Array.of(1, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0);
const UNICODE_PATH = Uint8Array.of(0x75, 0x70, 1, 0, 0);

describe('A JAR is refused with 907', () => {
  test.each<[string, readonly TestEntry[], TestEnd, RegExp]>([
    ['a comment at its end', [A], { comment: 'hello' }, /does not end as a zip file/],
    ['octets behind its end', [A], { after: Uint8Array.of(0) }, /does not end as a zip file/],
    ['octets before its first entry', [A], { before: Buffer.from('#!/bin/sh\n') }, /a.txt is not where/],
    ['octets between entries', [{ ...A, behind: Uint8Array.of(1, 2) }, B], {}, /b.txt is not where/],
    ['octets before the directory', [A], { gap: Uint8Array.of(1) }, /belong to no entry/],
    ['fewer entries than it says', [A], { count: 2 }, /an entry of the central directory is cut/],
    ['more entries than it says', [A, B], { count: 1 }, /longer than its entries/],
    ['100,000 entries', [A], { count: 65_535 }, /65535 entries; a phone takes at most 64/],
    ['another count on this disk', [A], { countOnDisk: 0 }, /a part of several/],
    ['a second disk', [A], { disks: 1 }, /a part of several/],
    ['an entry on another disk', [{ ...A, disk: 1 }], {}, /a.txt is in another file/],
    ['a directory that begins elsewhere', [A], { start: 1 }, /not where the end says/],
    ['a directory of another size', [A], { size: 1 }, /not where the end says/],
    ['a wrong check sum', [{ ...A, crc: 1 }], {}, /a.txt has a wrong check sum/],
    ['a wrong check sum, stored', [{ ...A, method: 0, crc: 1 }], {}, /a.txt has a wrong check sum/],
    ['an encrypted entry', [{ ...A, flags: 0x0801 }], {}, /a.txt is encrypted/],
    ['an entry with strong encryption', [{ ...A, flags: 0x0840 }], {}, /flags that this phone does not know/],
    ['a masked directory', [{ ...A, flags: 0x2800 }], {}, /flags that this phone does not know/],
    ['bzip2', [{ ...A, method: 12 }], {}, /neither stored nor deflated/],
    ['a stored entry with two sizes', [{ ...A, method: 0, unpackedSize: 1 }], {}, /a.txt is stored, and has two sizes/],
    ['zip64 in its packed size', [{ ...A, packedSize: 0xffff_ffff }], {}, /a.txt is of zip64/],
    ['zip64 in its size', [{ ...A, unpackedSize: 0xffff_ffff }], {}, /a.txt is of zip64/],
    ['zip64 in its place', [{ ...A, offset: 0xffff_ffff }], {}, /a.txt is of zip64/],
    ['zip64 in an extra field', [{ ...A, extra: ZIP64_EXTRA }], {}, /a second name or size/],
    [
      'zip64 in the extra field of the local header',
      [{ ...A, local: { extra: ZIP64_EXTRA } }],
      {},
      /a second name or size/,
    ],
    ['a second name', [{ ...A, extra: UNICODE_PATH }], {}, /a second name or size/],
    ['an extra field that is cut', [{ ...A, extra: Uint8Array.of(9, 9, 9) }], {}, /extra field of a.txt is cut/],
    [
      'an extra field longer than it is',
      [{ ...A, extra: Uint8Array.of(9, 9, 1, 0) }],
      {},
      /extra field of a.txt is cut/,
    ],
    ['one name twice', [A, A], {}, /a.txt is there twice/],
    ['a folder with the name of a file', [A, { name: 'a.txt/', method: 0 }], {}, /a.txt is there twice/],
    ['a folder with octets', [{ ...A, name: 'a/' }], {}, /the folder a\/ has octets/],
    ['another name in the local header', [{ ...A, local: { name: 'b.txt' } }], {}, /two headers of a.txt differ/],
    ['a longer name in the local header', [{ ...A, local: { name: 'a.txt2' } }], {}, /two headers of a.txt differ/],
    ['another method in the local header', [{ ...A, local: { method: 0 } }], {}, /two headers of a.txt differ/],
    ['other flags in the local header', [{ ...A, local: { flags: 0 } }], {}, /two headers of a.txt differ/],
    ['another check sum in the local header', [{ ...A, local: { crc: 0 } }], {}, /two headers of a.txt differ/],
    [
      'another packed size in the local header',
      [{ ...A, local: { packedSize: 0 } }],
      {},
      /two headers of a.txt differ/,
    ],
    ['another size in the local header', [{ ...A, local: { unpackedSize: 0 } }], {}, /two headers of a.txt differ/],
    [
      'sizes behind it and in the local header',
      [{ ...A, flags: 0x0808, behind: dataDescriptor('the content of a'), local: { unpackedSize: 16 } }],
      {},
      /two headers of a.txt differ/,
    ],
    ['no local header', [{ ...A, local: { signature: 0 } }], {}, /the header of a.txt is missing/],
    [
      'other sizes behind it',
      [{ ...A, flags: 0x0808, behind: dataDescriptor('other') }],
      {},
      /sizes behind a.txt differ/,
    ],
    ['no sizes behind it', [{ ...A, flags: 0x0808 }], {}, /sizes behind a.txt are missing/],
    ['one entry over another', [A, { ...B, offset: 0 }], {}, /folder\/b.txt is not where/],
    ['an entry beyond its end', [{ ...A, offset: 60_000 }], {}, /a.txt is not where/],
    [
      'an entry longer than it',
      [{ ...A, packedSize: 60_000, local: { packedSize: 60_000 } }],
      {},
      /a.txt is longer than the file/,
    ],
    ['less than it says', [{ ...A, unpackedSize: 17 }], {}, /a.txt does not unpack to 17 octets/],
    ['more than it says', [{ ...A, unpackedSize: 15 }], {}, /a.txt does not unpack to 15 octets/],
    ['more than nothing', [{ ...A, unpackedSize: 0 }], {}, /a.txt does not unpack to 0 octets/],
    [
      'one octet where it says none',
      [{ ...A, content: 'x', unpackedSize: 0 }],
      {},
      /a.txt does not unpack to 0 octets/,
    ],
    ['a bomb of 30 MB that says 100 octets', [{ ...A, packed: BOMB, unpackedSize: 100 }], {}, /does not unpack to 100/],
    ['octets that do not inflate', [{ ...A, packed: Uint8Array.of(255, 255) }], {}, /does not unpack to 16 octets/],
    [
      'half of what was packed',
      [{ ...A, packed: deflateRawSync('the content of a').subarray(0, 8) }],
      {},
      /does not unpack/,
    ],
    [
      'octets behind what was packed',
      [{ ...A, packed: Buffer.concat([deflateRawSync('the content of a'), Buffer.from('x')]) }],
      {},
      /octets behind the end of a.txt/,
    ],
    ['a name neither ASCII nor UTF-8', [{ ...A, name: 'größe', flags: 0 }], {}, /neither ASCII nor UTF-8/],
    ['a name of 256 octets', [{ ...A, name: 'x'.repeat(256) }], {}, /a name of 256 octets/],
    ['no name', [{ ...A, name: '' }], {}, /a name of 0 octets/],
  ])('with %s', (_name, entries, end, complaint) => {
    const zip = zipFile(entries, end);
    expect(() => readZip(zip)).toThrow(expect.objectContaining({ name: 'InstallError', status: 907 }));
    expect(() => readZip(zip)).toThrow(complaint);
  });

  test('with a bomb that says its size, with 901, before it is unpacked', () => {
    expect(() => readZip(zipFile([{ ...A, packed: BOMB, unpackedSize: 30_000_000 }]))).toThrow(
      expect.objectContaining({
        status: 901,
        message: 'The JAR has 30000000 octets unpacked; a phone takes at most 262144',
      }),
    );
  });

  test.each([
    '../a',
    'a/../b',
    'a/..',
    '..',
    '.',
    './a',
    'a/./b',
    '/a',
    'a//b',
    'a//',
    '/',
    'C:/a',
    'c:a',
    'a\\b',
    '..\\a',
    'a\0b',
    'a\nb',
    'a\u0085b',
  ])('with the name %j', (name) => {
    expect(() => readZip(zipFile([{ ...A, name }]))).toThrow(/is not a path inside it/);
  });

  test('with a name that is not UTF-8', () => {
    const zip = Buffer.from(zipFile([{ ...A, name: 'aXtxt' }]));
    for (let at = zip.indexOf('aXtxt'); at >= 0; at = zip.indexOf('aXtxt', at + 1)) zip[at + 1] = 0xff;
    expect(() => readZip(zip)).toThrow('The JAR cannot be read: a name is not UTF-8');
  });

  test.each([0, 1, 21, 22, 100])('of %d octets of nothing', (length) => {
    expect(() => readZip(new Uint8Array(length))).toThrow(/does not end as a zip file/);
  });

  test('cut anywhere', () => {
    const zip = zipFile([A, B]);
    for (let length = 0; length < zip.length; length += 1)
      expect(() => readZip(zip.subarray(0, length)), `${length}`).toThrow(expect.objectContaining({ status: 907 }));
  });
});
