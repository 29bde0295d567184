import { beforeEach, describe, expect, test } from 'vitest';
import { textOf } from '../../../modem/opening/character-set.ts';
import { type Bench, createBench } from '../driver/bench.ts';
import { line, ok } from '../scripted-modem.ts';

let bench: Bench;
beforeEach(() => {
  bench = createBench();
});

const chosen = () => bench.script.typed.filter((typed) => typed.startsWith('AT+CSCS')).map((typed) => typed.slice(7));

/** GSM and IRA in UCS-2, as a modem wants them while UCS2 is in force. */
const GSM_UCS2 = '00470053004D';
const IRA_UCS2 = '004900520041';

describe('the character set of strings (3GPP TS 27.007, 5.5)', () => {
  test.each([
    ['everything is taken', /./, ['="GSM"']],
    ['only "IRA" is taken', /^="IRA"$/, ['="GSM"', `="${GSM_UCS2}"`, '="IRA"']],
    ['UCS2 is in force for the command as well', new RegExp(GSM_UCS2), ['="GSM"', `="${GSM_UCS2}"`]],
    [
      'so it is, and the modem has IRA only',
      new RegExp(IRA_UCS2),
      ['="GSM"', `="${GSM_UCS2}"`, '="IRA"', `="${IRA_UCS2}"`],
    ],
    ['nothing is taken', /^$/, ['="GSM"', `="${GSM_UCS2}"`, '="IRA"', `="${IRA_UCS2}"`, '?']],
  ])('is chosen when a modem is opened: %s', async (_what, taken, expected) => {
    bench.script.when(/^AT\+CSCS=/, (typed) => (taken.test(typed.slice(7)) ? ok() : line('ERROR')));
    await bench.open();
    expect(chosen()).toEqual(expected);
  });

  test.each([
    ['UCS2', '+CSCS: "UCS2"', '00480069', 'Hi'],
    ['UCS2, said in UCS2', '+CSCS: "0055004300530032"', '00480069', 'Hi'],
    ['UCS2, in small letters', '+CSCS: "ucs2"', '00480069', 'Hi'],
    ['UCS2, said in UCS2 in small letters', '+CSCS: "0075006300730032"', '00480069', 'Hi'],
    ['HEX', '+CSCS: "HEX"', '4869', 'Hi'],
    ['HEX, in small letters', '+CSCS: "hex"', '4869', 'Hi'],
    ['UTF-8, in small letters', '+CSCS: "utf-8"', Buffer.from('Tô').toString('latin1'), 'Tô'],
    ['UTF-8', '+CSCS: "UTF-8"', Buffer.from('Tô').toString('latin1'), 'Tô'],
    ['8859-1', '+CSCS: "8859-1"', 'T\xf4', 'Tô'],
  ])('where %s stays in force, strings are read by it', async (_what, inForce, said, name) => {
    bench.script
      .when('AT+CSCS?', ok(inForce))
      .when('AT+COPS=3,0', ok())
      .when('AT+COPS?', ok(`+COPS: 0,0,"${said}",2`));
    const modem = await bench.open();
    expect(await bench.run(modem.operator())).toBe(name);
  });

  describe.each([
    [
      'UCS2',
      (text: string) =>
        [...text]
          .map((each) => `00${Buffer.from(each).toString('hex')}`)
          .join('')
          .toUpperCase(),
    ],
    ['UCS2', (text: string) => text],
    ['HEX', (text: string) => Buffer.from(text).toString('hex').toUpperCase()],
    ['GSM', (text: string) => text],
    ['IRA', (text: string) => text],
  ])('%s in force, numbers as %o', (charset, written) => {
    beforeEach(() => {
      bench.script.when(`AT+CSCS="${charset}"`, charset === 'GSM' || charset === 'IRA' ? ok() : line('ERROR'));
      bench.script.when('AT+CSCS?', ok(`+CSCS: "${charset}"`));
    });

    test.each([
      ['+393331234567', 145, '+393331234567'],
      ['393331234567', 145, '+393331234567'],
      ['3331234567', 129, '3331234567'],
      ['00393331', 129, '00393331'],
    ])('+CSCA and +CNUM: %s', async (number, type, expected) => {
      bench.script
        .when('AT+CSCA?', ok(`+CSCA: "${written(number)}",${type}`))
        .when('AT+CNUM', ok(`+CNUM: "","${written(number)}",${type}`));
      const modem = await bench.open();
      expect(await bench.run(modem.serviceCentre())).toBe(expected);
      expect(await bench.run(modem.ownNumbers())).toEqual([expected]);
    });
  });

  test.each([
    ['UCS2', '002B00330039'],
    ['HEX', '2B3339'],
    ['IRA', '+39'],
  ])('with %s in force, a service centre is typed as %s', async (charset, typed) => {
    bench.script.when('AT+CSCS?', ok(`+CSCS: "${charset}"`)).when(/^AT\+CSCA=/, ok());
    const modem = await bench.open();
    await bench.run(modem.setServiceCentre('+39'));
    expect(bench.script.typed.at(-1)).toBe(`AT+CSCA="${typed}",145`);
  });

  test.each([
    ['GSM', 'three units', 'AT+CSCS="GSM"', '004F00320020', 'O2 '],
    ['GSM', 'two units in small letters', 'AT+CSCS="GSM"', '004f0032', 'O2'],
    ['GSM', 'Cyrillic', 'AT+CSCS="GSM"', '041C04220421', 'МТС'],
    ['none', 'units', 'none', '00570069006E0064', 'Wind'],
    ['GSM', 'one unit: it may be a name', 'AT+CSCS="GSM"', '0BAD', '0BAD'],
    ['GSM', 'controls, which no name has', 'AT+CSCS="GSM"', '00100020', '00100020'],
    ['GSM', 'the number of an operator', 'AT+CSCS="GSM"', '22201', '22201'],
    ['GSM', 'a letter of a page far away', 'AT+CSCS="GSM"', '00411041', '00411041'],
  ])('a name in UTF-16 units though %s is in force: %s', async (_charset, _what, offered, said, name) => {
    bench.script.when(/^AT\+CSCS/, line('ERROR'));
    bench.script.when(offered, ok()).when('AT+COPS=3,0', ok());
    bench.script.when('AT+COPS?', ok(`+COPS: 0,0,"${said}",2`));
    const modem = await bench.open();
    expect(await bench.run(modem.operator())).toBe(name);
  });

  test.each([
    ['002B003300390033', 145, '+393'],
    ['002b003300390033', 145, '+393'],
    ['003300390033', 145, '+393'],
    ['0033612345678', 129, '0033612345678'],
    ['00490030', 129, '00490030'],
  ])('a number in UTF-16 units though "GSM" is in force: %s, %i', async (said, type, number) => {
    bench.script.when('AT+CSCS="GSM"', ok());
    bench.script.when('AT+CSCA?', ok(`+CSCA: "${said}",${type}`)).when('AT+CNUM', ok(`+CNUM: "","${said}",${type}`));
    const modem = await bench.open();
    expect(await bench.run(modem.serviceCentre())).toBe(number);
    expect(await bench.run(modem.ownNumbers())).toEqual([number]);
  });

  test.each([
    ['GSM', '\x00\x01\x1be', '@£€'],
    ['IRA', 'say \\22yes\\22', 'say "yes"'],
    ['GSM', '\\5C', 'Ö'],
    ['8859-1', '\\5c22', '\\22'],
    [undefined, '\\23', '\\23'],
    ['UCS2', '20AC', '€'],
    ['UCS2', 'D83DDE00', '😀'],
    ['UCS2', 'Testnet', 'Testnet'],
    ['UCS2', '004', '004'],
    ['HEX', '1B65', '€'],
    ['HEX', '1B6', '1B6'],
    ['IRA', '@e', '@e'],
    [undefined, '0048', '0048'],
    ['UCS2', '', ''],
  ])('%s %j is %j', (charset, said, text) => {
    expect(textOf(said, charset)).toBe(text);
  });
});
