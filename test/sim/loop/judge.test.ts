import { describe, expect, it } from 'vitest';
import type { PaymentState } from '../../../server/index.ts';
import type { HostOrder } from '../../../sim/index.ts';
import { Diary, type DiaryEvent, type Story } from '../../../sim/loop/diary.ts';
import { type Books, judge } from '../../../sim/loop/judge.ts';

const ANNA = '+393400000001';
const TXN = '4b8b82af7802c0ae';
const APPROVED: DiaryEvent = { kind: 'approved', pin: 'right', payee: 'Shop 1', amount: 'EUR 12.50' };

const told = (state: PaymentState, refunded = 0): DiaryEvent => ({ kind: 'told', state, refunded });
const read = (title: string): DiaryEvent => ({ kind: 'read', title });
const gaveBack = (minor: number, answer = 'REFUNDING', key = '1'): DiaryEvent => ({
  ...{ kind: 'refunded', key, minor, answer },
});
const MISTYPED: DiaryEvent = { ...APPROVED, pin: 'wrong' };
/** With a new PIN of which nobody has said whether it counts. */
const UNSURE: DiaryEvent = { ...APPROVED, pin: 'unsure' };
const TRY = ['a wrong PIN costs one try'];
const tries = (left: number): DiaryEvent => ({ kind: 'tries', left });

/** A payment of EUR 12.50 of which these things are known; Anna had EUR 100.00. */
function ruled(
  events: readonly DiaryEvent[],
  { now = 8_750, host }: { now?: number; host?: readonly HostOrder[] } = {},
) {
  const diary = new Diary(() => 0);
  const order = { mref: 'order-1', reference: 'Shop 1 1', payee: 'Shop 1', customer: ANNA, minor: 1_250 };
  const story: Story = diary.open(order);
  story.txn = TXN;
  for (const event of events) diary.note(story, event);
  const accounts: Books['accounts'] = new Map([[ANNA, { before: 10_000, now }]]);
  return judge(diary, { accounts, host, late: new Set() }).map(({ rule }) => rule);
}

const order = (
  kind: HostOrder['kind'],
  minor: number,
  key: string,
  state: HostOrder['state'] = 'moved',
): HostOrder => ({
  ...{ key, kind, of: `${TXN}:charge`, minor, currency: 'EUR', at: 0, state },
});
const CHARGE = order('charge', 1_250, `${TXN}:charge`);

describe('the judges find nothing wrong with', () => {
  it.each<[string, readonly DiaryEvent[], number]>([
    ['a payment', [APPROVED, told('CAPTURED'), read('Paid')], 8_750],
    ['one of which a part came back', [APPROVED, gaveBack(450), told('CAPTURED', 450), read('Paid')], 9_200],
    [
      'one that came back',
      [APPROVED, read('Paid'), gaveBack(1_250), told('REFUNDED', 1_250), read('Refunded')],
      10_000,
    ],
    [
      'parts that came back, one of them asked for twice, and one that was too much',
      [APPROVED, read('Paid'), ...[gaveBack(450), gaveBack(450), gaveBack(800, 'REFUNDED', '2')]].concat(
        ...[gaveBack(1, 'conflict', '3'), told('REFUNDED', 1_250), read('Refunded')],
      ),
      10_000,
    ],
    ['three wrong PINs', [MISTYPED, tries(2), MISTYPED, tries(1), MISTYPED, told('REFUSED'), read('Refused')], 10_000],
    ['a new PIN that counted', [UNSURE, told('CAPTURED'), read('Paid')], 8_750],
    ['three new PINs that did not', [UNSURE, tries(2), MISTYPED, UNSURE, told('REFUSED'), read('Refused')], 10_000],
    ['a refusal', [{ kind: 'refused' }, told('REFUSED'), read('Refused')], 10_000],
    ['an approval that came too late', [APPROVED, told('EXPIRED'), read('Expired')], 10_000],
    ['a request that nobody saw', [told('EXPIRED')], 10_000],
    ['a PIN that was mistyped first', [{ ...APPROVED, pin: 'wrong' }, APPROVED, told('CAPTURED'), read('Paid')], 8_750],
  ])('%s', (_, events, now) => {
    expect(ruled(events, { now })).toEqual([]);
  });

  it('the book of a host that has the same', () => {
    const events = [APPROVED, gaveBack(450), told('CAPTURED', 450), read('Paid')];
    const host = [CHARGE, order('refund', 450, `${TXN}:refund:1`), order('refund', 9, `${TXN}:refund:2`, 'declined')];
    expect(ruled(events, { now: 10_000, host })).toEqual([]);
  });
});

describe('the judges find', () => {
  it.each<[string, readonly DiaryEvent[], number]>([
    ['an answer', [APPROVED, read('Paid')], 10_000],
    ['a request that was taken ends', [APPROVED, told('UNKNOWN'), read('In progress')], 10_000],
    ['no charge without a right PIN typed below this payee and amount', [told('CAPTURED')], 8_750],
    [
      'no charge without a right PIN typed below this payee and amount',
      [{ ...APPROVED, pin: 'wrong' }, told('CAPTURED')],
      8_750,
    ],
    [
      'no charge without a right PIN typed below this payee and amount',
      [{ ...APPROVED, payee: 'Shop 2' }, told('CAPTURED'), read('Paid')],
      8_750,
    ],
    [
      'no charge without a right PIN typed below this payee and amount',
      [{ ...APPROVED, amount: 'EUR 1.25' }, told('CAPTURED'), read('Paid')],
      8_750,
    ],
    ['who is told "refused" has refused, or typed wrong PINs', [APPROVED, told('REFUSED'), read('Refused')], 10_000],
    ['who is told "refused" has refused, or typed wrong PINs', [MISTYPED, MISTYPED, told('REFUSED')], 10_000],
    ['a wrong PIN costs one try', [MISTYPED, tries(1), APPROVED, told('CAPTURED'), read('Paid')], 8_750],
    [
      'what came back as a whole is called refunded',
      [APPROVED, gaveBack(1_250), told('CAPTURED', 1_250), read('Paid')],
      10_000,
    ],
    [
      'what came back as a whole is called refunded',
      [APPROVED, gaveBack(450), told('REFUNDED', 450), read('Refunded')],
      9_200,
    ],
    [
      'no more is given back than was asked for',
      [APPROVED, gaveBack(450), gaveBack(9, 'conflict', '2'), told('CAPTURED', 459), read('Paid')],
      9_209,
    ],
    ['a refusal is no charge', [APPROVED, { kind: 'refused' }, told('CAPTURED'), read('Paid')], 8_750],
    ['what is settled stays', [APPROVED, told('EXPIRED'), told('CAPTURED'), read('Paid')], 8_750],
    [
      'what is settled stays',
      [APPROVED, { kind: 'cancelled', state: 'CANCELLED' }, told('CAPTURED'), read('Paid')],
      8_750,
    ],
    ['no more is given back than was paid', [APPROVED, told('REFUNDED', 1_300), read('Refunded')], 10_050],
    ['the last receipt on the phone tells the truth', [APPROVED, told('CAPTURED'), read('Declined')], 8_750],
    ['the last receipt on the phone tells the truth', [APPROVED, told('REFUNDED', 1_250), read('Paid')], 10_000],
    ['who approved gets a receipt', [APPROVED, told('CAPTURED')], 8_750],
    ['money is conserved', [APPROVED, told('CAPTURED'), read('Paid')], 8_749],
    ['money is conserved', [told('EXPIRED')], 10_001],
  ])('that this rule was broken: %s', (rule, events, now) => {
    expect(ruled(events, { now })).toContain(rule);
  });

  it.each<[string, readonly DiaryEvent[], readonly HostOrder[]]>([
    ['no charge of a payment', [APPROVED, told('CAPTURED'), read('Paid')], []],
    [
      'two charges of a payment',
      [APPROVED, told('CAPTURED'), read('Paid')],
      [CHARGE, { ...CHARGE, key: `${TXN}:again` }],
    ],
    ['another amount', [APPROVED, told('CAPTURED'), read('Paid')], [{ ...CHARGE, minor: 1_251 }]],
    ['a charge of what was declined', [APPROVED, told('DECLINED'), read('Declined')], [CHARGE]],
    ['nothing given back', [APPROVED, told('REFUNDED', 1_250), read('Refunded')], [CHARGE]],
  ])('in the book of the host %s', (_, events, host) => {
    expect(ruled(events, { now: 10_000, host })).toContain('the book of the host agrees');
  });

  it('what was seen while it happened', () => {
    const diary = new Diary(() => 0);
    diary.seen.push({ customer: ANNA, text: 'a field to type in on the way to a refusal' });
    expect(judge(diary, { accounts: new Map(), host: undefined, late: new Set() })).toEqual([
      { rule: 'seen while it happened', customer: ANNA, text: 'a field to type in on the way to a refusal' },
    ]);
  });
});

describe('tries that are left after wrong PINs for two payments, one after the other', () => {
  it.each<[string, readonly DiaryEvent[], readonly DiaryEvent[], readonly string[]]>([
    ['five in a row end them', [MISTYPED, MISTYPED, MISTYPED], [MISTYPED, tries(1)], []],
    ['not four', [MISTYPED, MISTYPED], [MISTYPED, tries(1)], TRY],
    ['not once a right one was heard', [MISTYPED, MISTYPED, APPROVED, read('Paid')], [MISTYPED, tries(1)], TRY],
    ['after five nothing is known', [MISTYPED, MISTYPED, MISTYPED], [MISTYPED, MISTYPED, MISTYPED, tries(1)], []],
    ['a new PIN may be wrong', [UNSURE, UNSURE, MISTYPED], [UNSURE, tries(1)], []],
    ['a right one that is called wrong costs too much', [], [APPROVED, tries(2)], TRY],
    ['a request has three', [], [MISTYPED, MISTYPED, tries(0)], TRY],
  ])('%s', (_, first, second, rules) => {
    let now = 0;
    const diary = new Diary(() => now);
    const open = (mref: string, minor: number) =>
      diary.open({ mref, reference: mref, payee: 'Shop 1', customer: ANNA, minor });
    const [one, two] = [open('1', 100), open('2', 200)];
    for (const event of first) diary.note(one, event);
    now = 1;
    for (const event of second) diary.note(two, event);
    expect(judge(diary, { accounts: new Map(), host: undefined, late: new Set() }).map(({ rule }) => rule)).toEqual(
      rules,
    );
  });
});

describe('a change of the PIN that has not come about', () => {
  const rules = (typed: readonly DiaryEvent[], mistyped: number, late: readonly string[] = []) => {
    const diary = new Diary(() => 0);
    const story = diary.open({ mref: '1', reference: '1', payee: 'Shop 1', customer: ANNA, minor: 100 });
    for (const event of typed) diary.note(story, event);
    for (let n = 0; n < mistyped; n += 1) diary.mistype(ANNA);
    diary.unchanged.add(ANNA);
    return judge(diary, { accounts: new Map(), host: undefined, late: new Set(late) }).map(({ rule }) => rule);
  };

  it.each<[string, readonly DiaryEvent[], number, readonly string[], boolean]>([
    ['is a mistake', [], 0, [], true],
    ['of another phone that was late too', [], 0, ['+39'], true],
    ['not of a phone whose messages were late', [], 0, [ANNA], false],
    ['after four wrong PINs', [MISTYPED, MISTYPED], 2, [], true],
    ['not after five, when the phone is blocked', [MISTYPED, MISTYPED, MISTYPED], 2, [], false],
  ])('%s', (_, typed, mistyped, late, isBroken) => {
    expect(rules(typed, mistyped, late).includes('a change with the right PIN comes about')).toBe(isBroken);
  });
});

it('wrong PINs that were typed for a new one count too', () => {
  const found = (mistyped: number) => {
    const diary = new Diary(() => 0);
    const story = diary.open({ mref: '1', reference: '1', payee: 'Shop 1', customer: ANNA, minor: 100 });
    for (let n = 0; n < mistyped; n += 1) diary.mistype(ANNA);
    for (const event of [MISTYPED, tries(1), MISTYPED, told('REFUSED')]) diary.note(story, event);
    return judge(diary, { accounts: new Map(), host: undefined, late: new Set() }).map(({ rule }) => rule);
  };
  expect(found(3)).toEqual([]);
  expect(found(0)).toEqual(['who is told "refused" has refused, or typed wrong PINs', 'a wrong PIN costs one try']);
});

describe('after refusals of a shop its next request may be refused unseen', () => {
  it.each([
    ['three', 3, 'Shop 1', []],
    ['two are too few', 2, 'Shop 1', ['who is told "refused" has refused, or typed wrong PINs']],
    ['those of another shop do not count', 3, 'Shop 2', ['who is told "refused" has refused, or typed wrong PINs']],
  ])('%s', (_, refused, payee, broken) => {
    let now = 0;
    const diary = new Diary(() => now);
    for (now = 1; now <= refused; now += 1) {
      const story = diary.open({ mref: `${now}`, reference: `${now}`, payee, customer: ANNA, minor: now });
      for (const event of [{ kind: 'refused' } as const, told('REFUSED')]) diary.note(story, event);
    }
    const unseen = diary.open({ mref: 'unseen', reference: 'unseen', payee: 'Shop 1', customer: ANNA, minor: 100 });
    diary.note(unseen, told('REFUSED'));
    expect(judge(diary, { accounts: new Map(), host: undefined, late: new Set() }).map(({ rule }) => rule)).toEqual(
      broken,
    );
  });
});
