import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SmsContent } from '../../../modem/bearer.ts';
import {
  addressOf,
  createReassembly,
  type ReassemblyPart,
  type ReassemblyResult,
  segment,
} from '../../../modem/pdu/index.ts';
import { gsmText } from './arbitrary.ts';
import { decodeLeniently } from './fields.ts';

/** An SMS with its place in the SIM. */
interface Stored extends ReassemblyPart {
  readonly index: number;
}

let nextIndex = 0;

/** The SMS of a message as the SIM stores them. */
function storedParts(content: SmsContent, from: string, reference: number): readonly Stored[] {
  return segment(content, { reference }).map((part) => ({ ...part, originator: addressOf(from), index: nextIndex++ }));
}

function text(length: number, letter = 'a'): SmsContent {
  return { kind: 'text', text: letter.repeat(length) };
}

function partAt<Part>(parts: readonly Part[], index: number): Part {
  const part = parts[index];
  if (part === undefined) throw new Error(`no part ${index}`);
  return part;
}

function kinds(results: readonly ReassemblyResult<Stored>[]): readonly string[] {
  return results.map(({ kind }) => kind);
}

describe('reassembly', () => {
  test('an SMS that was never cut is complete at once', () => {
    const [part] = storedParts(text(10), '+39333', 1);
    if (part === undefined) throw new Error('no part');
    expect(createReassembly<Stored>().add(part, 0)).toEqual({
      kind: 'complete',
      content: text(10),
      parts: [part],
      dropped: [],
    });
  });

  test('parts may come in any order, and say what is missing', () => {
    const content = text(400);
    const parts = storedParts(content, '+39333', 1);
    const reassembly = createReassembly<Stored>();
    expect(reassembly.add(partAt(parts, 2), 0)).toMatchObject({ kind: 'waiting', missing: [1, 2] });
    expect(reassembly.add(partAt(parts, 0), 0)).toMatchObject({ kind: 'waiting', missing: [2] });
    expect(reassembly.add(partAt(parts, 1), 0)).toEqual({ kind: 'complete', content, parts, dropped: [] });
    expect(reassembly.nextExpiry()).toBeUndefined();
  });

  test('senders, references, totals, kinds and ports do not mix', () => {
    const reassembly = createReassembly<Stored>();
    const data: SmsContent = { kind: 'data', data: new Uint8Array(200) };
    const messages = [
      storedParts(text(200), '+39333', 1),
      storedParts(text(200), '+39334', 1),
      storedParts(text(200), '+39333', 2),
      storedParts(text(400), '+39333', 1),
      storedParts(data, '+39333', 1),
      storedParts({ ...data, ports: { destination: 1, source: 2 } }, '+39333', 1),
    ];
    const firsts = messages.map((parts) => reassembly.add(partAt(parts, 0), 0));
    expect(kinds(firsts)).toEqual(messages.map(() => 'waiting'));
    expect(firsts.flatMap(({ dropped }) => dropped)).toEqual([]);
  });

  test('the same part again is a duplicate, and the first one is said', () => {
    const [part, second] = storedParts(text(200), '+39333', 1);
    if (part === undefined || second === undefined) throw new Error('no parts');
    const reassembly = createReassembly<Stored>();
    reassembly.add(part, 0);
    const again = { ...part, index: 99 };
    expect(reassembly.add(again, 0)).toEqual({ kind: 'duplicate', original: part, dropped: [] });
    expect(reassembly.add(second, 0)).toMatchObject({ kind: 'complete', parts: [part, second] });
  });

  test.each<[what: string, change: (data: Uint8Array) => Uint8Array, kind: string]>([
    ['the same octets', (data) => Uint8Array.from(data), 'duplicate'],
    ['another last octet', (data) => Uint8Array.from([...data.slice(0, -1), 9]), 'waiting'],
    ['another first octet', (data) => Uint8Array.from([9, ...data.slice(1)]), 'waiting'],
    ['an octet less', (data) => data.slice(0, -1), 'waiting'],
    ['an octet more', (data) => Uint8Array.from([...data, 0]), 'waiting'],
  ])('data of the same part with %s', (_what, change, kind) => {
    const data: SmsContent = { kind: 'data', data: new Uint8Array(200).fill(7) };
    const part = partAt(storedParts(data, '+39333', 1), 0);
    if (part.userData.kind !== 'data') throw new Error('no data');
    const reassembly = createReassembly<Stored>();
    reassembly.add(part, 0);
    const again = { ...part, index: 99, userData: { ...part.userData, data: change(part.userData.data) } };
    const result = reassembly.add(again, 0);
    expect([result.kind, result.dropped.length]).toEqual([kind, kind === 'duplicate' ? 0 : 1]);
  });

  test('another message under the same reference gives up the older one', () => {
    const old = storedParts(text(200, 'a'), '+39333', 1);
    const young = storedParts(text(200, 'b'), '+39333', 1);
    const reassembly = createReassembly<Stored>();
    reassembly.add(partAt(old, 0), 0);
    expect(reassembly.add(partAt(young, 0), 1)).toEqual({
      kind: 'waiting',
      missing: [2],
      dropped: [
        { reason: 'superseded', originator: addressOf('+39333'), reference: 1, total: 2, parts: [partAt(old, 0)] },
      ],
    });
    expect(reassembly.add(partAt(young, 1), 2)).toMatchObject({ kind: 'complete', content: text(200, 'b') });
  });

  test('a message too old is given up with what there is of it', () => {
    const parts = storedParts(text(400), '+39333', 7);
    const reassembly = createReassembly<Stored>({ ageMs: 1000 });
    reassembly.add(partAt(parts, 1), 5000);
    reassembly.add(partAt(parts, 0), 5999);
    expect(reassembly.nextExpiry()).toBe(6000);
    expect(reassembly.expire(5999)).toEqual([]);
    expect(reassembly.expire(6000)).toEqual([
      {
        reason: 'age',
        originator: addressOf('+39333'),
        reference: 7,
        total: 3,
        parts: [partAt(parts, 0), partAt(parts, 1)],
      },
    ]);
    expect(reassembly.nextExpiry()).toBeUndefined();
    expect(reassembly.add(partAt(parts, 2), 6001)).toMatchObject({ kind: 'waiting', missing: [1, 2] });
  });

  test('what comes too late does not complete an old message', () => {
    const parts = storedParts(text(200), '+39333', 7);
    const reassembly = createReassembly<Stored>({ ageMs: 1000 });
    reassembly.add(partAt(parts, 0), 0);
    expect(reassembly.add(partAt(parts, 1), 1000)).toMatchObject({
      kind: 'waiting',
      missing: [1],
      dropped: [{ reason: 'age' }],
    });
  });

  test('beyond the number of messages the oldest is given up', () => {
    const reassembly = createReassembly<Stored>({ messages: 2 });
    const results = [1, 2, 3].map((reference) =>
      reassembly.add(partAt(storedParts(text(200), '+39333', reference), 0), reference),
    );
    expect(results.map(({ dropped }) => dropped.map(({ reason, reference }) => [reason, reference]))).toEqual([
      [],
      [],
      [['number', 1]],
    ]);
  });

  test('beyond the memory the oldest is given up', () => {
    const reassembly = createReassembly<Stored>({ octets: 2 * 153 + 300 });
    const results = [1, 2, 3].map((reference) =>
      reassembly.add(partAt(storedParts(text(200), '+39333', reference), 0), reference),
    );
    expect(results.map(({ dropped }) => dropped.map(({ reason, reference }) => [reason, reference]))).toEqual([
      [],
      [['memory', 1]],
      [['memory', 2]],
    ]);
  });

  const HOUR_MS = 3_600_000;
  /** A part of so many octets. */
  const partOf = (sequence: number, octets: number, more: Partial<ReassemblyPart> = {}): ReassemblyPart => ({
    originator: addressOf('+39333'),
    dcs: { group: 'general', alphabet: '8bit', automaticDeletion: false },
    userData: {
      kind: 'data',
      header: [{ kind: 'concatenation', width: 8, reference: 1, total: 2, sequence }],
      data: new Uint8Array(octets),
    },
    ...more,
  });
  const takenAt = (at: number) => ({ timestamp: { at, zone: 0 } });

  test.each([
    ['an hour apart', HOUR_MS, 'complete'],
    ['an hour apart, the second first', -HOUR_MS, 'complete'],
    ['more than an hour apart', HOUR_MS + 1, 'waiting'],
    ['more than an hour apart, the second first', -HOUR_MS - 1, 'waiting'],
  ])('two parts taken %s by the service centre', (_what, apart, kind) => {
    const reassembly = createReassembly();
    reassembly.add(partOf(1, 10, takenAt(10 * HOUR_MS)), 0);
    expect(reassembly.add(partOf(2, 10, takenAt(10 * HOUR_MS + apart)), 0).kind).toBe(kind);
  });

  test('types of address and widths of the reference do not mix; part 1 of 1 is whole', () => {
    const reassembly = createReassembly();
    const wide = { kind: 'concatenation', width: 16, reference: 1, total: 2, sequence: 2 } as const;
    reassembly.add(partOf(1, 10), 0);
    expect(reassembly.add(partOf(2, 10, { originator: addressOf('39333') }), 0).kind).toBe('waiting');
    const data = { kind: 'data', data: new Uint8Array(10) } as const;
    expect(reassembly.add(partOf(2, 10, { userData: { ...data, header: [wide] } }), 0).kind).toBe('waiting');
    const single = { ...wide, total: 1, sequence: 1 };
    expect(reassembly.add(partOf(1, 10, { userData: { ...data, header: [single] } }), 0).kind).toBe('complete');
  });

  test('the limits, unless others are given: 64 messages, three days, 256 KiB, each to the last', () => {
    const many = createReassembly();
    const from = (number: number) => ({ originator: addressOf(`+3933${number}`) });
    for (let number = 1; number <= 64; number += 1) expect(many.add(partOf(1, 1, from(number)), 0).dropped).toEqual([]);
    expect(many.add(partOf(1, 1, from(65)), 0).dropped).toMatchObject([{ reason: 'number', ...from(1) }]);
    expect(many.nextExpiry()).toBe(72 * HOUR_MS);
    const large = createReassembly();
    expect(large.add(partOf(1, 131_072, from(1)), 0).dropped).toEqual([]);
    expect(large.add(partOf(1, 131_072, from(2)), 0).dropped).toEqual([]);
    expect(large.add(partOf(2, 1, from(1)), 0).kind).toBe('complete');
    expect(large.add(partOf(1, 131_072, from(3)), 0).dropped).toEqual([]);
    expect(large.add(partOf(1, 1, from(4)), 0).dropped).toMatchObject([{ reason: 'memory', ...from(2) }]);
  });

  test('an escape sequence that another sender cut between two parts is mended', () => {
    const originator = addressOf('+39333');
    const partOf = (ud: string): ReassemblyPart => ({ ...decodeLeniently({ flags: '44', ud }).deliver, originator });
    const reassembly = createReassembly();
    // 'a', escape | 'e', 'b'
    reassembly.add(partOf('09050003010201C21B'), 0);
    expect(reassembly.add(partOf('09050003010202CA62'), 0)).toMatchObject({ content: { text: 'a€b' } });
  });

  test('a surrogate pair that another sender cut is mended', () => {
    const originator = addressOf('+39333');
    const partOf = (ud: string): ReassemblyPart => ({
      ...decodeLeniently({ flags: '44', dcs: '08', ud }).deliver,
      originator,
    });
    const reassembly = createReassembly();
    reassembly.add(partOf('08050003010201D83D'), 0);
    expect(reassembly.add(partOf('08050003010202DE00'), 0)).toMatchObject({ content: { text: '😀' } });
  });

  test('shuffled parts of many messages all come back, each once', () => {
    const messages = fc.array(fc.array(gsmText, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(messages, fc.infiniteStream(fc.nat()), (texts, random) => {
        const contents = texts.map((pieces): SmsContent => ({ kind: 'text', text: pieces.join('') }));
        const parts = contents.flatMap((content, reference) => storedParts(content, '+39333', reference));
        const keyed = parts.map((part) => [random.next().value, part] as const);
        const shuffled = keyed.sort(([one], [other]) => one - other).map(([, part]) => part);
        const reassembly = createReassembly<Stored>();
        const complete = shuffled.flatMap((part) => {
          const result = reassembly.add(part, 0);
          expect(result.dropped).toEqual([]);
          return result.kind === 'complete' ? [result] : [];
        });
        const received = complete.map(({ content }) => (content.kind === 'text' ? content.text : ''));
        const expected = contents.map((content) => (content.kind === 'text' ? content.text : ''));
        expect(received.sort()).toEqual(expected.sort());
        expect(complete.flatMap((result) => result.parts.map(({ index }) => index)).sort()).toEqual(
          parts.map(({ index }) => index).sort(),
        );
        expect(reassembly.nextExpiry()).toBeUndefined();
      }),
      { seed: 2010, numRuns: 100 },
    );
  });
});
