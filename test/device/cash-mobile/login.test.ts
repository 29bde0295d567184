import { describe, expect, test } from 'vitest';
import { sameOctets } from '../../../device/safe-mobile/index.ts';
import { bench } from '../bench.ts';
import { attach, type CashBench, enrolled, openApplication, PIN, wordsOf } from './cash-bench.ts';
import { PARTY } from './fake-service.ts';

const HINT = 'Type the last two digits of the code on the other screen.';
const WRONG = 'These are not the digits on the other screen. If you see no code there, refuse. You have one more try.';

/** Writes down the label of each PIN field that the phone shows. */
function pinFields({ handset }: CashBench): readonly string[] {
  const fields: string[] = [];
  handset.watch((event) => {
    if (event.kind === 'screen' && event.screen.items.some(({ label }) => label === 'PIN'))
      fields.push(event.screen.title);
  });
  return fields;
}

/** A phone that is asked whether its owner logs in; the other screen shows 4711. */
async function asked(options: Parameters<typeof enrolled>[0] = {}) {
  const cash = await enrolled(options);
  const fields = pinFields(cash);
  const login = cash.service.loginRequest();
  await cash.send(login);
  return { cash, login, fields };
}

async function typeDigits(cash: CashBench, digits: string): Promise<void> {
  await cash.select('Approve');
  await cash.type(digits);
  await cash.select('Next');
}

describe('A login', () => {
  test('wakes the application and shows who asks and for what, and no code', async () => {
    const { cash } = await asked();
    expect(cash.phone.screen.title).toBe('Login');
    expect(wordsOf(cash)).toEqual([`Asked by: ${PARTY}`, 'Anagrafe']);
    expect(cash.phone.screen.softKeys).toEqual({ left: 'Approve', right: 'Refuse' });
  });

  test('asks for two digits of the other screen, then for the PIN: one APPROVE over what was shown', async () => {
    const { cash, login, fields } = await asked();
    await cash.select('Approve');
    expect(wordsOf(cash)).toEqual([PARTY, HINT, 'Last two digits']);
    expect(fields).toEqual([]);
    await cash.type('11');
    await cash.select('Next');
    expect(wordsOf(cash)).toEqual([PARTY, 'Anagrafe', 'PIN']);
    await cash.type(PIN);
    await cash.select('Confirm');
    expect(cash.service.heard).toMatchObject([{ type: 'APPROVE', txn: login.challenge, instrument: 0 }]);
    expect(cash.service.all('APPROVE').map((approval) => cash.service.isRight(approval))).toEqual([true]);
    await cash.send(cash.service.receipt(login.challenge, 'confirmed'));
    expect(cash.phone.screen).toMatchObject({ kind: 'alert', title: 'Confirmed' });
    expect(wordsOf(cash)).toEqual([`${PARTY}\nAnagrafe`]);
    await cash.select('OK');
    expect(cash.phone.screen.kind).toBe('idle');
  });

  test('speaks Italian', async () => {
    const { cash, login } = await asked({ language: 'it' });
    expect(cash.phone.screen.title).toBe('Accesso');
    expect(wordsOf(cash)).toEqual([`Richiesto da: ${PARTY}`, 'Anagrafe']);
    await cash.select('Approva');
    expect(wordsOf(cash)).toEqual([
      PARTY,
      'Scrivi le ultime due cifre del codice sull’altro schermo.',
      'Ultime due cifre',
    ]);
    await cash.type('11');
    await cash.select('Avanti');
    await cash.type(PIN);
    await cash.select('Conferma');
    await cash.send(cash.service.receipt(login.challenge, 'confirmed'));
    expect(cash.phone.screen.title).toBe('Confermato');
    await cash.select('OK');
    await openApplication(cash, 'it');
    await cash.select('Storico');
    expect(cash.phone.screen.items.map(({ label }) => label)).toEqual([`Accesso a ${PARTY}`]);
  });

  test.each([
    [7, '07'],
    [100, '00'],
    [9_999, '99'],
  ])('with the code %i wants %s', async (matchCode, digits) => {
    const cash = await enrolled();
    await cash.send(cash.service.loginRequest({ matchCode }));
    await typeDigits(cash, digits);
    expect(wordsOf(cash)).toContain('PIN');
  });
});

describe('Wrong digits', () => {
  test('bring no PIN field: the request comes again, for one more try', async () => {
    const { cash, fields } = await asked();
    await typeDigits(cash, '47');
    expect(wordsOf(cash)).toEqual([WRONG]);
    await cash.select('OK');
    expect(wordsOf(cash)).toEqual([`Asked by: ${PARTY}`, 'Anagrafe']);
    expect([fields, cash.service.heard]).toEqual([[], []]);
    await typeDigits(cash, '11');
    expect(wordsOf(cash)).toContain('PIN');
  });

  test('twice are an answer of their own at once, without a PIN field, and the phone says why', async () => {
    const { cash, login, fields } = await asked();
    await typeDigits(cash, '12');
    await cash.select('OK');
    await typeDigits(cash, '71');
    expect(cash.service.heard).toMatchObject([{ type: 'REFUSE', txn: login.challenge, reason: 'wrong-digits' }]);
    expect(wordsOf(cash)).toEqual([
      'Wrong digits again. Nothing was confirmed. Begin the login anew on the other screen.',
    ]);
    await cash.send(cash.service.receipt(login.challenge, 'refused'));
    await cash.select('OK');
    expect(cash.phone.screen.title).toBe('Refused');
    expect(fields).toEqual([]);
  });

  test('count also when the phone was switched off in between', async () => {
    const { cash, login } = await asked();
    await typeDigits(cash, '12');
    cash.handset.powerOff();
    const { clock, radio, flash, service } = cash;
    const again = attach(bench({ flash, clock, radio, seed: 'second' }), service);
    await again.clock.advance(30_000);
    expect(wordsOf(again)).toEqual([`Asked by: ${PARTY}`, 'Anagrafe']);
    await typeDigits(again, '13');
    expect(service.heard).toMatchObject([{ type: 'REFUSE', txn: login.challenge, reason: 'wrong-digits' }]);
  });

  test('that are too few are no try', async () => {
    const { cash } = await asked();
    await typeDigits(cash, '1');
    expect(wordsOf(cash)).toEqual([HINT]);
    await cash.select('OK');
    await cash.type('12');
    await cash.select('Next');
    expect(wordsOf(cash)).toEqual([WRONG]);
  });

  test('do not last beyond their login', async () => {
    const { cash } = await asked();
    await typeDigits(cash, '12');
    await cash.select('OK');
    await typeDigits(cash, '13');
    await cash.select('OK');
    await cash.send(cash.service.loginRequest());
    await typeDigits(cash, '12');
    expect(wordsOf(cash)).toEqual([WRONG]);
  });
});

describe('A login is no payment, but ends as one:', () => {
  test.each([
    { label: 'I do not want to', reason: 'no' },
    { label: 'It is not mine', reason: 'not-me' },
  ])('refused as "$reason" without digits and without a PIN field', async ({ label, reason }) => {
    const { cash, login, fields } = await asked();
    await cash.select('Refuse');
    await cash.select(label);
    expect(cash.service.heard).toMatchObject([{ type: 'REFUSE', txn: login.challenge, reason }]);
    await cash.send(cash.service.receipt(login.challenge, 'refused'));
    expect(cash.phone.screen.title).toBe('Refused');
    expect(fields).toEqual([]);
  });

  test('the screens of the digits and of the PIN lead back to the request', async () => {
    const { cash } = await asked();
    await cash.select('Approve');
    await cash.select('Back');
    expect(wordsOf(cash)).toEqual([`Asked by: ${PARTY}`, 'Anagrafe']);
    await typeDigits(cash, '11');
    await cash.select('Back');
    expect(wordsOf(cash)).toEqual([`Asked by: ${PARTY}`, 'Anagrafe']);
    await cash.select('Approve');
    expect(wordsOf(cash)).toContain('Last two digits');
  });

  test('a wrong PIN asks for the PIN again, not for the digits', async () => {
    const { cash, login } = await asked();
    await typeDigits(cash, '11');
    await cash.type('90909');
    await cash.select('Confirm');
    await cash.send(cash.service.receipt(login.challenge, 'wrong-pin', { triesLeft: 2 }));
    expect(wordsOf(cash)).toEqual([PARTY, 'Anagrafe', 'Wrong PIN. Tries left: 2', 'PIN']);
    await cash.type(PIN);
    await cash.select('Confirm');
    expect(cash.service.all('APPROVE').map((approval) => cash.service.isRight(approval))).toEqual([false, true]);
  });

  test('it expires, also while the digits are written', async () => {
    const { cash, login, fields } = await asked();
    await cash.select('Approve');
    await cash.type('1');
    await cash.clock.advance(120_000);
    expect(wordsOf(cash)).toEqual([`${PARTY}\nAnagrafe\nThis request has expired. Nothing was confirmed.`]);
    expect(cash.service.heard).toMatchObject([{ type: 'REFUSE', txn: login.challenge, reason: 'expired' }]);
    expect(fields).toEqual([]);
  });

  test.each([
    ['the request', []],
    ['the digits', ['Approve']],
  ])(
    'the relying party takes it back while the phone shows %s: the field goes, and the phone says so',
    async (_name, labels) => {
      const { cash, login, fields } = await asked();
      for (const label of labels) await cash.select(label);
      await cash.send(cash.service.receipt(login.challenge, 'cancelled'));
      expect(cash.phone.screen).toMatchObject({ kind: 'alert', title: 'Cancelled' });
      expect(wordsOf(cash)).toEqual([`${PARTY}\nAnagrafe`]);
      await cash.clock.advance(120_000);
      expect([cash.service.heard, fields]).toEqual([[], []]);
    },
  );

  test('one that comes too late shows no field at all', async () => {
    const cash = await enrolled();
    const fields = pinFields(cash);
    await cash.send(cash.service.loginRequest({ time: cash.service.now - 121 }));
    expect(cash.service.heard).toMatchObject([{ type: 'REFUSE', reason: 'expired' }]);
    expect(fields).toEqual([]);
  });

  test('the same one again is not shown twice, and after the answer gets that answer again', async () => {
    const { cash, login } = await asked();
    await cash.send(login);
    await typeDigits(cash, '11');
    await cash.type(PIN);
    await cash.select('Confirm');
    await cash.clock.advance(6_000);
    await cash.send(login);
    expect(cash.service.all('APPROVE')).toHaveLength(2);
    const [one, two] = cash.service.all('APPROVE');
    expect(one && two && sameOctets(one.signature, two.signature)).toBe(true);
  });

  test('the same challenge with another title is refused as unreadable', async () => {
    const { cash, login } = await asked();
    await cash.send(cash.service.loginRequest({ challenge: login.challenge, title: 'Catasto' }));
    expect(cash.service.heard).toMatchObject([{ type: 'REFUSE', txn: login.challenge, reason: 'unreadable' }]);
    expect(wordsOf(cash)).toContain('Anagrafe');
  });

  test('after the red key it comes back, and waits for its digits', async () => {
    const { cash } = await asked();
    cash.phone.press('power');
    await cash.settle();
    expect(cash.phone.screen.kind).toBe('idle');
    await cash.clock.advance(30_000);
    expect(wordsOf(cash)).toEqual([`Asked by: ${PARTY}`, 'Anagrafe']);
  });

  test('three refusals of one party in ten minutes, and its fourth request is refused unseen; another party is shown', async () => {
    const cash = await enrolled();
    for (let time = 0; time < 3; time += 1) {
      const { challenge } = cash.service.loginRequest();
      await cash.send(cash.service.loginRequest({ challenge }));
      await cash.select('Refuse');
      await cash.select('It is not mine');
      await cash.send(cash.service.receipt(challenge, 'refused'));
      await cash.select('OK');
    }
    await cash.send(cash.service.signRequest());
    expect(cash.service.last).toMatchObject({ type: 'REFUSE', reason: 'muted' });
    expect(cash.phone.screen.kind).toBe('idle');
    await cash.send(cash.service.loginRequest({ relyingParty: 'Banca Alpi' }));
    expect(wordsOf(cash)).toEqual(['Asked by: Banca Alpi', 'Anagrafe']);
  });

  test('three wait at most, payments and logins together', async () => {
    const cash = await enrolled();
    await cash.request();
    await cash.send(cash.service.loginRequest());
    await cash.send(cash.service.signRequest());
    await cash.send(cash.service.loginRequest({ relyingParty: 'Banca Alpi' }));
    expect(cash.service.heard).toMatchObject([{ type: 'REFUSE', reason: 'muted' }]);
    expect(cash.phone.screen.ticker).toBe('2 more requests wait');
  });

  test('a phone that asks how it stands asks about an authentication', async () => {
    const { cash, login } = await asked();
    await typeDigits(cash, '11');
    await cash.type(PIN);
    await cash.select('Confirm');
    await cash.clock.advance(60_000);
    expect(cash.service.last).toMatchObject({ type: 'STATUS_QUERY', ref: login.challenge, kind: 'authentication' });
  });

  test('the history has it, without the code, whatever came of it', async () => {
    const { cash, login } = await asked();
    await typeDigits(cash, '11');
    await cash.type(PIN);
    await cash.select('Confirm');
    await cash.send(cash.service.receipt(login.challenge, 'confirmed'));
    await cash.select('OK');
    const other = cash.service.loginRequest({ relyingParty: 'Banca Alpi' });
    await cash.send(other);
    await cash.select('Refuse');
    await cash.select('I do not want to');
    await cash.send(cash.service.receipt(other.challenge, 'refused'));
    await cash.select('OK');
    await openApplication(cash, 'en');
    await cash.select('History');
    expect(cash.phone.screen.items.map(({ label }) => label)).toEqual(['Anagrafe Banca Alpi', `Logged in at ${PARTY}`]);
    await cash.select(`Logged in at ${PARTY}`);
    expect(cash.phone.screen.title).toBe('Login');
    expect(wordsOf(cash).join('\n')).not.toContain('4711');
    expect(wordsOf(cash)).toEqual([
      'Status: Confirmed',
      'Anagrafe',
      `Asked by: ${PARTY}`,
      expect.stringMatching(/^Time: /),
    ]);
  });

  test('while the PIN changes it can only be refused', async () => {
    const cash = await enrolled();
    const fields = pinFields(cash);
    await openApplication(cash, 'en');
    await cash.select('Change PIN');
    for (const pin of [PIN, '70815', '70815']) {
      await cash.type(pin);
      await cash.select('Next');
    }
    await cash.send(cash.service.loginRequest());
    await cash.select('Approve');
    expect(cash.phone.screen.title).toBe('Change PIN');
    expect(fields).toEqual([]);
  });

  test('a locked phone does not show it', async () => {
    const cash = await enrolled();
    await cash.send(cash.service.order('lock'));
    await cash.send(cash.service.loginRequest());
    expect(wordsOf(cash).join()).not.toContain(PARTY);
  });
});

describe('A signature', () => {
  test('shows who asks, for what, and the code of both screens; then comes the PIN', async () => {
    const cash = await enrolled();
    const sign = cash.service.signRequest();
    await cash.send(sign);
    expect(cash.phone.screen.title).toBe('Signature');
    expect(wordsOf(cash)).toEqual([`Asked by: ${PARTY}`, 'Contratto 12', 'Code: 4711']);
    await cash.select('Approve');
    expect(wordsOf(cash)).toEqual([PARTY, 'Contratto 12', 'PIN']);
    await cash.type(PIN);
    await cash.select('Confirm');
    expect(cash.service.all('APPROVE').map((approval) => cash.service.isRight(approval))).toEqual([true]);
    await cash.send(cash.service.receipt(sign.challenge, 'confirmed'));
    expect(cash.phone.screen.title).toBe('Confirmed');
    await cash.select('OK');
    await openApplication(cash, 'en');
    await cash.select('History');
    await cash.select(`Contratto 12 ${PARTY}`);
    expect(wordsOf(cash)).toContain('Code: 4711');
  });

  test('is signed with its hash: an approval of one document is none of another', async () => {
    const cash = await enrolled();
    const first = cash.service.signRequest();
    await cash.send(first);
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    const [approval] = cash.service.all('APPROVE');
    if (approval === undefined) throw new Error('The phone has not approved');
    expect(cash.service.isRight(approval)).toBe(true);
    cash.service.sms(cash.service.signRequest({ challenge: first.challenge }));
    expect(cash.service.isRight(approval)).toBe(false);
  });
});

test.each([
  ['refund', 'Confirmation'],
  ['unlock', 'Confirmation'],
  ['instrument', 'Confirmation'],
] as const)('A request of kind %s is confirmed as before: title, code and PIN', async (kind, title) => {
  const cash = await enrolled();
  const { type, time, challenge, ttl, matchCode } = cash.service.loginRequest();
  await cash.send({ type, time, challenge, ttl, matchCode, kind, relyingParty: PARTY, title: 'Conferma' });
  expect(cash.phone.screen.title).toBe(title);
  expect(wordsOf(cash)).toContain('Code: 4711');
  await cash.select('Approve');
  expect(wordsOf(cash)).toEqual([PARTY, 'Conferma', 'PIN']);
});
