import type { Chat } from '../at/chat.ts';
import { type AtValue, itemsIn, textIn, valuesOf } from '../at/values.ts';
import type { Clock } from '../clock.ts';
import { runWhenStarted } from './starting.ts';

/** Memories with messages, best first. `BM` has cell broadcasts, so it is not here. */
const MESSAGE_MEMORIES: readonly string[] = ['SM', 'ME', 'MT'];

/** The memory for status reports, of modems that do not store them with the messages. */
export const REPORT_MEMORY = 'SR';

/** The name that stands for the memory in force, on a modem that does not name it. */
const UNNAMED = 'memory';

/** The memories of a modem, `<mem1>` to `<mem3>` of `+CPMS` (3GPP TS 27.005, 3.2.2). */
export interface Memories {
  /** The memories with messages; the one where new messages arrive is the last. */
  readonly messages: readonly string[];
  /** {@link REPORT_MEMORY}, if the modem names it. */
  readonly reports: readonly string[];
  /**
   * `<mem3>`, where new messages arrive, also while another memory is read. Undefined: the modem refuses `+CPMS=`, and only
   * the memory in force can be read.
   */
  readonly receiving: string | undefined;
}

/**
 * Chooses the memories, one for reading, writing and receiving where the modem can, so that the indexes of `+CMTI` are
 * those of `+CMGR`.
 *
 * @throws AtTimeout, AtAborted, PortError
 */
export async function chooseMemories(chat: Chat, clock: Clock): Promise<Memories> {
  const result = await runWhenStarted(chat, clock, {
    text: 'AT+CPMS=?',
    response: { prefix: '+CPMS:' },
    repeatable: true,
  });
  const lists = result.kind === 'ok' ? memoryLists(valuesOf(result.lines[0]?.text ?? '')) : [];
  const [readable = [], , receivable = readable] = lists;
  const reports = readable.filter((memory) => memory === REPORT_MEMORY);
  for (const triple of triplesOf(lists)) {
    const [reading, , receiving] = triple;
    for (const memories of [triple, triple.slice(0, 2), triple.slice(0, 1)]) {
      if (!(await takes(chat, memories))) continue;
      // MT has the messages of SM and ME, so MT is not among the others.
      const others = ['SM', 'ME'].filter((memory) => memory !== reading && readable.includes(memory));
      // `reading` is the memory where new messages arrive, if that one can be read.
      return { messages: [...others, reading], reports, receiving };
    }
  }
  const named = [...new Set([...readable, ...receivable])].filter((memory) => MESSAGE_MEMORIES.includes(memory));
  return { messages: [(await memoryInForce(chat)) ?? named[0] ?? UNNAMED], reports: [], receiving: undefined };
}

/**
 * The forms of `+CPMS=` that select a memory for reading and leave `<mem3>` as it is. Some modems accept one memory; an
 * E3372-325 needs all three; some need a `<mem2>` that is in their list.
 */
export function selectionsOf(memory: string, receiving: string): readonly string[] {
  const quoted = (...names: readonly string[]) => names.map((name) => `"${name}"`).join();
  return [
    quoted(memory),
    quoted(memory, memory, receiving),
    quoted(memory, receiving, receiving),
    quoted(memory, memory),
  ];
}

/** The combinations that the lists allow; those with one memory three times are first. */
function triplesOf(lists: readonly (readonly string[])[]): readonly (readonly [string, string, string])[] {
  const offered = (position: number) => {
    const list = lists[position] ?? [];
    return list.length === 0 ? MESSAGE_MEMORIES : MESSAGE_MEMORIES.filter((memory) => list.includes(memory));
  };
  const [reading, writing, receiving] = [offered(0), offered(1), offered(2)];
  const same = reading.filter((memory) => writing.includes(memory) && receiving.includes(memory));
  const mixed = receiving.flatMap((memory) => {
    const first = reading.includes(memory) ? memory : reading[0];
    const second = first !== undefined && writing.includes(first) ? first : writing[0];
    return first === undefined || second === undefined ? [] : [[first, second, memory] as const];
  });
  return [
    ...same.map((memory) => [memory, memory, memory] as const),
    ...mixed.filter(([a, b, c]) => a !== b || b !== c),
  ];
}

async function takes(chat: Chat, memories: readonly string[]): Promise<boolean> {
  const text = `AT+CPMS=${memories.map((memory) => `"${memory}"`).join()}`;
  const result = await chat.run({ text, response: { prefix: '+CPMS:' }, repeatable: true });
  if (result.kind === 'lost' || result.kind === 'aborted') throw result.error;
  return result.kind === 'ok';
}

async function memoryInForce(chat: Chat): Promise<string | undefined> {
  const result = await chat.run({ text: 'AT+CPMS?', response: { prefix: '+CPMS:' }, repeatable: true });
  const [first] = result.kind === 'ok' ? valuesOf(result.lines[0]?.text ?? '') : [];
  return first?.kind === 'string' ? first.text : undefined;
}

/** The lists of `+CPMS=?`; some modems put one more pair of parentheses around them. */
function memoryLists(values: readonly AtValue[]): readonly (readonly string[])[] {
  const [only] = values;
  const isWrapped = values.length === 1 && itemsIn(only).some((item) => item.kind === 'list');
  const lists = isWrapped ? itemsIn(only) : values;
  return lists.map((list) => itemsIn(list).flatMap((item) => textIn(item) ?? []));
}
