import { describe, expect, test } from 'vitest';
import { concat, declineCode, encodeDown, hexOf } from '../../../device/safe-mobile/index.ts';
import { enrolled, openApplication, PIN, wordsOf } from './cash-bench.ts';
import { PARTY, PAYEE } from './fake-service.ts';

describe('A request for a payment', () => {
  test('wakes the application and shows payee, amount, reference and match code', async () => {
    const cash = await enrolled();
    expect(cash.phone.screen.kind).toBe('idle');
    await cash.request();
    expect(cash.phone.screen.title).toBe('Payment');
    expect(wordsOf(cash)).toEqual([`Pay to: ${PAYEE}`, 'EUR 12.50', 'Reference: Il Sole', 'Code: 0042']);
    expect(cash.phone.screen.softKeys).toEqual({ left: 'Approve', right: 'Refuse' });
  });

  test('is approved with the PIN: one APPROVE over what was shown, then the receipt, then the idle screen', async () => {
    const cash = await enrolled();
    const { txn } = await cash.request();
    await cash.select('Approve');
    expect(wordsOf(cash)).toEqual([PAYEE, 'EUR 12.50', 'PIN']);
    await cash.type(PIN);
    await cash.select('Confirm');
    expect(wordsOf(cash)).toContain('Sent. Waiting for the receipt.');
    const [approval] = cash.service.all('APPROVE');
    expect(approval && cash.service.isRight(approval)).toBe(true);
    await cash.send(cash.service.receipt(txn, 'paid'));
    expect(cash.phone.screen).toMatchObject({ kind: 'alert', title: 'Paid' });
    expect(wordsOf(cash)).toEqual([`${PAYEE}\nEUR 12.50\nApproval code: 2N9C`]);
    await cash.select('OK');
    expect(cash.phone.screen.kind).toBe('idle');
  });

  test.each([
    ['en', 'Approve', 'Confirm', declineCode('insufficient-funds'), '\nThere is not enough money in the account.'],
    ['it', 'Approva', 'Conferma', declineCode('rail-unreachable'), '\nLa banca non ha risposto. Nulla è stato pagato.'],
    ['en', 'Approve', 'Confirm', 99, ''],
  ] as const)('is declined, and the phone says why (%s, %s %s %i)', async (language, approve, confirm, code, why) => {
    const cash = await enrolled({ language });
    const { txn } = await cash.request();
    await cash.select(approve);
    await cash.type(PIN);
    await cash.select(confirm);
    await cash.send(cash.service.receipt(txn, 'declined', { approvalCode: code }));
    const amount = language === 'it' ? 'EUR 12,50' : 'EUR 12.50';
    expect(wordsOf(cash)).toEqual([`${PAYEE}\n${amount}${why}`]);
  });

  test('speaks Italian, with a comma in the amount', async () => {
    const cash = await enrolled({ language: 'it' });
    const { txn } = await cash.request();
    expect(wordsOf(cash)).toEqual([`Paga a: ${PAYEE}`, 'EUR 12,50', 'Causale: Il Sole', 'Codice: 0042']);
    expect(cash.phone.screen.softKeys).toEqual({ left: 'Approva', right: 'Rifiuta' });
    await cash.select('Approva');
    await cash.type(PIN);
    await cash.select('Conferma');
    await cash.send(cash.service.receipt(txn, 'paid'));
    expect(cash.phone.screen.title).toBe('Pagato');
  });

  test.each([
    { label: 'I do not want to', reason: 'no' },
    { label: 'It is not mine', reason: 'not-me' },
  ])('is refused as "$reason" without a PIN field ever being shown', async ({ label, reason }) => {
    const cash = await enrolled();
    const fields: string[] = [];
    cash.handset.watch((event) => {
      if (event.kind === 'screen' && event.screen.input !== undefined) fields.push(event.screen.title);
    });
    const { txn } = await cash.request();
    await cash.select('Refuse');
    await cash.select(label);
    expect(cash.service.heard).toMatchObject([{ type: 'REFUSE', reason }]);
    await cash.send(cash.service.receipt(txn, 'refused'));
    expect(cash.phone.screen.title).toBe('Refused');
    expect(fields).toEqual([]);
  });

  test('asks for the PIN again after a wrong one, and says how many tries are left', async () => {
    const cash = await enrolled();
    const { txn } = await cash.request();
    await cash.select('Approve');
    await cash.type('90909');
    await cash.select('Confirm');
    const [wrong] = cash.service.all('APPROVE');
    expect(wrong && cash.service.isRight(wrong)).toBe(false);
    await cash.send(cash.service.receipt(txn, 'wrong-pin', { triesLeft: 2 }));
    expect(wordsOf(cash)).toEqual([PAYEE, 'EUR 12.50', 'Wrong PIN. Tries left: 2', 'PIN']);
    await cash.type(PIN);
    await cash.select('Confirm');
    expect(cash.service.all('APPROVE').map((approval) => cash.service.isRight(approval))).toEqual([false, true]);
    await cash.send(cash.service.receipt(txn, 'paid'));
    expect(cash.phone.screen.title).toBe('Paid');
  });

  test('a stale receipt about the wrong PIN does not ask a third time', async () => {
    const cash = await enrolled();
    const { txn } = await cash.request();
    await cash.select('Approve');
    await cash.type('90909');
    await cash.select('Confirm');
    const wrong = cash.service.receipt(txn, 'wrong-pin', { triesLeft: 2 });
    await cash.send(wrong);
    await cash.type(PIN);
    await cash.select('Confirm');
    await cash.send(wrong);
    expect(wordsOf(cash)).toContain('Sent. Waiting for the receipt.');
  });

  test('is settled when no try is left', async () => {
    const cash = await enrolled();
    const { txn } = await cash.request();
    await cash.select('Approve');
    await cash.type('90909');
    await cash.select('Confirm');
    await cash.send(cash.service.receipt(txn, 'blocked', { triesLeft: 0 }));
    expect(cash.phone.screen.title).toBe('Blocked');
  });

  test('that cannot be sent does not say so on a screen that the customer has opened meanwhile', async () => {
    const cash = await enrolled();
    await openApplication(cash, 'en');
    await cash.request();
    for (let times = 0; times < 3; times += 1) {
      cash.radio.outcomes.push({ kind: 'failed', reason: 'no network', retry: true });
    }
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    await cash.select('Close');
    expect(cash.phone.screen.title).toBe('Cash-Mobile');
    await cash.clock.advance(20_000);
    expect(cash.radio.outcomes).toEqual([]);
    expect(cash.phone.screen.title).toBe('Cash-Mobile');
  });

  test('a PIN of four digits is not sent', async () => {
    const cash = await enrolled();
    await cash.request();
    await cash.select('Approve');
    await cash.type('4821');
    await cash.select('Confirm');
    expect(wordsOf(cash)).toEqual(['A PIN has 5 to 8 digits.']);
    await cash.select('OK');
    expect(wordsOf(cash)).toEqual([PAYEE, 'EUR 12.50', 'PIN']);
    expect(cash.service.heard).toEqual([]);
  });

  test('expires on the screen: "expired", no PIN field, REFUSE expired', async () => {
    const cash = await enrolled();
    await cash.request({ ttl: 120 });
    await cash.select('Approve');
    await cash.clock.advance(120_000);
    expect(cash.phone.screen).toMatchObject({ kind: 'alert' });
    expect(wordsOf(cash).join()).toContain('This request has expired. Nothing was paid.');
    expect(cash.service.heard).toMatchObject([{ type: 'REFUSE', reason: 'expired' }]);
  });

  test.each([200, 120])('that comes %d s late, or just too late, is refused as expired at once', async (age) => {
    const cash = await enrolled();
    await cash.clock.advance(60_000 - (cash.clock.now() % 60_000));
    await cash.request({ time: cash.service.now - age, ttl: 120 });
    expect(wordsOf(cash).join()).toContain('expired');
    expect(cash.service.heard).toMatchObject([{ type: 'REFUSE', reason: 'expired' }]);
  });

  test('that is cancelled disappears from the screen, and the receipt takes its place', async () => {
    const cash = await enrolled();
    const { txn } = await cash.request();
    await cash.select('Approve');
    await cash.send(cash.service.receipt(txn, 'cancelled'));
    expect(cash.phone.screen).toMatchObject({ kind: 'alert', title: 'Cancelled' });
    await cash.select('OK');
    expect(cash.phone.screen.kind).toBe('idle');
    await cash.clock.advance(300_000);
    expect(cash.service.heard).toEqual([]);
  });

  test('that comes again and again after the answer gets the same frame three times, with pauses', async () => {
    const cash = await enrolled();
    const request = await cash.request({ ttl: 600 });
    await cash.send(request);
    expect(cash.radio.sent).toEqual([]);
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    const frames = () => cash.radio.sent.map(({ content }) => (content.kind === 'data' ? hexOf(content.data) : ''));
    const [answer = ''] = frames();
    const counts: number[] = [];
    for (const pause of [0, 4_999, 1, 0, 9_999, 1, 19_999, 1, 60_000, 120_000]) {
      await cash.clock.advance(pause);
      await cash.send(request);
      counts.push(frames().filter((frame) => frame === answer).length);
    }
    expect(counts).toEqual([1, 1, 2, 2, 2, 3, 3, 4, 4, 4]);
  });

  test('that comes again after the final receipt, or after a restart, costs no more than that', async () => {
    const cash = await enrolled();
    const request = await cash.request({ ttl: 600 });
    await cash.select('Refuse');
    await cash.select('It is not mine');
    for (let n = 0; n < 5; n += 1) {
      await cash.clock.advance(10_000);
      await cash.send(request);
      cash.phone.press('power', true);
      cash.phone.press('power', true);
    }
    const before = cash.radio.sent.length;
    expect(before).toBeLessThanOrEqual(4);
    await cash.send(cash.service.receipt(request.txn, 'refused'));
    for (let n = 0; n < 100; n += 1) await cash.send(request);
    await cash.clock.advance(30_000);
    await cash.send(request);
    expect(cash.radio.sent).toHaveLength(before);
  });

  test('that was answered once is not answered after the final receipt', async () => {
    const cash = await enrolled();
    const request = await cash.request({ ttl: 600 });
    await cash.select('Refuse');
    await cash.select('It is not mine');
    await cash.send(cash.service.receipt(request.txn, 'refused'));
    await cash.clock.advance(30_000);
    for (let n = 0; n < 100; n += 1) await cash.send(request);
    expect(cash.radio.sent).toHaveLength(1);
  });

  test('that the phone has forgotten is not answered when the service has said since that it is long over', async () => {
    const cash = await enrolled();
    const request = cash.service.payRequest({ payee: PAYEE });
    await cash.clock.advance(2 * 3_600_000);
    const later = await cash.request();
    await cash.select('Refuse');
    await cash.select('It is not mine');
    await cash.send(cash.service.receipt(later.txn, 'refused'));
    cash.phone.press('power', true);
    cash.phone.press('power', true);
    const before = cash.radio.sent.length;
    for (let n = 0; n < 3; n += 1) await cash.send(request);
    await cash.clock.advance(60_000);
    expect(cash.radio.sent).toHaveLength(before);
    expect(cash.phone.screen.kind).toBe('idle');
  });

  test('that cannot be read is refused once', async () => {
    const cash = await enrolled();
    const request = cash.service.payRequest({ payee: 'abc' });
    const plaintext = encodeDown(request);
    plaintext[5 + 8 + 1 + 1 + 7 + 4 + 2 + 1] = 0x07;
    for (let n = 0; n < 100; n += 1) await cash.send(plaintext);
    expect(cash.service.all('REFUSE')).toHaveLength(1);
  });

  test('under a known txn but with other content is refused as unreadable, and the first stays', async () => {
    const cash = await enrolled();
    const request = await cash.request();
    await cash.send({ ...request, payee: 'Somebody Else' });
    expect(cash.service.heard).toMatchObject([{ type: 'REFUSE', reason: 'unreadable' }]);
    expect(wordsOf(cash)).toContain(`Pay to: ${PAYEE}`);
  });

  test('with text that does not print is refused as unreadable, and nothing is shown', async () => {
    const cash = await enrolled();
    const request = cash.service.payRequest({ payee: 'abc' });
    const plaintext = encodeDown(request);
    const at = 5 + 8 + 1 + 1 + 7 + 4 + 2 + 1;
    plaintext[at] = 0x07;
    await cash.send(plaintext);
    expect(cash.service.heard).toMatchObject([{ type: 'REFUSE', txn: request.txn, reason: 'unreadable' }]);
    expect(cash.phone.screen.kind).toBe('idle');
  });

  test.each([
    ['a request for a payment', 0x01, 1],
    ['a request for a confirmation', 0x03, 1],
    ['a receipt', 0x04, 0],
    ['a time', 0x06, 0],
    ['an unknown message', 0x7f, 0],
  ])('of a message that cannot be read the service hears when it is %s', async (_what, type, refusals) => {
    const cash = await enrolled();
    const plaintext = encodeDown(cash.service.payRequest({ payee: 'abc' }));
    plaintext.fill(0xff, 13);
    plaintext[0] = type;
    await cash.send(plaintext);
    const reference = hexOf(plaintext.slice(5, 13));
    expect(cash.service.all('REFUSE').map(({ txn, reason }) => [hexOf(txn), reason])).toEqual(
      Array.from({ length: refusals }, () => [reference, 'unreadable']),
    );
    expect(cash.phone.screen.kind).toBe('idle');
  });

  test('waits behind another; the fourth that would wait is refused as muted', async () => {
    const cash = await enrolled();
    const payees = ['One', 'Two', 'Three', 'Four'];
    for (const [index, payee] of payees.entries()) await cash.request({ payee, merchantId: index });
    expect(cash.service.heard).toMatchObject([{ type: 'REFUSE', reason: 'muted' }]);
    for (const payee of payees.slice(0, 3)) {
      expect(wordsOf(cash)).toContain(`Pay to: ${payee}`);
      await cash.select('Refuse');
      await cash.select('I do not want to');
    }
    expect(cash.phone.screen.title).toBe('Payment');
    expect(wordsOf(cash)).toContain('Three');
  });

  test('of a merchant refused three times in ten minutes is refused unseen, until the ten minutes are over', async () => {
    const cash = await enrolled();
    for (let refusal = 0; refusal < 3; refusal += 1) {
      const { txn } = await cash.request({ merchantId: 66 });
      await cash.select('Refuse');
      await cash.select('I do not want to');
      await cash.send(cash.service.receipt(txn, 'refused'));
      await cash.select('OK');
    }
    cash.service.heard.length = 0;
    await cash.request({ merchantId: 66 });
    expect(cash.service.heard).toMatchObject([{ type: 'REFUSE', reason: 'muted' }]);
    expect(cash.phone.screen.kind).toBe('idle');
    await cash.request({ merchantId: 67 });
    expect(cash.phone.screen.title).toBe('Payment');
    await cash.select('Refuse');
    await cash.select('It is not mine');
    await cash.clock.advance(600_000);
    await cash.request({ merchantId: 66 });
    expect(wordsOf(cash)).toContain(`Pay to: ${PAYEE}`);
  });
});

describe('A receipt', () => {
  test('that is missing after 60 s is asked for', async () => {
    const cash = await enrolled();
    const { txn } = await cash.request();
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    await cash.clock.advance(59_000);
    expect(cash.service.all('STATUS_QUERY')).toEqual([]);
    await cash.clock.advance(1_000);
    expect(cash.service.all('STATUS_QUERY')).toMatchObject([{ ref: txn, kind: 'payment' }]);
    await cash.send(cash.service.receipt(txn, 'in-progress'));
    expect(cash.phone.screen.title).toBe('Payment');
    await cash.send(cash.service.receipt(txn, 'paid'));
    expect(cash.phone.screen.title).toBe('Paid');
    await cash.clock.advance(3_600_000);
    expect(cash.service.all('STATUS_QUERY')).toHaveLength(1);
  });

  test('that is missing is asked for although the application was closed', async () => {
    const cash = await enrolled();
    const { txn } = await cash.request();
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    cash.phone.press('power');
    await cash.settle();
    expect(cash.phone.screen.kind).toBe('idle');
    await cash.clock.advance(60_000);
    expect(cash.service.all('STATUS_QUERY')).toMatchObject([{ ref: txn }]);
    expect(cash.phone.screen.kind).toBe('idle');
    await cash.send(cash.service.receipt(txn, 'paid'));
    expect(cash.phone.screen.title).toBe('Paid');
  });

  test.each([
    ['with a wrong signature', (octets: Uint8Array) => octets.with(octets.length - 10, (octets.at(-10) ?? 0) ^ 1)],
    ['about another status than was signed', (octets: Uint8Array) => octets.with(13, 0x13)],
    ['without a signature', (octets: Uint8Array) => concat(octets.slice(0, 19), new Uint8Array(64))],
  ])('%s is ignored', async (_name, spoil) => {
    const cash = await enrolled();
    const { txn } = await cash.request();
    await cash.send(spoil(cash.service.receipt(txn, 'paid')));
    expect(cash.phone.screen.title).toBe('Payment');
    expect(cash.phone.screen.softKeys.left).toBe('Approve');
  });

  test('does not take a payment backwards', async () => {
    const cash = await enrolled();
    const { txn } = await cash.request();
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    await cash.send(cash.service.receipt(txn, 'paid'));
    await cash.select('OK');
    for (const status of ['in-progress', 'refused', 'wrong-pin', 'expired'] as const) {
      await cash.send(cash.service.receipt(txn, status));
      expect(cash.phone.screen.kind).toBe('idle');
    }
    await openApplication(cash, 'en');
    await cash.select('History');
    await cash.select('EUR 12.50');
    expect(wordsOf(cash)).toContain('Status: Paid');
  });
});

describe('A login', () => {
  test('is not muted by refusals of a merchant', async () => {
    const cash = await enrolled();
    for (let refusal = 0; refusal < 3; refusal += 1) {
      await cash.request();
      await cash.select('Refuse');
      await cash.select('It is not mine');
      await cash.select('Close');
    }
    await cash.send(cash.service.loginRequest());
    expect(wordsOf(cash)).toContain(`Asked by: ${PARTY}`);
  });
});

describe('Answers that the phone gave by itself', () => {
  test.each([
    ['expired', async (cash: Awaited<ReturnType<typeof enrolled>>) => cash.clock.advance(120_000)],
    ['muted', async () => {}],
  ])('%s: nobody asks about their receipts, and these disturb nobody unless money has moved', async (said, wait) => {
    const cash = await enrolled();
    if (said === 'muted') for (const payee of ['One', 'Two', 'Three']) await cash.request({ payee });
    const { txn } = await cash.request();
    await wait(cash);
    expect(cash.service.last).toMatchObject({ type: 'REFUSE', txn, reason: said });
    cash.phone.press('power');
    await cash.settle();
    if (said === 'expired') {
      await cash.clock.advance(3_600_000);
      expect(cash.service.all('STATUS_QUERY')).toEqual([]);
      await cash.send(cash.service.receipt(txn, 'expired'));
      expect(cash.phone.screen.kind).toBe('idle');
    }
  });

  test.each([
    ['refused', 'idle'],
    ['expired', 'idle'],
    ['paid', 'alert'],
  ] as const)('muted, then the receipt "%s": nobody had asked for it, and the screen is %s', async (status, kind) => {
    const cash = await enrolled();
    for (let refusal = 0; refusal < 3; refusal += 1) {
      await cash.request({ merchantId: 66 });
      await cash.select('Refuse');
      await cash.select('I do not want to');
      cash.phone.press('power');
      await cash.settle();
    }
    await cash.clock.advance(590_000);
    cash.service.heard.length = 0;
    const { txn } = await cash.request({ merchantId: 66 });
    expect(cash.service.last).toMatchObject({ type: 'REFUSE', txn, reason: 'muted' });
    await cash.clock.advance(600_000);
    expect(cash.service.heard.map(({ type }) => type)).toEqual(['REFUSE']);
    await cash.send(cash.service.receipt(txn, status));
    expect(cash.phone.screen.kind).toBe(kind);
  });

  test.each([
    [1, ['attention']],
    [0, []],
    [-1, []],
  ])('a request that has %d s left: the sounds are %j', async (left, sounds) => {
    const cash = await enrolled();
    const heard: string[] = [];
    cash.handset.watch((event) => {
      if (event.kind === 'sound') heard.push(event.tone);
    });
    // Not so old that the phone doubts its clock.
    await cash.request({ time: cash.service.now - 30 + left, ttl: 30 });
    expect(heard.filter((tone) => tone === 'attention')).toEqual(sounds);
  });

  test('expired, but paid all the same: the phone says so', async () => {
    const cash = await enrolled();
    const { txn } = await cash.request();
    await cash.clock.advance(120_000);
    await cash.select('OK');
    await cash.send(cash.service.receipt(txn, 'paid'));
    expect(cash.phone.screen.title).toBe('Paid');
  });
});

test('a receipt that is given up is not said to be missing on the screen of another payment', async () => {
  const cash = await enrolled();
  const pay = async (wish: Parameters<typeof cash.request>[0]) => {
    await cash.request(wish);
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
  };
  await openApplication(cash, 'en');
  await pay({ payee: 'One', merchantId: 1 });
  await cash.clock.advance(300_000);
  await cash.select('Close');
  await pay({ payee: 'Two', merchantId: 2 });
  await cash.clock.advance(240_000);
  // The first has been asked about three times by now, the second twice.
  expect(wordsOf(cash)).toContain('Two');
  expect(wordsOf(cash)).toContain('Sent. Waiting for the receipt.');
  await cash.clock.advance(300_000);
  expect(wordsOf(cash)).toContain('Two');
  expect(wordsOf(cash)).not.toContain('Sent. Waiting for the receipt.');
});

describe('An answer that the network does not take', () => {
  test('is tried again after 5 s and 15 s; then its sender may send it', async () => {
    const cash = await enrolled();
    await cash.request({ ttl: 300 });
    cash.radio.outcomes.push(
      ...Array.from({ length: 3 }, () => ({ kind: 'failed', reason: 'no network', retry: true }) as const),
    );
    await cash.select('Refuse');
    await cash.select('It is not mine');
    const left = [cash.radio.outcomes.length];
    for (const ms of [4_999, 1, 14_999, 1]) {
      await cash.clock.advance(ms);
      left.push(cash.radio.outcomes.length);
    }
    expect(left).toEqual([2, 2, 1, 1, 0]);
    await cash.select('Send again');
    expect(cash.service.heard).toMatchObject([{ type: 'REFUSE', reason: 'not-me' }]);
  });

  test('or perhaps takes counts as sent', async () => {
    const cash = await enrolled();
    await cash.request({ ttl: 300 });
    cash.radio.outcomes.push({ kind: 'unknown', reason: 'no answer' });
    await cash.select('Refuse');
    await cash.select('It is not mine');
    await cash.clock.advance(30_000);
    expect(cash.radio.sent).toHaveLength(1);
    expect(wordsOf(cash)).toContain('Sent. Waiting for the receipt.');
  });
});

describe('An answer that the network lost', () => {
  /** The frames that the phone has sent, in hexadecimal. */
  const frames = (cash: Awaited<ReturnType<typeof enrolled>>) =>
    cash.radio.sent.map(({ content }) => (content.kind === 'data' ? hexOf(content.data) : ''));

  test('goes out again, the same frame, when the service answers the query with the request', async () => {
    const cash = await enrolled();
    const request = await cash.request({ ttl: 300 });
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    await cash.clock.advance(60_000);
    const [approval, query] = frames(cash);
    await cash.send(request);
    expect(frames(cash)).toEqual([approval, query, approval]);
    expect(wordsOf(cash)).toContain('Sent. Waiting for the receipt.');
    await cash.send(cash.service.receipt(request.txn, 'paid'));
    expect(cash.phone.screen.title).toBe('Paid');
  });

  test('after a wrong PIN: the second approval goes out again, not the first', async () => {
    const cash = await enrolled();
    const request = await cash.request({ ttl: 300 });
    for (const pin of ['90909', PIN]) {
      if (pin !== PIN) await cash.select('Approve');
      await cash.type(pin);
      await cash.select('Confirm');
      if (pin !== PIN) await cash.send(cash.service.receipt(request.txn, 'wrong-pin', { triesLeft: 2 }));
    }
    await cash.clock.advance(5_000);
    await cash.send(request);
    const [wrong, right, again] = frames(cash);
    expect(again).toBe(right);
    expect(again).not.toBe(wrong);
  });

  test('of a phone that was off meanwhile goes out again, too', async () => {
    const cash = await enrolled();
    const request = await cash.request({ ttl: 300 });
    await cash.select('Refuse');
    await cash.select('It is not mine');
    cash.phone.press('power', true);
    cash.phone.press('power', true);
    await cash.clock.advance(5_000);
    await cash.send(request);
    const [refusal, again] = frames(cash);
    expect(again).toBe(refusal);
    expect(cash.phone.screen.kind).toBe('idle');
  });
});

describe('A frame', () => {
  test('that does not open changes nothing', async () => {
    const cash = await enrolled();
    const { content } = cash.service.sms(cash.service.payRequest());
    if (content.kind !== 'data') throw new Error('A frame is data');
    const spoiled = content.data.with(60, (content.data[60] ?? 0) ^ 1);
    for (const frame of [spoiled, content.data.slice(0, 132), new Uint8Array(133), new Uint8Array(107)]) {
      await cash.radio.deliver(cash.service.rawSms(frame));
      await cash.settle();
      expect(cash.phone.screen.kind).toBe('idle');
    }
    expect(cash.service.heard).toEqual([]);
  });

  test('that says nothing to the customer ends the application that it started, each time', async () => {
    const cash = await enrolled();
    const states: string[] = [];
    cash.handset.watch((event) => {
      if (event.kind === 'application') states.push(event.state);
    });
    for (const frames of [1, 2]) {
      const both = Array.from({ length: frames }, () => cash.radio.deliver(cash.service.rawSms(new Uint8Array(133))));
      await Promise.all(both);
      await cash.settle();
    }
    expect(states).toEqual(['started', 'ended', 'started', 'ended']);
  });
});

describe('The history', () => {
  test('asks about a payment whose refund the network may have lost, and shows it', async () => {
    const cash = await enrolled();
    const { txn } = await cash.request();
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    await cash.send(cash.service.receipt(txn, 'paid'));
    await cash.select('OK');
    await openApplication(cash, 'en');
    for (const label of ['History', 'EUR 12.50', 'Ask again']) await cash.select(label);
    expect(cash.service.all('STATUS_QUERY')).toMatchObject([{ ref: txn, kind: 'payment' }]);
    expect(cash.phone.screen.title).toBe('History');
    await cash.send(cash.service.receipt(txn, 'refunded'));
    expect(cash.phone.screen.title).toBe('Refunded');
    await cash.select('OK');
    for (const label of ['History', 'EUR 12.50']) await cash.select(label);
    expect(wordsOf(cash)).toContain('Status: Refunded');
    expect(cash.phone.screen.softKeys).toEqual({ left: '', right: 'Back' });
  });

  test('does not ask about a payment that was refused', async () => {
    const cash = await enrolled();
    const { txn } = await cash.request();
    await cash.send(cash.service.receipt(txn, 'cancelled'));
    await cash.select('OK');
    await openApplication(cash, 'en');
    for (const label of ['History', 'EUR 12.50']) await cash.select(label);
    expect(cash.phone.screen.softKeys).toEqual({ left: '', right: 'Back' });
  });

  test('lists payments, newest first, with their details', async () => {
    const cash = await enrolled();
    const { txn } = await cash.request();
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    await cash.send(cash.service.receipt(txn, 'paid'));
    await cash.select('OK');
    await cash.request({ payee: 'Bar Sport', amount: { minor: 90, currency: 'EUR' }, reference: '' });
    await cash.select('Refuse');
    await cash.select('It is not mine');
    await cash.select('Close');
    await openApplication(cash, 'en');
    await cash.select('History');
    expect(wordsOf(cash)).toEqual(['EUR 0.90 Bar Sport', `EUR 12.50 ${PAYEE}`]);
    await cash.select('EUR 12.50');
    expect(wordsOf(cash)).toEqual([
      'Status: Paid',
      'EUR 12.50',
      `Pay to: ${PAYEE}`,
      'Reference: Il Sole',
      expect.stringMatching(/^Time: 2010-03-01 10:0\d$/),
      'Approval code: 2N9C',
      'Code: 0042',
    ]);
    await cash.select('Back');
    await cash.select('EUR 0.90');
    expect(wordsOf(cash)[0]).toBe('Status: Refused: not yours');
  });
});
