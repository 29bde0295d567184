import type { Chat } from '../at/chat.ts';
import { type AtValue, numberIn, numbersIn, textIn, valuesOf } from '../at/values.ts';

/** What `+CNMI` was set to (3GPP TS 27.005, 3.4.1): how a modem tells of messages and status reports. */
export interface Indications {
  /** Messages are stored and announced (`+CMTI`), come at once (`+CMT`), or must be looked for. */
  readonly messages: 'announced' | 'direct' | 'polled';
  /** Status reports come at once (`+CDS`), are stored and announced (`+CDSI`), or do not come. */
  readonly reports: 'direct' | 'announced' | 'none';
  /** What `+CNMI?` says when it is in force: not always what was set. Undefined: no setting, or it is not said. */
  readonly setting: string | undefined;
  /** What `+CNMI=?` says that the modem can do, as it wrote it. Undefined: it does not say. */
  readonly offered: string | undefined;
  /** What comes at once must be acknowledged with `+CNMA`, or nothing more comes. */
  readonly acknowledge: boolean;
}

/** `<mode>,<mt>,<bm>,<ds>,<bfr>`, or as many of them as the modem has. */
type Setting = readonly number[];

/**
 * `<mt>` and `<ds>`, best first. A message that is stored and announced (`<mt>` 1; 3: all but class 3) survives a crash
 * of the program, so it comes before one that comes at once (2). `<ds>` 1 comes before 2: modems store reports in places
 * that they do not name.
 */
const GOALS: readonly (readonly [mt: number, ds: number])[] = [
  [1, 1],
  [1, 2],
  [3, 1],
  [3, 2],
  [1, 0],
  [3, 0],
  [2, 1],
  [2, 2],
  [2, 0],
  [0, 1],
  [0, 2],
];

/** The other values, best first. In `<mode>` 0 nothing is said. */
const MODES: readonly number[] = [2, 1, 3];
const BROADCASTS: readonly number[] = [0, 2, 1, 3];
const BUFFERS: readonly number[] = [0, 1];

/** What is tried on a modem that does not say what it offers, or refuses all that it says. */
const USUAL: readonly (readonly number[])[] = [
  [2, 1, 3],
  [1, 2],
  [0, 2],
  [1, 2, 0],
  [0, 1],
];

/** Short forms, for modems that know no more values. */
const SHORT: readonly Setting[] = [
  [3, 1],
  [2, 1],
  [1, 1],
  [1, 2],
];

/** So many settings are tried of what the modem offers, and so many of the usual ones. */
const TRIES = 72;

/**
 * Sets the best indications that a modem can do, by what `+CNMI=?` offers. What is offered is not always taken (Qualcomm
 * offers `<ds>` 1 and refuses it), so one setting after the other is tried.
 *
 * @param acknowledges whether the modem's `+CNMA` works
 * @throws AtTimeout, AtAborted, PortError
 */
export async function setUpIndications(chat: Chat, acknowledges: boolean): Promise<Indications> {
  const offered = await askOffered(chat);
  const chosen = (await choose(chat, offered)) ?? (await chooseInPhase2Plus(chat));
  if (chosen === undefined) {
    return { messages: 'polled', reports: 'none', setting: undefined, offered, acknowledge: false };
  }
  const [, mt = 0, , ds = 0] = chosen;
  return {
    messages: mt === 0 ? 'polled' : mt === 2 ? 'direct' : 'announced',
    reports: ds === 1 ? 'direct' : ds === 2 ? 'announced' : 'none',
    setting: await settingInForce(chat),
    offered,
    acknowledge: acknowledges && (await isPhase2Plus(chat)),
  };
}

/** Whether the modem has other indications than after its set-up: then it has rebooted since, and forgot all. */
export async function hasForgotten(chat: Chat, { setting }: Indications): Promise<boolean> {
  if (setting === undefined) return false;
  const now = await settingInForce(chat);
  return now !== undefined && now !== setting;
}

async function settingInForce(chat: Chat): Promise<string | undefined> {
  const result = await chat.run({ text: 'AT+CNMI?', response: { prefix: '+CNMI:' }, repeatable: true });
  const [line] = result.kind === 'ok' ? result.lines : [];
  return line && valuesOf(line.text).map(textIn).join(',');
}

async function askOffered(chat: Chat): Promise<string | undefined> {
  const result = await chat.run({ text: 'AT+CNMI=?', response: { prefix: '+CNMI:' }, repeatable: true });
  const [line] = result.kind === 'ok' ? result.lines : [];
  return line?.text.replace(/^\+CNMI: */i, '');
}

/** The first setting that the modem takes. Undefined: none, or no `+CNMI` at all. */
async function choose(chat: Chat, offered: string | undefined): Promise<Setting | undefined> {
  const fromOffer = settingsOf(listsIn(offered)).slice(0, TRIES);
  const known = new Set(fromOffer.map(String));
  const usual = [...settingsOf(USUAL).slice(0, TRIES), ...SHORT].filter((setting) => !known.has(String(setting)));
  for (const setting of [...fromOffer, ...usual]) {
    const answer = await chat.run({ text: `AT+CNMI=${setting.join()}`, repeatable: true });
    if (answer.kind === 'ok') return setting;
    if (answer.kind === 'lost' || answer.kind === 'aborted') throw answer.error;
  }
  return undefined;
}

/** The numbers that each value may have, in the order of `+CNMI=?`. */
function listsIn(offered: string | undefined): readonly (readonly number[])[] {
  const values: readonly AtValue[] = offered === undefined ? [] : valuesOf(offered);
  const [only] = values;
  const isWrapped = values.length === 1 && only?.kind === 'list' && only.items.some(({ kind }) => kind === 'list');
  return (isWrapped ? only.items : values).map(numbersIn);
}

/** All settings that such lists allow and that tell of messages or reports, best first. */
function settingsOf(lists: readonly (readonly number[])[]): readonly Setting[] {
  const [modes = [], types = [0], broadcasts = [0], reports = [0], buffers = [0]] = lists;
  const those = (wanted: readonly number[], list: readonly number[]) => wanted.filter((value) => list.includes(value));
  const goals = GOALS.filter(([mt, ds]) => types.includes(mt) && reports.includes(ds));
  return goals.flatMap(([mt, ds]) =>
    those(MODES, modes).flatMap((mode) =>
      those(BROADCASTS, broadcasts).flatMap((bm) =>
        those(BUFFERS, buffers).map((bfr) => [mode, mt, bm, ds, bfr].slice(0, lists.length)),
      ),
    ),
  );
}

/** Some announce nothing before `+CSMS=1`. Others better stay without it: they would wait for `+CNMA`. */
async function chooseInPhase2Plus(chat: Chat): Promise<Setting | undefined> {
  const result = await chat.run({ text: 'AT+CSMS=1', response: { prefix: '+CSMS:' }, repeatable: true });
  return result.kind === 'ok' ? choose(chat, await askOffered(chat)) : undefined;
}

/** Whether `+CSMS=1` is on: phase 2+, where what comes at once waits for `+CNMA`. */
async function isPhase2Plus(chat: Chat): Promise<boolean> {
  const result = await chat.run({ text: 'AT+CSMS?', response: { prefix: '+CSMS:' }, repeatable: true });
  return result.kind === 'ok' && numberIn(valuesOf(result.lines[0]?.text ?? '')[0]) === 1;
}
