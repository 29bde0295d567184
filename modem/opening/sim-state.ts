import type { Chat } from '../at/chat.ts';
import { type AtCommand, AtRefused, type AtResult, DEFAULT_TIMEOUT_MS } from '../at/command.ts';
import { textIn, valuesOf } from '../at/values.ts';
import type { Clock } from '../clock.ts';
import { runWhenStarted, STARTING_MS, waitForStart } from './starting.ts';

/** What `+CPIN?` says (3GPP TS 27.007, 8.3). */
export type SimState =
  | { readonly kind: 'ready' }
  /** The SIM waits for its PIN (CHV1). */
  | { readonly kind: 'pin' }
  /** The SIM or the modem waits for a PUK or an unlock code, which a program must not try. */
  | { readonly kind: 'locked'; readonly reason: string }
  /** There is no SIM, or none that works. */
  | { readonly kind: 'absent'; readonly reason: string }
  /** The modem does not say. */
  | { readonly kind: 'unknown' };

const READY: SimState = { kind: 'ready' };

const wants = (what: string, advice: string): SimState => ({
  kind: 'locked',
  reason: `the SIM wants ${what}: ${advice}`,
});
const tied = (what: string, to: string, way: string): SimState => ({
  kind: 'locked',
  reason: `the modem is locked to ${to} (it wants ${what}): ${way}`,
});

const NET = 'use a SIM of that operator, or have the modem unlocked by who sold it';
const OTHER_SIM = 'put that SIM in, or have the modem unlocked by who sold it';

/** The state by `<code>` of `+CPIN?`. PIN2 and PUK2 protect some settings of the SIM only, so SMS work without them. */
const BY_CODE: Readonly<Record<string, SimState>> = {
  READY,
  'SIM PIN': { kind: 'pin' },
  'SIM PUK': wants('SIM PUK', 'unlock it in a phone, with the PUK from its operator'),
  'SIM PIN2': READY,
  'SIM PUK2': READY,
  'PH-SIM PIN': tied('PH-SIM PIN', 'another SIM', OTHER_SIM),
  'PH-SIM PUK': tied('PH-SIM PUK', 'another SIM', OTHER_SIM),
  'PH-FSIM PIN': tied('PH-FSIM PIN', 'the first SIM that was in it', OTHER_SIM),
  'PH-FSIM PUK': tied('PH-FSIM PUK', 'the first SIM that was in it', OTHER_SIM),
  'PH-NET PIN': tied('PH-NET PIN', "an operator's network", NET),
  'PH-NET PUK': tied('PH-NET PUK', "an operator's network", NET),
  'PH-NETSUB PIN': tied('PH-NETSUB PIN', "a part of an operator's network", NET),
  'PH-NETSUB PUK': tied('PH-NETSUB PUK', "a part of an operator's network", NET),
  'PH-SP PIN': tied('PH-SP PIN', 'a service provider', NET),
  'PH-SP PUK': tied('PH-SP PUK', 'a service provider', NET),
  'PH-CORP PIN': tied('PH-CORP PIN', 'a company', NET),
  'PH-CORP PUK': tied('PH-CORP PUK', 'a company', NET),
  'NOT INSERTED': { kind: 'absent', reason: 'the modem has no SIM: insert one' },
};

/** `<code>` of each refusal that says what is locked (3GPP TS 27.007, 9.2; 3GPP TS 27.005, 3.2.5). */
const CODES: Readonly<Record<'CME' | 'CMS', Readonly<Record<number, string>>>> = {
  CME: {
    5: 'PH-SIM PIN',
    6: 'PH-FSIM PIN',
    7: 'PH-FSIM PUK',
    11: 'SIM PIN',
    12: 'SIM PUK',
    17: 'SIM PIN2',
    18: 'SIM PUK2',
    40: 'PH-NET PIN',
    41: 'PH-NET PUK',
    42: 'PH-NETSUB PIN',
    43: 'PH-NETSUB PUK',
    44: 'PH-SP PIN',
    45: 'PH-SP PUK',
    46: 'PH-CORP PIN',
    47: 'PH-CORP PUK',
  },
  CMS: { 311: 'SIM PIN', 312: 'PH-SIM PIN', 316: 'SIM PUK', 317: 'SIM PIN2', 318: 'SIM PUK2' },
};

const NO_SIM: SimState = { kind: 'absent', reason: 'the modem has no SIM that it can read: insert one' };

/** No SIM, and a SIM that fails. */
const ABSENT = { CME: [10, 13, 15], CMS: [310, 313, 315] } as const;

/** The state of the SIM that the refusal of any command tells; `unknown` when the refusal has another cause. */
export function simStateOfRefusal(error: AtRefused): SimState {
  const { code } = error;
  if (code.family === 'other') return { kind: 'unknown' };
  if (error.is('CME', ...ABSENT.CME) || error.is('CMS', ...ABSENT.CMS)) return NO_SIM;
  return BY_CODE[CODES[code.family][code.number] ?? ''] ?? { kind: 'unknown' };
}

const QUESTION: AtCommand = { text: 'AT+CPIN?', response: { prefix: '+CPIN:' }, repeatable: true };

/**
 * Asks for the state of the SIM. Asks again while the modem is starting, or answers with a word that no standard has, such
 * as `NOT READY`.
 *
 * @throws AtTimeout, AtAborted, PortError
 */
export async function askSimState(chat: Chat, clock: Clock, timeoutMs: number = DEFAULT_TIMEOUT_MS): Promise<SimState> {
  const result = await runWhenStarted(chat, clock, { ...QUESTION, timeoutMs }, (answer) => {
    if (answer.kind === 'ok' && answer.lines.length > 0 && stateIn(answer) === undefined) return STARTING_MS;
    return waitForStart(answer);
  });
  if (result.kind === 'ok') {
    const code = codeIn(result);
    if (code === undefined) return { kind: 'unknown' };
    return stateIn(result) ?? { kind: 'absent', reason: `the SIM stays busy (${code}): switch the modem off and on` };
  }
  const { error } = result;
  if (!(error instanceof AtRefused)) throw error;
  const state = simStateOfRefusal(error);
  const isBusy = state.kind === 'unknown' && waitForStart(result) > 0;
  return isBusy ? { kind: 'absent', reason: 'the SIM stays busy: switch the modem off and on' } : state;
}

/** Whether the SIM of an open modem is locked again. @throws AtTimeout, AtAborted, PortError */
export async function isSimLocked(chat: Chat): Promise<boolean> {
  const result = await chat.run(QUESTION);
  if (result.kind !== 'ok' && result.kind !== 'error') throw result.error;
  const state = result.kind === 'ok' ? stateIn(result) : simStateOfRefusal(result.error);
  return state?.kind === 'pin' || state?.kind === 'locked';
}

type Answered = Extract<AtResult, { kind: 'ok' }>;

function codeIn({ lines }: Answered): string | undefined {
  return textIn(valuesOf(lines[0]?.text ?? '')[0]);
}

function stateIn(answer: Answered): SimState | undefined {
  return BY_CODE[codeIn(answer)?.toUpperCase() ?? ''];
}
