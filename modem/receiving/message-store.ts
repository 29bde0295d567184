import type { Chat } from '../at/chat.ts';
import { type AtLine, AtRefused, type AtResult } from '../at/command.ts';
import { numberIn, numbersIn, textIn, valuesOf } from '../at/values.ts';
import { REPORT_MEMORY } from '../opening/reception.ts';
import type { Quirks } from '../quirks.ts';

/** Where a message is kept: a memory (`SM`, `ME`) and an index in it. */
export interface Place {
  readonly memory: string;
  readonly index: number;
}

/** A message as the store has it. */
export interface StoredMessage {
  readonly place: Place;
  /** In hexadecimal, as the modem wrote it. Empty: it wrote something else, in text mode. */
  readonly pdu: string;
  /** `<length>` of its header. */
  readonly length: number | undefined;
}

/** Listing a full store takes a while. */
const LIST_TIMEOUT_MS = 30_000;

/** Indexes looked at, one by one, when the modem cannot list. */
const ONE_BY_ONE_LIMIT = 255;

/** The modem's store of messages (3GPP TS 27.005, 3.4). One user at a time: `+CPMS` is a setting for all. */
export class MessageStore {
  readonly #chat: Chat;
  readonly #capacities = new Map<string, number>();
  #memory: string | undefined;
  #list: Quirks['list'];

  constructor(chat: Chat, quirks: Quirks) {
    this.#chat = chat;
    this.#list = quirks.list;
  }

  /** How many messages a memory that was used before can hold; undefined when the modem did not say. */
  capacityOf(memory: string): number | undefined {
    return this.#capacities.get(memory);
  }

  /** All messages in a memory. @throws AtRefused, AtTimeout, PortError */
  async list(memory: string): Promise<readonly StoredMessage[]> {
    await this.#select(memory);
    if (this.#list === 'cmgl') {
      let result = await this.#listOnce();
      // A modem in text mode refuses the 4.
      if (result.kind === 'error' && (await this.#enterPduMode())) result = await this.#listOnce();
      if (result.kind === 'ok') return result.lines.flatMap((line) => listed(memory, line));
      // A modem on which +CMGL hangs still reads. What is refused for reports may go well with messages.
      if (memory !== REPORT_MEMORY || result.kind === 'timeout') this.#list = 'one-by-one';
    }
    const messages: StoredMessage[] = [];
    for (const index of await this.#indexes(memory)) {
      const message = await this.read({ memory, index });
      if (message !== undefined) messages.push(message);
    }
    return messages;
  }

  /** The message at a place; undefined when there is none. @throws AtTimeout, PortError */
  async read(place: Place): Promise<StoredMessage | undefined> {
    await this.#select(place.memory);
    const line = await this.#readOnce(place);
    const header = isText(line) && (await this.#enterPduMode()) ? await this.#readOnce(place) : line;
    // Some write the header of text mode and then a PDU.
    if (header?.pdu !== undefined) return { place, pdu: header.pdu, length: lengthIn(header.text) };
    return isText(header) ? { place, pdu: '', length: undefined } : undefined;
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
    const result = await this.#chat.run({
      text: 'AT+CMGL=4',
      response: { prefix: '+CMGL:', many: true, pdu: true },
      timeoutMs: LIST_TIMEOUT_MS,
    });
    if (result.kind === 'lost' || result.kind === 'aborted') throw result.error;
    const isEmpty = result.kind === 'error' && result.error.is('CMS', 321);
    return isEmpty ? { kind: 'ok', lines: [], numeric: false } : result;
  }

  /** What `+CMGR` says of a place; undefined when it is empty. */
  async #readOnce({ index }: Place): Promise<AtLine | undefined> {
    const result = await this.#chat.run({
      text: `AT+CMGR=${index}`,
      response: { prefix: '+CMGR:', pdu: true },
      repeatable: true,
    });
    if (result.kind === 'error') return undefined;
    if (result.kind !== 'ok') throw result.error;
    return result.lines[0];
  }

  /** Some fall back into text mode, which is not looked for before it shows. */
  async #enterPduMode(): Promise<boolean> {
    return (await this.#chat.run({ text: 'AT+CMGF=0', repeatable: true })).kind === 'ok';
  }

  /** Deletes the message at a place. @throws AtRefused, AtTimeout, PortError */
  async delete(place: Place): Promise<void> {
    await this.#select(place.memory);
    await this.#chat.ask({ text: `AT+CMGD=${place.index}` });
  }

  /** Makes a memory the one that is read. */
  async #select(memory: string): Promise<void> {
    if (memory === this.#memory) return;
    const response = { prefix: '+CPMS:' };
    const result = await this.#chat.run({ text: `AT+CPMS="${memory}"`, response, repeatable: true });
    if (result.kind !== 'ok' && !(result.error instanceof AtRefused)) throw result.error;
    // Nothing can be received into it.
    if (result.kind !== 'ok' && memory === REPORT_MEMORY) throw result.error;
    // Some want all three.
    const lines =
      result.kind === 'ok'
        ? result.lines
        : await this.#chat.ask({ text: `AT+CPMS="${memory}","${memory}","${memory}"`, response, repeatable: true });
    this.#memory = memory;
    const capacity = numberIn(valuesOf(lines[0]?.text ?? '')[1]);
    if (capacity !== undefined) this.#capacities.set(memory, capacity);
  }
}

function listed(memory: string, line: AtLine): readonly StoredMessage[] {
  const index = numberIn(valuesOf(line.text)[0]);
  if (index === undefined || line.pdu === undefined) return [];
  return [{ place: { memory, index }, pdu: line.pdu, length: lengthIn(line.text) }];
}

/** Whether a message was written in text mode: `<stat>` in words then (3GPP TS 27.005, 3.4.3). */
function isText(header: AtLine | undefined): boolean {
  return header !== undefined && /[A-Z]/i.test(textIn(valuesOf(header.text)[0]) ?? '');
}

/** `<length>` is the last value, whichever of those before it are missing. */
function lengthIn(header: string): number | undefined {
  return numberIn(valuesOf(header).at(-1));
}
