import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AtLexer, type AtToken, LINE_LIMIT } from '../../../modem/at/lexer.ts';
import { QUOTED_LIMIT } from '../../../modem/at/quoted-text.ts';

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
  ['a code glued to the shortest PDU', `${'00'.repeat(10)}+CMGL: 2\r\n`, [line('00'.repeat(10)), line('+CMGL: 2')]],
  ['a plus behind fewer octets', `${'00'.repeat(9)}+CMGL: 2\r\n`, [line(`${'00'.repeat(9)}+CMGL: 2`)]],
  ['a second > behind the prompt, which is a part of the line', '\r\n> > x\r\n', [prompt, line('> x')]],
  ['two prompts, each on a line of its own', '\r\n> \r\n> ', [prompt, prompt]],
  ['a code, and then a line of Ctrl-Z alone', '+CMTI: "SM",1\r\n\x1a\r\nOK\r\n', [line('+CMTI: "SM",1'), line('OK')]],
  ['blank lines are nothing', '\r\n\r\n \r\n', []],
  ['ESC echoed before an answer', '\x1b\r\nOK\r\n', [line('OK')]],
  ['an incomplete line waits', 'OK', []],
  ['the prompt CR LF > CR LF CR (SIM7670G)', '\r\n>\r\n\r\r\n+CMGS: 7\r\n', [prompt, line('+CMGS: 7')]],
  ['the prompt without a line before (LARA-L6)', '>', [prompt]],
  ['the prompt right behind the echo', 'AT+CMGS=18\r>', [line('AT+CMGS=18'), prompt]],
  [
    'a text in quotes as one line, whatever is in it',
    '\r\n+CUSD: 1,"Menu\r\n> Saldo\r\nRING\r\n+CREG: 1\r\nOK",15\r\n\r\nOK\r\n',
    [line('+CUSD: 1,"Menu\n> Saldo\nRING\n+CREG: 1\nOK",15'), line('OK')],
  ],
  [
    'its line ends CR LF, CR CR LF, LF, CR, LF CR as one each, and blank lines and indents as they are',
    '+CUSD: 0,"a\r\nb\r\r\nc\nd\re\n\rf\r\n\r\n  g",15\r\n',
    [line('+CUSD: 0,"a\nb\nc\nd\ne\nf\n\n  g",15')],
  ],
  [
    'a text in quotes with Ctrl-Z (Ξ in the default alphabet) and ESC',
    '+CUSD: 0,"\x1a\r\n\x1be\x1a",15\r\n',
    [line('+CUSD: 0,"\x1a\n\x1be\x1a",15')],
  ],
  [
    'quotes inside the text, of which some end a line',
    '+CUSD: 0,"say "yes"\r\nor "no", or\r\n^X: "y",5\r\n\r\n"",15\r\nOK\r\n',
    [line('+CUSD: 0,"say "yes"\nor "no", or\n^X: "y",5\n\n"",15'), line('OK')],
  ],
  [
    'an odd quote inside the text',
    '+CUSD: 0,"5" wide\r\n> 2",15\r\nOK\r\n',
    [line('+CUSD: 0,"5" wide\n> 2",15'), line('OK')],
  ],
  [
    'a text of 182 characters in hexadecimal, cut by a line end',
    `+CUSD: 0,"${'0'.repeat(700)}\r\n${'1'.repeat(28)}",72\r\n`,
    [line(`+CUSD: 0,"${'0'.repeat(700)}\n${'1'.repeat(28)}",72`)],
  ],
  ['blank lines of LF alone in a text', '+CUSD: 0,"a\n\nb",15\n', [line('+CUSD: 0,"a\n\nb",15')]],
  ['a text with an empty coding', '+CUSD: 0,"a\r\nb",\r\nOK\r\n', [line('+CUSD: 0,"a\nb",'), line('OK')]],
  ['a text without a coding', '+cusd: 0,"a\r\nb"\r\nOK\r\n', [line('+cusd: 0,"a\nb"'), line('OK')]],
  ['a comma that begins a text', '+CUSD: 0,", 5\r\nb",15\r\nOK\r\n', [line('+CUSD: 0,", 5\nb",15'), line('OK')]],
  ['+CUSD without a text', '+CUSD: 2\r\nOK\r\n', [line('+CUSD: 2'), line('OK')]],
  [
    'an odd quote in another code, which ends with its line',
    '+CPBR: 1,"x\r\nOK\r\n',
    [line('+CPBR: 1,"x'), line('OK')],
  ],
  [
    'a text whose quote never closes, up to its limit: what follows is lines',
    `+CUSD: 0,"x\r\n${'A'.repeat(QUOTED_LIMIT)}\r\nOK\r\n`,
    [line('+CUSD: 0,"x'), line('A'.repeat(QUOTED_LIMIT)), line('OK')],
  ],
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
      '+CUSD: 1,"',
      '",15',
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

  test.each(cases)('reads %s, octet by octet', (_what, octets, tokens) => {
    const every = Array.from({ length: octets.length }, (_, index) => index);
    expect(readInChunks(octetsOf(octets), every)).toEqual(tokens);
  });

  test('gives up a text whose quote never closed: each line it has swallowed is one', () => {
    const lexer = new AtLexer();
    expect(lexer.read(octetsOf('+CUSD: 0,"Cred\r\n+CSQ: 23,0\r\n\r\nOK\r\n'))).toEqual([]);
    expect(lexer.giveUpQuoted()).toEqual([line('+CUSD: 0,"Cred'), line('+CSQ: 23,0'), line('OK')]);
    expect(lexer.giveUpQuoted()).toEqual([]);
    expect(lexer.read(octetsOf('> \r\nOK\r\n'))).toEqual([prompt, line('OK')]);
  });

  test('has no text to give up outside of quotes: a line that is coming goes on', () => {
    const lexer = new AtLexer();
    expect(lexer.read(octetsOf('\r\n+CRE'))).toEqual([]);
    expect(lexer.giveUpQuoted()).toEqual([]);
    expect(lexer.read(octetsOf('G: 1\r\n'))).toEqual([line('+CREG: 1')]);
  });

  test.each<[what: string, rest: string, given: readonly AtToken[]]>([
    ['with the line that has begun', '+CSQ', [line('+CUSD: 0,"Cred'), line('+CSQ')]],
    ['whose quote the line that has begun closes: the text is whole', 'it",15', [line('+CUSD: 0,"Cred\nit",15')]],
  ])('gives up a text %s', (_what, rest, given) => {
    const lexer = new AtLexer();
    expect(lexer.read(octetsOf(`+CUSD: 0,"Cred\r\n${rest}`))).toEqual([]);
    expect(lexer.isInsideQuotes).toBe(true);
    expect(lexer.giveUpQuoted()).toEqual(given);
    expect(lexer.isInsideQuotes).toBe(false);
    expect(lexer.read(octetsOf('\r\nOK\r\n'))).toEqual([line('OK')]);
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
