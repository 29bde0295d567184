import { describe, expect, test } from 'vitest';
import { type Line, linesOf } from '../../../modem/cli/lines.ts';
import { answerTo } from '../../../modem/cli/pdu-answer.ts';

function answer(request: object): unknown {
  return answerTo(JSON.stringify(request));
}

const LANGUAGES = 'tr, es, pt, bn, gu, hi, kn, ml, or, pa, ta, te, ur, auto, none';
const AT = '2009-03-04T16:25:00Z';

describe('gsm-modem pdu --jsonl', () => {
  test.each<[object, readonly string[]]>([
    [
      { op: 'encodeSubmit', destination: '+393331234567', text: 'hello €', messageReference: 7, statusReport: true },
      ['21070C91933313325476000008E8329BFD066DCA'],
    ],
    [
      {
        op: 'encodeSubmit',
        destination: '12345',
        data: '0102ff',
        destinationPort: 16_001,
        sourcePort: 16_000,
        pid: 65,
      },
      ['410005812143F541040A0605043E813E800102FF'],
    ],
    [
      { op: 'encodeSubmit', destination: '1', text: 'a', data: null, alphabet: null, pid: null },
      ['01000181F100000161'],
    ],
    [
      { op: 'encodeSubmit', destination: '+1234', text: 'ж'.repeat(71), reference: 258 },
      [`41000491214300088B06080401020201${'0436'.repeat(66)}`, `41000491214300081106080401020202${'0436'.repeat(5)}`],
    ],
    [
      {
        op: 'encodeDeliver',
        originator: 'PayPal',
        timestamp: '2009-03-04T17:25:00+01:00',
        text: 'hi',
        alphabet: 'ucs2',
      },
      ['040BD0D0701E1A66030008903040715200400400680069'],
    ],
    [
      {
        op: 'encodeStatusReport',
        recipient: '+1234',
        messageReference: 9,
        timestamp: AT,
        dischargeTime: '2009-03-04T16:25:10Z',
        status: 70,
      },
      ['060904912143903040615200009030406152010046'],
    ],
  ])('%j', (request, tpdus) => {
    expect(answer(request)).toEqual({ tpdus });
  });

  test.each<[string, string, object]>([
    [
      'submit',
      '21070C91933313325476000008E8329BFD066DCA',
      {
        number: '+393331234567',
        alphabet: 'gsm7',
        text: 'hello €',
        pid: 0,
        dcs: 0,
        messageReference: 7,
        statusReportRequested: true,
      },
    ],
    [
      'deliver',
      '4404912143000490304061520000120B05043E813E800003050201AABBCCDDEEFF',
      {
        number: '+1234',
        alphabet: '8bit',
        data: 'AABBCCDDEEFF',
        destinationPort: 16_001,
        sourcePort: 16_000,
        concat: { reference: 5, total: 2, sequence: 1 },
        pid: 0,
        dcs: 4,
        statusReportRequested: false,
        timestamp: AT,
      },
    ],
    [
      'status-report',
      '060904912143903040615200009030406152010046',
      { number: '+1234', messageReference: 9, timestamp: AT, dischargeTime: '2009-03-04T16:25:10Z', status: 70 },
    ],
  ])('decodes a %s', (direction, tpdu, record) => {
    const expected = { ...record, deviations: [] };
    expect(answer({ op: 'decode', direction, tpdu })).toEqual(expected);
    expect(answer({ op: 'decode', direction, tpdu: tpdu.toLowerCase() })).toEqual(expected);
    expect(answer({ op: 'decode', direction, tpdu, lenient: true })).toEqual(expected);
    expect(answer({ op: 'decode', direction, pdu: `00${tpdu}` })).toEqual(expected);
    const smsc = '+447802000332';
    expect(answer({ op: 'decode', direction, pdu: `0791448720003023${tpdu}` })).toEqual({ smsc, ...expected });
    expect(answer({ op: 'decode', direction, pdu: `0791448720003023${tpdu}`, lenient: true })).toEqual({
      smsc,
      ...expected,
    });
  });

  test.each<[string, string]>([
    ['', 'not JSON'],
    ['{', 'not JSON'],
    ['null', 'not a JSON object'],
    ['[1]', 'not a JSON object'],
    ['{}', '"op" must be a string'],
    ['{"op":"constructor"}', '"op" must be one of encodeSubmit, encodeDeliver, encodeStatusReport, decode, count'],
    ['{"op":"encodeSubmit","destination":5,"text":""}', '"destination" must be a string'],
    ['{"op":"encodeSubmit","destination":"1"}', 'give either "text" or "data"'],
    ['{"op":"encodeSubmit","destination":"1","text":"a","data":"00"}', 'give either "text" or "data"'],
    ['{"op":"encodeSubmit","destination":"1","data":"0"}', 'hex, octet 0: not a pair of hex digits here (in )'],
    ['{"op":"encodeSubmit","destination":"1","text":"a","pid":256}', '"pid" must be a whole number from 0 to 255'],
    ['{"op":"encodeSubmit","destination":"1","text":"a","alphabet":"x"}', '"alphabet" must be one of gsm7, 8bit, ucs2'],
    [
      '{"op":"encodeSubmit","destination":"1","text":"a","alphabet":"8bit"}',
      'TP-DCS: text does not go into 8bit, give data',
    ],
    ['{"op":"encodeSubmit","destination":"1","text":"a","statusReport":1}', '"statusReport" must be true or false'],
    [
      `{"op":"encodeStatusReport","recipient":"1","messageReference":1,"timestamp":"${AT}","dischargeTime":"${AT}"}`,
      '"status" must be a whole number from 0 to 255',
    ],
    ['{"op":"encodeSubmit","destination":"1","text":"a","language":"it"}', `"language" must be one of ${LANGUAGES}`],
    ['{"op":"encodeSubmit","destination":"1","text":"a","language":1}', `"language" must be one of ${LANGUAGES}`],
    ['{"op":"encodeSubmit","destination":"1","text":"a","class":4}', '"class" must be a whole number from 0 to 3'],
    ['{"op":"encodeSubmit","destination":"1","text":"a","dcs":32}', 'TP-DCS: 32 is compressed text, or no octet'],
    ['{"op":"decode","direction":"deliver","tpdu":"00","pdu":"00"}', 'give either "tpdu" or "pdu"'],
    ['{"op":"decode","direction":"deliver"}', 'give either "tpdu" or "pdu"'],
    ['{"op":"decode","direction":"deliver","tpdu":"00","lenient":1}', '"lenient" must be true or false'],
    ['{"op":"count"}', '"text" must be a string'],
    ['{"op":"decode","direction":"up","tpdu":"00"}', '"direction" must be one of submit, deliver, status-report'],
    ['{"op":"decode","direction":"submit","tpdu":"2107"}', 'TP-DA, octet 2: the octets end here (in 2107)'],
    ['{"op":"decode","direction":"submit","tpdu":"0000"}', 'a DELIVER-REPORT, not a SUBMIT'],
    ['{"op":"decode","direction":"deliver","tpdu":"zz"}', 'hex, octet 0: not a pair of hex digits here (in )'],
  ])('%s is answered with an error', (line, error) => {
    expect(answerTo(line)).toEqual({ error });
  });
});

describe('options and fields beside the plain ones', () => {
  const submit = { op: 'encodeSubmit', destination: '1' };

  test.each<[object, readonly string[]]>([
    [{ ...submit, text: 'a', class: 0 }, ['01000181F100100161']],
    [{ ...submit, text: 'a', dcs: 0xf1 }, ['01000181F100F10161']],
    [{ ...submit, text: 'a', validity: 86_400 }, ['11000181F10000A70161']],
    [{ ...submit, text: '“a”', transliterate: true }, ['01000181F1000003A2B008']],
    [{ ...submit, text: 'ş', alphabet: 'gsm7', language: 'tr' }, ['41000181F100000703240101D8CC01']],
  ])('%j', (request, tpdus) => {
    expect(answer(request)).toEqual({ tpdus });
  });

  test('a report of a DELIVER, a reference of 16 bits and the longest validity', () => {
    const deliver = { op: 'encodeDeliver', originator: '1', timestamp: AT, text: 'a' };
    expect(answer({ ...deliver, statusReport: true })).toEqual({ tpdus: ['240181F10000903040615200000161'] });
    for (const [reference, header] of [
      [255, '050003FF0201'],
      [256, '06080401000201'],
    ] as const) {
      const tpdus = [expect.stringContaining(`8C${header}`), expect.anything()];
      expect(answer({ ...submit, data: '00'.repeat(141), reference })).toEqual({ tpdus });
    }
    const weeks = 63 * 7 * 86_400;
    expect(answer({ ...submit, text: 'a', validity: weeks })).toEqual({ tpdus: ['11000181F10000FF0161'] });
    expect(answer({ ...submit, text: 'a', validity: weeks + 1 })).toEqual({
      error: `"validity" must be a whole number from 0 to ${weeks}`,
    });
    expect(answer({ op: 'encodeStatusReport', recipient: '1', timestamp: AT, dischargeTime: AT, status: 0 })).toEqual({
      error: '"messageReference" must be a whole number from 0 to 255',
    });
  });

  test.each([-1, 0.5, 256, '1'])('a TP-PID of %j is refused', (pid) => {
    expect(answer({ ...submit, text: 'a', pid })).toEqual({ error: '"pid" must be a whole number from 0 to 255' });
  });

  test('with a service centre each TPDU comes with it too', () => {
    const tpdus = ['01000181F100000161'];
    expect(answer({ ...submit, text: 'a', smsc: '+447802000332' })).toEqual({
      tpdus,
      pdus: [`0791448720003023${tpdus[0]}`],
    });
    expect(answer({ ...submit, text: 'a', smsc: '' })).toEqual({ tpdus, pdus: [`00${tpdus[0]}`] });
  });

  test.each([
    ['01000181F100100161', { class: 0, dcs: 0x10 }],
    ['01000181F100F10161', { class: 1, dcs: 0xf1 }],
    ['11000181F10000A70161', { validity: { format: 'relative', seconds: 86_400 } }],
    ['19000181F10000903040615200000161', { validity: { format: 'absolute', until: AT } }],
    ['09000181F1000000000000000000'.padEnd(30, '0'), { validity: { format: 'enhanced', singleShot: false } }],
    [
      '09000181F1000041AA0000000000'.padEnd(30, '0'),
      { validity: { format: 'enhanced', singleShot: true, seconds: 345_600 } },
    ],
    [
      '09000181F10000033210540000000000'.slice(0, 30),
      { validity: { format: 'enhanced', singleShot: false, seconds: 82_905 } },
    ],
  ])('%s says %j', (tpdu, fields) => {
    expect(answer({ op: 'decode', direction: 'submit', tpdu })).toMatchObject(fields);
  });

  test('what was passed over is listed; what is forbidden only with lenient', () => {
    const tolerated = '09000181F10000823C000000000000';
    expect(answer({ op: 'decode', direction: 'submit', tpdu: tolerated })).toMatchObject({
      validity: { format: 'enhanced', singleShot: false, seconds: 60 },
      deviations: [{ field: 'TP-VP', offset: 7, reason: 'a reserved bit is set, ignored', tolerated: true }],
    });
    const forbidden = '01000181F100000161FF';
    expect(answer({ op: 'decode', direction: 'submit', tpdu: forbidden })).toHaveProperty('error');
    const deviation = { field: 'TP-UD', offset: 9, reason: '1 octet too many', tolerated: false };
    expect(answer({ op: 'decode', direction: 'submit', tpdu: forbidden, lenient: true })).toMatchObject({
      text: 'a',
      deviations: [deviation],
    });
    expect(answer({ op: 'decode', direction: 'submit', pdu: `00${forbidden}` })).toHaveProperty('error');
    expect(answer({ op: 'decode', direction: 'submit', pdu: `00${forbidden}`, lenient: true })).toMatchObject({
      deviations: [{ ...deviation, offset: 10 }],
    });
  });

  test('count says what each choice costs', () => {
    expect(answer({ op: 'count', text: 'başlangıç '.repeat(11) })).toEqual({
      choices: [
        expect.objectContaining({
          choice: 'auto',
          alphabet: 'gsm7',
          shifts: ['turkish single'],
          segments: 1,
          units: 143,
        }),
        expect.objectContaining({ choice: 'transliterated', shifts: [], units: 110 }),
        expect.objectContaining({ choice: 'tr', segments: 1, perSegment: 155, left: 12 }),
        expect.objectContaining({ choice: 'ucs2', segments: 2, units: 110 }),
      ],
    });
  });
});

describe('what is much too long is refused like anything else, and as fast', () => {
  const submit = { op: 'encodeSubmit', destination: '1' };

  test.each<[string, object, string]>([
    ['a plain text', { ...submit, text: 'a'.repeat(500_000) }, 'TP-UD: 3268 segments, more than 255'],
    ['a Turkish text', { ...submit, text: 'abc ş '.repeat(50_000) }, 'TP-UD: 2014 segments, more than 255'],
    ['data', { ...submit, data: '04'.repeat(400_000) }, 'TP-UD: 2986 segments, more than 255'],
    [
      'a character outside the alphabet, at the end',
      { ...submit, text: `${'a'.repeat(500_000)}漢`, alphabet: 'gsm7' },
      "TP-UD: '漢' is not in a 7-bit alphabet",
    ],
    ['a number', { ...submit, destination: '1'.repeat(500_000), text: 'a' }, `address: '${'1'.repeat(990)}…`],
    [
      'a TPDU',
      { op: 'decode', direction: 'submit', tpdu: '00'.repeat(400_000) },
      'TP-PI, octet 2: 399998 octets too many',
    ],
  ])('%s', (_what, request, error) => {
    expect(answer(request)).toEqual({ error: expect.stringContaining(error) });
  });
});

describe('lines of a stream', () => {
  async function* chunks(...pieces: readonly string[]): AsyncGenerator<Buffer> {
    for (const piece of pieces) yield Buffer.from(piece, 'latin1');
  }

  async function lines(...pieces: readonly string[]): Promise<readonly Line[]> {
    const found: Line[] = [];
    for await (const some of linesOf(chunks(...pieces))) found.push(...some);
    return found;
  }

  const TOO_LONG = { fault: 'line too long' } as const;

  test.each<[string, readonly string[], readonly Line[]]>([
    ['nothing', [], []],
    ['several in a chunk', ['a\nb\r\n\nc\n'], ['a', 'b', '', 'c']],
    ['one in several chunks, and none at the end', ['a', 'b', 'c\nd'], ['abc', 'd']],
    ['a character cut between chunks', ['\xc3', '\xa8\n'], ['è']],
    ['one that is too long', ['a\n', 'x'.repeat(1_048_577), 'x'.repeat(1_048_577), '\nb\n'], ['a', TOO_LONG, 'b']],
    ['one that is too long, in one chunk', [`a\n${'x'.repeat(1_048_577)}\nb\n`], ['a', TOO_LONG, 'b']],
    ['one that is not UTF-8', ['a\n\xe8\r\n\xc3\xa8\r\n'], ['a', { fault: 'not UTF-8' }, 'è']],
    ['a byte order mark in front', ['\xef\xbb', '\xbfa\n\xef\xbb\xbfb'], ['a', '\ufeffb']],
    ['the last one too long', ['x'.repeat(1_048_577), 'x'], [TOO_LONG]],
  ])('%s', async (_what, pieces, expected) => {
    expect(await lines(...pieces)).toEqual(expected);
  });
});
