import { execFile } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { gsmModem } from '../../../modem/cli/gsm-modem-program.ts';
import { type Ended, inProcess } from '../../in-process.ts';

const program = new URL('../../../modem/cli/gsm-modem.ts', import.meta.url).pathname;

const pdu = (...args: readonly string[]): Promise<Ended> => inProcess(gsmModem, 'pdu', ...args);

/** Runs `gsm-modem pdu --jsonl` in a process of its own, with what it reads. */
function jsonLines(input: string | Buffer): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['--no-warnings', program, 'pdu', '--jsonl'], (_error, out, err) => {
      resolve({ code: child.exitCode ?? -1, out, err });
    });
    child.stdin?.end(input);
  });
}

const DELIVER = '07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37';

describe('gsm-modem pdu', () => {
  test('decode shows the fields of a PDU', async () => {
    const { code, out } = await pdu('decode', '--direction', 'deliver', DELIVER);
    expect(code).toBe(0);
    expect(out.split('\n').map((line) => line.replaceAll(/ {2,}/g, ' | '))).toEqual([
      ' | 0 | SMSC | 07 91 72 83 01 00 10 F5 | +27381000015 (international)',
      ' | 8 | TP-MTI | 04 | DELIVER',
      ' | 9 | TP-OA | 0B C8 72 38 88 09 00 F1 | 27838890001 (subscriber, plan national)',
      ' 17 | TP-PID | 00 | plain',
      ' 18 | TP-DCS | 00 | GSM 7-bit',
      ' 19 | TP-SCTS | 99 30 92 51 61 95 80 | 1999-03-29T15:16:59+02:00',
      ' 26 | TP-UDL | 0A | 10 septets',
      ' 27 | TP-UD | E8 32 9B FD 46 97 D9 EC 37 | "hellohello"',
      '',
    ]);
  });

  test.each([
    [15, [15]],
    [16, [16]],
    [17, [16, 1]],
    [32, [16, 16]],
    [33, [16, 16, 1]],
  ])('decode shows 16 octets of a field in a line: %i octets', async (count, lines) => {
    const hex = `0001000181F10004${count.toString(16).padStart(2, '0')}${'AB'.repeat(count)}`;
    const { out } = await pdu('decode', '--direction', 'submit', hex);
    const rows = out
      .trimEnd()
      .split('\n')
      .filter((row) => row.includes('AB'));
    expect(rows.map((row) => row.match(/AB/g)?.length)).toEqual(lines);
    expect(rows.map((row) => Number.parseInt(row, 10))).toEqual(lines.map((_, index) => 9 + 16 * index));
    expect(out.trimEnd().split('\n').at(-1)).toBe(rows.at(-1));
  });

  test('decode refuses in one line what deviates, and with --lenient lists it', async () => {
    const strict = await pdu('decode', '--direction', 'deliver', `${DELIVER}FF`);
    expect(strict).toMatchObject({ code: 1, out: '' });
    expect(strict.err).toMatch(/^gsm-modem: TP-UD, octet 36: 1 octet too many \(in .*FF\)\n$/);
    const lenient = await pdu('decode', '--direction', 'deliver', '--lenient', `${DELIVER}FF`);
    expect(lenient).toMatchObject({ code: 0, err: '' });
    expect(lenient.out).toContain('deviation: TP-UD, octet 36: 1 octet too many\n');
  });

  test('decode with --json gives the PDU, its fields and the deviations', async () => {
    const { out } = await pdu('decode', '--direction', 'deliver', DELIVER, '--json');
    expect(JSON.parse(out)).toMatchObject({
      smsc: { value: '27381000015' },
      tpdu: { type: 'DELIVER', userData: { text: 'hellohello' } },
      fields: [{ field: 'SMSC', offset: 0, octets: '07917283010010F5' }, {}, {}, {}, {}, {}, {}, {}],
      deviations: [],
    });
  });

  test('encode prints a PDU for each SMS', async () => {
    const submit = await pdu('encode', '--to', '+393331234567', '--text', 'ciao €', '--report', '--validity', '3600');
    expect(submit.out).toBe('0031000C9193331332547600000B07E374F80DDA9401\n');
    const deliver = [
      '--from',
      'Bank',
      '--at',
      '2009-03-04T17:25:00+01:00',
      '--data',
      '010203',
      '--destination-port',
      '16001',
    ];
    const { out } = await pdu('encode', '--json', ...deliver);
    expect(JSON.parse(out)).toEqual({
      pdu: '004407D0C2B07B0D0004903040715200400A0605043E810000010203',
      length: 27,
    });
  });

  test('encode takes the language of the recipient, or TP-DCS', async () => {
    const text = ['--to', '1', '--text', 'ş'];
    const turkish = await pdu('encode', ...text, '--alphabet', 'gsm7', '--language', 'tr');
    expect(turkish.out).toBe('0041000181F100000703240101D8CC01\n');
    const plain = await pdu('encode', ...text, '--transliterate', '--dcs', 'F1');
    expect(plain.out).toBe('0001000181F100F10173\n');
  });

  test('encode takes a service centre, a message class, a report and a reference of 16 bits', async () => {
    const text = ['--to', '1', '--text', 'a'];
    const smsc = await pdu('encode', ...text, '--smsc', '+447802000332', '--json');
    expect(JSON.parse(smsc.out)).toEqual({ pdu: '079144872000302301000181F100000161', length: 9 });
    expect((await pdu('encode', ...text, '--class', '0')).out).toBe('0001000181F100100161\n');
    const deliver = ['--from', '1', '--at', '2009-03-04T17:25:00+01:00', '--text', 'a'];
    expect((await pdu('encode', ...deliver, '--report')).out).toBe('00240181F10000903040715200400161\n');
    for (const [reference, header] of [
      ['255', '050003FF0201'],
      ['256', '06080401000201'],
    ] as const) {
      const { out } = await pdu('encode', '--to', '1', '--data', '00'.repeat(141), '--reference', reference);
      expect(out.slice(18)).toMatch(new RegExp(`^${header}`));
    }
  });

  test.each([
    ['mobile-originated', '0001000181F100000161', 'SUBMIT'],
    ['submit', '0001000181F100000161', 'SUBMIT'],
    ['command', '0002010002040C9193330300002000', 'COMMAND'],
    ['deliver-report', '000000', 'DELIVER-REPORT'],
    ['mobile-terminated', DELIVER, 'DELIVER'],
    ['deliver', DELIVER, 'DELIVER'],
    ['status-report', '00060904912143903040615200009030406152010046', 'STATUS-REPORT'],
    ['submit-report', '00010090304061520000', 'SUBMIT-REPORT'],
  ])('decode takes %s as a direction', async (direction, hex, type) => {
    const { out } = await pdu('decode', '--direction', direction, hex, '--json');
    expect(JSON.parse(out)).toMatchObject({ tpdu: { type } });
    const { out: bare } = await pdu('decode', '--direction', direction, hex.slice(hex === DELIVER ? 16 : 2), '--tpdu');
    expect(bare).toMatch(new RegExp(`^ +0  TP-MTI .* ${type}\n`));
  });

  test('count prints a row for each choice', async () => {
    const { out } = await pdu('count', '--text', 'başlangıç '.repeat(11));
    expect(out).toBe(
      [
        'choice          SMS          units  per SMS  left  tables',
        'auto              1    143 septets      155    12  turkish single',
        'transliterated    1    110 septets      160    50',
        'tr                1    143 septets      155    12  turkish single',
        'ucs2              2     110 UTF-16       67    24',
        '',
      ].join('\n'),
    );
  });

  test.each([
    [[], 'give decode, encode, count or --jsonl'],
    [['decode', DELIVER], "required option '--direction <direction>' not specified"],
    [['encode', '--text', 'a'], 'give either --to or --from'],
    [['encode', '--from', '1', '--text', 'a'], '--from needs --at'],
    [['encode', '--to', '1'], 'give either --text or --data'],
    [['count'], "required option '--text <text>' not specified"],
  ])('wrong use, %j, is said in one line', async (args, message) => {
    expect(await pdu(...args)).toEqual({ code: 2, out: '', err: `gsm-modem: ${message}\n` });
  });

  test('--jsonl answers 20,000 lines in their order', async () => {
    const requests = Array.from({ length: 20_000 }, (_, at) => ({
      op: 'encodeSubmit',
      destination: '1',
      data: '',
      pid: at % 256,
    }));
    const { out } = await jsonLines(requests.map((request) => `${JSON.stringify(request)}\r\n`).join(''));
    const pids = out
      .trim()
      .split('\n')
      .map((line) => Number.parseInt(JSON.parse(line).tpdus[0].slice(10, 12), 16));
    expect(pids).toEqual(requests.map(({ pid }) => pid));
  });

  test('--jsonl answers every line, whatever is in it', async () => {
    const noise = Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 151 + (at >> 5) * 17) & 0xff));
    const request = '\n{"op":"decode","direction":"submit","tpdu":"01000491214300000161"}\n';
    const input = Buffer.concat([noise, Buffer.from(request)]);
    const { code, out, err } = await jsonLines(input);
    expect([code, err]).toEqual([0, '']);
    const answers = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers).toHaveLength(input.filter((octet) => octet === 0x0a).length);
    expect(answers.at(-1)).toMatchObject({ number: '+1234', text: 'a' });
    for (const answer of answers.slice(0, -1)) expect(answer).toHaveProperty('error');
  });
});
