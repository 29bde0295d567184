import { expect, it } from 'vitest';
import type { Screen } from '../../../device/index.ts';
import { guidance } from '../../../sim/demo/guide.ts';
import { HELP, LEGEND } from '../../../sim/demo/theatre.tsx';
import { HELP as VIEW_HELP, LEGEND as VIEW_LEGEND } from '../../../sim/view/keys.ts';

const IDLE: Screen = {
  kind: 'idle',
  title: '',
  rows: [],
  items: [],
  scroll: { above: false, below: false },
  softKeys: { left: 'Menu', right: 'Messages' },
  indicator: { kind: 'phone', text: 'Phone' },
  icons: { signal: 4, battery: 4, message: false, clock: '09:00' },
};
const NUMBER = { numeric: true, mode: '123', telephone: false } as const;
const LETTERS = { numeric: false, mode: 'abc', telephone: false } as const;

/** Every kind of screen that the guide tells apart. */
const SCREENS: readonly (readonly [name: string, screen: Screen])[] = [
  ['idle', IDLE],
  ['a request', { ...IDLE, kind: 'form', title: 'Payment', softKeys: { left: 'Approve', right: 'Refuse' } }],
  ['a PIN', { ...IDLE, kind: 'form', title: 'Payment', input: NUMBER }],
  ['a receipt', { ...IDLE, kind: 'alert', title: 'Paid' }],
  ['a form, at a number', { ...IDLE, kind: 'form', title: 'Request payment', input: NUMBER }],
  ['a form, at letters', { ...IDLE, kind: 'form', title: 'Request payment', input: LETTERS }],
  ['a list', { ...IDLE, kind: 'list', title: 'Menu', softKeys: { left: 'Select', right: 'Back' } }],
  ['nothing to press', { ...IDLE, kind: 'form', title: 'Sending', softKeys: { left: '', right: '' } }],
];

it.each(SCREENS)('what is said about %s fits on 80 columns', (_name, screen) => {
  for (const who of ['merchant', 'customer'] as const) {
    for (const isAsked of [false, true]) {
      const { happens, next } = guidance({ active: who, merchant: screen, customer: screen, isAsked });
      expect(happens.length).toBeLessThanOrEqual(80);
      expect(next.length).toBeLessThanOrEqual(80);
    }
  }
});

it.each([
  [false, 'Press r: the till asks'],
  [true, 'a lost SMS is sent again'],
])('with an idle phone, asked already: %s, the next step is "%s"', (isAsked, next) => {
  const said = guidance({ active: 'customer', merchant: IDLE, customer: IDLE, isAsked });
  expect(said.next).toContain(next);
});

it('a field for letters is not said to take digits', () => {
  const [numbers, letters] = ['a form, at a number', 'a form, at letters'].map((wanted) =>
    SCREENS.flatMap(([name, screen]) =>
      name === wanted ? guidance({ active: 'merchant', merchant: screen, customer: IDLE, isAsked: false }).happens : [],
    ),
  );
  expect(numbers).toEqual([expect.stringContaining('* is the decimal point')]);
  expect(letters).toEqual([expect.stringContaining('letters write here')]);
});

it('the legends fit on 80 columns, and the help between the phones on 26', () => {
  expect([LEGEND, ...VIEW_LEGEND, ...VIEW_HELP].map((line) => line.length).filter((length) => length > 80)).toEqual([]);
  expect(HELP.map((line) => line.length).filter((length) => length > 26)).toEqual([]);
});
