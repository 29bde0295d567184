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
    ['only the last combination is taken', '(1-3),(1),(0-3),(1),(0,1)', /^(?!3,1,3,1,1)/, /^3,1,3,1,1$/],
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

  test('a modem that refuses everything is not asked for ever', async () => {
    bench.script.when('AT+CNMI=?', ok('+CNMI: (0-3),(0-3),(0-3),(0-2),(0,1)')).when(/^AT\+CNMI=\d/, line('ERROR'));
    await bench.open();
    expect(typed().length).toBeLessThan(150);
    expect(bench.script.typed).toContain('AT+CSMS=1');
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

  test('also of one that does not answer +CNMI=?', async () => {
    bench.script.when(/^AT\+CNMI/, line('ERROR'));
    await bench.open();
    expect(said()[1]).toBe('the modem passes no status reports on (it does not answer +CNMI=?)');
  });
});
