import { expect, test } from 'vitest';
import type { Screen } from '../../../device/index.ts';
import { Bar } from '../../../sim/demo/bar.ts';
import { CUSTOMER, MERCHANT, SERVICE_NUMBER } from '../../../sim/demo/cast.ts';
import { nameOfNumber, userDataOctets } from '../../../sim/demo/events.ts';
import { guidance } from '../../../sim/demo/guide.ts';
import { partOf, TO_PORT, WANTS_REPORT } from '../evidence/tpdus.ts';

const IDLE: Screen = {
  kind: 'idle',
  title: '',
  rows: [],
  items: [],
  scroll: { above: false, below: false },
  softKeys: { left: 'Menu', right: 'Messages' },
  icons: { signal: 4, battery: 4, message: false, clock: '09:00' },
};
const NUMBER = { numeric: true, mode: '123', telephone: false } as const;
const LETTERS = { numeric: false, mode: 'abc', telephone: false } as const;
const FORM = { ...IDLE, kind: 'form', title: 'Request payment' } as const;

/** What the guide says next, and of what, by the screen of the phone that has the keys. */
const GUIDE: readonly (readonly [
  who: 'merchant' | 'customer',
  screen: Screen,
  isAsked: boolean,
  next: string,
  happens: string,
])[] = [
  [
    'customer',
    IDLE,
    false,
    'Press r: the till asks for EUR 12.50. Or use the page below, or Tab.',
    "Anna's phone is asleep in a pocket. Edicola Duomo is waiting for money.",
  ],
  [
    'customer',
    IDLE,
    true,
    'Wait: after 20 s a lost SMS is sent again. r: the till asks once more.',
    'Anna is asked for money already; an SMS is on its way, or was lost.',
  ],
  [
    'customer',
    { ...FORM, title: 'Payment', softKeys: { left: 'Approve', right: 'Refuse' } },
    true,
    'Press [ to approve, or ] to refuse.',
    "An encrypted SMS woke Anna's phone. Payee and amount are what will be signed.",
  ],
  [
    'customer',
    { ...FORM, title: 'Payment', input: NUMBER },
    true,
    `Type Anna's PIN, ${CUSTOMER.pin}, then press [ to confirm.`,
    'Only Anna knows the PIN, which brings back the signing key. It stays here.',
  ],
  [
    'customer',
    { ...IDLE, kind: 'alert', title: 'Paid' },
    false,
    'Press [ and you are done. p lays the phone down, r starts another payment.',
    'The money has moved; both sides have a receipt signed by the service.',
  ],
  [
    'customer',
    { ...FORM, title: 'x', softKeys: { left: 'OK', right: 'Back' } },
    false,
    'Keys: [ OK   ] Back   arrows and Enter   Tab other phone',
    'The phones talk to the service in encrypted SMS only: see them in the middle.',
  ],
  [
    'customer',
    { ...FORM, title: 'x', softKeys: { left: '', right: 'Back' } },
    false,
    'Keys: ] Back   arrows and Enter   Tab other phone',
    'The phones talk to the service in encrypted SMS only: see them in the middle.',
  ],
  [
    'customer',
    { ...FORM, title: 'x', softKeys: { left: '', right: '' } },
    false,
    'Wait a moment.',
    'The phones talk to the service in encrypted SMS only: see them in the middle.',
  ],
  [
    'merchant',
    IDLE,
    true,
    'Press [ Menu, then Applications, Cash-Mobile, Request payment: arrows, Enter.',
    'Mario sells newspapers at Edicola Duomo and can ask for money with this phone.',
  ],
  [
    'merchant',
    { ...FORM, input: NUMBER },
    false,
    'Arrows move between the fields; then [ Options, Send. Tab: the customer.',
    `The customer is ${CUSTOMER.number}. Digits as they are, * is the decimal point.`,
  ],
  [
    'merchant',
    { ...FORM, input: LETTERS },
    false,
    'Arrows move between the fields; then [ Options, Send. Tab: the customer.',
    'What is paid for: letters write here; the commands r, x and q need Ctrl.',
  ],
  [
    'merchant',
    { ...FORM, kind: 'list', softKeys: { left: 'Select', right: '' } },
    false,
    'Keys: [ Select   arrows and Enter   Tab other phone',
    'The phones talk to the service in encrypted SMS only: see them in the middle.',
  ],
];

test.each(GUIDE)('the guide, with the keys at the %s: %#', (active, screen, isAsked, next, happens) => {
  const other = { ...FORM, title: 'another', softKeys: { left: 'Other', right: '' } };
  const phones = active === 'merchant' ? { merchant: screen, customer: other } : { merchant: other, customer: screen };
  expect(guidance({ active, ...phones, isAsked })).toEqual({ happens, next });
});

test('a bar goes on with each step, is full at most, and is taken away', () => {
  const written: string[] = [];
  const bar = new Bar((text) => written.push(text));
  for (let step = 0; step < 15; step += 1) bar.step(`step ${step}`);
  expect(written[0]).toBe(`\r[${'.'.repeat(24)}] step 0\x1b[K`);
  expect(written[1]).toBe(`\r[##${'.'.repeat(22)}] step 1\x1b[K`);
  expect(written[12]).toBe(`\r[${'#'.repeat(22)}..] step 12\x1b[K`);
  expect(written.slice(13)).toEqual([13, 14].map((step) => `\r[${'#'.repeat(24)}] step ${step}\x1b[K`));
  bar.clear();
  expect(written.at(-1)).toBe('\r\x1b[K');
});

test('who is who, and how many octets a SUBMIT carries, its header among them', () => {
  expect([SERVICE_NUMBER, MERCHANT.number, CUSTOMER.number, '+1'].map(nameOfNumber)).toEqual([
    ...['service', 'merchant', 'customer', '+1'],
  ]);
  expect([WANTS_REPORT, TO_PORT, partOf(2, 1)].map(userDataOctets)).toEqual([7, 9, 8]);
});
