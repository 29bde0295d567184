import { describe, expect, test } from 'vitest';
import type { Status } from '../../../device/safe-mobile/index.ts';
import { type CashBench, enrol, enrolled, installed, openApplication, PIN, wordsOf } from './cash-bench.ts';
import { PAYEE } from './fake-service.ts';

/** Seconds that the second request lives: less than anybody may leave a receipt on the screen. */
const TTL = 40;
const SECOND = 'Bar Sport';

async function second(cash: CashBench) {
  return cash.request({ payee: SECOND, merchantId: 8, ttl: TTL });
}

/** The second request is on the screen, and can be answered as soon as the keys work. */
async function expectSecond(cash: CashBench): Promise<void> {
  await cash.during(cash.phone.keysWork());
  expect(wordsOf(cash)).toContain(`Pay to: ${SECOND}`);
  expect(cash.phone.screen.softKeys).toEqual({ left: 'Approve', right: 'Refuse' });
  expect(cash.phone.screen.ticker).toBeUndefined();
}

/** Pays or refuses a first request until its receipt is on the screen. */
async function receipt(cash: CashBench, status: Status): Promise<void> {
  const { txn } = await cash.request();
  if (status === 'refused') {
    await cash.select('Refuse');
    await cash.select('It is not mine');
  } else if (status !== 'cancelled') {
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
  }
  await cash.send(cash.service.receipt(txn, status));
}

async function text(cash: CashBench): Promise<void> {
  await cash.radio.deliver({ originator: '+39340', sentAt: 0, content: { kind: 'text', text: 'ciao' } });
  await cash.settle();
}

const select =
  (...labels: readonly string[]) =>
  async (cash: CashBench) => {
    for (const label of labels) await cash.select(label);
  };

/** Screens that nobody has to finish: a request takes the place of each. */
const INTERRUPTIBLE: readonly (readonly [name: string, title: string, show: (cash: CashBench) => Promise<void>])[] = [
  ...(['paid', 'refused', 'cancelled', 'declined', 'blocked', 'reversed'] as const).map(
    (status) => [`the receipt "${status}"`, '', (cash: CashBench) => receipt(cash, status)] as const,
  ),
  [
    'a later receipt: refunded',
    'Refunded',
    async (cash) => {
      const { txn } = await cash.request();
      await cash.select('Approve');
      await cash.type(PIN);
      await cash.select('Confirm');
      await cash.send(cash.service.receipt(txn, 'paid'));
      await cash.select('OK');
      await cash.send(cash.service.receipt(txn, 'refunded'));
    },
  ],
  [
    'a request that expired',
    'Payment',
    async (cash) => {
      await cash.request();
      await cash.clock.advance(120_000);
    },
  ],
  [
    'the screen that waits for a receipt',
    'Payment',
    async (cash) => {
      await cash.request();
      await select('Approve')(cash);
      await cash.type(PIN);
      await cash.select('Confirm');
    },
  ],
  ['the menu of the application', 'Cash-Mobile', (cash) => openApplication(cash, 'en')],
  [
    'an empty history',
    'History',
    async (cash) => {
      await openApplication(cash, 'en');
      await cash.select('History');
    },
  ],
  [
    'the history',
    'History',
    async (cash) => {
      await receipt(cash, 'paid');
      await cash.select('OK');
      await openApplication(cash, 'en');
      await cash.select('History');
    },
  ],
  [
    'a payment of the history',
    'Payment',
    async (cash) => {
      await receipt(cash, 'paid');
      await cash.select('OK');
      await openApplication(cash, 'en');
      await select('History', 'EUR 12.50')(cash);
    },
  ],
  [
    'the screen that waits for the balance',
    'Balance',
    async (cash) => {
      await openApplication(cash, 'en');
      await cash.select('Balance');
    },
  ],
  [
    'the line that no balance has come',
    'Balance',
    async (cash) => {
      await openApplication(cash, 'en');
      await cash.select('Balance');
      await cash.clock.advance(60_000);
    },
  ],
  [
    'the balance',
    'Balance',
    async (cash) => {
      await openApplication(cash, 'en');
      await cash.select('Balance');
      await cash.send(cash.service.balance());
    },
  ],
  ['the menu of the phone', 'Menu', select('Menu')],
  ['the applications', 'Applications', select('Menu', 'Applications')],
  ['the details of an application', 'Cash-Mobile', select('Menu', 'Applications', 'Details')],
  ['"No messages"', 'Messages', select('Messages')],
  ['the idle screen with an unread message', '', text],
  ['the messages', 'Messages', async (cash) => select('Messages')(await text(cash).then(() => cash))],
  ['a message', '+39340', async (cash) => select('Messages', '* +39340')(await text(cash).then(() => cash))],
];

describe('A request takes the place of', () => {
  test.each(INTERRUPTIBLE)('%s', async (_name, title, show) => {
    const cash = await enrolled();
    await show(cash);
    expect(cash.phone.screen.title).toContain(title);
    await second(cash);
    await expectSecond(cash);
  });

  test('"Open it now?" that was put off', async () => {
    const cash = await enrolled({ askBeforeOpening: true });
    await cash.request();
    await cash.select('Later');
    expect(wordsOf(cash)).toContain('Cash-Mobile waits');
    await second(cash);
    expect(wordsOf(cash)).toEqual(['A message for Cash-Mobile (payments by SMS) has come. Open it now?']);
    await cash.select('Open');
    expect(wordsOf(cash)).toContain('Pay to: Edicola Duomo');
    await select('Refuse', 'It is not mine')(cash);
    await expectSecond(cash);
    cash.phone.press('power');
    expect(wordsOf(cash)).not.toContain('Cash-Mobile waits');
  });

  test('"your phone is active"', async () => {
    const cash = await installed();
    await enrol(cash, 'en', PIN, false);
    expect(wordsOf(cash)).toEqual(['Your phone is active. You can pay with it now.']);
    await second(cash);
    await expectSecond(cash);
  });
});

describe('A receipt that gave way to a request', () => {
  test('does not come back, and stays in the history', async () => {
    const cash = await enrolled();
    await receipt(cash, 'paid');
    await second(cash);
    await cash.select('Refuse');
    await cash.select('I do not want to');
    await cash.select('Close');
    expect(cash.phone.screen.kind).toBe('idle');
    await openApplication(cash, 'en');
    await cash.select('History');
    await cash.select('EUR 12.50 Edicola');
    expect(wordsOf(cash)).toContain('Status: Paid');
  });

  test('that was not seen yet comes after the request', async () => {
    const cash = await enrolled();
    const { txn } = await cash.request();
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    await second(cash);
    await cash.send(cash.service.receipt(txn, 'paid'));
    await expectSecond(cash);
    await cash.select('Refuse');
    await cash.select('I do not want to');
    expect(cash.phone.screen.title).toBe('Paid');
  });

  test('of two requests at once: the second comes before the first one’s receipt', async () => {
    const cash = await enrolled();
    const { txn } = await cash.request();
    await second(cash);
    await cash.send(cash.service.receipt(txn, 'cancelled'));
    await expectSecond(cash);
  });
});

/** Screens on which something is being decided or typed: a request waits behind each. */
const BUSY: readonly (readonly [
  name: string,
  show: (cash: CashBench) => Promise<void>,
  leave: (cash: CashBench) => Promise<void>,
])[] = [
  ['a request', async (cash) => void (await cash.request()), select('Refuse', 'It is not mine')],
  [
    'the reasons of a refusal',
    async (cash) => {
      await cash.request();
      await cash.select('Refuse');
    },
    select('It is not mine'),
  ],
  [
    'a PIN that is being typed',
    async (cash) => {
      await cash.request();
      await cash.select('Approve');
      await cash.type('482');
    },
    async (cash) => {
      await cash.type('13');
      await cash.select('Confirm');
    },
  ],
  [
    'the line about a PIN that is too short',
    async (cash) => {
      await cash.request();
      await cash.select('Approve');
      await cash.type('482');
      await cash.select('Confirm');
    },
    select('OK', 'Back', 'Refuse', 'It is not mine'),
  ],
  [
    'a sale that is being typed',
    async (cash) => {
      await openApplication(cash, 'en');
      await cash.select('Request payment');
      await cash.type('393400');
    },
    select('Back'),
  ],
  [
    'the recent customers',
    async (cash) => {
      await openApplication(cash, 'en');
      await select('Request payment', 'Recent customers')(cash);
    },
    select('OK', 'Back'),
  ],
];

describe('A request does not take the place of', () => {
  test.each(BUSY)('%s: the phone rings, and says that one more waits', async (_name, show, leave) => {
    const cash = await enrolled({ merchant: 'Edicola' });
    await show(cash);
    const before = cash.phone.screen;
    const tones: string[] = [];
    cash.handset.watch((event) => {
      if (event.kind === 'sound') tones.push(event.tone);
    });
    await second(cash);
    expect(cash.phone.screen).toEqual({ ...before, ticker: '1 more request waits' });
    expect(tones).toEqual(['attention']);
    await leave(cash);
    await expectSecond(cash);
  });

  test('the settings of the phone: the phone rings, and says which application waits', async () => {
    const cash = await enrolled();
    await select('Menu', 'Settings')(cash);
    const before = cash.phone.screen;
    const tones: string[] = [];
    cash.handset.watch((event) => {
      if (event.kind === 'sound') tones.push(event.tone);
    });
    await second(cash);
    expect(cash.phone.screen).toEqual({ ...before, ticker: 'Cash-Mobile waits' });
    expect(tones).toEqual(['attention']);
    await cash.select('Back');
    await expectSecond(cash);
  });

  test('the options, which say so too', async () => {
    const cash = await enrolled({ merchant: 'Edicola' });
    await openApplication(cash, 'en');
    await cash.select('Request payment');
    await cash.phone.press('soft-left');
    await second(cash);
    expect(cash.phone.screen).toMatchObject({ kind: 'options', ticker: '1 more request waits' });
  });
});

describe('How many requests wait', () => {
  test('is said again as they come and go, also on the screens that follow', async () => {
    const cash = await enrolled({ language: 'it' });
    await cash.request();
    const { txn } = await second(cash);
    await cash.request({ payee: 'Terzo', merchantId: 9, ttl: TTL });
    expect(cash.phone.screen.ticker).toBe('2 altre richieste');
    await cash.select('Approva');
    expect(cash.phone.screen.ticker).toBe('2 altre richieste');
    await cash.send(cash.service.receipt(txn, 'cancelled'));
    expect(cash.phone.screen.ticker).toBe('1 altra richiesta');
    await cash.clock.advance(TTL * 1000);
    expect(cash.phone.screen.ticker).toBeUndefined();
    expect(cash.service.heard).toMatchObject([{ type: 'REFUSE', reason: 'expired' }]);
    await cash.type(PIN);
    await cash.select('Conferma');
    await cash.select('Chiudi');
    expect(cash.phone.screen.title).toBe('Annullato');
    await cash.select('OK');
    expect(wordsOf(cash).join()).toContain('scaduta');
  });
});

describe('The outcome of what the user has answered', () => {
  const EXPIRED = 'This request has expired. Nothing was paid.';

  /** The user types the PIN of one request while two others expire. */
  async function twoExpire(cash: CashBench) {
    const first = await cash.request();
    await cash.select('Approve');
    await cash.request({ payee: 'Two', merchantId: 8, amount: { minor: 300, currency: 'EUR' }, ttl: 40 });
    await cash.request({ payee: 'Three', merchantId: 9, amount: { minor: 400, currency: 'EUR' }, ttl: 60 });
    await cash.clock.advance(60_000);
    return first;
  }

  async function expectNotices(cash: CashBench): Promise<void> {
    for (const matter of ['Two\nEUR 3.00', 'Three\nEUR 4.00']) {
      await cash.select('OK');
      expect(wordsOf(cash)).toEqual([`${matter}\n${EXPIRED}`]);
    }
    await cash.select('OK');
    expect(cash.phone.screen.kind).toBe('idle');
  }

  test.each(['paid', 'declined', 'blocked'] as const)('"%s" comes before the notices of others', async (status) => {
    const cash = await enrolled();
    const { txn } = await twoExpire(cash);
    await cash.type(PIN);
    await cash.select('Confirm');
    expect(wordsOf(cash)).toEqual(expect.arrayContaining(['EUR 12.50', 'Sent. Waiting for the receipt.']));
    await cash.send(cash.service.receipt(txn, status));
    expect(wordsOf(cash).join()).toContain(`${PAYEE}\nEUR 12.50`);
    await expectNotices(cash);
  });

  test('a refusal comes before them too', async () => {
    const cash = await enrolled();
    const { txn } = await twoExpire(cash);
    await select('Back', 'Refuse', 'I do not want to')(cash);
    await cash.send(cash.service.receipt(txn, 'refused'));
    expect(cash.phone.screen.title).toBe('Refused');
    await expectNotices(cash);
  });

  test('a NAK comes before them too', async () => {
    const cash = await enrolled();
    const { txn } = await twoExpire(cash);
    await cash.type(PIN);
    await cash.select('Confirm');
    await cash.send({
      type: 'NAK',
      time: cash.service.now,
      ref: txn,
      code: 'unknown-reference',
      argument: 0,
      text: 'Try later',
    });
    expect(wordsOf(cash)).toEqual([`${PAYEE}\nEUR 12.50\nTry later`]);
    await expectNotices(cash);
  });

  test('a wrong PIN is asked again before them', async () => {
    const cash = await enrolled();
    const { txn } = await twoExpire(cash);
    await cash.type('90909');
    await cash.select('Confirm');
    await cash.send(cash.service.receipt(txn, 'wrong-pin', { triesLeft: 2 }));
    expect(wordsOf(cash)).toContain('Wrong PIN. Tries left: 2');
    await cash.type(PIN);
    await cash.select('Confirm');
    await cash.send(cash.service.receipt(txn, 'paid'));
    expect(cash.phone.screen.title).toBe('Paid');
    await expectNotices(cash);
  });

  test('is next when the user has closed the waiting screen and reads another notice', async () => {
    const cash = await enrolled();
    const { txn } = await twoExpire(cash);
    await cash.type(PIN);
    await select('Confirm', 'Close')(cash);
    expect(wordsOf(cash)).toEqual([`Two\nEUR 3.00\n${EXPIRED}`]);
    await cash.send(cash.service.receipt(txn, 'paid'));
    await cash.select('OK');
    expect(cash.phone.screen.title).toBe('Paid');
    await cash.select('OK');
    expect(wordsOf(cash)).toEqual([`Three\nEUR 4.00\n${EXPIRED}`]);
  });

  test('a refund of an earlier payment is not such an outcome: it waits', async () => {
    const cash = await enrolled();
    const { txn } = await cash.request();
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    await cash.send(cash.service.receipt(txn, 'paid'));
    await cash.select('OK');
    const later = await second(cash);
    await select('Refuse', 'I do not want to')(cash);
    await cash.send(cash.service.receipt(txn, 'refunded'));
    expect(wordsOf(cash)).toContain('Sent. Waiting for the receipt.');
    await cash.send(cash.service.receipt(later.txn, 'refused'));
    expect(cash.phone.screen.title).toBe('Refused');
    await cash.select('OK');
    expect(cash.phone.screen.title).toBe('Refunded');
  });

  test('a paid receipt of what the phone refused as expired is not one either', async () => {
    const cash = await enrolled();
    const { txn } = await cash.request({ ttl: 10 });
    await cash.clock.advance(10_000);
    await second(cash);
    await select('Refuse', 'I do not want to')(cash);
    await cash.send(cash.service.receipt(txn, 'paid'));
    expect(wordsOf(cash)).toContain('Sent. Waiting for the receipt.');
  });

  test.each([
    ['the balance', 'EUR 987.50'],
    ['a NAK', 'Try later'],
    ['no answer', 'No answer'],
  ])('%s after a query comes before them', async (outcome, said) => {
    const cash = await enrolled();
    const { txn } = await cash.request();
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    await cash.send(cash.service.receipt(txn, 'paid'));
    await cash.select('OK');
    await openApplication(cash, 'en');
    await cash.select('Balance');
    await cash.send(cash.service.receipt(txn, 'refunded'));
    const [ref] = cash.service.balanceRefs;
    if (outcome === 'no answer') await cash.clock.advance(60_000);
    else if (outcome === 'the balance') await cash.send(cash.service.balance());
    else if (ref !== undefined)
      await cash.send({
        type: 'NAK',
        time: cash.service.now,
        ref,
        code: 'unknown-reference',
        argument: 0,
        text: 'Try later',
      });
    expect(wordsOf(cash).join()).toContain(said);
    await cash.select('Back');
    expect(cash.phone.screen.title).toBe('Refunded');
  });
});
