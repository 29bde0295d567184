import { describe, expect, test } from 'vitest';
import type { OutgoingSms, SendOutcome } from '../../../modem/index.ts';
import { type CashBench, enrolled, openApplication, PIN, wordsOf } from './cash-bench.ts';

const WAITS = ['Asking the service for the balance.', ''];
const SILENCE = ['No answer. The service has been silent for a minute.'];
const NO_NETWORK: SendOutcome = { kind: 'failed', reason: 'no network', retry: true };

/** A phone whose owner looks at the menu of the application. */
async function opened(language: 'en' | 'it' = 'en'): Promise<CashBench> {
  const cash = await enrolled({ language });
  await openApplication(cash, language);
  return cash;
}

/** A phone whose owner has asked for the balance. */
async function asking(): Promise<CashBench> {
  const cash = await opened();
  await cash.select('Balance');
  return cash;
}

function frames({ radio }: CashBench): readonly string[] {
  return radio.sent.map(({ content }) => (content.kind === 'data' ? Buffer.from(content.data).toString('hex') : ''));
}

const inMenu = (cash: CashBench) => expect(wordsOf(cash)).toEqual(['Balance', 'History', 'Change PIN']);

describe('A customer who asks for the balance', () => {
  test('sends one STATUS_QUERY, without a PIN, and waits', async () => {
    const cash = await asking();
    expect(cash.service.heard).toMatchObject([{ type: 'STATUS_QUERY', kind: 'balance' }]);
    expect(cash.phone.screen.title).toBe('Balance');
    expect(wordsOf(cash)).toEqual(WAITS);
    expect(cash.phone.screen.input).toBeUndefined();
    await cash.clock.advance(59_999);
    expect(wordsOf(cash)).toEqual(WAITS);
    expect(cash.service.heard).toHaveLength(1);
  });

  test('sees it as money, with the time of the service on the clock of the phone', async () => {
    const cash = await asking();
    await cash.send({
      ...cash.service.balance([
        { minor: 98_750, currency: 'EUR' },
        { minor: 0, currency: 'JPY' },
        { minor: 5, currency: 'KWD' },
      ]),
      time: Date.UTC(2010, 2, 1, 23, 7) / 1000,
    });
    expect(cash.phone.screen.title).toBe('Balance');
    expect(wordsOf(cash)).toEqual([
      'Available: EUR 987.50',
      'Available: JPY 0',
      'Available: KWD 0.005',
      'Time: 2010-03-02 00:07',
    ]);
    await cash.clock.advance(120_000);
    expect(wordsOf(cash)).toContain('Available: EUR 987.50');
    await cash.select('Back');
    inMenu(cash);
  });

  test('in Italian sees it in Italian', async () => {
    const cash = await opened('it');
    await cash.select('Saldo');
    expect(wordsOf(cash)).toEqual(['Richiesta del saldo al servizio.', '']);
    await cash.send(cash.service.balance());
    expect(wordsOf(cash)[0]).toBe('Disponibile: EUR 987,50');
  });

  test('and never had money sees that', async () => {
    const cash = await asking();
    await cash.send(cash.service.balance([]));
    expect(wordsOf(cash)).toEqual(['There is no money in the account.', expect.stringContaining('Time: ')]);
  });

  test('asks under another ref each time', async () => {
    const cash = await asking();
    await cash.send(cash.service.balance());
    await cash.select('Back');
    await cash.select('Balance');
    const [first, second] = cash.service.balanceRefs;
    expect(first).not.toEqual(second);
    await cash.send(cash.service.balance([{ minor: 1, currency: 'EUR' }], first));
    expect(wordsOf(cash)).toEqual(WAITS);
    await cash.send(cash.service.balance([{ minor: 2, currency: 'EUR' }], second));
    expect(wordsOf(cash)[0]).toBe('Available: EUR 0.02');
    await cash.send(cash.service.balance([{ minor: 3, currency: 'EUR' }], second));
    expect(wordsOf(cash)[0]).toBe('Available: EUR 0.02');
    await cash.select('Back');
    inMenu(cash);
  });

  test('leaves nothing behind in the history', async () => {
    const cash = await asking();
    await cash.send(cash.service.balance());
    await cash.select('Back');
    await cash.select('History');
    expect(wordsOf(cash)).toEqual(['No payments yet.']);
  });
});

describe('Back', () => {
  test('while the phone waits leads to the menu, and an answer after it is not shown', async () => {
    const cash = await asking();
    await cash.select('Back');
    inMenu(cash);
    await cash.send(cash.service.balance());
    inMenu(cash);
    await cash.clock.advance(120_000);
    inMenu(cash);
  });

  test('after nothing has come does the same', async () => {
    const cash = await asking();
    await cash.clock.advance(60_000);
    await cash.select('Back');
    inMenu(cash);
    await cash.send(cash.service.balance());
    inMenu(cash);
  });

  test('leaves the next question alone: its minute is a whole one', async () => {
    const cash = await asking();
    await cash.clock.advance(30_000);
    await cash.select('Back');
    await cash.select('Balance');
    await cash.clock.advance(59_999);
    expect(wordsOf(cash)).toEqual(WAITS);
    await cash.clock.advance(1);
    expect(wordsOf(cash)).toEqual(SILENCE);
  });
});

describe('When nothing comes for a minute', () => {
  test('the screen says so, and an answer that comes after all takes its place', async () => {
    const cash = await asking();
    await cash.clock.advance(60_000);
    expect(cash.phone.screen.title).toBe('Balance');
    expect(wordsOf(cash)).toEqual(SILENCE);
    expect(cash.phone.screen.softKeys).toEqual({ left: 'Ask again', right: 'Back' });
    await cash.send(cash.service.balance());
    expect(wordsOf(cash)[0]).toBe('Available: EUR 987.50');
  });

  test('"Ask again" sends the same frame, and waits another minute', async () => {
    const cash = await asking();
    await cash.clock.advance(60_000);
    await cash.select('Ask again');
    expect(wordsOf(cash)).toEqual(WAITS);
    const [first, second] = frames(cash);
    expect(second).toBe(first);
    await cash.clock.advance(59_999);
    expect(wordsOf(cash)).toEqual(WAITS);
    await cash.clock.advance(1);
    expect(wordsOf(cash)).toEqual(SILENCE);
    await cash.select('Ask again');
    await cash.send(cash.service.balance());
    expect(wordsOf(cash)[0]).toBe('Available: EUR 987.50');
  });

  test('because the network did not take it, the screen says that, and it can be asked again', async () => {
    const cash = await opened();
    cash.radio.outcomes.push(NO_NETWORK, NO_NETWORK, NO_NETWORK);
    await cash.select('Balance');
    await cash.clock.advance(20_000);
    expect(wordsOf(cash)).toEqual(['It was not sent. Is there a network?']);
    await cash.clock.advance(39_000);
    await cash.select('Ask again');
    await cash.clock.advance(2_000);
    expect(wordsOf(cash)).toEqual(WAITS);
    await cash.send(cash.service.balance());
    expect(wordsOf(cash)[0]).toBe('Available: EUR 987.50');
  });

  test('though the network did not take an earlier question: the later one is answered all the same', async () => {
    const cash = await opened();
    const send = cash.radio.send.bind(cash.radio);
    const hexOf = ({ content }: OutgoingSms) =>
      content.kind === 'data' ? Buffer.from(content.data).toString('hex') : '';
    let first: string | undefined;
    cash.radio.send = async (message) => {
      first ??= hexOf(message);
      return hexOf(message) === first ? NO_NETWORK : send(message);
    };
    await cash.select('Balance');
    await cash.select('Back');
    await cash.select('Balance');
    await cash.clock.advance(30_000);
    expect(wordsOf(cash)).toEqual(WAITS);
    await cash.send(cash.service.balance());
    expect(wordsOf(cash)[0]).toBe('Available: EUR 987.50');
  });

  test('the phone that is switched off and on asks nothing and shows nothing', async () => {
    const cash = await asking();
    const answer = cash.service.balance();
    cash.phone.press('power');
    await cash.settle();
    await cash.send(answer);
    await cash.clock.advance(120_000);
    expect(cash.phone.screen.kind).toBe('idle');
    expect(cash.service.heard).toHaveLength(1);
  });
});

describe('When the service refuses', () => {
  test.each([
    ['in its own words', 'limit', 'Limit reached', 'Limit reached'],
    ['without words', 'limit', '', 'A limit was reached. Try later.'],
    ['a blocked phone', 'blocked', '', 'Blocked for a while.'],
  ] as const)('%s, the screen says why', async (_name, code, text, words) => {
    const cash = await asking();
    const { now, balanceRefs } = cash.service;
    await cash.send({ type: 'NAK', time: now, ref: balanceRefs[0] ?? new Uint8Array(8), code, argument: 0, text });
    expect(wordsOf(cash)).toEqual([words]);
    await cash.clock.advance(60_000);
    expect(wordsOf(cash)).toEqual([words]);
    await cash.select('Back');
    inMenu(cash);
  });

  test('something else, the screen goes on waiting', async () => {
    const cash = await asking();
    const { now } = cash.service;
    await cash.send({ type: 'NAK', time: now, ref: new Uint8Array(8), code: 'malformed', argument: 0, text: 'x' });
    expect(wordsOf(cash)).toEqual(WAITS);
  });
});

describe('A request for a payment that takes the screen', () => {
  test('of who waits: the balance comes after it', async () => {
    const cash = await asking();
    await cash.request();
    await cash.send(cash.service.balance());
    expect(cash.phone.screen.softKeys).toEqual({ left: 'Approve', right: 'Refuse' });
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    expect(wordsOf(cash)[0]).toBe('Available: EUR 987.50');
    await cash.select('Back');
    inMenu(cash);
  });

  test('for longer than the balance is waited for: nothing is said about it any more', async () => {
    const cash = await asking();
    await cash.request();
    await cash.clock.advance(60_000);
    expect(cash.phone.screen.softKeys).toEqual({ left: 'Approve', right: 'Refuse' });
    await cash.send(cash.service.balance());
    await cash.select('Refuse');
    await cash.select('I do not want to');
    await cash.select('Close');
    inMenu(cash);
  });
});
