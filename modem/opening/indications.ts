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

/**
 * Settings that modems are known to take: tried on a modem without `+CNMI=?`, and on one that refuses the few settings that it
 * offers. The short forms are for modems that accept fewer values.
 */
const KNOWN: readonly Setting[] = [
  [2, 1, 0, 1, 0],
  [2, 1, 0, 1, 1],
  [1, 1, 0, 1, 0],
  [2, 1, 2, 1, 0],
  [2, 1, 0, 2, 0],
  [2, 1, 2, 2, 0],
  [1, 1, 0, 2, 1],
  [2, 1, 0, 0, 0],
  [1, 1, 0, 0, 0],
  [2, 2, 0, 1, 0],
  [1, 2, 0, 1, 0],
  [3, 1],
  [2, 1],
  [1, 1],
  [1, 2],
];

/** How many settings are tried at most. Each refusal takes 200 ms on a fast modem, because an `OK` may follow it. */
const TRIES = 16;

/** How many are tried once more under `+CSMS=1`. */
const TRIES_IN_PHASE_2_PLUS = 4;

/**
 * Sets the best `+CNMI` that a modem accepts, by what `+CNMI=?` offers. Some modems refuse what they offer (Qualcomm offers
 * `<ds>` 1 and refuses it), so one setting after the other is tried.
 *
 * @param acknowledges whether the modem's `+CNMA` works
 * @throws AtTimeout, AtAborted, PortError
 */
export async function setUpIndications(chat: Chat, acknowledges: boolean): Promise<Indications> {
  const offered = await askOffered(chat);
  const chosen = (await choose(chat, offered, TRIES)) ?? (await chooseInPhase2Plus(chat));
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

/** The first setting that the modem accepts. Undefined: it refuses all that are tried, or has no `+CNMI` (Nokia S60). */
async function choose(chat: Chat, offered: string | undefined, tries: number): Promise<Setting | undefined> {
  const settings = new Map([...settingsOf(listsIn(offered)), ...KNOWN].map((setting) => [setting.join(), setting]));
  for (const [text, setting] of [...settings].slice(0, tries)) {
    const answer = await chat.run({ text: `AT+CNMI=${text}`, repeatable: true });
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

/**
 * All settings that these lists allow and that announce messages or reports. First the best `<mt>` and `<ds>`, also with one
 * other value changed; then each other pair of `<mt>` and `<ds>`, with `<mt>` 1 also with another `<bm>`; then the rest.
 */
function settingsOf(lists: readonly (readonly number[])[]): readonly Setting[] {
  const [modes = [], types = [0], broadcasts = [0], reports = [0], buffers = [0]] = lists;
  const those = (wanted: readonly number[], list: readonly number[]) => wanted.filter((value) => list.includes(value));
  const [mode, ...otherModes] = those(MODES, modes);
  const [bm, ...otherBroadcasts] = those(BROADCASTS, broadcasts);
  const [bfr, ...otherBuffers] = those(BUFFERS, buffers);
  if (mode === undefined || bm === undefined || bfr === undefined) return [];
  const goals = GOALS.filter(([mt, ds]) => types.includes(mt) && reports.includes(ds));
  const first = goals
    .slice(0, 1)
    .flatMap(([mt, ds]) => [
      [mode, mt, bm, ds, bfr],
      ...otherBuffers.map((other) => [mode, mt, bm, ds, other]),
      ...otherModes.map((other) => [other, mt, bm, ds, bfr]),
      ...otherBroadcasts.map((other) => [mode, mt, other, ds, bfr]),
    ]);
  const pairs = goals
    .slice(1)
    .flatMap(([mt, ds]) => [
      [mode, mt, bm, ds, bfr],
      ...(mt === 1 ? otherBroadcasts.slice(0, 1) : []).map((other) => [mode, mt, other, ds, bfr]),
    ]);
  const all = goals.flatMap(([mt, ds]) =>
    those(MODES, modes).flatMap((eachMode) =>
      those(BROADCASTS, broadcasts).flatMap((eachBm) =>
        those(BUFFERS, buffers).map((eachBfr) => [eachMode, mt, eachBm, ds, eachBfr]),
      ),
    ),
  );
  return [...first, ...pairs, ...all].map((setting) => setting.slice(0, lists.length));
}

/** Whether the answer to `+CNMI=?` has values with which messages are announced, and status reports passed on. */
export function announcedBy(offered: string): { readonly messages: boolean; readonly reports: boolean } {
  const settings = settingsOf(listsIn(offered));
  const has = (value: 1 | 3) => settings.some((setting) => (setting[value] ?? 0) > 0);
  return { messages: has(1), reports: has(3) };
}

/**
 * Tries the settings again under `+CSMS=1` (phase 2+): some modems refuse `+CNMI` without it. It is not the first choice,
 * because under it each `+CMT` and `+CDS` needs `+CNMA`.
 */
async function chooseInPhase2Plus(chat: Chat): Promise<Setting | undefined> {
  const result = await chat.run({ text: 'AT+CSMS=1', response: { prefix: '+CSMS:' }, repeatable: true });
  return result.kind === 'ok' ? choose(chat, await askOffered(chat), TRIES_IN_PHASE_2_PLUS) : undefined;
}

/** Whether `+CSMS=1` (phase 2+) is in force, where each `+CMT` and `+CDS` needs `+CNMA`. */
async function isPhase2Plus(chat: Chat): Promise<boolean> {
  const result = await chat.run({ text: 'AT+CSMS?', response: { prefix: '+CSMS:' }, repeatable: true });
  return result.kind === 'ok' && numberIn(valuesOf(result.lines[0]?.text ?? '')[0]) === 1;
}
