import type { Chat } from '../at/chat.ts';
import { type AtCommand, type AtLine, AtRefused, type AtResult } from '../at/command.ts';
import { type AtValue, numberIn, numbersIn, textIn, valuesOf } from '../at/values.ts';
import type { Clock } from '../clock.ts';
import { REPORT_MEMORY, selectionsOf } from '../opening/memories.ts';
import type { Reception } from '../opening/reception.ts';
import { isStarting, runWhenStarted, waitForStart } from '../opening/starting.ts';
import type { Quirks } from '../quirks.ts';

/** Where a message is kept: a memory (`SM`, `ME`) and an index in it. */
export interface Place {
  readonly memory: string;
  readonly index: number;
}

/** A message as the modem stores it. */
export interface StoredMessage {
  readonly place: Place;
  /** As the modem wrote it, usually in hexadecimal. Empty: the modem is in text mode and wrote no PDU. */
  readonly pdu: string;
  /** `<length>` of its header. */
  readonly length: number | undefined;
}

/** Listing a full store takes a while. */
const LIST_TIMEOUT_MS = 30_000;

/** Indexes looked at, one by one, when the modem cannot list. */
const ONE_BY_ONE_LIMIT = 255;

/** A modem that says that it is busy (`+CMS ERROR: 515`) is asked again for so long, in ms. */
const BUSY_MS = 10_000;

/** The modem's store of messages (3GPP TS 27.005, 3.4). One task at a time: `+CPMS` is a setting for all. */
export class MessageStore {
  readonly #chat: Chat;
  readonly #clock: Clock;
  /** Where new messages arrive; undefined when no memory can be selected. */
  readonly #receiving: string | undefined;
  readonly #capacities = new Map<string, number>();
  #memory: string | undefined;
  #list: Quirks['list'];
  /** Index of the form of `+CPMS=` that the modem accepts. */
  #selection: number | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(chat: Chat, clock: Clock, quirks: Quirks, { receiving }: Pick<Reception, 'receiving'>) {
    this.#chat = chat;
    this.#clock = clock;
    this.#receiving = receiving;
    this.#list = quirks.list;
  }

  /** How many messages a memory that was used before can hold; undefined when the modem did not say. */
  capacityOf(memory: string): number | undefined {
    return this.#capacities.get(memory);
  }

  /** All messages in a memory. @throws AtRefused, AtTimeout, PortError */
  list(memory: string): Promise<readonly StoredMessage[]> {
    return this.#inTurn(() => this.#listNow(memory));
  }

  /** The message at a place; undefined when there is none. @throws AtRefused (busy), AtTimeout, PortError */
  read(place: Place): Promise<StoredMessage | undefined> {
    return this.#inTurn(async () => {
      const found = await this.#readNow(place);
      return found instanceof AtRefused ? undefined : found;
    });
  }

  /** Deletes the message at a place. @throws AtRefused, AtTimeout, PortError */
  delete(place: Place): Promise<void> {
    return this.#inTurn(async () => {
      await this.#select(place.memory);
      const result = await this.#run({ text: `AT+CMGD=${place.index}` });
      if (result.kind !== 'ok') throw result.error;
    });
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(task);
    this.#turn = done.catch(() => {});
    return done;
  }

  /** Runs a command, again while the modem says that it is busy. */
  #run(command: AtCommand): Promise<AtResult> {
    return runWhenStarted(this.#chat, this.#clock, command, isBusy);
  }

  async #listNow(memory: string): Promise<readonly StoredMessage[]> {
    await this.#select(memory);
    if (this.#list === 'cmgl') {
      let result = await this.#listOnce();
      // In text mode <stat> is a word ("ALL"), so AT+CMGL=4 is refused: the modem has fallen back into text mode.
      if (result.kind === 'error' && (await this.#enterPduMode())) result = await this.#listOnce();
      if (result.kind === 'ok') return result.lines.flatMap((line) => listed(memory, line));
      if (result.kind === 'error' && isStarting(result.error)) throw result.error;
      // Some Huawei sticks never answer +CMGL and do answer +CMGR: each index is read instead, from now on. A refused list
      // of SR says nothing about SM and ME, so these are still listed.
      const isFinal = memory !== REPORT_MEMORY && waitForStart(result) === 0;
      if (isFinal || result.kind === 'timeout') this.#list = 'one-by-one';
    }
    const messages: StoredMessage[] = [];
    let refusal: AtRefused | undefined;
    let isAnswered = false;
    for (const index of await this.#indexes(memory)) {
      const found = await this.#readNow({ memory, index });
      if (found instanceof AtRefused) refusal = found;
      else isAnswered = true;
      if (found !== undefined && !(found instanceof AtRefused)) messages.push(found);
    }
    // The modem refused +CMGL and +CMGR of every index: the memory is unreadable, not empty.
    if (refusal !== undefined && !isAnswered) throw refusal;
    return messages;
  }

  /** The message at a place; undefined when the modem says that it is empty, `AtRefused` when it refuses otherwise. */
  async #readNow(place: Place): Promise<StoredMessage | AtRefused | undefined> {
    await this.#select(place.memory);
    const line = await this.#readOnce(place);
    if (line instanceof AtRefused) return line;
    const header = isText(line) && (await this.#enterPduMode()) ? await this.#readOnce(place) : line;
    if (header instanceof AtRefused) return header;
    // Some modems write the header of text mode ("REC UNREAD") and then a PDU.
    if (header?.pdu !== undefined) return { place, pdu: header.pdu, length: lengthIn(header.text) };
    const isTextMode = isText(header);
    if (header?.damagedPdu !== undefined && !isTextMode) {
      return { place, pdu: header.damagedPdu, length: lengthIn(header.text) };
    }
    return isTextMode ? { place, pdu: '', length: undefined } : undefined;
  }

  /** The indexes to look at one by one: they begin at 0 (Huawei), 1 or 900 (Sagem), and `+CMGD=?` says where. */
  async #indexes(memory: string): Promise<readonly number[]> {
    const result = await this.#chat.run({ text: 'AT+CMGD=?', response: { prefix: '+CMGD:' }, repeatable: true });
    const [list] = result.kind === 'ok' ? valuesOf(result.lines[0]?.text ?? '') : [];
    const named = numbersIn(list).slice(0, ONE_BY_ONE_LIMIT);
    if (named.length > 0) return named;
    const last = Math.min(this.capacityOf(memory) ?? ONE_BY_ONE_LIMIT, ONE_BY_ONE_LIMIT);
    return Array.from({ length: last + 1 }, (_, index) => index);
  }

  async #listOnce(): Promise<AtResult> {
    const result = await this.#run({
      text: 'AT+CMGL=4',
      response: { prefix: '+CMGL:', many: true, pdu: true },
      timeoutMs: LIST_TIMEOUT_MS,
    });
    if (result.kind === 'lost' || result.kind === 'aborted') throw result.error;
    const isEmpty = result.kind === 'error' && result.error.is('CMS', 321);
    return isEmpty ? { kind: 'ok', lines: [], numeric: false } : result;
  }

  /** What `+CMGR` says of a place; undefined when it is empty. */
  async #readOnce({ index }: Place): Promise<AtLine | AtRefused | undefined> {
    const result = await this.#run({
      text: `AT+CMGR=${index}`,
      response: { prefix: '+CMGR:', pdu: true },
      repeatable: true,
    });
    if (result.kind === 'error' && isEmptyPlace(result.error)) return undefined;
    if (result.kind === 'error' && !isStarting(result.error)) return result.error;
    if (result.kind !== 'ok') throw result.error;
    return result.lines[0];
  }

  /** Sets PDU mode again: some modems fall back into text mode, which is noticed by the form of their answers only. */
  async #enterPduMode(): Promise<boolean> {
    return (await this.#chat.run({ text: 'AT+CMGF=0', repeatable: true })).kind === 'ok';
  }

  /**
   * Selects the memory that is read (mem1 of `+CPMS`), with as many arguments as the modem accepts. The memory where new
   * messages arrive (mem3) does not change.
   */
  async #select(memory: string): Promise<void> {
    if (memory === this.#memory || this.#receiving === undefined) return;
    const ways = selectionsOf(memory, this.#receiving);
    const known = this.#selection;
    const order = known === undefined ? ways.keys() : [known, ...[...ways.keys()].filter((way) => way !== known)];
    let refusal: AtRefused | undefined;
    for (const way of order) {
      const text = `AT+CPMS=${ways[way]}`;
      const result = await this.#run({ text, response: { prefix: '+CPMS:' }, repeatable: true });
      if (result.kind === 'ok') {
        this.#memory = memory;
        this.#selection = way;
        const capacity = numberIn(valuesOf(result.lines[0]?.text ?? '')[1]);
        if (capacity !== undefined) this.#capacities.set(memory, capacity);
        return;
      }
      if (!(result.error instanceof AtRefused)) throw result.error;
      refusal ??= result.error;
    }
    this.#memory = undefined;
    throw refusal ?? new Error(`there is no way to select ${memory}`);
  }
}

/** Whether the error means an empty place: "invalid memory index" (CMS 321), "invalid index" or "not found" (CME 21, 22). */
function isEmptyPlace(error: AtRefused): boolean {
  return error.is('CMS', 321) || error.is('CME', 21, 22);
}

function isBusy(result: AtResult): number {
  return result.kind === 'error' && isStarting(result.error) ? BUSY_MS : 0;
}

function listed(memory: string, line: AtLine): readonly StoredMessage[] {
  const [first, stat] = valuesOf(line.text);
  const index = numberIn(first);
  const pdu = line.pdu ?? (isWord(stat) ? undefined : line.damagedPdu);
  if (index === undefined || pdu === undefined) return [];
  return [{ place: { memory, index }, pdu, length: lengthIn(line.text) }];
}

/** Whether `+CMGR` wrote a message in text mode. */
function isText(header: AtLine | undefined): boolean {
  return header !== undefined && isWord(valuesOf(header.text)[0]);
}

/** Whether `<stat>` is a word, as in text mode (3GPP TS 27.005, 3.4.3). */
function isWord(stat: AtValue | undefined): boolean {
  return /[A-Z]/i.test(textIn(stat) ?? '');
}

/** `<length>` of a header: its last value, also where a modem leaves out `<stat>` or `<alpha>`. */
function lengthIn(header: string): number | undefined {
  return numberIn(valuesOf(header).at(-1));
}
