import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AtLexer, type AtToken, LINE_LIMIT } from '../../../modem/at/lexer.ts';

const line = (text: string): AtToken => ({ kind: 'line', text });
const prompt: AtToken = { kind: 'prompt' };

const octetsOf = (text: string) => Buffer.from(text, 'latin1');

const pdu = '07911326040000F0040B911346610089F600002080629173140808';

const cases: readonly (readonly [what: string, octets: string, tokens: readonly AtToken[]])[] = [
  ['a response and its final code (V.250, 5.7.1)', '\r\n+CSQ: 23,0\r\n\r\nOK\r\n', [line('+CSQ: 23,0'), line('OK')]],
  ['CR CR LF line ends (SIMCom)', '\r\r\n+CLAC\r\r\nOK\r\r\n', [line('+CLAC'), line('OK')]],
  ['LF alone', '+CSQ: 1,0\nOK\n', [line('+CSQ: 1,0'), line('OK')]],
  ['CR alone, as after ATV0', '0\r', [line('0')]],
  ['an echo before the answer', 'AT+CSQ\r\r\nOK\r\n', [line('AT+CSQ'), line('OK')]],
  ['NULs before and inside a line (ZTE)', '\0\0\r\nO\0K\r\n', [line('OK')]],
  ['the prompt', '\r\n> ', [prompt]],
  ['the prompt without its space', '\r\n>', [prompt]],
  [
    'the PDU echoed after the prompt, up to Ctrl-Z',
    '\r\n> 0011AA\x1a\r\n+CMGS: 7\r\n',
    [prompt, line('0011AA'), line('+CMGS: 7')],
  ],
  ['a code between prompt and echo', '\r\n> \r\n^RSSI:20\r\n', [prompt, line('^RSSI:20')]],
  ['> inside a line is no prompt', 'a > b\r\n', [line('a > b')]],
  ['a code glued to a PDU', `${pdu}+CMGL: 2,1,,25\r\n`, [line(pdu), line('+CMGL: 2,1,,25')]],
  ['blank lines are nothing', '\r\n\r\n \r\n', []],
  ['ESC echoed before an answer', '\x1b\r\nOK\r\n', [line('OK')]],
  ['an incomplete line waits', 'OK', []],
  [
    'a line over the limit is cut, and its neighbours are whole',
    `OK\r\n${'A'.repeat(LINE_LIMIT + 10)}\r\nOK\r\n`,
    [line('OK'), { kind: 'overlong', text: 'A'.repeat(LINE_LIMIT) }, line('OK')],
  ],
  ['a line of exactly the limit', `${'A'.repeat(LINE_LIMIT)}\r\n`, [line('A'.repeat(LINE_LIMIT))]],
];

function readInChunks(octets: Uint8Array, cuts: readonly number[]): AtToken[] {
  const lexer = new AtLexer();
  const ends = [...cuts.map((cut) => cut % (octets.length + 1)), octets.length].sort((a, b) => a - b);
  let from = 0;
  return ends.flatMap((to) => {
    const tokens = lexer.read(octets.subarray(from, to));
    from = to;
    return tokens;
  });
}

describe('the lexer', () => {
  test.each(cases)('reads %s', (_what, octets, tokens) => {
    expect(readInChunks(octetsOf(octets), [])).toEqual(tokens);
  });

  test('keeps 500 lines of one chunk in order', () => {
    const lines = Array.from({ length: 500 }, (_, index) => `+CMGL: ${index}`);
    expect(readInChunks(octetsOf(`${lines.join('\r\n')}\r\n`), [])).toEqual(lines.map(line));
  });

  test('finds the same tokens however the octets are cut into chunks', () => {
    const fragment = fc.constantFrom(
      '\r',
      '\n',
      '\r\n',
      '> ',
      '>',
      ' ',
      '\0',
      '\x1a',
      '\x1b',
      'OK',
      '+CMTI: "SM",3',
      pdu,
      '+C',
      'é',
    );
    const noise = fc.oneof(
      fc.array(fragment, { maxLength: 40 }).map((parts) => octetsOf(parts.join(''))),
      fc.uint8Array({ maxLength: 200 }),
    );
    fc.assert(
      fc.property(noise, fc.array(fc.nat(), { maxLength: 30 }), (octets, cuts) => {
        expect(readInChunks(octets, cuts)).toEqual(readInChunks(octets, []));
      }),
    );
  });

  test('finds every line that was written between line ends, and nothing else', () => {
    const text = fc
      .stringMatching(/^[!-=?-~]([ -~]*[!-~])?$/)
      .filter((candidate) => !/^[0-9A-F]{20,}\+/i.test(candidate));
    fc.assert(
      fc.property(fc.array(text), fc.array(fc.nat()), (lines, cuts) => {
        const octets = octetsOf(lines.map((each) => `\r\n${each}\r\n`).join(''));
        expect(readInChunks(octets, cuts)).toEqual(lines.map(line));
      }),
    );
  });
});
