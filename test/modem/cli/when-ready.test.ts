import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { whenReady } from '../../../modem/cli/when-ready.ts';
import type { ModemState } from '../../../modem/index.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** As far as it is looked at. */
function modemIn(state: ModemState) {
  const listeners = new Set<(state: ModemState) => void>();
  const modem = {
    state,
    onState(listener: (state: ModemState) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const tell = (told: ModemState) => {
    for (const listener of listeners) listener(told);
  };
  return { modem, listeners, tell };
}

const SEARCHING: ModemState = { kind: 'searching', registration: 'searching' };
const READY: ModemState = { kind: 'ready', registration: 'home' };

test('a modem in a network is not waited for', async () => {
  const { modem, listeners } = modemIn(READY);
  expect(await whenReady(modem)).toBe(true);
  expect([listeners.size, vi.getTimerCount()]).toEqual([0, 0]);
});

test('a modem that finds its network within a minute is ready then, and nothing is left to wait for', async () => {
  const { modem, listeners, tell } = modemIn(SEARCHING);
  const waiting = whenReady(modem);
  await vi.advanceTimersByTimeAsync(59_999);
  tell(SEARCHING);
  expect(listeners.size).toBe(1);
  tell(READY);
  expect(await waiting).toBe(true);
  expect([listeners.size, vi.getTimerCount()]).toEqual([0, 0]);
});

test('a modem that does not is given up after a minute', async () => {
  const { modem, listeners } = modemIn(SEARCHING);
  const waiting = whenReady(modem);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await waiting).toBe(false);
  expect(listeners.size).toBe(0);
});
