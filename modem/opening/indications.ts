import type { Chat } from '../at/chat.ts';
import { type AtValue, numberIn, numbersIn, textIn, valuesOf } from '../at/values.ts';

/** The `+CNMI` setting in force (3GPP TS 27.005, 3.4.1): how a modem announces messages and status reports. */
export interface Indications {
  /** Messages are stored and announced (`+CMTI`), or passed on (`+CMT`), or must be polled with `+CMGL`. */
  readonly messages: 'announced' | 'direct' | 'polled';
  /** Status reports are passed on (`+CDS`), or stored and announced (`+CDSI`), or do not come. */
  readonly reports: 'direct' | 'announced' | 'none';
  /** The answer to `+CNMI?` after the setting, which may differ from it. Undefined: no setting, or no answer. */
  readonly setting: string | undefined;
  /** The answer to `+CNMI=?`, as the modem wrote it. Undefined: no answer. */
  readonly offered: string | undefined;
  /** `+CMT` and `+CDS` must be acknowledged with `+CNMA`, or the modem stops delivering. */
  readonly acknowledge: boolean;
}

/** `<mode>,<mt>,<bm>,<ds>,<bfr>`, or the first few of these, on a modem that has no more. */
type Setting = readonly number[];

/**
 * `<mt>` and `<ds>`, best first. `<mt>` 1 (3: except class 3) stores and announces a message, which then survives a crash of
 * the program; `<mt>` 2 passes the message on without storing it, so it is second. `<ds>` 1 (`+CDS`) is before `<ds>` 2
 * (`+CDSI`): some modems announce another memory than the one where they store the report (EC25, SIM7600).
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

/** The other values, best first. `<mode>` 0 is left out: the modem announces nothing in it. */
const MODES: readonly number[] = [2, 1, 3];
const BROADCASTS: readonly number[] = [0, 2, 1, 3];
const BUFFERS: readonly number[] = [0, 1];

/** Values that are tried on a modem without `+CNMI=?`, or on one that refuses all settings that it offers. */
const USUAL: readonly (readonly number[])[] = [
  [2, 1, 3],
  [1, 2],
  [0, 2],
  [1, 2, 0],
  [0, 1],
];

/** Short forms, for modems that accept fewer values. */
const SHORT: readonly Setting[] = [
  [3, 1],
  [2, 1],
  [1, 1],
  [1, 2],
];

/** How many of the offered settings are tried at most, and how many of the usual ones. */
const TRIES = 72;

/**
 * Sets the best `+CNMI` that a modem accepts, by what `+CNMI=?` offers. Some modems refuse what they offer (Qualcomm offers
 * `<ds>` 1 and refuses it), so one setting after the other is tried.
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

/** Whether `+CNMI?` differs from the answer after the set-up: then the modem has rebooted and lost all settings. */
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

/** The first setting that the modem accepts. Undefined: it accepts none, or has no `+CNMI` (Nokia S60). */
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

/** All settings that these lists allow and that announce messages or reports, best first. */
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

/**
 * Tries the settings again under `+CSMS=1` (phase 2+): some modems refuse `+CNMI` without it. It is not the first choice,
 * because under it each `+CMT` and `+CDS` needs `+CNMA`.
 */
async function chooseInPhase2Plus(chat: Chat): Promise<Setting | undefined> {
  const result = await chat.run({ text: 'AT+CSMS=1', response: { prefix: '+CSMS:' }, repeatable: true });
  return result.kind === 'ok' ? choose(chat, await askOffered(chat)) : undefined;
}

/** Whether `+CSMS=1` (phase 2+) is in force, where each `+CMT` and `+CDS` needs `+CNMA`. */
async function isPhase2Plus(chat: Chat): Promise<boolean> {
  const result = await chat.run({ text: 'AT+CSMS?', response: { prefix: '+CSMS:' }, repeatable: true });
  return result.kind === 'ok' && numberIn(valuesOf(result.lines[0]?.text ?? '')[0]) === 1;
}
