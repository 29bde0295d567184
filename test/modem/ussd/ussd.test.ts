import { describe, expect, test } from 'vitest';
import { type Modem, openModem, type UssdAnswer, UssdError } from '../../../modem/index.ts';
import { createWorld, personalities, VirtualClock } from '../../../sim/index.ts';
import { type Bench, createBench } from '../driver/bench.ts';
import { line, ok } from '../scripted-modem.ts';

/** A modem that answers a request for `*100#` with these octets, and what the driver makes of them. */
async function asked(answer: string, charset = 'GSM'): Promise<{ bench: Bench; modem: Modem; result: unknown }> {
  const bench = createBench();
  bench.script
    .when('AT+CSCS="GSM"', charset === 'GSM' ? ok() : line('ERROR'))
    .when('AT+CSCS?', ok(`+CSCS: "${charset}"`))
    .when('AT+CUSD=2', ok())
    .when('AT+CUSD=1,"*100#",15', answer);
  const modem = await bench.open();
  const result = await bench.run(modem.ussd('*100#').catch((error: unknown) => error));
  return { bench, modem, result };
}

describe('what the network says (3GPP TS 27.007, 7.15; 23.038, 5)', () => {
  test.each([
    ['after the OK', `${ok()}${line('+CUSD: 0,"10.00",15')}`, 'GSM', '10.00'],
    ['before the OK', `${line('+CUSD: 0,"10.00",15')}${ok()}`, 'GSM', '10.00'],
    ['over several lines', `${ok()}${line('+CUSD: 0,"one\r\ntwo\r\nthree",15')}`, 'GSM', 'one\ntwo\nthree'],
    ['twice', `${ok()}${line('+CUSD: 0,"10.00",15').repeat(2)}`, 'GSM', '10.00'],
    ['in pieces', `${ok()}${line('+CUSD: 0,"ten ",15')}${line('+CUSD: 0,"euro",15')}`, 'GSM', 'ten euro'],
    ['with quotes in it', `${ok()}${line('+CUSD: 0,"say "yes", 1",15')}`, 'GSM', 'say "yes", 1'],
    ['without a coding', `${ok()}${line('+CUSD: 0,"10.00"')}`, 'GSM', '10.00'],
    ['without quotes', `${ok()}${line('+CUSD: 0,10.00,15')}`, 'GSM', '10.00'],
    ['without its closing quote', `${ok()}${line('+CUSD: 0,"10.00')}`, 'GSM', '10.00'],
    ['without a space', `${ok()}${line('+CUSD:0,"10.00",15')}`, 'GSM', '10.00'],
    ['as septets', `${ok()}${line('+CUSD: 0,"10\x1be \x05",15')}`, 'GSM', '10€ é'],
    ['in UCS-2', `${ok()}${line('+CUSD: 0,"003120AC",72')}`, 'GSM', '1€'],
    ['in UCS-2 with a language', `${ok()}${line('+CUSD: 0,"CD34003120AC",17')}`, 'GSM', '1€'],
    ['in UCS-2, already as characters', `${ok()}${line('+CUSD: 0,"10 EUR",72')}`, 'GSM', '10 EUR'],
    ['in octets', `${ok()}${line('+CUSD: 0,"48E9",68')}`, 'GSM', 'Hé'],
    ['as a number, which is not hexadecimal', `${ok()}${line('+CUSD: 0,"393330000001",15')}`, 'GSM', '393330000001'],
    ['by +CSCS in UCS-2', `${ok()}${line('+CUSD: 0,"003120AC",15')}`, 'UCS2', '1€'],
    ['by +CSCS in UCS-2 of two Chinese characters', `${ok()}${line('+CUSD: 0,"4F60597D",15')}`, 'UCS2', '你好'],
    ['by +CSCS in hexadecimal', `${ok()}${line('+CUSD: 0,"311B65",15')}`, 'HEX', '1€'],
    ['by +CSCS in Latin-1', `${ok()}${line('+CUSD: 0,"\xe9t\xe9",15')}`, '8859-1', 'été'],
    ['by +CSCS in UTF-8', `${ok()}${line('+CUSD: 0,"\xe2\x82\xac",15')}`, 'UTF-8', '€'],
    ['in UCS-2 under 15 (Quectel M35)', `${ok()}${line('+CUSD: 0,"00310020004500550052",15')}`, 'GSM', '1 EUR'],
    ['in UCS-2 under 7 (ZTE MF286D)', `${ok()}${line('+CUSD: 0,"00310020004500550052",7')}`, 'GSM', '1 EUR'],
    ['in UCS-2 under no coding', `${ok()}${line('+CUSD: 0,"00310020004500550052"')}`, 'GSM', '1 EUR'],
    ['in UCS-2 of digits', `${ok()}${line('+CUSD: 0,"00310032",15')}`, 'IRA', '12'],
    ['in UCS-2 of several lines', `${ok()}${line('+CUSD: 0,"0041000D000A0042",15')}`, 'GSM', 'A\r\nB'],
    ['in Cyrillic UCS-2', `${ok()}${line('+CUSD: 0,"04110430043B0430043D0441003A",15')}`, 'GSM', 'Баланс:'],
    ['in Cyrillic UCS-2 without a blank', `${ok()}${line('+CUSD: 0,"041104300441",15')}`, 'GSM', 'Бас'],
    ['in Arabic UCS-2', `${ok()}${line('+CUSD: 0,"063106350020003520AC",15')}`, 'GSM', 'رص 5€'],
    ['in Chinese UCS-2', `${ok()}${line('+CUSD: 0,"4F59989D4E0D8DB3FF01",15')}`, 'GSM', '余额不足！'],
    ['in UCS-2, 182 characters', `${ok()}${line(`+CUSD: 0,"${'0041'.repeat(182)}",15`)}`, 'GSM', 'A'.repeat(182)],
    ['as a word that is hexadecimal too', `${ok()}${line('+CUSD: 0,"DEADBEEF",15')}`, 'GSM', 'DEADBEEF'],
    ['as a voucher that is hexadecimal too', `${ok()}${line('+CUSD: 0,"12A4C3D4",15')}`, 'GSM', '12A4C3D4'],
    [
      'as a voucher of Chinese characters, by its octets',
      `${ok()}${line('+CUSD: 0,"4F5A6B7C",15')}`,
      'GSM',
      '4F5A6B7C',
    ],
    ['as a number of 16 digits', `${ok()}${line('+CUSD: 0,"5123456751234567",15')}`, 'GSM', '5123456751234567'],
    ['as a number that begins with 00', `${ok()}${line('+CUSD: 0,"003933312345",15')}`, 'GSM', '003933312345'],
    ['as a number of Rome', `${ok()}${line('+CUSD: 0,"003906120039",15')}`, 'GSM', '003906120039'],
    ['as a number with two units alike', `${ok()}${line('+CUSD: 0,"0612061200390039",15')}`, 'GSM', '0612061200390039'],
    [
      'as a number with three units alike of six',
      `${ok()}${line('+CUSD: 0,"061206120612003900390039",15')}`,
      'GSM',
      '061206120612003900390039',
    ],
    ['as hexadecimal with control characters', `${ok()}${line('+CUSD: 0,"0001000B",15')}`, 'GSM', '0001000B'],
    ['in UCS-2 of an odd number of octets, as it came', `${ok()}${line('+CUSD: 0,"0031AC",72')}`, 'GSM', '0031AC'],
    ['in UCS-2 with half a language, as it came', `${ok()}${line('+CUSD: 0,"CD3431",17')}`, 'GSM', 'CD3431'],
    [
      'by +CSCS in UCS-2, an odd number of octets, as it came',
      `${ok()}${line('+CUSD: 0,"0031AC",15')}`,
      'UCS2',
      '0031AC',
    ],
    ['as an odd number of octets', `${ok()}${line('+CUSD: 0,"00410042AB",15')}`, 'GSM', '00410042AB'],
    [
      'as three alphabets, which are none',
      `${ok()}${line('+CUSD: 0,"0391041106310A05",15')}`,
      'GSM',
      '0391041106310A05',
    ],
    [
      'in a menu whose lines look like a prompt and codes',
      `${ok()}${line('+CUSD: 0,"Menu\r\n> Saldo\r\nRING\r\n+CREG: 1\r\nERROR",15')}`,
      'GSM',
      'Menu\n> Saldo\nRING\n+CREG: 1\nERROR',
    ],
    ['ended by the network, with a last word', `${ok()}${line('+CUSD: 2,"Goodbye",15')}`, 'GSM', 'Goodbye'],
  ])('%s', async (_, answer, charset, text) => {
    const { result } = await asked(answer, charset);
    expect(result).toEqual({ more: false, text });
  });

  test('in pieces that take their time, octet by octet', async () => {
    const bench = createBench();
    bench.script.when('AT+CSCS="GSM"', ok()).when(/^AT\+CUSD=1/, ok());
    const modem = await bench.open();
    const answer = modem.ussd('*100#');
    await bench.clock.advance(1_000);
    for (const octet of line('+CUSD: 0,"first\r\nsecond",15')) {
      bench.script.say(octet);
      await bench.clock.advance(200);
    }
    expect(await bench.run(answer)).toEqual({ more: false, text: 'first\nsecond' });
  });

  test.each([
    [1, 'ten euro'],
    [299, 'ten euro'],
    [301, 'ten '],
  ])('in two pieces %i ms apart is read as %j', async (pauseMs, text) => {
    const bench = createBench();
    bench.script.when('AT+CSCS="GSM"', ok()).when(/^AT\+CUSD=1/, ok());
    const modem = await bench.open();
    const answer = modem.ussd('*100#');
    await bench.clock.advance(1_000);
    bench.script.say(line('+CUSD: 0,"ten ",15'));
    bench.clock.after(pauseMs, () => bench.script.say(line('+CUSD: 0,"euro",15')));
    expect(await bench.run(answer)).toEqual({ more: false, text });
  });

  test('in more than 16 pieces is cut behind the 16th', async () => {
    const pieces = Array.from({ length: 17 }, (_, index) => line(`+CUSD: 0,"${index},",15`));
    const { result } = await asked(ok() + pieces.join(''));
    expect(result).toEqual({ more: false, text: '0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,' });
  });

  test.each([
    ['does not come', undefined],
    ['comes at once, and the network is silent', ok()],
  ])('takes 120 s at most when OK %s', async (_what, answer) => {
    const bench = createBench();
    bench.script
      .when('AT+CSCS="GSM"', ok())
      .when('AT+CUSD=2', ok())
      .when(/^AT\+CUSD=1/, answer);
    const modem = await bench.open();
    const start = bench.clock.now();
    await bench.run(modem.ussd('*100#').catch(() => {}));
    expect(bench.clock.now() - start).toBe(120_000);
  });

  test.each([
    [`${ok()}${line('+CUSD: 2')}`, 'ended', 'the network ended the USSD session'],
    [`${ok()}${line('+CUSD: 3')}`, 'ended', 'another user of the modem has the USSD session'],
    [`${ok()}${line('+CUSD: 4')}`, 'not-supported', 'the network has no such USSD service'],
    [`${ok()}${line('+CUSD: 5')}`, 'timeout', 'the network did not answer in time'],
    [`${ok()}${line('+CUSD: 6')}`, 'ended', 'the network ended the USSD session'],
    [ok(), 'timeout', 'the network did not answer within 120 s'],
  ])('%j is no answer: %s, "%s"', async (answer, code, message) => {
    const { result } = await asked(answer);
    expect(result).toBeInstanceOf(UssdError);
    expect(result).toMatchObject({ code, message });
  });

  test('of two refusals by the modem the first is reported, and of the modem and the network the network', async () => {
    for (const [packed, reported] of [
      [line('+CME ERROR: 4'), { name: 'AtRefused', code: { family: 'CME', number: 3 } }],
      [`${ok()}${line('+CUSD: 5')}`, { name: 'UssdError', code: 'timeout' }],
    ] as const) {
      const bench = createBench();
      bench.script
        .when('AT+CSCS="GSM"', ok())
        .when('AT+CUSD=1,"*100#",15', line('+CME ERROR: 3'))
        .when('AT+CUSD=1,"AA180C3602",15', packed);
      const modem = await bench.open();
      await expect(bench.run(modem.ussd('*100#'))).rejects.toMatchObject(reported);
    }
  });

  test('that the network has no such service ends it: packed septets would be another request', async () => {
    const { bench, result } = await asked(`${ok()}${line('+CUSD: 4')}`);
    expect(result).toMatchObject({ code: 'not-supported' });
    expect(bench.script.typed.filter((typed) => /CUSD=1|USSDMODE/.test(typed))).toEqual(['AT+CUSD=1,"*100#",15']);
  });

  test('a menu of prompts and codes in quotes, octet by octet, is text and nothing else', async () => {
    const bench = createBench();
    bench.script.when('AT+CSCS="GSM"', ok()).when(/^AT\+CUSD=1/, ok());
    const modem = await bench.open();
    const answer = modem.ussd('*100#');
    await bench.clock.advance(1_000);
    const before = bench.script.typed.length;
    for (const octet of line('+CUSD: 1,"Menu\r\n> Saldo\r\nRING\r\n+CREG: 3\r\n+CMTI: "SM",3\r\nOK",15')) {
      bench.script.say(octet);
      await bench.clock.advance(10);
    }
    expect(await bench.run(answer)).toMatchObject({
      more: true,
      text: 'Menu\n> Saldo\nRING\n+CREG: 3\n+CMTI: "SM",3\nOK',
    });
    expect([modem.state.kind, bench.script.typed.length]).toEqual(['ready', before]);
  });

  test('a refusal by the network is not tried in another way', async () => {
    const { bench, result } = await asked(line('+CME ERROR: 30'));
    expect(result).toMatchObject({ name: 'AtRefused' });
    expect(bench.script.typed.filter((typed) => typed.startsWith('AT+CUSD=1'))).toHaveLength(1);
  });
});

test.each([
  ['+CME ERROR: 30', 1],
  ['+CME ERROR: 31', 1],
  ['+CME ERROR: 32', 1],
  ['+CME ERROR: 132', 1],
  ['+CME ERROR: 133', 1],
  ['+CME ERROR: 134', 1],
  ['+CME ERROR: 148', 1],
  ['+CME ERROR: 3', 2],
  ['+CME ERROR: 100', 2],
  ['ERROR', 2],
])(
  'a request refused by %s is typed in %i ways: what the network refuses is not typed again',
  async (refusal, ways) => {
    const { bench, result } = await asked(line(refusal));
    expect(result).toMatchObject({ name: 'AtRefused' });
    expect(new Set(bench.script.typed.filter((typed) => typed.startsWith('AT+CUSD=1'))).size).toBe(ways);
  },
);

test('a request without an answer is ended: a late one is not that of the next', async () => {
  const { bench } = await asked(ok());
  expect(bench.script.typed.at(-1)).toBe('AT+CUSD=2');
});

test.each(['1'.repeat(182), 'Ω'.repeat(80)])('the longest request is typed', async (text) => {
  const bench = createBench();
  bench.script.when('AT+CSCS="GSM"', ok()).when(/^AT\+CUSD=1/, `${ok()}${line('+CUSD: 0,"10.00",15')}`);
  const modem = await bench.open();
  expect(await bench.run(modem.ussd(text))).toEqual({ more: false, text: '10.00' });
});

describe('how a request is typed', () => {
  test('as packed septets, when the modem refuses characters; and so the answer is read', async () => {
    const { bench, modem, result } = await asked(line('ERROR'));
    expect(result).toMatchObject({ name: 'AtRefused' });
    // *100# is AA180C3602 in septets; E8329BFD4697D9EC37 is hellohello.
    bench.script.when('AT+CUSD=1,"AA180C3602",15', `${ok()}${line('+CUSD: 0,"E8329BFD4697D9EC37",15')}`);
    expect(await bench.run(modem.ussd('*100#'))).toEqual({ more: false, text: 'hellohello' });
  });

  test('in hexadecimal to a modem that has only "UCS2", from its first answer on', async () => {
    const bench = createBench();
    bench.script
      .when(/^AT\+CSCS=/, line('ERROR'))
      .when('AT+CSCS?', ok('+CSCS: "UCS2"'))
      .when(/^AT\+CUSD=1/, line('ERROR'))
      .when('AT+CUSD=1,"002A0031003000300023",15', `${ok()}${line('+CUSD: 1,"003100200045005500520020",15')}`)
      .when('AT+CUSD=1,"0031",15', `${ok()}${line('+CUSD: 0,"0032",15')}`);
    const modem = await bench.open();
    const menu = await bench.run(modem.ussd('*100#'));
    expect(menu).toMatchObject({ more: true, text: '1 EUR ' });
    const before = bench.script.typed.length;
    if (menu.more) expect(await bench.run(menu.reply('1'))).toEqual({ more: false, text: '2' });
    expect(bench.script.typed.slice(before)).toEqual(['AT+CUSD=1,"0031",15']);
    // A text that is UCS-2 in any case has that form only.
    bench.script.when('AT+CUSD=1,"00E9",72', `${ok()}${line('+CUSD: 0,"00E8",72')}`);
    expect(await bench.run(modem.ussd('é'))).toEqual({ more: false, text: 'è' });
  });

  test('as packed septets at first to a Huawei, with a CR in the seven bits that are left over', async () => {
    const bench = createBench();
    bench.script
      .when('AT+CGMI', ok('huawei'))
      .when('AT^PORTSEL=1', ok())
      .when('AT+CSCS="GSM"', ok())
      .when(/^AT\+CUSD=1/, `${ok()}${line('+CUSD: 0,"31D98C56B3DD1A",15')}`);
    const modem = await bench.open();
    expect(await bench.run(modem.ussd('1234567'))).toEqual({ more: false, text: '1234567' });
    expect(bench.script.typed.at(-1)).toBe('AT+CUSD=1,"31D98C56B3DD1A",15');
  });

  test('as characters after packed septets that the modem took for characters', async () => {
    const bench = createBench();
    bench.script
      .when('AT+CGMI', ok('huawei'))
      .when('AT^PORTSEL=1', ok())
      .when('AT+CSCS="GSM"', ok())
      .when(/^AT\+CUSD=1/, `${ok()}${line('+CUSD: 4')}`)
      .when('AT+CUSD=1,"*100#",15', `${ok()}${line('+CUSD: 0,"5 EUR",15')}`);
    const modem = await bench.open();
    expect(await bench.run(modem.ussd('*100#'))).toEqual({ more: false, text: '5 EUR' });
  });

  const inTextMode = (answer: string, manufacturer = 'huawei') => {
    const bench = createBench();
    bench.script
      .when('AT+CGMI', ok(manufacturer))
      .when('AT^PORTSEL=1', ok())
      .when('AT+CSCS="GSM"', ok())
      .when(/^AT\+CUSD=1/, line('+CME ERROR: 100'))
      .when('AT^USSDMODE=0', () => {
        bench.script.when('AT+CUSD=1,"*100#",15', answer);
        return ok();
      });
    return bench;
  };
  const requests = ({ script }: Bench) => script.typed.filter((typed) => /CUSD=1|USSDMODE/.test(typed));

  test('as text, also when the word for that is not heard the first time', async () => {
    const bench = inTextMode(`${ok()}${line('+CUSD: 0,"5 EUR",15')}`);
    const told = bench.script.answerTo.bind(bench.script);
    let isFirst = true;
    bench.script.answerTo = (typed) => {
      if (typed !== 'AT^USSDMODE=0' || !isFirst) return told(typed);
      isFirst = false;
      return undefined;
    };
    const modem = await bench.open();
    expect(await bench.run(modem.ussd('*100#'))).toEqual({ more: false, text: '5 EUR' });
  });

  test('as text, once a Huawei E1752 that refuses all strings is told so', async () => {
    const bench = inTextMode(`${ok()}${line('+CUSD: 0,"5 EUR",15')}`);
    const modem = await bench.open();
    expect(await bench.run(modem.ussd('*100#'))).toEqual({ more: false, text: '5 EUR' });
    expect(await bench.run(modem.ussd('*100#'))).toEqual({ more: false, text: '5 EUR' });
    expect(requests(bench)).toEqual([
      'AT+CUSD=1,"AA180C3602",15',
      'AT+CUSD=1,"*100#",15',
      'AT^USSDMODE=0',
      'AT+CUSD=1,"*100#",15',
      'AT+CUSD=1,"*100#",15',
    ]);
  });

  test.each([
    ['the modem refuses it then too', line('+CME ERROR: 100'), 'AtRefused'],
    ['the network has no such service', `${ok()}${line('+CUSD: 4')}`, 'UssdError'],
    ['the network is not there', line('+CME ERROR: 30'), 'AtRefused'],
  ])('as text, and %s: that is its end', async (_what, answer, name) => {
    const bench = inTextMode(answer);
    const modem = await bench.open();
    await expect(bench.run(modem.ussd('*100#'))).rejects.toMatchObject({ name });
    expect(requests(bench).filter((typed) => typed === 'AT^USSDMODE=0')).toHaveLength(1);
    expect(requests(bench).length).toBeLessThanOrEqual(5);
  });

  test('not as text, when the network has answered: packed septets were understood', async () => {
    const bench = inTextMode(ok(), 'ZTE');
    bench.script.when('AT+CUSD=1,"AA180C3602",15', `${ok()}${line('+CUSD: 4')}`);
    const modem = await bench.open();
    await expect(bench.run(modem.ussd('*100#'))).rejects.toMatchObject({ code: 'not-supported' });
    expect(requests(bench)).toEqual(['AT+CUSD=1,"*100#",15', 'AT+CUSD=1,"AA180C3602",15']);
  });

  test('in the way that is known, whose refusal changes nothing', async () => {
    const bench = createBench();
    bench.script.when('AT+CSCS="GSM"', ok()).when(/^AT\+CUSD=1/, `${ok()}${line('+CUSD: 0,"5 EUR",15')}`);
    const modem = await bench.open();
    await bench.run(modem.ussd('*100#'));
    bench.script.when(/^AT\+CUSD=1/, line('ERROR'));
    await expect(bench.run(modem.ussd('*100#'))).rejects.toMatchObject({ name: 'AtRefused' });
    expect(requests(bench)).toEqual(['AT+CUSD=1,"*100#",15', 'AT+CUSD=1,"*100#",15']);
  });

  test('in UCS-2 where the character sets differ', async () => {
    const bench = createBench();
    bench.script.when('AT+CSCS="GSM"', ok()).when(/^AT\+CUSD=1/, `${ok()}${line('+CUSD: 0,"",15')}`);
    const modem = await bench.open();
    await bench.run(modem.ussd('"@Ω"'));
    expect(bench.script.typed.at(-1)).toBe('AT+CUSD=1,"0022004003A90022",72');
  });

  test.each(['1'.repeat(183), 'Ω'.repeat(81)])('a text that is too long is never typed', async (text) => {
    const bench = createBench();
    const modem = await bench.open();
    await expect(bench.run(modem.ussd(text))).rejects.toMatchObject({ code: 'too-long' });
    expect(bench.script.typed.some((typed) => typed.startsWith('AT+CUSD'))).toBe(false);
  });
});

describe('a session', () => {
  const menu = `${ok()}${line('+CUSD: 1,"1 Balance",15')}`;

  test('ends by cancelling, once, and then takes no reply', async () => {
    const { bench, result, modem } = await asked(menu);
    const answer = result as Awaited<ReturnType<Modem['ussd']>>;
    if (!answer.more) throw new Error('no menu');
    await bench.run(answer.cancel());
    await bench.run(answer.cancel());
    expect(bench.script.typed.filter((typed) => typed === 'AT+CUSD=2')).toHaveLength(1);
    await expect(answer.reply('1')).rejects.toMatchObject({ code: 'ended' });
    await modem.close();
  });

  test('ends when the network says so meanwhile', async () => {
    const { bench, result } = await asked(menu);
    const answer = result as Awaited<ReturnType<Modem['ussd']>>;
    if (!answer.more) throw new Error('no menu');
    bench.script.say(line('+CUSD: 2'));
    await bench.clock.advance(1_000);
    await expect(answer.reply('1')).rejects.toMatchObject({ code: 'ended' });
  });

  test.each(['+CUSD: 2', '+CUSD: 4', '+CUSD: 5'])('is over as soon as %s comes, without a text', async (code) => {
    const { bench, result } = await asked(menu);
    const answer = result as Awaited<ReturnType<Modem['ussd']>>;
    if (!answer.more) throw new Error('no menu');
    bench.script.say(line(code));
    await bench.clock.advance(0);
    await expect(answer.reply('1')).rejects.toMatchObject({ code: 'ended' });
    await bench.run(answer.cancel());
    expect(bench.script.typed).not.toContain('AT+CUSD=2');
  });

  test('is over when the network begins another one, whose question takes the reply', async () => {
    const { bench, result, modem } = await asked(menu);
    const answer = result as Awaited<ReturnType<Modem['ussd']>>;
    const said: UssdAnswer[] = [];
    modem.onUssd((message) => said.push(message));
    bench.script.say(line('+CUSD: 1,"Renew?",15'));
    await bench.clock.advance(1_000);
    const [question] = said;
    if (!answer.more || question?.more !== true) throw new Error('no menu');
    await expect(answer.reply('1')).rejects.toMatchObject({ code: 'ended' });
    bench.script.when('AT+CUSD=1,"1",15', `${ok()}${line('+CUSD: 0,"Renewed",15')}`);
    expect(await bench.run(question.reply('1'))).toEqual({ more: false, text: 'Renewed' });
  });

  test('that is over is not ended before the next code', async () => {
    const { bench, modem } = await asked(`${ok()}${line('+CUSD: 0,"10.00",15')}`);
    await bench.run(modem.ussd('*100#'));
    expect(bench.script.typed).not.toContain('AT+CUSD=2');
  });

  test('may begin without a text', async () => {
    const { bench, result } = await asked(`${ok()}${line('+CUSD: 1,"",15')}`);
    const answer = result as Awaited<ReturnType<Modem['ussd']>>;
    if (!answer.more) throw new Error('no session');
    expect(answer.text).toBe('');
    bench.script.when('AT+CUSD=1,"1",15', `${ok()}${line('+CUSD: 0,"10.00",15')}`);
    expect(await bench.run(answer.reply('1'))).toEqual({ more: false, text: '10.00' });
  });

  test('ends by the next code', async () => {
    const { bench, modem } = await asked(menu);
    await bench.run(modem.ussd('*100#'));
    expect(bench.script.typed.slice(-2)).toEqual(['AT+CUSD=2', 'AT+CUSD=1,"*100#",15']);
  });

  test('that is over takes no reply and ends nothing, also when another one is open', async () => {
    const { bench, result, modem } = await asked(menu);
    const answer = result as Awaited<ReturnType<Modem['ussd']>>;
    const next = await bench.run(modem.ussd('*100#'));
    if (!answer.more || !next.more) throw new Error('no menu');
    const start = bench.script.typed.length;
    await expect(answer.reply('1')).rejects.toMatchObject({ code: 'ended' });
    await bench.run(answer.cancel());
    expect(bench.script.typed.slice(start)).toEqual([]);
    await bench.run(next.cancel());
    expect(bench.script.typed.slice(start)).toEqual(['AT+CUSD=2']);
  });

  test('is one at a time', async () => {
    const bench = createBench();
    bench.script.when('AT+CSCS="GSM"', ok()).when(/^AT\+CUSD/, menu);
    const modem = await bench.open();
    const first = modem.ussd('*100#');
    await expect(modem.ussd('*101#')).rejects.toMatchObject({ code: 'busy' });
    expect(await bench.run(first)).toMatchObject({ more: true });
  });

  test('is lost with the modem', async () => {
    const bench = createBench();
    bench.script.when('AT+CSCS="GSM"', ok()).when(/^AT\+CUSD/, ok());
    const modem = await bench.open();
    const answer = modem.ussd('*100#');
    answer.catch(() => {});
    await bench.clock.advance(1_000);
    bench.unplug();
    const start = bench.clock.now();
    await expect(bench.run(answer)).rejects.toMatchObject({ name: 'PortError', code: 'lost' });
    expect(bench.clock.now() - start).toBeLessThan(1_000);
  });
});

describe('what the network says of itself (3GPP TS 22.090)', () => {
  async function listening(): Promise<{ bench: Bench; modem: Modem; said: UssdAnswer[] }> {
    const bench = createBench();
    bench.script.when('AT+CSCS="GSM"', ok()).when(/^AT\+CUSD/, ok());
    const modem = await bench.open();
    const said: UssdAnswer[] = [];
    modem.onUssd((message) => said.push(message));
    await bench.clock.advance(1_000);
    return { bench, modem, said };
  }

  test('is told, whole and once', async () => {
    const { bench, said } = await listening();
    expect(bench.script.typed.at(-1)).toBe('AT+CUSD=1');
    expect(bench.script.typed.filter((typed) => typed.startsWith('AT+CSCS'))).toEqual(['AT+CSCS="GSM"']);
    bench.script.say(line('+CUSD: 0,"You have ",15') + line('+CUSD: 0,"1 EUR left",15').repeat(2));
    await bench.clock.advance(1_000);
    bench.script.say(line('+CUSD: 0,"1 EUR left",15'));
    await bench.clock.advance(1_000);
    expect(said).toEqual([{ more: false, text: 'You have 1 EUR left' }]);
  });

  test.each([
    [4_999, 1],
    [5_000, 2],
  ])('and repeated %i ms later is told %i times', async (pauseMs, times) => {
    const { bench, said } = await listening();
    bench.script.say(line('+CUSD: 0,"Welcome",15'));
    await bench.clock.advance(pauseMs);
    bench.script.say(line('+CUSD: 0,"Welcome",15'));
    await bench.clock.advance(1_000);
    expect(said).toHaveLength(times);
  });

  test('may wait for a reply', async () => {
    const { bench, said } = await listening();
    bench.script.say(line('+CUSD: 1,"Renew? 1 yes 2 no",15'));
    await bench.clock.advance(1_000);
    const [question] = said;
    if (question?.more !== true) throw new Error('no question');
    bench.script.when('AT+CUSD=1,"1",15', `${ok()}${line('+CUSD: 0,"Renewed",15')}`);
    expect(await bench.run(question.reply('1'))).toEqual({ more: false, text: 'Renewed' });
  });

  test('is no answer to a request, nor is a request’s answer told so', async () => {
    const { bench, modem, said } = await listening();
    bench.script.when('AT+CUSD=1,"*100#",15', `${ok()}${line('+CUSD: 0,"5 EUR",15').repeat(2)}`);
    expect(await bench.run(modem.ussd('*100#'))).toMatchObject({ text: '5 EUR' });
    await bench.clock.advance(1_000);
    expect(said).toEqual([]);
  });

  test('is asked for once, also when nothing is heard at first', async () => {
    const bench = createBench();
    bench.script.when('AT+CSCS="GSM"', ok()).when('AT+CUSD=1', undefined, ok());
    const modem = await bench.open();
    for (let i = 0; i < 2; i += 1) modem.onUssd(() => {});
    await bench.clock.advance(60_000);
    expect(bench.script.typed.filter((typed) => typed === 'AT+CUSD=1')).toHaveLength(2);
    modem.onUssd(() => {});
    await bench.clock.advance(60_000);
    expect(bench.script.typed.filter((typed) => typed === 'AT+CUSD=1')).toHaveLength(2);
  });

  test('is told also after the modem came back', async () => {
    const { bench, modem, said } = await listening();
    bench.unplug();
    await bench.clock.advance(10_000);
    expect(modem.state.kind).toBe('ready');
    bench.script.say(line('+CUSD: 0,"Welcome",15'));
    await bench.clock.advance(1_000);
    expect(said).toEqual([{ more: false, text: 'Welcome' }]);
  });
});

/** All but the ports of a stick that take no commands. */
const models = Object.values(personalities).filter(({ id }) => !id.startsWith('port-'));

test.each(models.map((personality) => [personality.id, personality] as const))(
  'a modem like %s asks for a balance, and walks through a menu',
  async (_, personality) => {
    const clock = new VirtualClock();
    const world = createWorld({ seed: 1, clock });
    const run = async <T>(work: Promise<T>): Promise<T> => {
      let isDone = false;
      const done = () => {
        isDone = true;
      };
      work.then(done, done);
      await clock.runUntil(() => isDone, 3_600_000);
      return work;
    };
    const port = world.addModem({ number: '+393330000001', personality }).memoryPort();
    const modem = await run(openModem(port, { clock }));
    await clock.runUntil(() => modem.state.kind === 'ready', 60_000);
    expect(await run(modem.ussd('*100#'))).toEqual({ more: false, text: 'Your balance is 10.00 €' });
    const menu = await run(modem.ussd('*123#'));
    expect(menu.text).toBe('Cash-Mobile Sim\n1 Balance\n2 Number\n0 End');
    if (!menu.more) throw new Error('the session is over');
    expect(await run(menu.reply('1'))).toEqual({ more: false, text: 'Your balance is 10.00 €' });
    await modem.close();
  },
);
