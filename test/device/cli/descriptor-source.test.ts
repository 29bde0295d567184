import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { readDescriptor } from '../../../device/cli/descriptor-source.ts';
import { UsageError } from '../../../modem/cli/program.ts';
import { VirtualClock } from '../../../sim/index.ts';

afterEach(() => vi.restoreAllMocks());

/** Servers that answer as the table says: a text, or the status and the place to which they lead. */
function answers(table: Readonly<Record<string, string | readonly [status: number, location: string]>>): string[] {
  const asked: string[] = [];
  vi.spyOn(globalThis, 'fetch').mockImplementation(async (input) => {
    asked.push(String(input));
    const answer = table[String(input)] ?? 'nothing';
    if (typeof answer === 'string') return new Response(answer);
    return new Response(null, { status: answer[0], headers: { Location: answer[1] } });
  });
  return asked;
}

const read = (source: string) => readDescriptor(source, new VirtualClock());

test.each([
  'https://pay.example/d/7.jad',
  'HTTPS://pay.example/d/7.jad',
  'http://localhost:8080/d/7.jad',
  'http://127.0.0.1/d/7.jad',
  'http://127.255.3.4:8080/d/7.jad',
  'http://127.1/d/7.jad',
  'http://[::1]:8080/d/7.jad',
])('a descriptor is taken from %s', async (source) => {
  answers({});
  expect(await read(source)).toBe('nothing');
});

test.each([
  'http://pay.example/d/7.jad',
  'HTTP://pay.example/d/7.jad',
  'http://192.168.1.2/d/7.jad',
  'http://0.0.0.0/d/7.jad',
  'http://[::2]/d/7.jad',
  'http://localhost.pay.example/d/7.jad',
  'http://127.0.0.1.pay.example/d/7.jad',
  'http://127.0.0.1@pay.example/d/7.jad',
  'http://pay.example#http://127.0.0.1',
])('a descriptor from %s is refused before anybody is asked', async (source) => {
  const asked = answers({});
  const failure = await read(source).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(UsageError);
  expect(failure).toMatchObject({ message: `${source} can be changed on its way: give an https URL, or a file` });
  expect(asked).toEqual([]);
});

test('what is no URL is said to be none', async () => {
  await expect(read('https://[')).rejects.toThrow('https://[ is not a URL');
});

test.each([
  ['https to https', 'https://a.example/1', 'https://b.example/2'],
  ['this machine to this machine', 'http://127.0.0.1/1', 'http://localhost/2'],
  ['this machine to https', 'http://[::1]/1', 'https://b.example/2'],
  ['one path to another', 'https://a.example/1', '/2'],
])('a redirect from %s is followed', async (_what, from, to) => {
  const end = new URL(to, from).href;
  for (const status of [301, 302, 303, 307, 308]) {
    const asked = answers({ [from]: [status, to], [end]: 'MIDlet-Name: A' });
    expect(await read(from)).toBe('MIDlet-Name: A');
    expect(asked).toEqual([from, end]);
    vi.restoreAllMocks();
  }
});

test.each([
  ['https to http', 'https://a.example/1', 'http://a.example/2'],
  ['https to this machine', 'https://a.example/1', 'http://127.0.0.1/2'],
  ['this machine to http', 'http://127.0.0.1/1', 'http://a.example/2'],
  ['https to what is no web page', 'https://a.example/1', 'file:///etc/passwd'],
])('a redirect from %s is refused', async (_what, from, to) => {
  const asked = answers({ [from]: [302, to], [to]: 'MIDlet-Name: A' });
  await expect(read(from)).rejects.toThrow(`${from} leads to ${to}, where it can be changed on its way`);
  expect(asked).toEqual([from]);
});

test('also the second redirect is looked at', async () => {
  answers({
    'https://a.example/1': [302, 'https://b.example/2'],
    'https://b.example/2': [307, 'http://b.example/3'],
  });
  await expect(read('https://a.example/1')).rejects.toThrow('https://b.example/2 leads to http://b.example/3');
});

test('five redirects are followed, and not six', async () => {
  const chain = (length: number) =>
    Object.fromEntries(
      Array.from({ length }, (_, at) => [`https://a.example/${at}`, [302, `https://a.example/${at + 1}`] as const]),
    );
  answers({ ...chain(5), 'https://a.example/5': 'the end' });
  expect(await read('https://a.example/0')).toBe('the end');
  vi.restoreAllMocks();
  answers({ ...chain(6), 'https://a.example/6': 'the end' });
  await expect(read('https://a.example/0')).rejects.toThrow('https://a.example/0 leads to more than 5 other addresses');
});

test.each([
  ['a status that is none of success', [404, 'https://a.example/2'], 'answers 404'],
  ['a place that is no URL', [302, 'https://['], 'leads to https://[, which is not a URL'],
] as const)('%s is said', async (_what, answer, words) => {
  answers({ 'https://a.example/1': answer });
  await expect(read('https://a.example/1')).rejects.toThrow(`https://a.example/1 ${words}`);
});

describe('the octets of a descriptor', () => {
  const NAME = 'MIDlet-Name: Perché';
  const file = (octets: Uint8Array) => {
    const path = join(mkdtempSync(join(tmpdir(), 'descriptor-')), 'a.jad');
    writeFileSync(path, octets);
    return path;
  };
  const url = (octets: Uint8Array) => {
    vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response(Buffer.from(octets)));
    return 'https://a.example/1';
  };

  test.each([
    ['a file', file],
    ['a server', url],
  ])('from %s are UTF-8, with their byte order mark', async (_from, source) => {
    expect(await read(source(Buffer.from(`\uFEFF${NAME}`)))).toBe(`\uFEFF${NAME}`);
  });

  test.each([
    ['a file', file],
    ['a server', url],
  ])('from %s in another character set are refused, and not shown with wrong letters', async (_from, source) => {
    const from = source(Buffer.from(NAME, 'latin1'));
    await expect(read(from)).rejects.toThrow(`${from} is not UTF-8, as a descriptor is to be`);
  });

  test('from a server are 16,384 at most', async () => {
    expect(await read(url(Buffer.alloc(16_384, 'a')))).toHaveLength(16_384);
    const from = url(Buffer.alloc(16_385, 'a'));
    await expect(read(from)).rejects.toThrow(`${from} gives more than 16384 octets; a descriptor has fewer`);
  });
});
