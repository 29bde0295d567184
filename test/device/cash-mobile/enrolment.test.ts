import { describe, expect, test } from 'vitest';
import { memoryFlash, textOf } from '../../../device/index.ts';
import { encodeDown, hexOf } from '../../../device/safe-mobile/index.ts';
import { bench } from '../bench.ts';
import { attach, type CashBench, enrol, enrolled, installed, openApplication, PIN, wordsOf } from './cash-bench.ts';

async function typeCode(cash: CashBench): Promise<void> {
  await cash.type(cash.service.activationCode.toLowerCase());
  await cash.select('Next');
}

async function typePin(cash: CashBench, pin: string): Promise<void> {
  await cash.type(pin);
  await cash.select('Next');
}

async function sendEnrol(cash: CashBench): Promise<void> {
  await typeCode(cash);
  await typePin(cash, PIN);
  await typePin(cash, PIN);
}

describe('Enrolment', () => {
  test('asks for the activation code, the PIN twice, and sends one ENROL', async () => {
    const cash = await installed();
    expect(cash.phone.screen.title).toBe('Activation');
    await typeCode(cash);
    await cash.type(PIN);
    expect(cash.phone.screen.items).toEqual([
      { label: 'New PIN, 5 to 8 digits', value: '•••••', focused: true, secret: true },
    ]);
    await cash.select('Next');
    await typePin(cash, PIN);
    expect(cash.phone.screen.title).toBe('Registering this phone');
    expect(cash.service.heard.map(({ type }) => type)).toEqual(['ENROL']);
    const [enrolment] = cash.service.all('ENROL');
    expect(enrolment && cash.service.isRightCode(enrolment.activationCode)).toBe(true);
  });

  test('is complete after the PIN was typed once more and the service said "active"', async () => {
    const cash = await installed();
    await enrol(cash);
    expect(cash.phone.screen.title).toBe('Cash-Mobile');
    expect(wordsOf(cash)).toEqual(['Balance', 'History', 'Change PIN']);
    const [approval] = cash.service.all('APPROVE');
    expect(approval && cash.service.isRight(approval)).toBe(true);
  });

  test('leaves its frame, and the activation code in it, nowhere in the flash', async () => {
    const flash = memoryFlash();
    const cash = await installed({ flash });
    await sendEnrol(cash);
    const [frame] = cash.radio.sent.map(({ content }) => (content.kind === 'data' ? hexOf(content.data) : ''));
    expect(flash.dump()).toContain(frame);
    const request = cash.service.enrolmentRequest();
    await cash.send(request);
    await cash.type(PIN);
    await cash.select('Confirm');
    expect(flash.dump()).toContain(frame);
    await cash.send(cash.service.receipt(request.challenge, 'active'));
    expect(flash.dump()).not.toContain(frame);
    expect(flash.dump()).not.toContain(frame?.slice(-64));
  });

  test('speaks Italian on an Italian phone', async () => {
    const cash = await installed({ language: 'it' });
    expect(textOf(cash.phone.screen)).toContain('Codice attivazione');
    await enrol(cash, 'it');
    expect(wordsOf(cash)).toEqual(['Saldo', 'Storico', 'Cambia PIN']);
  });

  test.each([
    ['lower case', (code: string) => code.toLowerCase()],
    ['without the hyphen', (code: string) => code.replace('-', '')],
    ['with spaces', (code: string) => code.replace('-', ' ')],
    ['with O for 0 and L for 1', (code: string) => code.replaceAll('0', 'O').replaceAll('1', 'L')],
  ])('takes the activation code in %s', async (_name, spelled) => {
    const cash = await installed();
    await cash.type(spelled(cash.service.activationCode));
    await cash.select('Next');
    expect(cash.phone.screen.title).toBe('Choose a PIN');
  });

  test('says when the activation code cannot be right, and asks again', async () => {
    const cash = await installed();
    await cash.type('7zq2');
    await cash.select('Next');
    expect(wordsOf(cash)).toEqual(['The activation code has 8 letters and digits. Look at it again.']);
    await cash.select('OK');
    expect(cash.phone.screen.title).toBe('Activation');
  });

  test.each([
    ['1234', 'A PIN has 5 to 8 digits.'],
    ['12345', 'Digits in a row'],
    ['98765', 'Digits in a row'],
    ['77777', 'One digit repeated'],
    ['121212', 'Repeated groups'],
  ])('refuses the PIN %s with a reason', async (pin, reason) => {
    const cash = await installed();
    await typeCode(cash);
    await typePin(cash, pin);
    expect(wordsOf(cash)[0]).toContain(reason);
    await cash.select('OK');
    expect(cash.phone.screen.title).toBe('Choose a PIN');
  });

  test('begins the PIN anew when the second differs from the first', async () => {
    const cash = await installed();
    await typeCode(cash);
    await typePin(cash, PIN);
    await typePin(cash, '48214');
    expect(wordsOf(cash)).toEqual(['The two PINs differ. Choose one again.']);
    await cash.select('OK');
    expect(wordsOf(cash)).toEqual(['New PIN, 5 to 8 digits']);
    expect(cash.service.heard).toEqual([]);
  });

  test('sends the same ENROL frame again when no answer comes, twice, and then says so', async () => {
    const cash = await installed();
    await sendEnrol(cash);
    await cash.clock.advance(600_000);
    const frames = cash.radio.sent.map(({ content }) => (content.kind === 'data' ? hexOf(content.data) : ''));
    expect(frames).toHaveLength(3);
    expect(new Set(frames).size).toBe(1);
    expect(wordsOf(cash)).toContain('The service has not answered.');
  });

  test('is not sent again once the service has asked for the PIN', async () => {
    const cash = await installed();
    await sendEnrol(cash);
    await cash.clock.advance(59_000);
    await cash.send(cash.service.enrolmentRequest());
    await cash.clock.advance(60_000);
    expect(cash.service.heard.map(({ type }) => type)).toEqual(['ENROL']);
  });

  test('is sent after 60 s and 120 s again, and 60 s later nobody has answered', async () => {
    const cash = await installed();
    await sendEnrol(cash);
    const sent: number[] = [];
    for (const ms of [59_999, 1, 119_999, 1, 59_999]) {
      await cash.clock.advance(ms);
      sent.push(cash.service.heard.length);
    }
    expect(sent).toEqual([1, 2, 2, 3, 3]);
    expect(wordsOf(cash)).not.toContain('The service has not answered.');
    await cash.clock.advance(1);
    expect(wordsOf(cash)).toContain('The service has not answered.');
  });

  test('that its owner sends again waits as long as after the first time, and only once', async () => {
    const cash = await installed();
    await sendEnrol(cash);
    const sent: number[] = [];
    await cash.clock.advance(30_000);
    await cash.select('Send again');
    for (const ms of [0, 59_999, 1, 119_999, 1, 59_999]) {
      await cash.clock.advance(ms);
      sent.push(cash.service.heard.length);
    }
    expect(sent).toEqual([2, 2, 3, 3, 4, 4]);
    expect(wordsOf(cash)).not.toContain('The service has not answered.');
    await cash.clock.advance(1);
    expect(wordsOf(cash)).toContain('The service has not answered.');
  });

  test('takes digits first where the code is typed, and a code that was mistyped stands there again', async () => {
    const cash = await installed();
    expect(cash.phone.screen.input).toEqual({ mode: '123', numeric: false, telephone: false });
    await cash.type('7zq2');
    await cash.select('Next');
    await cash.select('OK');
    expect(cash.phone.screen.input?.mode).toBe('123');
    expect(cash.phone.screen.items.at(-1)?.value).toBe('7zq2');
  });

  test('takes no request for a payment before it is active, and none to enrol afterwards', async () => {
    const cash = await installed();
    await sendEnrol(cash);
    await cash.request();
    await cash.send({ ...cash.service.enrolmentRequest(), kind: 'login' });
    const unreadable = encodeDown(cash.service.payRequest({ payee: 'abc' }));
    unreadable[29] = 0x07;
    await cash.send(unreadable);
    expect(cash.phone.screen.title).toBe('Registering this phone');
    expect(cash.service.heard.map(({ type }) => type)).toEqual(['ENROL']);
    const request = cash.service.enrolmentRequest();
    await cash.send(request);
    await cash.type(PIN);
    await cash.select('Confirm');
    await cash.send(cash.service.receipt(request.challenge, 'active'));
    await cash.select('OK');
    await cash.send(cash.service.enrolmentRequest());
    expect(cash.phone.screen.title).toBe('Cash-Mobile');
  });

  test('begun again leaves nothing of the first: no record of the phone, no transaction, no code', async () => {
    const flash = memoryFlash();
    const cash = await installed({ flash });
    await sendEnrol(cash);
    await cash.send(cash.service.enrolmentRequest());
    const sections = () => JSON.parse(flash.dump()).sections;
    expect(Object.keys(sections()['records/Cash-Mobile/transactions'].records)).toHaveLength(1);
    await cash.select('Refuse');
    await cash.select('It is not mine');
    const request = cash.service.enrolmentRequest();
    await cash.send(request);
    await cash.send(cash.service.receipt(request.challenge, 'expired'));
    expect(sections()['records/Cash-Mobile/transactions'].records).toEqual({});
    expect(sections()['records/Cash-Mobile/device']).toBeUndefined();
    expect(sections()['alarms']).toEqual({});
  });

  test('that its owner begins again while the phone waits forgets the keys of the first, and asks for the code', async () => {
    const flash = memoryFlash();
    const cash = await installed({ flash });
    await sendEnrol(cash);
    const sections = () => JSON.parse(flash.dump()).sections;
    expect(Object.keys(sections())).toContain('records/Cash-Mobile/device');
    await cash.select('Begin again');
    expect(cash.phone.screen.title).toBe('Activation');
    expect(Object.keys(sections())).not.toContain('records/Cash-Mobile/device');
    // An answer to the first is for nobody any more.
    await cash.send(cash.service.enrolmentRequest());
    expect(cash.phone.screen.title).toBe('Activation');
    cash.phone.press('power');
    await openApplication(cash, 'en');
    expect(cash.phone.screen.title).toBe('Activation');
  });

  test('keeps one record of the phone', async () => {
    const flash = memoryFlash();
    await enrol(await installed({ flash }));
    const { records } = JSON.parse(flash.dump()).sections['records/Cash-Mobile/device'];
    expect(Object.keys(records)).toHaveLength(1);
  });

  test('says that nothing was sent when the network takes nothing', async () => {
    const cash = await installed();
    cash.radio.outcomes.push(
      ...Array.from({ length: 3 }, () => ({ kind: 'failed', reason: 'no network', retry: true }) as const),
    );
    await sendEnrol(cash);
    await cash.clock.advance(30_000);
    expect(wordsOf(cash)).toContain('It was not sent. Is there a network?');
    await cash.select('Send again');
    expect(cash.service.heard.map(({ type }) => type)).toEqual(['ENROL']);
  });

  test('asks for the code again when the service says it is wrong, and makes other keys then', async () => {
    const cash = await installed();
    await sendEnrol(cash);
    const [first] = cash.service.all('ENROL');
    const { now } = cash.service;
    await cash.send({ type: 'NAK', time: now, ref: new Uint8Array(8), code: 'wrong-code', argument: 4, text: '' });
    expect(wordsOf(cash)).toEqual(['Wrong activation code. Tries left: 4.']);
    await cash.select('OK');
    cash.phone.press('clear', true);
    await sendEnrol(cash);
    const [, second] = cash.service.all('ENROL');
    expect(hexOf(second?.approvalKey ?? new Uint8Array())).not.toBe(hexOf(first?.approvalKey ?? new Uint8Array()));
    expect(hexOf(second?.sealingKey ?? new Uint8Array())).not.toBe(hexOf(first?.sealingKey ?? new Uint8Array()));
  });

  /** What stands in the field of the activation code. */
  const typedCode = (cash: CashBench) => cash.phone.screen.items.at(-1)?.value;

  test('keeps what was typed as the code when it is too short, and on the way back from the PIN', async () => {
    const cash = await installed();
    await cash.type('AB7');
    await cash.select('Next');
    expect(wordsOf(cash)).toEqual(['The activation code has 8 letters and digits. Look at it again.']);
    await cash.select('OK');
    expect(typedCode(cash)).toBe('AB7');
    await cash.type('KLM99');
    await cash.select('Next');
    await cash.select('Back');
    expect(typedCode(cash)).toBe('AB7KLM99');
  });

  test.each([
    ['wrong-code', 4, true],
    ['wrong-code', 1, true],
    ['wrong-code', 0, false],
    ['activation-expired', 0, false],
  ] as const)('after the NAK %s with %d tries left keeps the code: %s', async (code, argument, keeps) => {
    const cash = await installed();
    await sendEnrol(cash);
    const { now, activationCode } = cash.service;
    await cash.send({ type: 'NAK', time: now, ref: new Uint8Array(8), code, argument, text: '' });
    await cash.select('OK');
    expect(typedCode(cash)).toBe(keeps ? activationCode.toLowerCase() : '');
  });

  test('asks for the PIN again when the last one was typed wrong', async () => {
    const cash = await installed();
    await sendEnrol(cash);
    const request = cash.service.enrolmentRequest();
    await cash.send(request);
    await cash.type('90909');
    await cash.select('Confirm');
    await cash.send(cash.service.receipt(request.challenge, 'wrong-pin', { triesLeft: 2 }));
    expect(wordsOf(cash)).toContain('Wrong PIN. Tries left: 2');
    await cash.type(PIN);
    await cash.select('Confirm');
    expect(cash.service.all('APPROVE').map((approval) => cash.service.isRight(approval))).toEqual([false, true]);
  });

  test.each(['wrong-pin', 'expired', 'refused'] as const)('begins anew after the receipt "%s"', async (status) => {
    const cash = await installed();
    await sendEnrol(cash);
    const request = cash.service.enrolmentRequest();
    await cash.send(request);
    await cash.send(cash.service.receipt(request.challenge, status, { triesLeft: 0 }));
    expect(wordsOf(cash)[0]).toContain('Begin again with your activation code.');
    await cash.select('OK');
    expect(cash.phone.screen.title).toBe('Activation');
  });

  test('goes on after a power cut between ENROL and the request for the PIN', async () => {
    const flash = memoryFlash();
    const before = await installed({ flash });
    await sendEnrol(before);
    before.handset.powerOff();
    const after = attach(bench({ flash, clock: before.clock, radio: before.radio, seed: 'after' }), before.service);
    const request = after.service.enrolmentRequest();
    await after.send(request);
    expect(after.phone.screen.title).toBe('Confirm your PIN');
    await after.type(PIN);
    await after.select('Confirm');
    await after.send(after.service.receipt(request.challenge, 'active'));
    expect(wordsOf(after)).toEqual(['Your phone is active. You can pay with it now.']);
  });

  test('of another registration forgets the time that the service of the first one signed', async () => {
    const cash = await installed();
    await enrol(cash);
    const clock = () => cash.flash.read('records/Cash-Mobile/clock');
    cash.service.skew = 3_600;
    await cash.request();
    await cash.send(cash.service.timeResponse(cash.service.all('TIME_REQUEST')[0]?.nonce ?? new Uint8Array(8)));
    expect(clock()).toMatchObject({ records: { '1': expect.anything() } });
    cash.handset.install(cash.service.jad().replace('16909060', '16909061'));
    await cash.settle();
    await openApplication(cash, 'en');
    expect(clock()).toMatchObject({ records: {} });
  });

  test('a descriptor of another registration begins anew', async () => {
    const cash = await installed();
    await enrol(cash);
    cash.handset.install(cash.service.jad().replace('16909060', '16909061'));
    await cash.settle();
    await openApplication(cash, 'en');
    expect(cash.phone.screen.title).toBe('Activation');
  });

  test.each([
    ['Safe-Mobile-Service', '12'],
    ['Safe-Mobile-Device', '4294967296'],
    ['Safe-Mobile-Key', '256:00'],
    ['Safe-Mobile-Receipt-Key', 'abc'],
  ])('an application whose %s is wrong says so and ends', async (attribute, value) => {
    const cash = await installed();
    const jad = cash.service.jad().replace(new RegExp(`^${attribute}: .*$`, 'm'), `${attribute}: ${value}`);
    cash.handset.install(jad);
    await cash.settle();
    await openApplication(cash, 'en');
    expect(wordsOf(cash)[0]).toContain(attribute);
    await cash.select('OK');
    expect(cash.phone.screen.kind).toBe('idle');
  });

  test('an application that is not installed properly says so once a message, and lets its owner use the phone', async () => {
    const cash = await enrolled();
    const jad = cash.service.jad();
    cash.handset.install(jad.replace(/Receipt-Key: .*/, 'Receipt-Key: abc'));
    for (const _ of ['one message', 'another']) {
      await cash.request();
      expect(wordsOf(cash)[0]).toContain('Safe-Mobile-Receipt-Key');
      await cash.select('OK');
      expect(cash.phone.screen.kind).toBe('idle');
    }
    cash.handset.install(jad);
    await cash.request();
    expect(wordsOf(cash)[0]).toContain('Pay to');
  });
});

test('what waited for the customer under an earlier registration is forgotten with it', async () => {
  const cash = await enrolled();
  await cash.request();
  cash.phone.press('power');
  const jad = cash.service.jad();
  cash.handset.install(jad.replace(/Safe-Mobile-Device: \d+/, 'Safe-Mobile-Device: 4711'));
  await openApplication(cash, 'en');
  expect(cash.phone.screen.title).toBe('Activation');
  cash.phone.press('power');
  cash.handset.install(jad);
  await openApplication(cash, 'en');
  await enrol(cash);
  cash.phone.press('power');
  await openApplication(cash, 'en');
  expect(wordsOf(cash)).toEqual(['Balance', 'History', 'Change PIN']);
  await cash.select('History');
  expect(wordsOf(cash)).toEqual(['No payments yet.']);
});
