import type { Chat } from '../at/chat.ts';
import { type AtCommand, AtRefused, DEFAULT_TIMEOUT_MS } from '../at/command.ts';
import { type AtValue, numberIn, textIn, valuesOf } from '../at/values.ts';
import { type Clock, sleep } from '../clock.ts';
import { ModemError } from '../error.ts';
import type { Quirks } from '../quirks.ts';
import { numberErrors } from './identify.ts';
import { isStarting, runWhenStarted } from './starting.ts';

/** Telit may be silent for 40 s after a PIN, before or after its `OK`. */
const PIN_TIMEOUT_MS = 60_000;

/** Tries that must be left before a PIN is typed: one is always kept for the person who owns the SIM. */
const TRIES_NEEDED = 2;

/**
 * A PIN and what became of it. Lives as long as the modem, over every reopening: a PIN that was refused is never tried
 * again; one that was taken may be, when the SIM wants it after a reboot. The next process knows nothing of it.
 */
export interface SimPin {
  /** 4 to 8 digits. */
  readonly pin: string | undefined;
  /** Try it once even when the modem does not say how many tries are left: once in each process. */
  readonly withoutCounter: boolean;
  attempt: PinAttempt;
}

/** The last time the PIN was typed, if the SIM has not taken it. */
export type PinAttempt =
  | { readonly kind: 'none' }
  | { readonly kind: 'refused' }
  /** The answer was lost. When as many tries are left as before, the SIM has not counted it: once more is safe. */
  | { readonly kind: 'unanswered'; readonly triesBefore: number | undefined; readonly times: number };

/**
 * Gets the SIM ready, with the PIN if it wants one. The PIN is tried at most once without success in the life of `sim`,
 * and only when at least {@link TRIES_NEEDED} tries are left; so a modem that counts keeps the last one, however often the
 * program is started. A PUK is asked for by name, and never tried.
 *
 * @throws ModemError `no-sim` or `locked`, saying what to do.
 */
export async function unlockSim(chat: Chat, clock: Clock, quirks: Quirks, sim: SimPin): Promise<void> {
  const state = await simState(chat, clock);
  if (state === 'READY' || state === undefined) return;
  if (state !== 'SIM PIN') throw new ModemError('locked', `the SIM wants ${state}: unlock it in a phone`);
  const { pin, left } = await usablePin(chat, sim);
  sim.attempt = unanswered(sim.attempt, left);
  const result = await chat.run({ text: `AT+CPIN="${pin}"`, timeoutMs: PIN_TIMEOUT_MS });
  if (result.kind === 'error') {
    sim.attempt = { kind: 'refused' };
    throw new ModemError(
      'locked',
      'the SIM refused the PIN: this program will not try it again, but one that is started again would; check it first',
      { cause: result.error },
    );
  }
  if (result.kind !== 'ok') throw result.error;
  sim.attempt = { kind: 'none' };
  if (quirks.pauseAfterPinMs > 0) await sleep(clock, quirks.pauseAfterPinMs);
  const after = await simState(chat, clock, PIN_TIMEOUT_MS);
  if (after !== 'READY')
    throw new ModemError('locked', `the SIM took the PIN and now wants ${after ?? 'something else'}`);
  // Some refuse it to a locked SIM.
  await numberErrors(chat);
}

/** Whether an open modem says that its SIM wants something. @throws AtTimeout, AtAborted, PortError */
export async function isSimLocked(chat: Chat): Promise<boolean> {
  const result = await chat.run({ text: 'AT+CPIN?', response: { prefix: '+CPIN:' }, repeatable: true });
  if (result.kind === 'error') return false;
  if (result.kind !== 'ok') throw result.error;
  const state = textIn(valuesOf(result.lines[0]?.text ?? '')[0]);
  return state !== undefined && state !== 'READY';
}

function unanswered(before: PinAttempt, triesBefore: number | undefined): PinAttempt {
  return { kind: 'unanswered', triesBefore, times: before.kind === 'unanswered' ? before.times + 1 : 1 };
}

/** Whether the PIN may be typed, after what became of it, when so many tries are left. */
function mayTry(attempt: PinAttempt, left: number | undefined): boolean {
  if (attempt.kind !== 'unanswered') return attempt.kind === 'none';
  return attempt.times === 1 && left !== undefined && left === attempt.triesBefore;
}

/** The PIN, and how many tries are left before it is typed. @throws ModemError (`locked`) */
async function usablePin(chat: Chat, sim: SimPin): Promise<{ pin: string; left: number | undefined }> {
  if (sim.pin === undefined) throw new ModemError('locked', 'the SIM wants its PIN: give it (GSM_MODEM_PIN)');
  if (!/^\d{4,8}$/.test(sim.pin)) throw new ModemError('locked', 'the PIN given for the SIM is not 4 to 8 digits');
  const left = sim.attempt.kind === 'refused' ? undefined : await triesLeft(chat);
  if (!mayTry(sim.attempt, left)) {
    throw new ModemError('locked', 'the SIM wants its PIN, and the one given was tried already');
  }
  if (left === undefined && !sim.withoutCounter) {
    throw new ModemError(
      'locked',
      'the SIM wants its PIN, and this modem does not say how many tries are left: unlock the SIM in a phone, or allow one try (--trust-pin)',
    );
  }
  if (left !== undefined && left < TRIES_NEEDED) {
    throw new ModemError(
      'locked',
      `the SIM wants its PIN, and tries left are ${left}, fewer than ${TRIES_NEEDED}: unlock it in a phone`,
    );
  }
  return { pin: sim.pin, left };
}

/** What `+CPIN?` says: `READY`, or what the SIM wants. Undefined when the modem does not know the command. */
async function simState(chat: Chat, clock: Clock, timeoutMs: number = DEFAULT_TIMEOUT_MS): Promise<string | undefined> {
  const response = { prefix: '+CPIN:' };
  const result = await runWhenStarted(chat, clock, { text: 'AT+CPIN?', response, timeoutMs });
  if (result.kind === 'ok') return textIn(valuesOf(result.lines[0]?.text ?? '')[0]);
  const { error } = result;
  if (!(error instanceof AtRefused)) throw error;
  if (error.is('CME', 10, 15) || error.is('CMS', 310, 315)) {
    throw new ModemError('no-sim', 'the modem has no SIM that it can read: insert one', { cause: error });
  }
  if (isStarting(error)) {
    throw new ModemError('no-sim', 'the SIM stays busy: switch the modem off and on', { cause: error });
  }
  return undefined;
}

/** Where a modem says how many tries of the SIM PIN are left. */
interface Counter {
  readonly command: AtCommand;
  read(values: readonly AtValue[]): number | undefined;
}

const counter = (text: string, prefix: string, read: Counter['read']): Counter => ({
  command: { text, response: { prefix, many: true } },
  read,
});

const first: Counter['read'] = ([tries]) => numberIn(tries);
const ifNamed =
  (name: string): Counter['read'] =>
  ([code, tries]) =>
    textIn(code) === name ? numberIn(tries) : undefined;

/** The standard's own (3GPP TS 27.007, 8.65), then the makers'. */
const counters: readonly Counter[] = [
  counter('AT+CPINR', '+CPINR:', ifNamed('SIM PIN')),
  counter('AT^CPIN?', '^CPIN:', (values) => numberIn(values[3])),
  counter('AT+QPINC?', '+QPINC:', ifNamed('SC')),
  counter('AT+SPIC', '+SPIC:', first),
  counter('AT^SPIC', '^SPIC:', first),
  counter('AT#PCT', '#PCT:', first),
  counter('AT+QTRPIN', '+QTRPIN:', first),
  counter('AT+UPINCNT', '+UPINCNT:', first),
  counter('AT+ZPINPUK=?', '+ZPINPUK:', first),
  counter('AT%PINNUM?', '%PINNUM:', first),
  counter('AT+XPINCNT', '+XPINCNT:', first),
];

async function triesLeft(chat: Chat): Promise<number | undefined> {
  for (const { command, read } of counters) {
    const result = await chat.run(command);
    if (result.kind === 'lost' || result.kind === 'aborted') throw result.error;
    if (result.kind !== 'ok') continue;
    const tries = result.lines.map(({ text }) => read(valuesOf(text))).find((left) => left !== undefined);
    if (tries !== undefined) return tries;
  }
  return undefined;
}
