import { describe, expect, test } from 'vitest';
import {
  encodeUp,
  hexOf,
  pinChangeText,
  phonePrimitives as primitives,
  type Status,
  verifySignature,
} from '../../../device/safe-mobile/index.ts';
import type { OutgoingSms } from '../../../modem/index.ts';
import { bench } from '../bench.ts';
import { attach, type CashBench, enrolled, openApplication, PIN, wordsOf } from './cash-bench.ts';

const DEVICE_ID = 0x01020304;
const NEW_PIN = '70815';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const frameOf = ({ content }: OutgoingSms) => (content.kind === 'data' ? hexOf(content.data) : '');
/** What the phone said, in the order in which it was sent. */
const said = ({ service }: CashBench) => service.heard.map(({ type }) => type);

/** Types PINs into one field after the other. */
async function typeEach(cash: CashBench, ...pins: readonly string[]): Promise<void> {
  for (const pin of pins) {
    await cash.type(pin);
    await cash.select('Next');
  }
}

/** A phone whose owner has just chosen a new PIN; what the service would have to know of it. */
async function changing(pin = PIN) {
  const cash = await enrolled();
  await openApplication(cash, 'en');
  await cash.select('Change PIN');
  await typeEach(cash, pin, NEW_PIN, NEW_PIN);
  const [announced] = cash.service.all('PIN_NEW');
  const [proof] = cash.service.all('PIN_PROOF');
  if (announced === undefined || proof === undefined) throw new Error('The phone has sent no change');
  const oldKey = cash.service.approvalKey ?? new Uint8Array(32);
  const answer = (status: Status, more = {}) => cash.send(cash.service.receipt(announced.pcid, status, more));
  const unknown = (ref = announced.pcid) =>
    cash.send({ type: 'NAK', time: cash.service.now, ref, code: 'unknown-reference', argument: 0, text: '' });
  return { cash, announced, proof, oldKey, answer, unknown, frames: cash.radio.sent.map(frameOf) };
}

/** Which key the phone approves with now. */
async function approvesWith(cash: CashBench, pin: string, keys: Readonly<Record<string, Uint8Array>>) {
  await cash.request();
  await cash.select('Approve');
  await cash.type(pin);
  await cash.select('Confirm');
  const approval = cash.service.all('APPROVE').at(-1);
  if (approval === undefined) throw new Error('The phone has not approved');
  return Object.entries(keys).find(([, key]) => {
    cash.service.approvalKey = key;
    return cash.service.isRight(approval);
  })?.[0];
}

describe('A change of the PIN', () => {
  test('sends the new key, and a proof by the old one over it, with a lower number first', async () => {
    const { announced, proof, oldKey } = await changing();
    expect(hexOf(announced.approvalKey)).not.toBe(hexOf(oldKey));
    expect(proof.pcid).toEqual(announced.pcid);
    expect(proof.ctr).toBeGreaterThan(announced.ctr);
    const text = pinChangeText(DEVICE_ID, proof.ctr, proof.pcid, announced.approvalKey);
    expect(verifySignature(primitives, oldKey, text, proof.signature)).toBe(true);
  });

  test('waits for the service, says that the new PIN counts, and approves with its key', async () => {
    const { cash, announced, oldKey, answer } = await changing();
    expect(cash.phone.screen.title).toBe('Change PIN');
    expect(wordsOf(cash)).toContain('Waiting for the service.');
    await answer('confirmed');
    expect(wordsOf(cash)).toEqual(['Your new PIN counts from now on, and the old one no more.']);
    await cash.select('OK');
    expect(cash.phone.screen.title).toBe('Cash-Mobile');
    const keys = { old: oldKey, new: announced.approvalKey };
    expect(await approvesWith(cash, NEW_PIN, keys)).toBe('new');
  });

  test('that has ended leaves no alarm', async () => {
    const { cash, answer } = await changing();
    expect(cash.flash.read('alarms')).not.toEqual({});
    await answer('confirmed');
    expect(cash.flash.read('alarms')).toEqual({});
  });

  test('in Italian', async () => {
    const cash = await enrolled({ language: 'it' });
    await openApplication(cash, 'it');
    await cash.select('Cambia PIN');
    expect(wordsOf(cash)).toEqual(['Il PIN attuale']);
  });

  test.each([
    ['too short', ['1234'], 'A PIN has 5 to 8 digits.'],
    ['whose new one is too easy', [PIN, '12345'], 'Digits in a row are guessed first. Choose another PIN.'],
    ['typed twice in two ways', [PIN, NEW_PIN, '70816'], 'The two PINs differ. Choose one again.'],
  ])('is not sent with a PIN %s', async (_, pins, words) => {
    const cash = await enrolled();
    await openApplication(cash, 'en');
    await cash.select('Change PIN');
    await typeEach(cash, ...pins);
    expect(wordsOf(cash)).toEqual([words]);
    expect(said(cash)).toEqual([]);
  });

  test('is left screen by screen', async () => {
    const cash = await enrolled();
    await openApplication(cash, 'en');
    await cash.select('Change PIN');
    await typeEach(cash, PIN, NEW_PIN);
    const shown: string[] = [];
    for (let back = 0; back < 3; back += 1) {
      await cash.select('Back');
      shown.push(cash.phone.screen.title);
    }
    expect(shown).toEqual(['Choose a PIN', 'Change PIN', 'Cash-Mobile']);
    expect(said(cash)).toEqual([]);
  });

  test('with a wrong present PIN says how many tries are left, and the old PIN counts', async () => {
    const { cash, announced, oldKey, answer } = await changing('48214');
    await answer('wrong-pin', { triesLeft: 2 });
    expect(wordsOf(cash)).toEqual(['Wrong PIN. Tries left: 2\nThe PIN was not changed. The old one still counts.']);
    await cash.select('OK');
    expect(await approvesWith(cash, PIN, { old: oldKey, new: announced.approvalKey })).toBe('old');
  });

  test('again has another name, another key and another salt', async () => {
    const { cash, announced, answer } = await changing('48214');
    const first = cash.flash.read('records/Cash-Mobile/device');
    await answer('wrong-pin', { triesLeft: 2 });
    await cash.select('OK');
    await cash.select('Change PIN');
    await typeEach(cash, PIN, NEW_PIN, NEW_PIN);
    const second = cash.service.all('PIN_NEW').at(-1);
    expect(hexOf(second?.pcid ?? announced.pcid)).not.toBe(hexOf(announced.pcid));
    expect(hexOf(second?.approvalKey ?? announced.approvalKey)).not.toBe(hexOf(announced.approvalKey));
    expect(cash.flash.read('records/Cash-Mobile/device')).not.toEqual(first);
  });
});

describe('While the phone does not know which PIN counts', () => {
  test('it approves nothing, but refuses, and then approves with the key that the service has confirmed', async () => {
    const { cash, announced, oldKey, answer } = await changing();
    await cash.select('Close');
    await cash.request();
    await cash.select('Approve');
    expect(wordsOf(cash)).toEqual(['Your PIN is being changed. Nothing can be approved until the service answers.']);
    await cash.select('OK');
    expect(cash.phone.screen.title).toBe('Payment');
    await cash.select('Refuse');
    await cash.select('I do not want to');
    expect(said(cash).at(-1)).toBe('REFUSE');
    await cash.select('Close');
    await cash.request();
    await answer('confirmed');
    await cash.select('Approve');
    await cash.type(NEW_PIN);
    await cash.select('Confirm');
    const approval = cash.service.all('APPROVE').at(-1);
    cash.service.approvalKey = announced.approvalKey;
    expect(approval !== undefined && cash.service.isRight(approval)).toBe(true);
    cash.service.approvalKey = oldKey;
    expect(approval !== undefined && cash.service.isRight(approval)).toBe(false);
  });

  test('an approval that is tried asks the service, at most once a minute', async () => {
    const { cash } = await changing();
    await cash.select('Close');
    await cash.request({ ttl: 600 });
    const tries: number[] = [];
    for (const pause of [0, 10_000, 49_999, 1]) {
      await cash.clock.advance(pause);
      await cash.select('Approve');
      await cash.select('OK');
      tries.push(cash.service.all('STATUS_QUERY').length);
    }
    // The phone itself asks after the first minute.
    expect(tries).toEqual([1, 1, 1, 2]);
  });

  test('the menu shows how far it is instead of a second change', async () => {
    const { cash } = await changing();
    await cash.select('Close');
    await cash.select('Change PIN');
    expect(wordsOf(cash)).toContain('Waiting for the service.');
    await cash.select('Ask again');
    expect(said(cash)).toEqual(['PIN_NEW', 'PIN_PROOF', 'STATUS_QUERY']);
  });

  test.each([
    ['of another status', (cash: CashBench, pcid: Uint8Array) => cash.service.receipt(pcid, 'paid')],
    [
      'with a wrong signature',
      (cash: CashBench, pcid: Uint8Array) =>
        cash.service.receipt(pcid, 'confirmed').map((o, at) => (at === 82 ? o ^ 1 : o)),
    ],
    ['over PIN_NEW', (cash: CashBench, pcid: Uint8Array) => receiptOver(cash, pcid, 'PIN_NEW')],
    ['over PIN_PROOF', (cash: CashBench, pcid: Uint8Array) => receiptOver(cash, pcid, 'PIN_PROOF')],
    ['of another change', (cash: CashBench) => otherReceipt(cash)],
  ])('a receipt %s is ignored', async (_, receiptOf) => {
    const { cash, announced, oldKey, answer } = await changing();
    const before = cash.flash.read('records/Cash-Mobile/device');
    await cash.send(receiptOf(cash, announced.pcid));
    expect(cash.flash.read('records/Cash-Mobile/device')).toEqual(before);
    await answer('confirmed');
    await cash.select('OK');
    expect(await approvesWith(cash, NEW_PIN, { old: oldKey, new: announced.approvalKey })).toBe('new');
  });

  test('a refusal of the service is shown, and the change goes on', async () => {
    const { cash, announced, answer } = await changing();
    const nak = { type: 'NAK', time: cash.service.now, ref: announced.pcid, text: '' } as const;
    await cash.send({ ...nak, code: 'blocked', argument: 3_600 });
    expect(wordsOf(cash)).toContain('Blocked for a while.');
    await answer('confirmed');
    expect(wordsOf(cash)).toEqual(['Your new PIN counts from now on, and the old one no more.']);
  });

  test('it asks after 1, 3 and 8 minutes, 1, 6, 24 and 48 hours, and says that the service is silent', async () => {
    const { cash } = await changing();
    const begun = cash.clock.now();
    const asked: number[] = [];
    for (const minutes of [1, 3, 8, 60, 360, 1_440, 2_880, 6_000]) {
      await cash.clock.advance(begun + minutes * MINUTE_MS - 1 - cash.clock.now());
      asked.push(cash.service.all('STATUS_QUERY').length);
      await cash.clock.advance(1);
    }
    expect(asked).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(wordsOf(cash)).toContain('The service has not answered.');
    expect(cash.service.all('STATUS_QUERY').at(-1)).toMatchObject({ kind: 'request' });
  });

  test('it sends the same octets again each time that the service does not know them, with pauses', async () => {
    const { cash, unknown, frames } = await changing();
    const begun = cash.clock.now();
    const sent: number[] = [];
    for (const at of [
      49_999,
      50_000,
      169_999,
      170_000,
      59 * MINUTE_MS - 1,
      59 * MINUTE_MS,
      5 * HOUR_MS,
      23 * HOUR_MS,
    ]) {
      await cash.clock.advance(begun + at - cash.clock.now());
      await unknown(new Uint8Array(8).fill(7));
      await unknown();
      await unknown();
      sent.push(cash.radio.sent.filter((sms) => frames.includes(frameOf(sms))).length);
    }
    expect(sent).toEqual([2, 4, 4, 6, 6, 8, 10, 10]);
    expect(frames).toHaveLength(2);
  });

  test('it gives up after a day if the service does not know the change, and only then', async () => {
    const { cash, announced, oldKey, unknown, frames } = await changing();
    await cash.clock.advance(DAY_MS - 1_000);
    await unknown();
    expect(cash.phone.screen.title).toBe('Change PIN');
    await cash.clock.advance(1_000);
    expect(wordsOf(cash)).toContain('The service has not answered.');
    await unknown();
    expect(wordsOf(cash)).toEqual(['The PIN was not changed. The old one still counts.']);
    for (const frame of frames)
      expect(JSON.stringify(cash.flash.read('records/Cash-Mobile/device'))).not.toContain(frame);
    await cash.select('OK');
    expect(await approvesWith(cash, PIN, { old: oldKey, new: announced.approvalKey })).toBe('old');
  });

  test('a receipt that comes after that still counts: the service has had both messages late', async () => {
    const { cash, announced, oldKey, answer, unknown } = await changing();
    await cash.clock.advance(DAY_MS);
    await unknown();
    await cash.select('OK');
    await answer('confirmed');
    await cash.select('OK');
    expect(await approvesWith(cash, NEW_PIN, { old: oldKey, new: announced.approvalKey })).toBe('new');
  });

  test('a locked phone does not ask, and one that is wiped forgets both keys', async () => {
    const { cash } = await changing();
    await cash.send(cash.service.order('lock'));
    await cash.clock.advance(10 * MINUTE_MS);
    expect(said(cash)).toEqual(['PIN_NEW', 'PIN_PROOF', 'STATUS_QUERY']);
    await cash.send(cash.service.order('wipe'));
    expect(cash.flash.read('records/Cash-Mobile/device')).toBeUndefined();
  });
});

describe('After a restart', () => {
  /** The battery falls out; the phone is switched on again after a time. */
  async function restarted(after: number) {
    const before = await changing();
    const { cash } = before;
    cash.handset.powerOff();
    await cash.clock.advance(after);
    const again = attach(
      bench({ clock: cash.clock, flash: cash.flash, radio: cash.radio, seed: 'later' }),
      cash.service,
    );
    await again.settle();
    return { ...before, again };
  }

  test('the alarm starts the application for the next question, and the receipt starts it for the end', async () => {
    const { again, announced, oldKey } = await restarted(5_000);
    await again.clock.advance(54_999);
    expect(said(again)).toEqual(['PIN_NEW', 'PIN_PROOF']);
    await again.clock.advance(1);
    expect(said(again)).toEqual(['PIN_NEW', 'PIN_PROOF', 'STATUS_QUERY']);
    await again.send(again.service.receipt(announced.pcid, 'confirmed'));
    expect(wordsOf(again)).toEqual(['Your new PIN counts from now on, and the old one no more.']);
    await again.select('OK');
    expect(await approvesWith(again, NEW_PIN, { old: oldKey, new: announced.approvalKey })).toBe('new');
  });

  test('after all questions it asks when its owner opens it', async () => {
    const { again } = await restarted(3 * DAY_MS);
    await openApplication(again, 'en');
    expect(said(again).filter((type) => type === 'STATUS_QUERY')).not.toEqual([]);
  });

  test('it does not ask at once, for the answer may be on its way, nor when a message waits', async () => {
    const { again } = await restarted(5_000);
    await openApplication(again, 'en');
    expect(said(again)).toEqual(['PIN_NEW', 'PIN_PROOF']);
    again.phone.press('power');
    await again.clock.advance(2 * MINUTE_MS);
    const asked = said(again).length;
    await again.request();
    expect(again.phone.screen.title).toBe('Payment');
    expect(said(again)).toHaveLength(asked);
  });

  test('the frames that go out again are the ones that were stored', async () => {
    const { again, announced, frames } = await restarted(2 * MINUTE_MS);
    again.radio.sent.length = 0;
    await again.send({
      ...{ type: 'NAK', time: again.service.now, ref: announced.pcid, text: '' },
      ...{ code: 'unknown-reference', argument: 0 },
    });
    expect(again.radio.sent.map(frameOf).filter((frame) => frames.includes(frame))).toEqual(frames);
  });
});

/** A receipt of a change that this phone has not begun. */
function otherReceipt(cash: CashBench): Uint8Array {
  const pcid = new Uint8Array(8).fill(7);
  cash.service.heard.push({ type: 'PIN_NEW', ctr: 1, pcid, approvalKey: new Uint8Array(32) });
  return cash.service.receipt(pcid, 'confirmed');
}

/** A receipt that is signed over what the phone has said in the place of zeros. */
function receiptOver(cash: CashBench, pcid: Uint8Array, type: 'PIN_NEW' | 'PIN_PROOF'): Uint8Array {
  const [message] = cash.service.all(type);
  return cash.service.receiptOver(message && encodeUp(message), pcid, 'confirmed');
}
