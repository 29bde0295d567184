import { describe, expect, test } from 'vitest';
import { nameOf, sorted } from '../../../modem/portrait/kept-answers.ts';
import { COUNTERS, LIVE, listedCommands, SETTINGS, TESTED } from '../../../modem/portrait/questions.ts';

const NONE = { imei: undefined, imsi: undefined, iccid: undefined, number: undefined, smsc: undefined };
const SECRETS = { ...NONE, imei: '356938030000013' };
const EMPTY = { answers: {}, found: {}, live: [], missing: [] };

/** What is kept of one answer. */
const kept = (form: string, lines: readonly string[], unknown = 'ERROR') => sorted({ [form]: lines }, unknown, SECRETS);

describe('an answer', () => {
  test.each([
    ['as a command that nobody has', '+CNMA=?', ['ERROR'], { missing: ['+CNMA=?'] }],
    ['refused in another way', '+CNMA=?', ['+CME ERROR: 4'], { answers: { '+CNMA=?': ['+CME ERROR: 4'] } }],
    ['with that result last', '+CNMA=?', ['x', 'ERROR'], { answers: { '+CNMA=?': ['x', 'ERROR'] } }],
    ['to a setting', '+CNMI?', ['+CNMI: 1', 'OK'], { found: { '+CNMI?': ['+CNMI: 1', 'OK'] } }],
    ['to a setting, refused', '+CNMI?', ['+CMS ERROR: 1'], { answers: { '+CNMI?': ['+CMS ERROR: 1'] } }],
    ['to a setting, without an end', '+CNMI?', ['+CNMI: 1', ''], { answers: { '+CNMI?': ['+CNMI: 1', ''] } }],
    ['that changes', '+CSQ', ['+CSQ: 1,0', 'OK'], { live: ['+CSQ'] }],
    ['that changes, refused', '+CSQ', ['+CME ERROR: 1'], { answers: { '+CSQ': ['+CME ERROR: 1'] } }],
    ['about the owner', '+CGSN', ['356938030000013', 'OK'], { answers: { '+CGSN': ['{imei}', 'OK'] } }],
  ])('%s', (_what, form, lines, expected) => {
    expect(kept(form, lines)).toEqual({ ...EMPTY, ...expected });
  });

  test('that did not come is missing from no modem that says nothing to unknown commands', () => {
    expect(kept('+CNMA=?', [''], '')).toEqual({ ...EMPTY, answers: { '+CNMA=?': [''] } });
    expect(kept('+CNMA=?', [''])).toEqual({ ...EMPTY, answers: { '+CNMA=?': [''] } });
  });

  test.each([
    ['+CPIN?', '+CPIN: READY', '+CPIN: {state}'],
    ['+CPIN?', '+CPIN: SIM PIN2', '+CPIN: {state}'],
    ['+CPIN?', '+CPIN:SIM PUK2', '+CPIN:{state}'],
    ['+CREG?', '+CREG: 0,1', '+CREG: {n},{stat}'],
    ['+CREG?', '+CREG: 002,001,"18d8","ffff"', '+CREG: 00{n},00{stat}'],
    ['+CREG?', '+CREG:2, 5', '+CREG:{n}, {stat}'],
    ['+CREG?', '+CREG: 1', '+CREG: 1'],
    ['+CGREG?', '+CGREG: 0,1', '+CGREG: {n},{stat}'],
    ['+CMGD=?', '+CMGD: (1,2,7),(0-4)', '+CMGD: ({places}),(0-4)'],
    ['+CMGD=?', '+CMGD:(0-29)', '+CMGD:({places})'],
    ['+CMGD=?', '+CMGD: (),(0-4)', '+CMGD: ({places}),(0-4)'],
  ])('to %s, %s, is kept as %s', (form, line, expected) => {
    expect(kept(form, [line, 'OK'])).toEqual({ ...EMPTY, answers: { [form]: [expected, 'OK'] } });
  });

  /** Which values are tries left, by the manuals of the modems; each letter is a value. */
  test.each([
    ['^CPIN?', '{state},b,{puk},{pin},e'],
    ['+SPIC', '{pin},b,{puk},d,e'],
    ['^SPIC', '{pin},b,c,d,e'],
    ['#PCT', '{pin},b,c,d,e'],
    ['+QPINC?', 'a,{pin},{puk},d,e'],
    ['+QTRPIN', '{pin},b,{puk},d,e'],
    ['+UPINCNT', '{pin},b,{puk},d,e'],
    ['+ZPINPUK=?', '{pin},{puk},c,d,e'],
    ['%PINNUM?', '{pin},{puk},c,d,e'],
    ['+XPINCNT', '{pin},b,{puk},d,e'],
  ])('to %s names the tries left in its first line: %s', (form, expected) => {
    expect(Object.keys(COUNTERS)).toContain(form);
    expect(kept(form, ['+X: a,b,c,d,e', '+X: a,b,c,d,e', 'OK']).answers[form]).toEqual([
      `+X: ${expected}`,
      '+X: a,b,c,d,e',
      'OK',
    ]);
    expect(kept(form, ['+X:a,b,c,d,e', 'OK']).answers[form]?.[0]).toBe(`+X:${expected}`);
    expect(kept(form, ['+X: ', 'OK']).answers[form]?.[0]).toBe('+X: ');
  });

  test('there are no other questions about tries', () => {
    expect(Object.keys(COUNTERS)).toHaveLength(10);
  });
});

test('no setting is live, and each question is asked once', () => {
  expect(SETTINGS.filter((form) => LIVE.includes(form))).toEqual([]);
  for (const list of [SETTINGS, LIVE, TESTED]) expect(new Set(list).size).toBe(list.length);
});

test.each([
  ['huawei', 'E3372', 'huawei-e3372'],
  ['+CGMI: "SIMCOM_Ltd"', '+CGMM: SIM800 L', 'simcom-ltd-sim800-l'],
  ['--A--', '..B..', 'a-b'],
  ['', '', 'modem'],
  ['x'.repeat(40), 'y'.repeat(40), `${'x'.repeat(40)}-${'y'.repeat(19)}`],
  ['x'.repeat(59), 'y', 'x'.repeat(59)],
])('the name of %j %j is %s', (manufacturer, model, name) => {
  const answers = { '+CGMI': [manufacturer, 'OK'], '+CGMM': [model, 'OK'] };
  expect(nameOf(answers)).toBe(name);
});

test('a refusal is no name', () => {
  expect(nameOf({ '+CGMI': ['ERROR'], '+CGMM': ['M35', 'OK'] })).toBe('m35');
  expect(nameOf({})).toBe('modem');
});

describe('the commands that +CLAC lists', () => {
  test.each([
    [
      ['AT+XA', '+XB', ' ^xc ', '$QCPWRDN', '#MONI', '*PSID', '%IPSYS', '_OSYS'],
      '+XA +XB ^XC $QCPWRDN #MONI *PSID %IPSYS _OSYS',
    ],
    [['+XA', 'AT+XA', '+xa'], '+XA'],
    [['+CNMI', '+COPS', '+CLAC', '+COPN', '+CPOL', '+XA'], '+XA'],
    [['D', 'ATD', '&F', 'OK', '+X', '+X-A', '+XA=?', '+XA,+XB'], ''],
    [[`+${'A'.repeat(14)}`, `+${'A'.repeat(15)}`, '+AB', '+A'], `+${'A'.repeat(14)} +AB`],
  ])('%j: %s are asked', (lines, expected) => {
    expect(listedCommands(lines).join(' ')).toBe(expected);
  });

  test('are asked up to 300', () => {
    const lines = Array.from({ length: 301 }, (_, index) => `+X${index}`);
    expect(listedCommands(lines)).toEqual(lines.slice(0, 300));
  });
});
