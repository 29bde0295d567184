import { expect, test } from 'vitest';
import type { HandsetEvent, Screen } from '../../../device/index.ts';
import type { JournalEntry } from '../../../server/index.ts';
import { Bar } from '../../../sim/demo/bar.ts';
import { CUSTOMER, MERCHANT, SERVICE_NUMBER } from '../../../sim/demo/cast.ts';
import { nameOfNumber, type StageEvent, userDataOctets, watchStage } from '../../../sim/demo/events.ts';
import { guidance } from '../../../sim/demo/guide.ts';
import type { Booked } from '../../../sim/demo/purse-host.ts';
import type { Stage } from '../../../sim/demo/stage.ts';
import { partOf, TO_PORT, WANTS_REPORT } from '../evidence/tpdus.ts';
import { quietWorld } from '../host.ts';

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

test('what happens on the stage is told as it happens, each screen once, without what is typed, until the end', async () => {
  const { world, clock } = quietWorld();
  for (const { number } of [MERCHANT, CUSTOMER]) world.addModem({ number });
  const watchers: ((event: HandsetEvent) => void)[] = [];
  const handset = {
    watch(watcher: (event: HandsetEvent) => void) {
      watchers.push(watcher);
      return () => void watchers.splice(watchers.indexOf(watcher), 1);
    },
  };
  const journal = new Set<(entry: JournalEntry) => void>();
  const service = {
    subscribe(listener: (entry: JournalEntry) => void) {
      journal.add(listener);
      return () => void journal.delete(listener);
    },
  };
  const phone = { phone: { handset } };
  const books = new Set<(booked: Booked) => void>();
  const purseHost = {
    ...{ name: 'paypal', title: 'PayPal' },
    listen(listener: (booked: Booked) => void) {
      books.add(listener);
      return () => void books.delete(listener);
    },
  };
  const stage = { world, clock, service, purseHost, merchant: phone, customer: phone } as unknown as Stage;
  const told: StageEvent[] = [];
  const unwatch = watchStage(stage, (event) => told.push(event));
  const field = { label: 'PIN', value: '48213', focused: true };
  const amount = { label: 'Pay to', value: 'Bar\nSport', focused: false };
  for (const screen of [
    IDLE,
    { ...IDLE, icons: { ...IDLE.icons, clock: '09:01' } },
    { ...IDLE, kind: 'form', title: 'Payment', items: [amount] },
    { ...IDLE, kind: 'form', title: 'Payment', items: [field], input: NUMBER },
    { ...IDLE, kind: 'off' },
  ] as const) {
    watchers[1]?.({ kind: 'screen', screen });
  }
  watchers[1]?.({ kind: 'sound', tone: 'error' });
  expect(told.map(({ text }) => text)).toEqual([
    'customer  sees   idle',
    'customer  sees   Payment · Pay to: Bar · Sport',
    'customer  sees   Payment · PIN',
    'customer  sees   off',
  ]);
  expect(told[0]).toEqual({
    ...{ at: clock.now(), event: 'screen', text: 'customer  sees   idle' },
    data: { phone: 'customer', shows: 'idle' },
  });
  told.length = 0;
  await clock.run(world.send({ from: MERCHANT.number, to: CUSTOMER.number, content: { kind: 'text', text: 'a' } }));
  for (const moved of [true, false]) {
    const event = { kind: 'resolved', key: 'K', moved, reason: 'by hand' };
    for (const listener of journal) listener({ seq: 1, at: 7, event } as unknown as JournalEntry);
  }
  const booked = { data: { minor: 1_205 }, text: 'capture C1 of 12.05: COMPLETED', brief: '12.05 COMPLETED' };
  for (const listener of books) listener(booked);
  expect(told.at(-1)).toMatchObject({ event: 'paypal', data: booked.data });
  expect(told.map(({ text }) => text)).toEqual([
    'network   submit SMS 1 merchant → customer, 1 octets',
    'network   deliver SMS 1 merchant → customer',
    'service   resolved K moved: by hand',
    'service   resolved K did not move: by hand',
    'PayPal    capture C1 of 12.05: COMPLETED',
  ]);
  unwatch();
  told.length = 0;
  await clock.run(world.send({ from: MERCHANT.number, to: CUSTOMER.number, content: { kind: 'text', text: 'a' } }));
  expect([told, watchers, journal.size, books.size]).toEqual([[], [], 0, 0]);
});
