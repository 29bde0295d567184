import { render } from 'ink-testing-library';
import { afterEach, expect, test } from 'vitest';
import type { JournalEntry, ServiceEvent } from '../../../server/index.ts';
import { CUSTOMER, SERVICE_NUMBER } from '../../../sim/demo/cast.ts';
import type { Booked } from '../../../sim/demo/purse-host.ts';
import type { Stage } from '../../../sim/demo/stage.ts';
import { Theatre } from '../../../sim/demo/theatre.tsx';
import { bench } from '../../device/bench.ts';
import { type CashBench, enrolled, installed } from '../../device/cash-mobile/cash-bench.ts';
import { quietWorld } from '../host.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

interface Given {
  readonly customer?: CashBench;
  readonly rings?: boolean;
  /** What the till is answered. */
  readonly answer?: () => Promise<{ readonly state: string }>;
}

/** Two phones, a network and a till, without a service: a test says what it would say. */
async function theatre({ customer, rings = true, answer = async () => ({ state: 'REQUESTED' }) }: Given = {}) {
  const { world, clock } = quietWorld();
  for (const { number } of [{ number: SERVICE_NUMBER }, CUSTOMER]) world.addModem({ number });
  await world.send({ from: SERVICE_NUMBER, to: CUSTOMER.number, content: { kind: 'data', data: new Uint8Array(133) } });
  await clock.advance(1_000);
  const phones = { merchant: bench().handset, customer: customer?.handset ?? bench().handset };
  const asked: { readonly mref: string }[] = [];
  const journal = new Set<(entry: JournalEntry) => void>();
  const books = new Set<(booked: Booked) => void>();
  const stage = {
    world,
    clock,
    page: 'http://127.0.0.1:8080/#key=cm_1',
    merchant: { phone: { handset: phones.merchant } },
    customer: { phone: { handset: phones.customer } },
    service: {
      subscribe(listener: (entry: JournalEntry) => void) {
        journal.add(listener);
        return () => journal.delete(listener);
      },
    },
    purseHost: {
      title: 'card host',
      listen(listener: (booked: Booked) => void) {
        books.add(listener);
        return () => books.delete(listener);
      },
    },
    till: {
      requestPayment(order: { readonly mref: string }) {
        asked.push(order);
        return answer();
      },
    },
  };
  const props = { stage: stage as unknown as Stage, title: 'a test', rings };
  const { stdin, lastFrame, stdout, unmount } = render(<Theatre {...props} />);
  ends.push(() => unmount());
  const turns = async () => {
    for (let turn = 0; turn < 8; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  };
  await turns();
  return {
    ...{ world, clock, phones, asked, stdout },
    frame: () => lastFrame() ?? '',
    async type(...keys: readonly string[]) {
      for (const key of keys) {
        stdin.write(key);
        await turns();
      }
    },
    async says(event: ServiceEvent) {
      for (const listener of journal) listener({ seq: 1, at: clock.now(), event });
      await turns();
    },
    async books(brief: string) {
      for (const listener of books) listener({ data: {}, text: brief, brief });
      await turns();
    },
    async passes(ms: number) {
      await clock.advance(ms);
      await turns();
    },
  };
}

const payment = (txn: string, to: 'REQUESTED' | 'CAPTURED' | 'REFUSED', event: string): ServiceEvent =>
  ({ kind: 'payment', txn, event, to }) as ServiceEvent;

test('Tab gives the keys to the other phone, and back', async () => {
  const { type, frame, phones } = await theatre();
  const kinds = () => [phones.merchant.screen.kind, phones.customer.screen.kind];
  expect(frame()).toContain('▶ Anna, customer');
  await type('\t');
  expect(frame()).toContain('▶ Edicola Duomo');
  expect(frame()).not.toContain('▶ Anna');
  await type('[');
  expect(kinds()).toEqual(['list', 'idle']);
  await type('\t', '[');
  expect(frame()).toContain('▶ Anna, customer');
  expect(kinds()).toEqual(['list', 'list']);
});

test('shows the SMS from the beginning on, those that follow, and those that are lost', async () => {
  const { type, frame, world, passes } = await theatre();
  const lines = ['service → customer', '  SMS 1, 133 octets', '  SMS 1 delivered'];
  for (const line of lines) expect(frame()).toContain(line);
  await type('x');
  expect(frame()).toContain('the next SMS will be lost');
  expect(world.faults.list().map(({ action }) => action.kind)).toEqual(['drop']);
  void world.send({ from: CUSTOMER.number, to: SERVICE_NUMBER, content: { kind: 'text', text: 'a' } });
  await passes(1_000);
  expect(frame()).toContain('customer → service');
  expect(frame()).toContain('  SMS 2, 1 octets');
  expect(frame()).toContain('  SMS 2 lost');
});

test('shows what the card host writes into its book', async () => {
  const { books, frame } = await theatre();
  await books('12.05 moved');
  expect(frame()).toContain('card host: 12.05 moved');
});

test('r asks at the till, each time for another payment', async () => {
  const { type, asked, passes, frame } = await theatre();
  await type('r');
  await passes(1);
  await type('r');
  const order = { customer: CUSTOMER.number, amount: { minor: 1_250, currency: 'EUR' }, reference: 'Newspapers' };
  expect(asked).toEqual([expect.objectContaining(order), expect.objectContaining(order)]);
  expect(new Set(asked.map(({ mref }) => mref)).size).toBe(2);
  expect(frame()).not.toContain('till:');
});

test.each([
  ['refuses', async () => ({ state: 'REJECTED' }), 'till: not now, REJECTED'],
  ['fails', () => Promise.reject(new Error('no network')), 'till: no network'],
])('says when the service %s what the till asks', async (_what, answer, words) => {
  const { type, frame } = await theatre({ answer });
  await type('r');
  expect(frame()).toContain(words);
});

test('says what the service does, and that a payment is asked for until all are settled', async () => {
  const { says, frame } = await theatre();
  const isAsked = () => frame().includes('is asked for money already');
  const seen: boolean[] = [isAsked()];
  for (const event of [
    payment('A', 'REQUESTED', 'create'),
    payment('B', 'REQUESTED', 'create'),
    payment('A', 'CAPTURED', 'capture'),
    payment('B', 'REFUSED', 'refuse'),
    payment('C', 'REQUESTED', 'create'),
  ]) {
    await says(event);
    seen.push(isAsked());
  }
  expect(seen).toEqual([false, true, true, true, false, true]);
  expect(frame()).toContain('service: CAPTURED');
  expect(frame()).toContain('service: REFUSED');
  expect(frame()).not.toContain('service: REQUESTED');
  await says({ kind: 'wrong-pin', ref: 'C', triesLeft: 2 } as ServiceEvent);
  expect(frame()).toContain('service: wrong PIN, 2 left');
});

test('q quits on an idle phone: no key is for it any more', async () => {
  const { type, asked } = await theatre();
  await type('q', 'r');
  expect(asked).toEqual([]);
});

test('where letters are written they are no commands, and Ctrl-Q quits', async () => {
  const customer = await installed();
  const { type, frame, asked, world } = await theatre({ customer });
  await type('q', 'r', 'x');
  expect(frame()).toContain('qrx');
  expect([asked, world.faults.list()]).toEqual([[], []]);
  await type('\u0011', 'z');
  expect(customer.phone.screen.items.at(-1)?.value).toBe('qrx');
});

test('the help comes and goes, in the place of the trace', async () => {
  const { type, frame } = await theatre();
  const shown = () => [frame().includes('the next SMS is lost'), frame().includes('SMS in the air')];
  expect(shown()).toEqual([false, true]);
  await type('?');
  expect(shown()).toEqual([true, false]);
  await type('?');
  expect(shown()).toEqual([false, true]);
  await type('?');
  expect(shown()).toEqual([true, false]);
});

test.each([true, false])('a phone that is asked rings unless told otherwise: %s', async (rings) => {
  const customer = await enrolled();
  const { frame, stdout, passes } = await theatre({ customer, rings });
  await customer.request();
  await passes(1);
  expect(frame().includes('RING')).toBe(rings);
  expect(stdout.frames.filter((written) => written === '\u0007')).toHaveLength(rings ? 1 : 0);
});
