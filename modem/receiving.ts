import { AtRefused } from './at/command.ts';
import type { UnsolicitedCode } from './at/unsolicited.ts';
import { numberIn, textIn, valuesOf } from './at/values.ts';
import type { IncomingSms, SmsReceiver } from './bearer.ts';
import type { Cancel, Clock } from './clock.ts';
import { Custody, type Holding, type Message } from './custody.ts';
import type { MessageStore, Place, StoredMessage } from './message-store.ts';
import { addressText, type Deliver, PduError, protocolOf } from './pdu/index.ts';
import type { Reception } from './reception.ts';
import type { ReportMatcher } from './reports.ts';
import type { ModemLog } from './state.ts';
import { type ReceivedTpdu, readPdu, readPduLeniently } from './stored-pdu.ts';

/** What the inbox needs of the modem while it is open. */
export interface Source {
  readonly store: MessageStore;
  readonly reception: Reception;
  /** Says `+CNMA`. @throws AtRefused, AtTimeout, PortError */
  acknowledge(): Promise<void>;
}

/** How often the store is looked through, in ms: where nothing is announced, and where announcements may get lost. */
const POLL_MS = 10_000;
const SWEEP_MS = 60_000;

/** After this long, in ms, a message that the receiver did not take is offered again. */
const RETRY_MS = 30_000;

/**
 * What waits to be read or taken. Instead of one more announcement, the whole store is looked through; one more message
 * that the modem does not store is dropped, unacknowledged.
 */
const WAITING_LIMIT = 64;

type Task =
  | { readonly kind: 'sweep' }
  | { readonly kind: 'read'; readonly place: Place; readonly isReport: boolean }
  | { readonly kind: 'take'; readonly pdu: string; readonly length: number | undefined };

/**
 * Brings incoming messages to the receiver, one at a time, and deletes them when they are safe with it. It lives as long
 * as the modem, over every reopening; before a receiver is there it reads nothing.
 */
export class Inbox {
  readonly #clock: Clock;
  readonly #log: ModemLog;
  readonly #reports: ReportMatcher;
  readonly #custody = new Custody();
  #tasks: Task[] = [];
  #source: Source | undefined;
  #receiver: SmsReceiver | undefined;
  #working = false;
  #idle: () => void = () => {};
  #cancelTimer: Cancel = () => {};

  constructor(clock: Clock, log: ModemLog, reports: ReportMatcher) {
    this.#clock = clock;
    this.#log = log;
    this.#reports = reports;
  }

  receive(receiver: SmsReceiver): void {
    this.#receiver = receiver;
    this.sweep();
  }

  /** The modem is open: what it holds is looked through. */
  attach(source: Source): void {
    this.#source = source;
    this.sweep();
  }

  /** The modem is gone; what was announced will be found by the next sweep. */
  detach(): void {
    this.#source = undefined;
    this.#cancelTimer();
    this.#tasks = this.#tasks.filter(({ kind }) => kind === 'take');
  }

  /** Takes nothing more. Resolves when what was handed over is deleted, `limitMs` from now at the latest. */
  async finish(limitMs: number): Promise<void> {
    this.#tasks = [];
    this.#receiver = undefined;
    if (!this.#working) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(limitMs, resolve);
      this.#idle = () => {
        cancel();
        resolve();
      };
    });
  }

  /** Looks through the whole store. */
  sweep(): void {
    this.#tasks = [{ kind: 'sweep' }, ...this.#tasks.filter(({ kind }) => kind === 'take')];
    void this.#work();
  }

  /** Takes an unsolicited code, if it is about messages. */
  hear({ prefix, line, pdu }: UnsolicitedCode): void {
    const values = valuesOf(line);
    if (prefix === '+CMTI' || prefix === '+CDSI') {
      const memory = textIn(values[0]);
      const index = numberIn(values[1]);
      if (memory === undefined || index === undefined || index < 0) this.sweep();
      else this.#add({ kind: 'read', place: { memory, index }, isReport: prefix === '+CDSI' });
    } else if ((prefix === '+CMT' || prefix === '+CDS') && pdu !== undefined) {
      this.#add({ kind: 'take', pdu, length: numberIn(values.at(-1)) });
    }
  }

  #add(task: Task): void {
    if (this.#tasks.length < WAITING_LIMIT) this.#tasks.push(task);
    else if (task.kind === 'read') this.sweep();
    else
      this.#log({
        kind: 'hand-over-failed',
        text: `${WAITING_LIMIT} messages wait for a receiver: one more was dropped`,
      });
    void this.#work();
  }

  async #work(): Promise<void> {
    if (this.#working) return;
    this.#working = true;
    while (this.#receiver !== undefined && this.#source !== undefined) {
      const task = this.#tasks.shift();
      if (task === undefined) break;
      await this.#do(task, this.#source).catch((error: unknown) => {
        const text = error instanceof Error ? error.message : String(error);
        this.#log({ kind: 'hand-over-failed', text: `the store could not be read, it will be tried again: ${text}` });
      });
    }
    this.#working = false;
    this.#idle();
    this.#wait();
  }

  /** The next sweep comes by itself. */
  #wait(): void {
    this.#cancelTimer();
    if (this.#source === undefined || this.#receiver === undefined) return;
    const pause =
      this.#source.reception.messages === 'polled' ? POLL_MS : this.#custody.hasRefused ? RETRY_MS : SWEEP_MS;
    this.#cancelTimer = this.#clock.after(pause, () => this.sweep());
  }

  async #do(task: Task, source: Source): Promise<void> {
    switch (task.kind) {
      case 'sweep':
        await this.#handOver(this.#custody.takeRefused(), source);
        for (const memory of source.reception.memories) {
          this.#custody.beginList();
          const held = await source.store.list(memory);
          this.#custody.retain(
            memory,
            held.map(({ place }) => place),
          );
          for (const stored of held) {
            // Deleted since the list was made, with the rest of its message: something new may lie there already.
            if (!this.#custody.wasEmptied(stored.place)) await this.#takeStored(stored, source);
          }
          await this.#makeRoom(memory, source);
        }
        return;
      case 'read': {
        const { place, isReport } = task;
        // Some announce a report in SM and keep it in SR (EC25).
        const stored =
          (await source.store.read(place)) ??
          (isReport && place.memory !== 'SR' ? await source.store.read({ ...place, memory: 'SR' }) : undefined);
        if (stored !== undefined) await this.#takeStored(stored, source);
        return;
      }
      case 'take':
        await this.#takeDirect(task.pdu, task.length, source);
    }
  }

  /** A store full of halves of messages would mean silence for ever. */
  async #makeRoom(memory: string, source: Source): Promise<void> {
    const capacity = source.store.capacityOf(memory);
    const evicted = capacity === undefined ? [] : this.#custody.evictFrom(memory, capacity);
    if (evicted.length === 0) return;
    const text = `${memory} is full of parts of long messages: the oldest is kept in this program only, until the rest comes`;
    this.#log({ kind: 'incomplete', text });
    await this.#delete(evicted, source);
  }

  async #takeStored({ place, pdu, length }: StoredMessage, source: Source): Promise<void> {
    const holding = { place, pdu };
    const known = this.#custody.knows(holding);
    if (known === 'handed-over') await this.#delete([holding], source);
    if (known === 'handed-over' || known === 'kept') return;
    this.#custody.keep(holding);
    const where = `${place.memory} ${place.index}`;
    const reading = known === 'doubtful' ? this.#readLeniently(where, pdu, length) : read(() => readPdu(pdu, length));
    if (reading instanceof PduError) {
      if (known === 'new') this.#custody.doubt(holding);
      else this.#sayUnreadable(where, reading);
    } else if (reading?.type === 'DELIVER') await this.#takeMessage(reading, holding, source);
    else if (reading !== undefined) {
      this.#takeReport(reading);
      await this.#delete([holding], source);
    }
  }

  async #takeDirect(pdu: string, length: number | undefined, source: Source): Promise<void> {
    const where = 'sent at once';
    const strict = read(() => readPdu(pdu, length));
    const reading = strict instanceof PduError ? this.#readLeniently(where, pdu, length) : strict;
    let isTaken = true;
    if (reading instanceof PduError) this.#sayUnreadable(where, reading);
    else if (reading?.type === 'DELIVER') isTaken = await this.#takeMessage(reading, undefined, source);
    else if (reading !== undefined) this.#takeReport(reading);
    if (!isTaken || !source.reception.acknowledge) return;
    // Some want the acknowledgement and refuse it; a second one is refused by all.
    await source.acknowledge().catch((error: unknown) => {
      if (!(error instanceof AtRefused)) throw error;
    });
  }

  #readLeniently(where: string, pdu: string, length: number | undefined): ReceivedTpdu | PduError | undefined {
    return read(() =>
      readPduLeniently(pdu, length, (deviations) => {
        const list = deviations.map(({ field, offset, reason }) => `${field}, octet ${offset}: ${reason}`).join('; ');
        this.#log({ kind: 'deviation', text: `a message (${where}) was read although it deviates: ${list}` });
      }),
    );
  }

  #sayUnreadable(where: string, { field, offset }: PduError): void {
    this.#log({ kind: 'unreadable', text: `a message (${where}) cannot be read: ${field}, octet ${offset}` });
  }

  /** False when the message is whole and the receiver did not take it. */
  async #takeMessage(deliver: Deliver, holding: Holding | undefined, source: Source): Promise<boolean> {
    const isSilent = protocolOf(deliver.pid ?? 0).kind === 'type-0';
    if (isSilent) this.#log({ kind: 'type-0', text: 'a message of type 0 came, and is thrown away as it asks' });
    if (isSilent || this.#custody.isLateDuplicate(deliver)) {
      if (holding !== undefined) await this.#delete([holding], source);
      return true;
    }
    const { message, dropped } = this.#custody.add(deliver, holding, this.#clock.now());
    for (const { reason, parts, total } of dropped) {
      const text = `${parts.length} of ${total} parts of a message are no longer waited for (${reason}); what is stored stays`;
      this.#log({ kind: 'incomplete', text });
    }
    return message === undefined || this.#handOver([message], source);
  }

  async #handOver(messages: readonly Message[], source: Source): Promise<boolean> {
    let isTaken = true;
    for (const message of messages) {
      const receiver = this.#receiver;
      if (receiver === undefined) {
        this.#custody.refuse(message);
        isTaken = false;
        continue;
      }
      try {
        await receiver.message(incomingOf(message));
      } catch (error) {
        isTaken = false;
        this.#custody.refuse(message);
        const text = error instanceof Error ? error.message : String(error);
        this.#log({ kind: 'hand-over-failed', text: `a message was not taken and will be offered again: ${text}` });
        continue;
      }
      this.#custody.release(message);
      await this.#delete(message.holdings, source);
    }
    return isTaken;
  }

  async #delete(holdings: readonly Holding[], source: Source): Promise<void> {
    for (const holding of holdings) {
      const { place } = holding;
      if (!this.#custody.markHandedOver(holding)) continue;
      try {
        await source.store.delete(place);
        this.#custody.forget(place);
      } catch (error) {
        // It is safe with the receiver; the next sweep deletes it, or finds it gone.
        this.#log({
          kind: 'hand-over-failed',
          text: `${place.memory} ${place.index} could not be deleted yet: ${String(error)}`,
        });
      }
    }
  }

  #takeReport(report: Extract<ReceivedTpdu, { type: 'STATUS-REPORT' }>): void {
    if (this.#reports.take(report)) return;
    const text = `a status report for reference ${report.messageReference} belongs to no message sent by this program`;
    this.#log({ kind: 'unmatched-report', text });
  }
}

/** A reading of a PDU, or why there is none. */
function read(reading: () => ReceivedTpdu | undefined): ReceivedTpdu | PduError | undefined {
  try {
    return reading();
  } catch (error) {
    if (error instanceof PduError) return error;
    throw error;
  }
}

function incomingOf({ first: { originator, timestamp, dcs }, content }: Message): IncomingSms {
  const isImmediate = dcs.group !== 'message-waiting' && dcs.messageClass === 0;
  return {
    originator: addressText(originator),
    sentAt: timestamp.at,
    content,
    ...(isImmediate && { immediate: true }),
  };
}
