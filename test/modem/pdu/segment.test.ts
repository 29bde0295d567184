import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SmsContent } from '../../../modem/bearer.ts';
import {
  concatenationOf,
  count,
  createReassembly,
  decodeTpdu,
  encodeTpdu,
  PduEncodeError,
  portsOf,
  type Segment,
  segment,
} from '../../../modem/pdu/index.ts';
import { gsmText, utf16Text } from './arbitrary.ts';
import { decodeDeliver } from './fields.ts';

const PORTS = { destination: 16_001, source: 16_000 };

/** Units of each segment: characters of a text, octets of data. */
function lengths(segments: readonly Segment[]): readonly number[] {
  return segments.map(({ userData }) => (userData.kind === 'text' ? userData.text.length : userData.data.length));
}

/** Sends the segments through their octets and puts them together again. */
function throughTheAir(segments: readonly Segment[]): unknown {
  const reassembly = createReassembly();
  const results = segments.map((part) => {
    const deliver = decodeTpdu(encodeTpdu({ ...decodeDeliver({}), ...part }), 'mobile-terminated');
    if (deliver.type !== 'DELIVER') throw new Error(deliver.type);
    return reassembly.add(deliver, 0);
  });
  const last = results.at(-1);
  return last?.kind === 'complete' ? last.content : last;
}

describe('cutting a message (3GPP TS 23.040, 9.2.3.24.1)', () => {
  test.each<[string, SmsContent, readonly number[]]>([
    ['an empty text', { kind: 'text', text: '' }, [0]],
    ['160 septets', { kind: 'text', text: 'a'.repeat(160) }, [160]],
    ['161 septets', { kind: 'text', text: 'a'.repeat(161) }, [153, 8]],
    [
      'an escape sequence at the end of the first',
      { kind: 'text', text: `${'a'.repeat(152)}€${'b'.repeat(20)}` },
      [152, 21],
    ],
    ['nothing but escape sequences', { kind: 'text', text: '€'.repeat(81) }, [76, 5]],
    ['70 UTF-16 code units', { kind: 'text', text: 'ж'.repeat(70) }, [70]],
    ['71 UTF-16 code units', { kind: 'text', text: 'ж'.repeat(71) }, [67, 4]],
    [
      'a surrogate pair at the end of the first',
      { kind: 'text', text: `${'ж'.repeat(66)}😀${'ж'.repeat(5)}` },
      [66, 7],
    ],
    ['140 octets', { kind: 'data', data: new Uint8Array(140) }, [140]],
    ['141 octets', { kind: 'data', data: new Uint8Array(141) }, [134, 7]],
    ['133 octets to a port', { kind: 'data', data: new Uint8Array(133), ports: PORTS }, [133]],
    ['134 octets to a port', { kind: 'data', data: new Uint8Array(134), ports: PORTS }, [128, 6]],
    ['152 septets to a port', { kind: 'text', text: 'a'.repeat(152), ports: PORTS }, [152]],
    ['153 septets to a port', { kind: 'text', text: 'a'.repeat(153), ports: PORTS }, [146, 7]],
  ])('%s', (_what, content, expected) => {
    const segments = segment(content, { reference: 0x1234 });
    expect(lengths(segments)).toEqual(expected);
    expect(throughTheAir(segments)).toEqual(content);
    const total = expected.length;
    segments.forEach(({ userData }, index) => {
      expect(concatenationOf(userData)).toEqual(
        total === 1 ? undefined : { kind: 'concatenation', width: 8, reference: 0x34, total, sequence: index + 1 },
      );
      expect(portsOf(userData)).toEqual(content.ports && { kind: 'ports', width: 16, ...PORTS });
    });
  });

  test('with a reference of 16 bits 127 octets to a port and 152 septets are left', () => {
    const options = { reference: 0x1234, referenceWidth: 16 } as const;
    const data = segment({ kind: 'data', data: new Uint8Array(200), ports: PORTS }, options);
    expect(lengths(data)).toEqual([127, 73]);
    expect(data.map(({ userData }) => concatenationOf(userData)?.reference)).toEqual([0x1234, 0x1234]);
    expect(lengths(segment({ kind: 'text', text: 'a'.repeat(161) }, options))).toEqual([152, 9]);
  });

  test('a wanted alphabet and class are kept', () => {
    const [flash] = segment({ kind: 'text', text: 'ciao' }, { reference: 0, alphabet: 'ucs2', messageClass: 0 });
    expect(flash?.dcs).toEqual({ group: 'general', alphabet: 'ucs2', messageClass: 0, automaticDeletion: false });
  });

  test.each<[string, SmsContent, 'gsm7' | '8bit' | 'ucs2' | undefined, string]>([
    [
      'a text that no 7-bit alphabet has',
      { kind: 'text', text: 'a 😀' },
      'gsm7',
      "TP-UD: '😀' is not in a 7-bit alphabet",
    ],
    ['a text as 8-bit data', { kind: 'text', text: 'a' }, '8bit', 'TP-DCS: text does not go into 8bit, give data'],
    ['data as text', { kind: 'data', data: new Uint8Array(1) }, 'gsm7', 'TP-DCS: data does not go into gsm7'],
    [
      '256 segments',
      { kind: 'data', data: new Uint8Array(134 * 255 + 1) },
      undefined,
      'TP-UD: 256 segments, more than 255',
    ],
  ])('%s is refused', (_what, content, alphabet, message) => {
    const options = alphabet === undefined ? { reference: 0 } : { reference: 0, alphabet };
    expect(() => segment(content, options)).toThrow(
      new PduEncodeError(message.split(': ')[0] ?? '', message.split(': ')[1] ?? ''),
    );
  });

  test('whatever the content, it comes back, and no segment but the last has room for the next character', () => {
    const ports = fc.option(fc.constant({ ports: PORTS }), { nil: {} });
    const text = fc
      .tuple(fc.array(gsmText, { maxLength: 12 }), fc.array(utf16Text, { maxLength: 8 }), fc.boolean())
      .map(([gsm, utf16, plain]) => ({ kind: 'text' as const, text: (plain ? gsm : [...gsm, ...utf16]).join('') }));
    const data = fc.uint8Array({ maxLength: 700 }).map((octets) => ({ kind: 'data' as const, data: octets }));
    fc.assert(
      fc.property(fc.oneof(text, data), ports, fc.constantFrom(8 as const, 16 as const), (body, to, referenceWidth) => {
        const content = { ...body, ...to };
        const segments = segment(content, { reference: 77, referenceWidth });
        expect(throughTheAir(segments)).toEqual(content);
      }),
      { seed: 2010, numRuns: 500 },
    );
  });
});

describe('counting while a user types', () => {
  test.each([
    ['', { alphabet: 'gsm7', characters: 0, units: 0, segments: 1, perSegment: 160, left: 160 }],
    ['hello', { alphabet: 'gsm7', characters: 5, units: 5, segments: 1, perSegment: 160, left: 155 }],
    ['5 €', { alphabet: 'gsm7', characters: 3, units: 4, segments: 1, perSegment: 160, left: 156 }],
    ['a'.repeat(161), { alphabet: 'gsm7', characters: 161, units: 161, segments: 2, perSegment: 153, left: 145 }],
    [`${'a'.repeat(152)}€${'b'.repeat(20)}`, { characters: 173, units: 174, segments: 2, perSegment: 153, left: 131 }],
    ['ж', { alphabet: 'ucs2', characters: 1, units: 1, segments: 1, perSegment: 70, left: 69 }],
    ['😀', { alphabet: 'ucs2', characters: 1, units: 2, segments: 1, perSegment: 70, left: 68 }],
    ['😀'.repeat(36), { alphabet: 'ucs2', characters: 36, units: 72, segments: 2, perSegment: 67, left: 61 }],
  ])('%j', (text, expected) => {
    expect(count(text)).toMatchObject(expected);
  });

  test('what is left can be typed, and not one more', () => {
    fc.assert(
      fc.property(gsmText, (text) => {
        const { segments, left } = count(text);
        expect(count(text + 'a'.repeat(left)).segments).toBe(segments);
        expect(count(text + 'a'.repeat(left + 1)).segments).toBe(segments + 1);
      }),
      { seed: 2010, numRuns: 200 },
    );
  });
});
