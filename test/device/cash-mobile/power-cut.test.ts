import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Flash, memoryFlash } from '../../../device/index.ts';
import { bench } from '../bench.ts';
import { attach, type CashBench, enrolled, openApplication, PIN, wordsOf } from './cash-bench.ts';
import { PARTY } from './fake-service.ts';

/** What a flash holds after each of its writes, as a power cut would leave it. */
function recorded(): { readonly flash: Flash; readonly states: string[] } {
  const inner = memoryFlash();
  const states: string[] = [];
  return {
    states,
    flash: {
      read: (name) => inner.read(name),
      names: inner.names,
      write(name, value) {
        inner.write(name, value);
        states.push(inner.dump());
      },
    },
  };
}

const dumped = z.object({ sections: z.record(z.string(), z.json()) });

function flashOf(state: string): Flash {
  const flash = memoryFlash();
  for (const [name, value] of Object.entries(dumped.parse(JSON.parse(state)).sections)) flash.write(name, value);
  return flash;
}

/** The phone as it boots from a state of its flash, while the one before is never heard of again. */
async function reboot({ clock, radio, service }: CashBench, state: string): Promise<CashBench> {
  const cash = attach(bench({ clock, radio, flash: flashOf(state), seed: 'after the cut' }), service);
  await cash.settle();
  return cash;
}

/** An enrolled phone whose flash is watched. */
async function watched(options: { readonly merchant?: string } = {}) {
  const { flash, states } = recorded();
  const cash = await enrolled({ ...options, flash });
  states.length = 0;
  return { cash, states };
}

function last(states: readonly string[]): string {
  return states.at(-1) ?? '';
}

describe('A phone whose battery falls out', () => {
  test('after any write since a request came shows the request at once', async () => {
    const { cash, states } = await watched();
    await cash.request({ ttl: 40 });
    await cash.select('Approve');
    expect(states.length).toBeGreaterThan(2);
    for (const state of [...states]) {
      const booted = await reboot(cash, state);
      expect(wordsOf(booted)).toContain('Pay to: Edicola Duomo');
      expect(booted.service.heard).toEqual([]);
      booted.phone.press('power', true);
    }
  });

  test('after any write of a login shows it at once, and after wrong digits leaves one try', async () => {
    const { cash, states } = await watched();
    const login = cash.service.loginRequest();
    await cash.send(login);
    const typed = async (phone: CashBench, digits: string) => {
      await phone.select('Approve');
      await phone.type(digits);
      await phone.select('Next');
    };
    const before = states.length;
    await typed(cash, '12');
    expect(states.length).toBeGreaterThan(before);
    const counted = last(states);
    for (const state of [...states]) {
      const booted = await reboot(cash, state);
      expect(wordsOf(booted)).toEqual([`Asked by: ${PARTY}`, 'Anagrafe']);
      booted.phone.press('power', true);
    }
    const booted = await reboot(cash, counted);
    await typed(booted, '11');
    expect(wordsOf(booted)).toContain('PIN');
    booted.phone.press('power', true);
    await typed(await reboot(cash, counted), '13');
    expect(cash.service.heard).toMatchObject([{ type: 'REFUSE', txn: login.challenge, reason: 'wrong-digits' }]);
  });

  test('while a PIN was asked for again asks for it again', async () => {
    const { cash, states } = await watched();
    const { txn } = await cash.request();
    await cash.select('Approve');
    await cash.type('90909');
    await cash.select('Confirm');
    await cash.send(cash.service.receipt(txn, 'wrong-pin', { triesLeft: 2 }));
    expect(wordsOf(await reboot(cash, last(states)))).toContain('Wrong PIN. Tries left: 2');
  });

  test('and comes back after the request has expired says so, and refuses', async () => {
    const { cash, states } = await watched();
    await cash.request({ ttl: 40 });
    const state = last(states);
    cash.handset.powerOff();
    await cash.clock.advance(60_000);
    const booted = await reboot(cash, state);
    expect(wordsOf(booted).join()).toContain('This request has expired.');
    expect(cash.service.heard).toMatchObject([{ type: 'REFUSE', reason: 'expired' }]);
    await booted.select('OK');
    expect(booted.phone.screen.kind).toBe('idle');
    await booted.clock.advance(3_600_000);
    expect(booted.phone.screen.kind).toBe('idle');
  });

  test.each([
    ['before the first query', 30_000, [60_000]],
    ['after the first query', 61_000, [180_000]],
    ['after the second query', 181_000, [480_000]],
  ])('%s asks for the receipt when the next is due', async (_name, cutAt, [due = 0]) => {
    const { cash, states } = await watched();
    const { txn } = await cash.request();
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    const answered = cash.clock.now();
    await cash.clock.advance(cutAt);
    const state = last(states);
    cash.handset.powerOff();
    cash.service.heard.length = 0;
    const booted = await reboot(cash, state);
    expect(booted.phone.screen.kind).toBe('idle');
    await booted.clock.advance(answered + due - 1 - booted.clock.now());
    expect(booted.service.heard).toEqual([]);
    await booted.clock.advance(1);
    expect(booted.service.heard).toMatchObject([{ type: 'STATUS_QUERY', ref: txn }]);
    await booted.send(booted.service.receipt(txn, 'paid'));
    expect(booted.phone.screen.title).toBe('Paid');
  });

  test('and stays off past all queries asks once when it is back, and never again', async () => {
    const { cash, states } = await watched();
    const { txn } = await cash.request();
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    const state = last(states);
    cash.handset.powerOff();
    cash.service.heard.length = 0;
    await cash.clock.advance(3_600_000);
    const booted = await reboot(cash, state);
    expect(booted.service.heard).toMatchObject([{ type: 'STATUS_QUERY', ref: txn }]);
    booted.phone.press('power');
    await booted.clock.advance(3_600_000);
    await openApplication(booted, 'en');
    expect(booted.service.heard).toHaveLength(1);
    expect(booted.phone.screen.title).toBe('Cash-Mobile');
  });

  test('has no alarm left when nothing is open', async () => {
    const { cash, states } = await watched();
    const { txn } = await cash.request();
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    await cash.send(cash.service.receipt(txn, 'paid'));
    expect(dumped.parse(JSON.parse(last(states))).sections['alarms']).toEqual({});
    expect((await reboot(cash, last(states))).phone.screen.kind).toBe('idle');
  });
});

describe('A sale that was being sent when the battery fell out', () => {
  test('at any write leaves a phone that does what it can, and then rests', async () => {
    const { cash, states } = await watched({ merchant: 'Edicola' });
    await openApplication(cash, 'en');
    await cash.select('Request payment');
    await cash.type('393400000002');
    cash.phone.press('down');
    await cash.type('1');
    states.length = 0;
    await cash.select('Send');
    cash.handset.powerOff();
    const left = states.map((state) => dumped.parse(JSON.parse(state)).sections);
    expect(left.some(({ alarms }) => JSON.stringify(alarms) !== '{}')).toBe(true);
    for (const state of [...states]) {
      const booted = await reboot(cash, state);
      await booted.clock.advance(60_000);
      expect(booted.phone.screen.kind).toBe('idle');
      booted.handset.powerOff();
    }
  });
});

describe('A request that was put away with the red key', () => {
  test('comes back after 30 s', async () => {
    const cash = await enrolled();
    await cash.request();
    cash.phone.press('power');
    await cash.clock.advance(29_999);
    expect(cash.phone.screen.kind).toBe('idle');
    await cash.clock.advance(1);
    expect(cash.phone.screen.title).toBe('Payment');
  });

  test('and expires before that says so when it does', async () => {
    const cash = await enrolled();
    await cash.request({ ttl: 20 });
    cash.phone.press('power');
    await cash.clock.advance(19_999);
    expect(cash.phone.screen.kind).toBe('idle');
    await cash.clock.advance(1);
    expect(wordsOf(cash).join()).toContain('This request has expired.');
  });
});
