import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readYaml } from '../../../modem/portrait/index.ts';

const schema = z.strictObject({
  text: z.string().regex(/^(?!666$)/, 'is 666'),
  texts: z.array(z.string()).optional(),
  deep: z.record(z.string(), z.strictObject({ text: z.string() })).optional(),
  either: z.union([z.int(), z.string().min(1)]).optional(),
  nothing: z.null().optional(),
  number: z.number().max(100).optional(),
  yes: z.boolean().optional(),
});

/** The data of a file, or what is wrong with it. */
function read(text: string): unknown {
  const result = readYaml(text, schema);
  if (result.kind === 'data') return result.data;
  if (result.kind === 'no-yaml')
    return result.faults.map(({ line, column, message }) => `${line}:${column} ${message}`);
  return result.issues.map(({ path, message }) => {
    const { line, column } = result.placeOf(path);
    return `${line}:${column} ${path.join('.')}: ${message}`;
  });
}

describe('A text without quotes is what stands in the file', () => {
  // YAML 1.2, 10.3.2: what the core schema takes for a number, or for true and false; and what YAML 1.1 took for one, or for a date.
  test.each([
    '1.1',
    '1.10',
    '1.0.0',
    '1',
    '007',
    '+393330000001',
    '-5',
    '0x1388',
    '0o17',
    '1e3',
    '.5',
    '5.',
    '.inf',
    '.nan',
    'true',
    'True',
    'FALSE',
    'yes',
    'no',
    'on',
    'Off',
    '2026-11-27',
    '12:30',
    '190:20:30',
    '1_000',
    '12345678901234567890',
    'a#b',
  ])('%s', (text) => {
    expect(read(`text: ${text}`)).toEqual({ text });
    expect(read(`text: ${text} # a comment`)).toEqual({ text });
    expect(read(`text: a\ntexts: [b, ${text}]`)).toEqual({ text: 'a', texts: ['b', text] });
    expect(read(`text: a\ndeep: { b: { text: ${text} }, c: { text: ${text} } }`)).toEqual({
      text: 'a',
      deep: { b: { text }, c: { text } },
    });
    expect(read(`text: '${text}'`)).toEqual({ text });
  });

  test('but what is wanted as a number, true, or either, is that', () => {
    expect(read('text: 1\nnumber: 1.10\nyes: true\neither: 7')).toEqual({
      text: '1',
      number: 1.1,
      yes: true,
      either: 7,
    });
    expect(read('text: 1\neither: 1.50')).toEqual({ text: '1', either: '1.50' });
  });
});

// What is wrong, and where.
test.each([
  ['nothing where a text is wanted', 'text:', ['1:6 text: Invalid input: expected string, received null']],
  ['null where a text is wanted', 'text: ~', ['1:7 text: Invalid input: expected string, received null']],
  ['a list where a text is wanted', 'text: [1]', ['1:7 text: Invalid input: expected string, received array']],
  ['a text that is wrong as a text', 'text: 666', ['1:7 text: is 666']],
  [
    'a text where a number is wanted',
    'text: a\nnumber: b',
    ['2:9 number: Invalid input: expected number, received string'],
  ],
  ['a number that is too big stays one', 'text: a\nnumber: 101', ['2:9 number: Too big: expected number to be <=100']],
  ['no YAML', 'text: [', ['1:8 Flow sequence in block collection must be sufficiently indented and end with a ]']],
  ['a star', 'text: *', ["1:7 write a text that begins with * in quotes: '*'"]],
  ['a code', 'text: *100#', ["1:7 write a text that begins with * in quotes: '*'"]],
  [
    'a bomb of references',
    `text: &a b\ntexts: &b [${'*a, '.repeat(20)}]\ndeep: [${'*b, '.repeat(20)}]`,
    ['1:1 Excessive alias count indicates a resource exhaustion attack'],
  ],
])('%s is refused with its place', (_what, text, faults) => {
  expect(read(text)).toEqual(faults);
});

test('A reference to an anchor is what the anchor has', () => {
  expect(read('text: &a 1.10\ntexts: [*a]')).toEqual({ text: '1.10', texts: ['1.10'] });
});
