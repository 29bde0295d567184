import type { Chat } from '../at/chat.ts';
import { AtRefused, type AtResult } from '../at/command.ts';
import { prefixOf } from '../at/values.ts';
import { ModemError } from '../error.ts';

/** What a modem says it is (3GPP TS 27.007, 5.1 to 5.4). A refused or empty answer is absent. */
export interface ModemIdentity {
  readonly manufacturer?: string;
  readonly model?: string;
  readonly revision?: string;
  /** 15 digits. */
  readonly imei?: string;
}

/**
 * What is typed to wake a modem. Some swallow the first `AT` after idle, some need seconds for it. A modem that another
 * program left in `ATQ1` hears everything and answers nothing (ITU-T V.250, 6.2.5).
 */
const WAKING: readonly string[] = ['AT', 'AT', 'ATQ0', 'AT', 'AT'];

/**
 * Brings a modem from an unknown state to a known one: awake, no echo, answers in words, errors with numbers.
 *
 * @throws ModemError (`not-a-modem`) when it answers nothing within 15 s.
 */
export async function wakeModem(chat: Chat): Promise<void> {
  if (!(await chat.wake(WAKING))) {
    throw new ModemError(
      'not-a-modem',
      'the modem does not answer AT: is this its command port, and is it switched on?',
    );
  }
  const echoOff = await runTwice(chat, 'ATE0');
  if (echoOff.kind === 'ok' && echoOff.numeric) await chat.run({ text: 'ATV1' });
  await numberErrors(chat);
}

/**
 * Asks for errors with numbers (`+CMEE=1`). Some modems refuse that until the SIM is unlocked, and some always: their errors
 * have no number.
 */
export async function numberErrors(chat: Chat): Promise<void> {
  await runTwice(chat, 'AT+CMEE=1');
}

/** Runs a set-up command, and once more when it is refused: a Nokia N900 accepts it the second time. */
async function runTwice(chat: Chat, text: string): Promise<AtResult> {
  const result = await chat.run({ text, repeatable: true });
  return result.kind === 'error' ? chat.run({ text, repeatable: true }) : result;
}

/** The identity that a modem gave, and its last refusal. */
export interface Introduction {
  readonly identity: ModemIdentity;
  /** The last refusal of `+CGMI` to `+CGSN`. */
  readonly refusal: AtRefused | undefined;
}

/** Asks for manufacturer, model, revision and IMEI. Many modems refuse some of these until the PIN is given. */
export async function askIdentity(chat: Chat): Promise<Introduction> {
  let refusal: AtRefused | undefined;
  const ask = async (name: string) => {
    const answer = await tell(chat, name);
    if (answer instanceof AtRefused) refusal = answer;
    return answer instanceof AtRefused ? undefined : answer;
  };
  const manufacturer = await ask('+CGMI');
  const model = await ask('+CGMM');
  const revision = await ask('+CGMR');
  const imei = /\d{14,16}/.exec((await ask('+CGSN')) ?? '')?.[0];
  const identity = {
    ...(manufacturer !== undefined && { manufacturer }),
    ...(model !== undefined && { model }),
    ...(revision !== undefined && { revision }),
    ...(imei !== undefined && { imei }),
  };
  return { identity, refusal };
}

/** Whether the modem has given its manufacturer, its model or its IMEI. */
export function isIdentified({ manufacturer, model, imei }: ModemIdentity): boolean {
  return manufacturer !== undefined || model !== undefined || imei !== undefined;
}

/** @throws ModemError (`not-a-modem`) when nothing is said: some ports of a stick answer `OK` to everything. */
export function requireIdentity(identity: ModemIdentity): void {
  if (isIdentified(identity)) return;
  throw new ModemError(
    'not-a-modem',
    'this port answers AT but does not say what modem it is: try another port of the same stick',
  );
}

/** The subscriber's number in the SIM, IMSI (3GPP TS 27.007, 5.6); undefined when the modem does not say. */
export async function askImsi(chat: Chat): Promise<string | undefined> {
  const answer = await tell(chat, '+CIMI');
  return answer instanceof AtRefused ? undefined : /\d{6,15}/.exec(answer ?? '')?.[0];
}

/** The text a modem answers, with or without the command's own name before it; undefined when it is empty or does not come. */
async function tell(chat: Chat, name: string): Promise<string | AtRefused | undefined> {
  const response = { prefix: `${name}:`, many: true };
  const result = await chat.run({ text: `AT${name}`, plain: true, response, repeatable: true });
  if (result.kind === 'lost' || result.kind === 'aborted') throw result.error;
  if (result.kind === 'error') return result.error;
  if (result.kind !== 'ok') return undefined;
  const text = result.lines
    .map((line) => (prefixOf(line.text) === name ? line.text.slice(name.length + 1) : line.text).trim())
    .join(' ')
    .replaceAll('"', '')
    .trim();
  return text === '' ? undefined : text;
}
