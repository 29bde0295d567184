import { AtRefused } from '../at/command.ts';
import type { IncomingSms, SmsReceiver } from '../bearer.ts';
import type { Clock } from '../clock.ts';
import type { Reception } from '../opening/reception.ts';
import { addressText, type Deliver, PduError, protocolOf } from '../pdu/index.ts';
import type { ReportMatcher } from '../sending/status-reports.ts';
import type { ModemLog } from '../state.ts';
import type { MessageStore, StoredMessage } from './message-store.ts';
import { type Holding, type Offer, PendingMessages, type WholeMessage } from './pending.ts';
import { holdingOf, isStoredTwice, readAgain, whatLies } from './second-reading.ts';
import { type ReceivedTpdu, readingOf, readPdu, readPduLeniently, serviceCentreIn } from './stored-pdu.ts';

/** What receiving needs of the modem while it is open. */
export interface Source {
  readonly store: MessageStore;
  readonly reception: Reception;
  /** Says `+CNMA`. @throws AtRefused, AtTimeout, PortError */
  acknowledge(): Promise<void>;
}

/**
 * Reads the messages that the modem stores (`+CMGL`, `+CMGR`) or passes on (`+CMT`, `+CDS`), hands each to the receiver, and
 * deletes it from the modem when the receiver has taken it. Messages that are not handed over yet are remembered when the
 * modem is lost and opened again.
 */
export class HandOver {
  receiver: SmsReceiver | undefined;
  readonly #clock: Clock;
  readonly #log: ModemLog;
  readonly #reports: ReportMatcher;
  readonly #pending = new PendingMessages();
  /** The record read last: a modem that answers with it once more may have repeated its last answer. */
  #last: Holding | undefined;
  /** Memories (`SM`, `ME`) of which the log says already that they are full. */
  readonly #full = new Set<string>();

  constructor(clock: Clock, log: ModemLog, reports: ReportMatcher) {
    this.#clock = clock;
    this.#log = log;
    this.#reports = reports;
  }

  /** Whether the receiver refused a message, which is to be offered to it again. */
  get hasRefused(): boolean {
    return this.#pending.hasRefused;
  }

  /** Offers the messages again that the receiver refused. */
  async offerAgain(source: Source): Promise<void> {
    await this.#offer(this.#pending.takeRefused(), source);
  }

  /** The modem is closed for good: logs which messages are lost because the modem does not store them. Stored ones stay in it. */
  end(): void {
    for (const { parts, total } of this.#pending.giveUp()) {
      const lost = parts.filter(({ holdings }) => holdings.length === 0).length;
      const text = `${parts.length} of ${total} parts of a message came before the end: the modem does not store ${lost} of them, which are lost`;
      this.#log({ kind: 'incomplete', text });
    }
    for (const { holdings, partKeys } of this.#pending.takeRefused()) {
      if (holdings.length >= Math.max(1, partKeys.length)) continue;
      const text =
        'a message was not taken before the end: the modem does not store it, and unless the network sends it again it is lost';
      this.#log({ kind: 'hand-over-failed', text });
    }
  }

  /** Takes all that a memory holds. @throws AtRefused, AtTimeout, AtAborted, PortError */
  async takeAll(memory: string, source: Source): Promise<void> {
    this.#pending.beginList();
    const held = await source.store.list(memory);
    this.#pending.noteList(
      memory,
      held.map(({ place }) => place),
    );
    for (const stored of held) {
      // Deleted with the other parts of its message after the list was made: a new message may be at this index already.
      if (!this.#pending.wasEmptied(stored)) await this.#takeHeld(stored, source, 'listed');
    }
    await this.#makeRoom(memory, source);
  }

  /** Takes one message that the modem holds. @throws AtTimeout, AtAborted, PortError */
  takeStored(stored: StoredMessage, source: Source): Promise<void> {
    return this.#takeHeld(stored, source, 'read');
  }

  async #takeHeld(stored: StoredMessage, source: Source, how: 'listed' | 'read'): Promise<void> {
    const holding = holdingOf(stored);
    const known = this.#pending.knows(holding);
    if (known === 'handed-over') {
      this.#pending.keep(holding);
      await this.#delete([holding], source, how === 'listed');
    }
    if (known !== 'new') return;
    if (stored.pdu === '') {
      this.#takeText(holding);
      return;
    }
    // An answer that was repeated says nothing of this place: the next sweep reads it.
    if (holding.pdu === this.#last?.pdu && !(await isStoredTwice(holding, source.store))) return;
    this.#last = holding;
    const reading = readingOf(() => readPdu(stored.pdu, stored.length));
    if (reading instanceof PduError) await this.#takeBySecondReading(stored, source);
    else await this.#take(reading, stored.pdu, holding, source);
  }

  /** Takes a message that the modem passes on without storing it (`+CMT`, `+CDS`). @throws AtTimeout, AtAborted, PortError */
  async takeDirect(pdu: string, length: number | undefined, source: Source): Promise<void> {
    const strict = readingOf(() => readPdu(pdu, length));
    const reading = strict instanceof PduError ? this.#readLeniently('sent at once', pdu, length) : strict;
    const isTaken = await this.#take(reading, pdu, undefined, source);
    if (!isTaken || !source.reception.acknowledge) return;
    // Each part of a long message is acknowledged by itself: without +CNMA the network does not send the next part.
    // A refusal of +CNMA does no harm: Novatel modems refuse it and go on delivering, and every modem refuses a second one.
    await source.acknowledge().catch((error: unknown) => {
      if (!(error instanceof AtRefused)) throw error;
    });
  }

  /** Takes a record whose first reading gave no TPDU, by what a second reading says. */
  async #takeBySecondReading(stored: StoredMessage, source: Source): Promise<void> {
    const second = await readAgain(stored, source.store);
    switch (second.kind) {
      case 'nothing':
        return;
      case 'text':
        this.#takeText(second.holding);
        return;
      case 'mended':
        await this.#take(second.reading, second.pdu, second.holding, source);
        return;
      case 'unchanged': {
        const { place, pdu } = stored;
        const reading = this.#readLeniently(`${place.memory} ${place.index}`, pdu, second.length);
        await this.#take(reading, pdu, second.holding, source);
      }
    }
  }

  /** Logs a message that the modem writes in text mode, and remembers it so that the next sweep does not log it again. */
  #takeText(holding: Holding): void {
    this.#pending.keep(holding);
    const { memory, index } = holding.place;
    const text = `a message (${memory} ${index}) cannot be read: the modem writes it in text mode, whatever AT+CMGF=0 says`;
    this.#log({ kind: 'unreadable', text });
  }

  #readLeniently(where: string, pdu: string, length: number | undefined): ReceivedTpdu | PduError | undefined {
    const reading = readingOf(() =>
      readPduLeniently(pdu, length, (deviations) => {
        const list = deviations.map(({ field, offset, reason }) => `${field}, octet ${offset}: ${reason}`).join('; ');
        this.#log({ kind: 'deviation', text: `a message (${where}) was read although it deviates: ${list}` });
      }),
    );
    if (reading instanceof PduError) {
      this.#log({ kind: 'unreadable', text: `a message (${where}) cannot be read: ${whyUnreadable(reading)}` });
    }
    return reading;
  }

  /** Takes a decoded PDU; undefined is a SUBMIT, which is not for the receiver. False when the receiver refused it. */
  async #take(
    reading: ReceivedTpdu | PduError | undefined,
    pdu: string,
    holding: Holding | undefined,
    source: Source,
  ): Promise<boolean> {
    if (holding !== undefined) this.#pending.keep(holding);
    if (reading === undefined) return true;
    if (reading instanceof PduError) return this.#takeUnreadable(pdu, whyUnreadable(reading), holding, source);
    if (reading.type === 'DELIVER') return this.#takeMessage(reading, pdu, holding, source);
    this.#takeReport(reading);
    if (holding !== undefined) await this.#delete([holding], source);
    return true;
  }

  /** False when all parts of the message are here and the receiver refused it. */
  async #takeMessage(deliver: Deliver, pdu: string, holding: Holding | undefined, source: Source): Promise<boolean> {
    const isSilent = protocolOf(deliver.pid ?? 0).kind === 'type-0';
    if (isSilent) this.#log({ kind: 'type-0', text: 'a message of type 0 came, and is thrown away as it asks' });
    if (isSilent || this.#pending.isLateDuplicate(deliver)) {
      if (holding !== undefined) await this.#delete([holding], source);
      return true;
    }
    const { message, dropped } = this.#pending.add(deliver, pdu, holding, this.#clock.now());
    for (const { reason, parts, total } of dropped) {
      const text = `${parts.length} of ${total} parts of a message are no longer waited for (${reason}); what is stored stays`;
      this.#log({ kind: 'incomplete', text });
    }
    return message === undefined || this.#offer([message], source);
  }

  /** Hands over an undecodable record and deletes it (a SIM full of them takes no SMS); without `unreadable` it stays. */
  async #takeUnreadable(pdu: string, reason: string, holding: Holding | undefined, source: Source): Promise<boolean> {
    if (this.receiver !== undefined && this.receiver.unreadable === undefined) return true;
    const holdings = holding === undefined ? [] : [holding];
    return this.#offer([{ kind: 'unreadable', pdu, reason, holdings, partKeys: [] }], source);
  }

  #takeReport(report: Extract<ReceivedTpdu, { type: 'STATUS-REPORT' }>): void {
    if (this.#reports.take(report)) return;
    const text = `a status report for reference ${report.messageReference} belongs to no message sent by this program`;
    this.#log({ kind: 'unmatched-report', text });
  }

  async #offer(offers: readonly Offer[], source: Source): Promise<boolean> {
    let isTaken = true;
    for (const offer of offers) {
      const { receiver } = this;
      if (receiver === undefined) {
        this.#pending.refuse(offer);
        isTaken = false;
        continue;
      }
      try {
        await handTo(receiver, offer);
      } catch (error) {
        isTaken = false;
        this.#pending.refuse(offer);
        const text = error instanceof Error ? error.message : String(error);
        this.#log({ kind: 'hand-over-failed', text: `a message was not taken and will be offered again: ${text}` });
        continue;
      }
      this.#pending.release(offer);
      await this.#delete(offer.holdings, source);
    }
    return isTaken;
  }

  /**
   * Deletes records that the receiver has taken, each after a look that the same PDU is still there.
   * @param isListed the list just made has these records: some modems list a record that `+CMGR` calls empty
   */
  async #delete(holdings: readonly Holding[], source: Source, isListed = false): Promise<void> {
    for (const holding of holdings) {
      const { place } = holding;
      if (!this.#pending.markHandedOver(holding)) continue;
      try {
        const now = await whatLies(holding, source.store);
        if (now === 'the same' || (now === 'nothing' && isListed)) await source.store.delete(place);
        // "Empty" may be an answer of which the line lost the PDU: were the place forgotten, the next sweep would hand
        // the same message over a second time.
        if (now !== 'nothing' || isListed) this.#pending.forget(place);
      } catch (error) {
        // The place stays marked as handed over: the next sweep deletes the record, and does not hand it over again.
        this.#log({
          kind: 'hand-over-failed',
          text: `${place.memory} ${place.index} could not be deleted yet: ${String(error)}`,
        });
      }
    }
  }

  /**
   * Deletes the oldest part that waits for others when the memory is full, and keeps it in this program: in a SIM full of
   * incomplete messages there is no room for the parts that are missing.
   */
  async #makeRoom(memory: string, source: Source): Promise<void> {
    const capacity = source.store.capacityOf(memory);
    if (capacity === undefined || this.#pending.heldIn(memory) < capacity) {
      this.#full.delete(memory);
      return;
    }
    const evicted = this.#pending.evictFrom(memory);
    if (evicted.length > 0) {
      const text = `${memory} is full of parts of long messages: the oldest is kept in this program only, until the rest comes`;
      this.#log({ kind: 'incomplete', text });
      await this.#delete(evicted, source);
    } else if (!this.#full.has(memory)) {
      this.#full.add(memory);
      const text = `${memory} is full of messages that cannot be read or were not taken: no other can come before they are deleted`;
      this.#log({ kind: 'full', text });
    }
  }
}

/** Gives a message or an unreadable record to the receiver. @throws what the receiver throws, who then has not taken it */
async function handTo(receiver: SmsReceiver, offer: Offer): Promise<void> {
  if (offer.kind === 'message') await receiver.message(incomingOf(offer));
  else await receiver.unreadable?.({ pdu: offer.pdu, reason: offer.reason });
}

/** Why a PDU cannot be read, without any of its content: the words go to the log. */
function whyUnreadable({ field, offset, reason }: PduError): string {
  return `${field}, octet ${offset}: ${reason}`;
}

function incomingOf({ first: { originator, timestamp, dcs, pdu }, content, pdus }: WholeMessage): IncomingSms {
  const messageClass = 'messageClass' in dcs ? dcs.messageClass : undefined;
  const serviceCentre = serviceCentreIn(pdu);
  return {
    originator: addressText(originator),
    sentAt: timestamp.at,
    content,
    ...(messageClass === 0 && { immediate: true }),
    wire: {
      pdus,
      ...(serviceCentre !== undefined && { serviceCentre }),
      zoneMinutes: timestamp.zone * 15,
      ...(messageClass !== undefined && { messageClass }),
    },
  };
}
