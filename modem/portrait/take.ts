import { numberIn, valuesOf } from '../at/values.ts';
import type { Clock } from '../clock.ts';
import type { Port } from '../port/port.ts';
import { type Answer, Interview } from './interview.ts';
import { nameOf, sorted } from './kept-answers.ts';
import { RawLine } from './line.ts';
import { type Framing, framingOf, linesIn } from './manners.ts';
import type { Portrait } from './portrait.ts';
import { COUNTERS, IDENTITY, LIVE, listedCommands, SETTINGS, TESTED } from './questions.ts';
import { isAboutPeople, secretsIn, withoutSecrets } from './secrets.ts';
import { codesIn, delaysOf, isSlow, noted, usualOf } from './timing.ts';

/** Why no portrait could be made: the port has no modem, or its SIM waits for a PIN or PUK. */
type PortraitErrorCode = 'not-a-modem' | 'locked';

/** No portrait could be made. `message` is one line for people: what happened and what to do. */
export class PortraitError extends Error {
  override readonly name = 'PortraitError';
  readonly code: PortraitErrorCode;

  constructor(code: PortraitErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Options of {@link takePortrait}. */
interface PortraitOptions {
  readonly clock: Clock;
  /** How long the modem is listened to for codes of its own, ms. Default 12 s. */
  readonly listenMs?: number;
  /** Called after each question with the number asked so far and the total. */
  readonly progress?: (asked: number, of: number) => void;
}

const STALE_MS = 300;
const LISTEN_MS = 12_000;
/** A command that no modem has. */
const NONSENSE = '+QZQZ';
const UNKNOWN_QUIET_MS = 1_000;
const PROMPT_MS = 5_000;
const PROMPT_QUIET_MS = 300;
const ESCAPE_MS = 1_000;
const ESCAPE = '\x1b';

/**
 * Makes the portrait of the modem at a port: asks it forms that change nothing, and notes what it answers, how, and how
 * long it takes. Opens the prompt for a message once, and leaves it by ESC. `+CMEE` is 1 meanwhile.
 *
 * @throws PortError, PortraitError
 */
export async function takePortrait(port: Port, options: PortraitOptions): Promise<Portrait> {
  const line = new RawLine(port, options.clock);
  const waiting = await line.open(STALE_MS);
  try {
    return await portrayed(line, waiting, options);
  } finally {
    await line.close();
  }
}

async function portrayed(
  line: RawLine,
  waiting: string,
  { clock, listenMs = LISTEN_MS, progress }: PortraitOptions,
): Promise<Portrait> {
  const interview = new Interview(line, clock);
  const first = await firstAnswer(interview);
  const codes = codesIn(await line.listen(listenMs));
  interview.learnCodes(codes?.lines ?? []);
  const framing = await framingOfModem(interview);
  const unknown = await unknownCommand(interview);
  interview.learnFinal(unknown.result);
  const errors = await interview.ask('+CMEE?');
  await interview.ask('+CMEE=1');
  const simState = await unlockedState(interview);
  const answers: Record<string, readonly string[]> = { '+CMEE?': errors.lines };
  const times: Record<string, number> = {};
  const ask = async (forms: readonly string[]) => {
    for (const [asked, form] of forms.entries()) {
      if (answers[form] !== undefined) continue;
      const answer = await interview.askWhenReady(form);
      answers[form] = answer.lines;
      if (answer.lines.at(-1) !== '') times[form] = answer.ms;
      else await interview.ask('');
      progress?.(asked + 1, forms.length);
    }
  };
  await ask(['+CLAC']);
  const listed = listedCommands(answers['+CLAC'] ?? []);
  const tests = [...TESTED, ...listed].map((name) => `${name}=?`);
  await ask(['+CLAC', ...LIVE, ...IDENTITY, ...SETTINGS, ...Object.keys(COUNTERS), ...tests]);
  // A slow answer may be the computer's fault: the form is asked once more, and the shorter time is noted.
  const usualMs = usualOf(Object.values(times));
  for (const [form, ms] of Object.entries(times)) {
    if (isSlow(ms, usualMs)) times[form] = Math.min(ms, (await interview.ask(form)).ms);
  }
  const secrets = secretsIn(answers);
  const prompt = await promptOf(line, interview, answers['+CMGF?']?.[0]?.endsWith('1') === true);
  const echo = framing.echo ? 'on' : await echoWhenOff(interview);
  await restoreErrors(interview, errors);
  return {
    portrait: 1,
    name: nameOf(answers),
    manners: {
      echo,
      lineStart: framing.lineStart,
      lineEnd: framing.lineEnd,
      ...prompt,
      ...(prompt.promptMs !== undefined && !isSlow(prompt.promptMs, usualMs) ? { promptMs: usualMs } : {}),
      unknownCommand: unknown.result,
      okAfterError: unknown.okAfterError,
      nuls: framing.nuls,
      waiting: tellsOfPeople(waiting) ? '' : waiting,
      firstLine: first.firstLine,
      simState,
    },
    delays: delaysOf(times, first.ms),
    ...(codes === undefined
      ? {}
      : { codes: { ...codes, lines: codes.lines.map((code) => withoutSecrets(code, secrets)) } }),
    ...sorted(answers, unknown.result, secrets),
  };
}

/** Whether the text that waited in the port may have a message or a phone number in it. */
function tellsOfPeople(waiting: string): boolean {
  return linesIn(waiting, '').some((line) => isAboutPeople(line) && /\d{4}/.test(line));
}

/** @throws PortraitError when no answer comes, or one that no modem gives. */
async function firstAnswer(interview: Interview): Promise<{ ms: number; firstLine: 'heard' | 'unheard' }> {
  const first = await interview.ask('');
  const again = first.lines.at(-1) === '' ? await interview.ask('') : undefined;
  if ((again ?? first).lines.at(-1) !== 'OK') {
    const said = linesIn(`${first.raw}${again?.raw ?? ''}`, 'AT')
      .slice(0, 2)
      .join(' ');
    throw new PortraitError(
      'not-a-modem',
      `AT was not answered with OK but with ${said === '' ? 'nothing' : JSON.stringify(said)}: is this the command port?`,
    );
  }
  return { ms: again === undefined ? first.ms : 0, firstLine: again === undefined ? 'heard' : 'unheard' };
}

/** The framing of the answer to `AT`; asked again when an unsolicited code came in between. */
async function framingOfModem(interview: Interview): Promise<Framing> {
  for (let time = 0; time < 5; time += 1) {
    const framing = framingOf((await interview.ask('')).raw);
    if (framing !== undefined) return framing;
  }
  throw new PortraitError(
    'not-a-modem',
    'AT is not answered twice with OK and nothing else: too much comes in between',
  );
}

async function unknownCommand(interview: Interview): Promise<{ result: string; okAfterError: boolean }> {
  const { raw } = await interview.ask(NONSENSE, UNKNOWN_QUIET_MS, UNKNOWN_QUIET_MS);
  const [result = '', ...after] = linesIn(raw, `AT${NONSENSE}`);
  if (result === 'OK')
    throw new PortraitError('not-a-modem', 'it answers OK to everything: this is not the command port');
  return { result, okAfterError: after.includes('OK') };
}

/** @throws PortraitError when the SIM waits for a PIN or PUK: then most forms are refused. */
async function unlockedState(interview: Interview): Promise<'READY' | 'SIM PIN2'> {
  const { lines } = await interview.askWhenReady('+CPIN?');
  const state = /SIM PIN2|SIM PUK2|SIM PIN|SIM PUK|PH-\w+ (?:PIN|PUK)/.exec(lines[0] ?? '')?.[0];
  if (state === undefined) return 'READY';
  if (state === 'SIM PIN2' || state === 'SIM PUK2') return 'SIM PIN2';
  throw new PortraitError('locked', `the SIM waits for ${state}, and no PIN is tried: unlock it first, and try again`);
}

async function restoreErrors(interview: Interview, before: Answer): Promise<void> {
  const format = numberIn(valuesOf(before.lines[0] ?? '')[0]);
  if (format !== undefined && format !== 1) await interview.ask(`+CMEE=${format}`);
}

async function echoWhenOff(interview: Interview): Promise<'off' | 'never'> {
  await interview.ask('E1');
  const { raw } = await interview.ask('');
  await interview.ask('E0');
  return /^AT\r/i.test(raw.replaceAll('\0', '')) ? 'off' : 'never';
}

/** Opens the prompt for a message and leaves it with nothing typed. */
async function promptOf(
  line: RawLine,
  interview: Interview,
  textMode: boolean,
): Promise<Pick<Portrait['manners'], 'prompt' | 'promptMs' | 'escape'>> {
  const typed = textMode ? 'AT+CMGS="1"' : 'AT+CMGS=10';
  const isAnswered = (raw: string) => raw.includes('>') || /ERROR/.test(raw);
  const { raw, ms } = await line.type(`${typed}\r`, isAnswered, { withinMs: PROMPT_MS, quietMs: PROMPT_QUIET_MS });
  const said = raw.replaceAll('\0', '').replace(`${typed}\r`, '');
  if (!said.includes('>')) return {};
  const left = await line.type(ESCAPE, (text) => /OK[\r\n]/.test(text), { withinMs: ESCAPE_MS, quietMs: 0 });
  // A modem that does not take ESC as the end of the message takes this line end for it.
  await interview.ask('');
  return { prompt: said, promptMs: noted(ms), escape: left.ended ? 'OK' : 'silence' };
}
