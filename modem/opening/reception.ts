import type { Chat } from '../at/chat.ts';
import { type AtValue, allows, itemsIn, numberIn, textIn, valuesOf } from '../at/values.ts';
import type { Clock } from '../clock.ts';
import { ModemError } from '../error.ts';
import type { Quirks } from '../quirks.ts';
import { runWhenStarted } from './starting.ts';

/** How a modem will tell of messages, as it was set up (3GPP TS 27.005, 3.2 and 3.4). */
export interface Reception {
  /** Memories that may hold messages or stored reports, the one where new messages arrive last. Empty: it stores nothing. */
  readonly memories: readonly string[];
  /** Messages are stored and announced (`+CMTI`), come at once (`+CMT`), or must be looked for. */
  readonly messages: 'announced' | 'direct' | 'polled';
  /** Status reports come at once (`+CDS`), are stored and announced (`+CDSI`), or do not come. */
  readonly reports: 'direct' | 'announced' | 'none';
  /** What `+CNMI?` says when it is in force: not always what was set. Undefined: no setting, or it is not said. */
  readonly setting: string | undefined;
  /** What comes at once must be acknowledged with `+CNMA`, or nothing more comes. */
  readonly acknowledge: boolean;
}

/** Memories that hold messages to read, best first. `BM` holds broadcasts. */
const MESSAGE_MEMORIES: readonly string[] = ['SM', 'ME', 'MT'];

/** The memory for status reports, of modems that do not store them with the messages. */
export const REPORT_MEMORY = 'SR';

/** Memories that the modem has. */
interface Memories {
  /** For messages, the one where new ones arrive last. */
  readonly messages: readonly string[];
  /** {@link REPORT_MEMORY}, if the modem names it. */
  readonly reports: readonly string[];
}

/**
 * `+CNMI` settings, best first. A message that is stored and announced survives a crash of the program; so `<mt>` 1
 * comes before 2. Then `<ds>` 1 before 2: modems store reports in places that they do not name. Which `<bm>`, `<bfr>`
 * and `<mode>` a modem takes is found by trying: some refuse what they advertise.
 */
const SETTINGS: readonly string[] = [
  '2,1,0,1,0',
  '2,1,2,1,0',
  '2,1,0,1,1',
  '2,1,0,2,0',
  '2,1,2,2,0',
  '1,1,0,1,0',
  '1,1,0,2,0',
  '1,1,0,1,1',
  '3,1,0,1,0',
  '2,1,0,0,0',
  '2,1,2,0,0',
  '1,1,0,0,0',
  '3,1',
  '2,1',
  '1,1',
  '2,2,0,1,0',
  '1,2,0,1,0',
  '2,2,0,0,0',
  '1,2',
];

/**
 * Sets a modem up to receive: PDU mode, a memory, and the best announcement it can do.
 *
 * @throws ModemError (`unsuitable`) when it has no PDU mode.
 */
export async function setUpReception(chat: Chat, clock: Clock, quirks: Quirks): Promise<Reception> {
  const pduMode = await runWhenStarted(chat, clock, { text: 'AT+CMGF=0' });
  if (pduMode.kind !== 'ok' && pduMode.kind !== 'error') throw pduMode.error;
  if (pduMode.kind === 'error') {
    throw new ModemError('unsuitable', `the modem has no PDU mode for SMS: ${pduMode.error.message}`, {
      cause: pduMode.error,
    });
  }
  const memories = await chooseMemories(chat, clock);
  const chosen = (await chooseSetting(chat)) ?? (await chooseSettingOfPhase2Plus(chat));
  if (chosen === undefined) {
    return { memories: memories.messages, messages: 'polled', reports: 'none', setting: undefined, acknowledge: false };
  }
  const [, mt, , ds] = chosen.split(',');
  return {
    // Where it is full, no report comes any more.
    memories: ds === '2' ? [...memories.reports, ...memories.messages] : memories.messages,
    messages: mt === '2' ? 'direct' : 'announced',
    reports: ds === '1' ? 'direct' : ds === '2' ? 'announced' : 'none',
    setting: await settingInForce(chat),
    acknowledge: quirks.acknowledges && (await isPhase2Plus(chat)),
  };
}

/** Whether the modem has another `+CNMI` setting than after its set-up: then it has rebooted since, and forgot all. */
export async function hasForgotten(chat: Chat, { setting }: Reception): Promise<boolean> {
  if (setting === undefined) return false;
  const now = await settingInForce(chat);
  return now !== undefined && now !== setting;
}

async function settingInForce(chat: Chat): Promise<string | undefined> {
  const result = await chat.run({ text: 'AT+CNMI?', response: { prefix: '+CNMI:' }, repeatable: true });
  const [line] = result.kind === 'ok' ? result.lines : [];
  return line && valuesOf(line.text).map(textIn).join(',');
}

/** Chooses one memory for reading, writing and receiving, so that the indexes of `+CMTI` are those of `+CMGR`. */
async function chooseMemories(chat: Chat, clock: Clock): Promise<Memories> {
  const result = await runWhenStarted(chat, clock, { text: 'AT+CPMS=?', response: { prefix: '+CPMS:' } });
  const lists = result.kind === 'ok' ? memoryLists(valuesOf(result.lines[0]?.text ?? '')) : [];
  const [readable = [], , receiving = readable] = lists;
  const inEach = MESSAGE_MEMORIES.filter((memory) => lists.every((list) => list.length === 0 || list.includes(memory)));
  const reports = readable.filter((memory) => memory === REPORT_MEMORY);
  // A modem that gives no lists may still take a memory by name.
  for (const memory of inEach) {
    if (await takesMemory(chat, memory)) {
      const others = MESSAGE_MEMORIES.filter((other) => other !== memory && other !== 'MT' && readable.includes(other));
      return { messages: [...others, memory], reports };
    }
  }
  const messages = [...new Set([...readable, ...receiving])].filter((memory) => MESSAGE_MEMORIES.includes(memory));
  return { messages, reports };
}

async function takesMemory(chat: Chat, memory: string): Promise<boolean> {
  for (const text of [`AT+CPMS="${memory}","${memory}","${memory}"`, `AT+CPMS="${memory}"`]) {
    const result = await chat.run({ text, response: { prefix: '+CPMS:' }, repeatable: true });
    if (result.kind === 'ok') return true;
  }
  return false;
}

/** The lists of `+CPMS=?`, whether or not they are in one more pair of parentheses. */
function memoryLists(values: readonly AtValue[]): readonly (readonly string[])[] {
  const [only] = values;
  const isWrapped = values.length === 1 && itemsIn(only).some((item) => item.kind === 'list');
  const lists = isWrapped ? itemsIn(only) : values;
  return lists.map((list) => itemsIn(list).flatMap((item) => textIn(item) ?? []));
}

/** The first setting that the modem takes, those first that it says it takes. Undefined: none, or no `+CNMI` at all. */
async function chooseSetting(chat: Chat): Promise<string | undefined> {
  const result = await chat.run({ text: 'AT+CNMI=?', response: { prefix: '+CNMI:' }, repeatable: true });
  const advertised = result.kind === 'ok' ? valuesOf(result.lines[0]?.text ?? '') : [];
  const isAdvertised = (setting: string) =>
    setting
      .split(',')
      .every((value, position) => advertised.length === 0 || allows(advertised[position], Number(value)));
  const inOrder = [...SETTINGS.filter(isAdvertised), ...SETTINGS.filter((setting) => !isAdvertised(setting))];
  for (const setting of inOrder) {
    const answer = await chat.run({ text: `AT+CNMI=${setting}`, repeatable: true });
    if (answer.kind === 'ok') return setting;
    if (answer.kind === 'lost' || answer.kind === 'aborted') throw answer.error;
  }
  return undefined;
}

/** Some announce nothing before `+CSMS=1`. Others better stay without it: they would wait for `+CNMA`. */
async function chooseSettingOfPhase2Plus(chat: Chat): Promise<string | undefined> {
  const result = await chat.run({ text: 'AT+CSMS=1', response: { prefix: '+CSMS:' }, repeatable: true });
  return result.kind === 'ok' ? chooseSetting(chat) : undefined;
}

/** Whether `+CSMS=1` is on: phase 2+, where what comes at once waits for `+CNMA`. */
async function isPhase2Plus(chat: Chat): Promise<boolean> {
  const result = await chat.run({ text: 'AT+CSMS?', response: { prefix: '+CSMS:' }, repeatable: true });
  return result.kind === 'ok' && numberIn(valuesOf(result.lines[0]?.text ?? '')[0]) === 1;
}
