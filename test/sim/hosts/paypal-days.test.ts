import { describe, expect, it } from 'vitest';
import { RailTrial } from '../../../sim/hosts/rail-trial.ts';
import type { PayPalHost, PayPalHostOptions } from '../../../sim/index.ts';
import { passingDatabase } from '../../server/database.ts';
import { paypalUnderTrial } from './paypal-trial.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A service with the PayPal rail, its host, and the alarms of the journal. */
async function open(options: Partial<PayPalHostOptions> = {}) {
  const hosts: PayPalHost[] = [];
  const trial = await RailTrial.open(
    (clock) => {
      const made = paypalUnderTrial(clock, options);
      hosts.push(made.host);
      return made;
    },
    await passingDatabase(),
  );
  const [host] = hosts;
  if (host === undefined) throw new Error('there is no host');
  const notices: (readonly [Uint8Array, Readonly<Record<string, string>> | undefined])[] = [];
  host.onNotice = (body, headers) => void notices.push([body, headers]);
  const tell = async () => {
    for (const [body, headers] of notices.splice(0)) await trial.notice(body, headers);
  };
  const end = async (txn: string) => {
    const { state } = await trial.service.payment(txn);
    const moved = host.moved();
    await trial.close();
    return [state, moved];
  };
  return { trial, host, tell, end, waiting: notices };
}

describe('an order whose PayPal-Request-Id is forgotten, without an id,', () => {
  /** PayPal is out of reach from the order on, for longer than it remembers. */
  async function afterSixHours(fault: 'answer-lost' | 'no-answer', options: Partial<PayPalHostOptions> = {}) {
    const opened = await open(options);
    opened.host.misbehave(fault);
    const txn = await opened.trial.pay();
    opened.host.down = true;
    await opened.trial.clock.advance(6 * HOUR_MS);
    opened.host.down = false;
    return { ...opened, txn };
  }

  it('is found in the report, and can be given back', async () => {
    const { trial, host, txn, end } = await afterSixHours('answer-lost');
    await trial.expectState(txn, 'CAPTURED');
    expect(host.heard.filter(({ path }) => path === '/v2/checkout/orders')).toHaveLength(1);
    await trial.refund(txn, 'a');
    expect(await end(txn)).toEqual(['REFUNDED', 0]);
  });

  it('is declined only when the report is newer than the six hours, and does not have it', async () => {
    const { trial, txn, end } = await afterSixHours('no-answer', { reportLagMs: 3 * HOUR_MS });
    await trial.clock.advance(2 * HOUR_MS);
    expect((await trial.service.payment(txn)).state).toBe('UNKNOWN');
    await trial.clock.advance(DAY_MS);
    expect(await end(txn)).toEqual(['DECLINED', 0]);
  });
});

describe('a webhook', () => {
  it('that is faster than the answer says enough for a refund', async () => {
    const { trial, host, tell, end } = await open();
    host.misbehave('answer-lost');
    const txn = await trial.pay();
    await tell();
    await trial.expectState(txn, 'CAPTURED');
    await trial.refund(txn, 'a', 250);
    expect(await end(txn)).toEqual(['CAPTURED', 1_000]);
  });

  it('of "pending" after a lost answer is followed by questions under the id, not by the order again', async () => {
    const { trial, host, tell, end } = await open();
    host.misbehave('pending');
    const txn = await trial.pay();
    await tell();
    host.down = true;
    await trial.clock.advance(5 * HOUR_MS);
    host.down = false;
    host.decide('moved');
    await trial.expectState(txn, 'CAPTURED');
    expect(host.heard.filter(({ path }) => path === '/v2/checkout/orders')).toHaveLength(1);
    expect(await end(txn)).toEqual(['CAPTURED', 1_250]);
  });

  it('may come 25 times and after a newer one, and is an alarm only when it contradicts the end', async () => {
    const { trial, host, tell, waiting, end } = await open();
    const alarms: string[] = [];
    trial.service.subscribe(({ event }) => void (event.kind === 'alarm' && alarms.push(event.alarm)));
    host.misbehave('pending');
    const txn = await trial.pay();
    const [pending] = waiting;
    host.decide('moved');
    const all = [...waiting, ...(pending === undefined ? [] : [pending])];
    for (let times = 0; times < 25; times += 1) waiting.push(...all);
    await tell();
    await trial.expectState(txn, 'CAPTURED');
    expect(alarms).toEqual([]);
    host.reverse(host.entries[0]?.id ?? '');
    await tell();
    expect(alarms).toEqual(['rail-contradicts-itself']);
    expect(await end(txn)).toEqual(['CAPTURED', 1_250]);
  });
});
