import { beforeEach, describe, expect, test } from 'vitest';
import { type Bench, createBench } from '../driver/bench.ts';
import { line, ok } from '../scripted-modem.ts';

let bench: Bench;
beforeEach(() => {
  bench = createBench();
});

const typed = () => bench.script.typed.filter((text) => /^AT\+CNMI=\d/.test(text)).map((text) => text.slice(8));
const said = () => bench.log.filter(({ kind }) => kind === 'setup').map(({ text }) => text);

/** Takes what `+CNMI=?` offers, and nothing else. */
function offers(lists: string): void {
  const sets = [...lists.matchAll(/\(([^()]*)\)|(\d)/g)].map(([, list, only]) =>
    (list ?? only ?? '').split(',').flatMap((item) => {
      const [first = Number.NaN, last = first] = item.split('-').map(Number);
      return Array.from({ length: last - first + 1 }, (_, offset) => first + offset);
    }),
  );
  bench.script.when('AT+CNMI=?', ok(`+CNMI: ${lists}`)).when(/^AT\+CNMI=\d/, (text) => {
    const values = text.slice(8).split(',').map(Number);
    const isOffered = values.length <= sets.length && values.every((value, at) => sets[at]?.includes(value));
    return isOffered ? ok() : line('+CMS ERROR: 303');
  });
}

/** 3GPP TS 27.005, 3.4.1. */
describe('the indications that a modem offers', () => {
  test.each([
    ['(0-3),(0,1),(0,2,3),(0,2),(1)', '2,1,0,2,1', 'MC75i, gammu#1206'],
    ['(0-2),(0,1),(3),(1),(0)', '2,1,3,1,0', 'a phone'],
    ['(0,1),(0,1),(0),(0,2),(1)', '1,1,0,2,1', 'a phone'],
    ['(0-2),(0-3),(0,2,3),(0-2),(0,1)', '2,1,0,1,0', 'by the book'],
    ['(1,2),(0,1,2,3),(0,2),(0,1,2),(0,1)', '2,1,0,1,0', 'Huawei'],
    ['(3),(1),(0),(1),(0)', '3,1,0,1,0', 'mode 3 alone'],
    ['(2),(3),(0),(0),(0)', '2,3,0,0,0', 'class 3 at once, all else announced'],
    ['(2),(2,3),(0),(1),(0)', '2,3,0,1,0', 'no <mt> 1'],
    ['(2),(0,2),(0),(0),(0)', '2,2,0,0,0', 'nothing stored'],
    ['(2),(0,2),(0),(0-2),(0)', '2,2,0,1,0', 'nothing stored, reports'],
    ['(2),(2),(1),(2),(0)', '2,2,1,2,0', 'nothing stored, reports stored'],
    ['(2),(0),(0),(1),(0)', '2,0,0,1,0', 'reports alone'],
    ['(2),(0),(0),(2),(0)', '2,0,0,2,0', 'stored reports alone'],
    ['(0-3),(0-3),(0-3),(0-2),(1)', '2,1,0,1,1', '<bfr> 1 alone'],
    ['2,1,0,1,1', '2,1,0,1,1', 'no lists'],
    ['((0-3),(0-1),(0),(0,2),(1))', '2,1,0,2,1', 'one more pair of parentheses'],
    ['(0-2),(0,1)', '2,1', 'two values'],
    ['(0,1),(0,1),(0)', '1,1,0', 'three values'],
    ['(0-3),(0,1),(0,2),(0-2)', '2,1,0,1', 'four values'],
  ])('%s: %s at once (%s)', async (lists, best) => {
    offers(lists);
    await bench.open();
    expect(typed()).toEqual([best]);
  });

  test.each([
    ['Qualcomm offers <ds> 1 and refuses it', '(0-2),(0-3),(0,2),(0-2),(0)', /^.,.,.,1/, /^2,1,0,2,0$/],
    ['<mt> 1 is offered and refused', '(2),(1-3),(0),(1),(0)', /^.,1/, /^2,3,0,1,0$/],
    ['only the last combination is taken', '(1,2),(1),(0,2),(1),(0,1)', /^(?!1,1,2,1,1)/, /^1,1,2,1,1$/],
    ['only another <mode> is taken', '(0-3),(0-3),(0-3),(0-2),(0,1)', /^(?!3,1,0,1,0)/, /^3,1,0,1,0$/],
    ['only another <bm> is taken', '(0-3),(0-3),(0-3),(0-2),(0,1)', /^(?!2,1,3,1,0)/, /^2,1,3,1,0$/],
    ['only another <bfr> is taken', '(0-3),(0-3),(0-3),(0-2),(0,1)', /^(?!2,1,0,1,1)/, /^2,1,0,1,1$/],
    ['only another <bm> with <ds> 2 is taken', '(0-3),(0-3),(0,2),(0-2),(0,1)', /^(?!2,1,2,2,0)/, /^2,1,2,2,0$/],
    ['only another <bm> without reports is taken', '(0-3),(0-3),(0,2),(0-2),(0,1)', /^(?!2,1,2,0,0)/, /^2,1,2,0,0$/],
    ['nothing is stored, though it is offered', '(0-3),(0-3),(0,2),(0-2),(0,1)', /^.,[013]/, /^2,2,0,1,0$/],
    ['nothing is stored, no reports', '(0-2),(0-3),(0,2),(0-2),(0,1)', /^(?!2,2,0,0,0)/, /^2,2,0,0,0$/],
    ['all that is offered is refused', '(2),(1),(0),(0),(0)', /^2,1,0,0/, /^2,1,0,1,0$/],
    ['nothing is offered', '', /^(?!1,1,0,2,1)/, /^1,1,0,2,1$/],
    ['only two values are taken', '', /,.*,/, /^3,1$/],
    ['only 1,2 is taken', '(2),(1),(0),(0),(0)', /^(?!1,2$)/, /^1,2$/],
  ])('%s', async (_what, lists, refused, chosen) => {
    bench.script
      .when('AT+CNMI=?', lists === '' ? line('ERROR') : ok(`+CNMI: ${lists}`))
      .when(/^AT\+CNMI=\d/, (text) => (refused.test(text.slice(8)) ? line('+CMS ERROR: 303') : ok()));
    await bench.open();
    expect(typed().at(-1)).toMatch(chosen);
    expect(new Set(typed()).size).toBe(typed().length);
  });

  test.each(
    '2,1,0,1,0 2,1,0,1,1 1,1,0,1,0 2,1,2,1,0 2,1,0,2,0 2,1,2,2,0 1,1,0,2,1 2,1,0,0,0 1,1,0,0,0 2,2,0,1,0 1,2,0,1,0 3,1 2,1 1,1 1,2'.split(
      ' ',
    ),
  )('a modem without +CNMI=? that takes %s alone', async (only) => {
    bench.script
      .when('AT+CNMI=?', line('ERROR'))
      .when(/^AT\+CNMI=\d/, (text) => (text.slice(8) === only ? ok() : line('ERROR')));
    const { messages, reports } = await bench.run((await bench.open()).reception());
    const [, mt, , ds] = only.split(',');
    expect(typed().at(-1)).toBe(only);
    expect(new Set(typed()).size).toBe(typed().length);
    expect([messages, reports]).toEqual([
      mt === '2' ? 'direct' : 'announced',
      ds === '1' ? 'direct' : ds === '2' ? 'announced' : 'none',
    ]);
  });

  test.each(['(0),(0,1),(0),(1),(0)', '(2),(1),(5),(1),(0)', '(2),(1),(0),(1),(5)', '(1)', '(1,2)', '(0-3)'])(
    '%s: no setting of it is whole, so the known ones are tried',
    async (lists) => {
      bench.script.when('AT+CNMI=?', ok(`+CNMI: ${lists}`));
      await bench.open();
      expect(typed()).toEqual(['2,1,0,1,0']);
    },
  );

  test.each([
    ['what it offers', ok('+CNMI: (0-2),(0-3),(0,2),(0-2),(0,1)'), '+CMS ERROR: 303'],
    ['what it offers, all values', ok('+CNMI: (0-3),(0-3),(0-3),(0-2),(0,1)'), 'ERROR'],
    ['the few values that it offers', ok('+CNMI: (0-2),(0,1),(0),(0),(0)'), '+CMS ERROR: 303'],
    ['the command', line('ERROR'), 'ERROR'],
  ])('a modem that refuses %s is open within 6 s', async (_what, offer, refusal) => {
    bench.script
      .when('AT+CNMI=?', offer)
      .when(/^AT\+CNMI=\d/, line(refusal))
      .when('AT+CSMS=1', ok('+CSMS: 1,1,1'));
    const start = bench.clock.now();
    await bench.open();
    expect(bench.clock.now() - start).toBeLessThan(6_000);
    const again = bench.script.typed.indexOf('AT+CSMS=1');
    const triesBefore = bench.script.typed.slice(0, again).filter((text) => /^AT\+CNMI=\d/.test(text));
    expect(new Set(triesBefore).size).toBe(triesBefore.length);
    expect(triesBefore.length).toBeLessThanOrEqual(16);
    expect(typed().slice(triesBefore.length)).toEqual(typed().slice(0, 4));
  });

  test('are tried in this order: the best with one other value, then each other pair of <mt> and <ds>', async () => {
    bench.script
      .when('AT+CNMI=?', ok('+CNMI: (0-3),(0-3),(0-3),(0-2),(0,1)'))
      .when(/^AT\+CNMI=\d/, line('+CMS ERROR: 303'));
    await bench.open();
    expect(typed()).toEqual([
      ...['2,1,0,1,0', '2,1,0,1,1', '1,1,0,1,0', '3,1,0,1,0', '2,1,2,1,0', '2,1,1,1,0', '2,1,3,1,0'],
      ...['2,1,0,2,0', '2,1,2,2,0', '2,3,0,1,0', '2,3,0,2,0', '2,1,0,0,0', '2,1,2,0,0', '2,3,0,0,0'],
      ...['2,2,0,1,0', '2,2,0,2,0'],
    ]);
  });

  test('are asked for again in phase 2+', async () => {
    offers('(0),(0),(0),(0),(0)');
    bench.script.when('AT+CSMS=1', () => {
      offers('(1),(1),(1),(2),(1)');
      return ok('+CSMS: 1,1,1');
    });
    await bench.open();
    expect(typed().at(-1)).toBe('1,1,1,2,1');
  });
});

describe('what a modem cannot do is said once, in the log', () => {
  test.each([
    ['(0-2),(0-3),(0),(0-2),(0)', []],
    [
      '(2),(1),(0),(0),(0)',
      [/^the modem passes no status reports on \(\+CNMI=\? offers \(2\),\(1\),\(0\),\(0\),\(0\)\)$/],
    ],
    ['(2),(0),(0),(1),(0)', [/does not announce new messages .*looked through every 10 s/]],
    ['(0-2),(0,1)', [/no status reports on \(\+CNMI=\? offers \(0-2\),\(0,1\)\)$/]],
    ['(2),(2),(0),(1),(0)', []],
    ['(0),(0),(0),(0),(0)', [/does not announce/, /no status reports/]],
  ])('%s', async (lists, expected) => {
    offers(lists);
    const modem = await bench.open();
    expect(said()).toEqual(expected.map((text) => expect.stringMatching(text)));
    bench.unplug();
    await bench.clock.advance(60_000);
    expect(modem.state.kind).toBe('ready');
    expect(said()).toHaveLength(expected.length);
    await modem.close();
  });

  test.each([
    [
      'everything',
      '(0-2),(0-3),(0,2),(0-2),(0,1)',
      /./,
      [
        /^the modem does not announce new messages \(it refuses all that it offers/,
        /no status reports on \(it refuses all/,
      ],
    ],
    [
      'all reports',
      '(0-2),(0-3),(0),(0-2),(0)',
      /^.,.,.,[12]/,
      [/^the modem passes no status reports on \(it refuses all/],
    ],
    ['all messages', '(0-2),(0,1),(0),(0-2),(0)', /^.,1/, [/does not announce new messages \(it refuses all/]],
    [
      'everything, and offers no reports',
      '(0-2),(0,1),(0),(0),(0)',
      /./,
      [/new messages \(it refuses all/, /no status reports on \(\+CNMI=\? offers/],
    ],
  ])('of one that refuses %s', async (_what, lists, refused, expected) => {
    bench.script
      .when('AT+CNMI=?', ok(`+CNMI: ${lists}`))
      .when(/^AT\+CNMI=\d/, (text) => (refused.test(text.slice(8)) ? line('+CMS ERROR: 303') : ok()));
    await bench.open();
    expect(said()).toEqual(expected.map((text) => expect.stringMatching(text)));
  });

  test('also of one that does not answer +CNMI=?', async () => {
    bench.script.when(/^AT\+CNMI/, line('ERROR'));
    await bench.open();
    expect(said()[1]).toBe('the modem passes no status reports on (it does not answer +CNMI=?)');
  });
});
