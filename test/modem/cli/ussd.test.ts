import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { converse } from '../../../modem/cli/ussd.ts';
import type { ModemState, UssdAnswer } from '../../../modem/index.ts';

let said: string[];
let printed: (string | undefined)[];

beforeEach(() => {
  [said, printed] = [[], []];
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const output = { json: false, print: (_record: object, text?: string) => printed.push(text) };
const READY: ModemState = { kind: 'ready', registration: 'home' };

function menu(text: string, next: UssdAnswer): UssdAnswer {
  return {
    more: true,
    text,
    async reply(reply) {
      said.push(reply);
      return next;
    },
    async cancel() {
      said.push('cancel');
    },
  };
}

/** A menu of two levels. @param state of the modem */
function modem(state: ModemState = READY): Parameters<typeof converse>[0] {
  return {
    state,
    onState: () => () => {},
    async ussd(code) {
      said.push(code);
      return menu('1 Balance', menu('1 Now', { more: false, text: '10.00' }));
    },
  };
}

test('each menu is answered with the next reply', async () => {
  await converse(modem(), '*1#', ['7', '8', '9'], output);
  expect([said, printed]).toEqual([
    ['*1#', '7', '8'],
    ['1 Balance', '1 Now', '10.00'],
  ]);
});

test('a menu for which there is no reply, and no terminal to ask on, is left', async () => {
  await converse(modem(), '*1#', ['7'], output);
  expect([said, printed]).toEqual([
    ['*1#', '7', 'cancel'],
    ['1 Balance', '1 Now'],
  ]);
});

test('without a network nothing is asked', async () => {
  vi.useFakeTimers();
  const state: ModemState = { kind: 'searching', registration: 'denied' };
  const failed = expect(converse(modem(state), '*1#', [], output)).rejects.toThrow(
    'the modem is in no network: searching: denied',
  );
  await vi.advanceTimersByTimeAsync(60_000);
  await failed;
  expect(said).toEqual([]);
});

test('a network that takes longer than 5 s is said to be waited for', async () => {
  vi.useFakeTimers();
  const told: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => told.push(String(text)) > 0);
  const { promise, resolve } = Promise.withResolvers<UssdAnswer>();
  const work = converse({ ...modem(), ussd: () => promise }, '*1#', [], output);
  await vi.advanceTimersByTimeAsync(4_999);
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(1);
  expect(told).toEqual(['no answer yet: the network may take two minutes\n']);
  resolve({ more: false, text: '10.00' });
  await work;
  expect(vi.getTimerCount()).toBe(0);
});
