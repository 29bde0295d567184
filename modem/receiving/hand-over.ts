import { AtRefused } from '../at/command.ts';
import type { IncomingSms, SmsReceiver } from '../bearer.ts';
import type { Clock } from '../clock.ts';
import type { Reception } from '../opening/reception.ts';
import { addressText, type Deliver, PduError, protocolOf } from '../pdu/index.ts';
import type { ReportMatcher } from '../sending/status-reports.ts';
import type { ModemLog } from '../state.ts';
import type { MessageStore, StoredMessage } from './message-store.ts';
import { type Holding, type Offer, PendingMessages, type WholeMessage } from './pending.ts';
import { type ReceivedTpdu, readPdu, readPduLeniently, serviceCentreIn } from './stored-pdu.ts';

/** What receiving needs of the modem while it is open. */
export interface Source {
  readonly store: MessageStore;
  readonly reception: Reception;
  /** Says `+CNMA`. @throws AtRefused, AtTimeout, PortError */
  acknowledge(): Promise<void>;
}

/**
 * Reads what the modem holds or says, brings it to the receiver, and deletes it when it is safe there. What it has not
 * brought there yet it knows from one opening of the modem to the next.
 */
export class HandOver {
  receiver: SmsReceiver | undefined;
  readonly #clock: Clock;
  readonly #log: ModemLog;
  readonly #reports: ReportMatcher;
  readonly #pending = new PendingMessages();
  /** What was read last. */
  #last: Holding | undefined;
  /** Memories of which it was said that they are full. */
  readonly #full = new Set<string>();

  constructor(clock: Clock, log: ModemLog, reports: ReportMatcher) {
    this.#clock = clock;
    this.#log = log;
    this.#reports = reports;
  }

  /** Whether something is waiting to be offered again. */
  get hasRefused(): boolean {
    return this.#pending.hasRefused;
  }

  /** Offers what the receiver did not take. */
  async offerAgain(source: Source): Promise<void> {
    await this.#offer(this.#pending.takeRefused(), source);
  }

  /** Nothing more will come: says what is lost with this program. What is stored stays. */
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
      // Deleted since the list was made, with the rest of its message: something new may lie there already.
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
    if (holding.pdu === this.#last?.pdu && !(await this.#readsSo(holding, source))) return;
    this.#last = holding;
    const reading = read(() => readPdu(stored.pdu, stored.length));
    if (reading instanceof PduError) await this.#readAgain(stored, source);
    else await this.#take(reading, stored.pdu, holding, source);
  }

  /** Takes a message that the modem said and does not hold. @throws AtTimeout, AtAborted, PortError */
  async takeDirect(pdu: string, length: number | undefined, source: Source): Promise<void> {
    const strict = read(() => readPdu(pdu, length));
    const reading = strict instanceof PduError ? this.#readLeniently('sent at once', pdu, length) : strict;
    const isTaken = await this.#take(reading, pdu, undefined, source);
    if (!isTaken || !source.reception.acknowledge) return;
    // A part of a message is acknowledged too: the network sends the next part only then.
    // A Novatel answers +CNMA with an error and delivers on; every modem refuses a second +CNMA.
    await source.acknowledge().catch((error: unknown) => {
      if (!(error instanceof AtRefused)) throw error;
    });
  }

  /**
   * The PDU is that of the place read before: two messages are the same, or the modem gave its last answer once more. Then
   * the next sweep reads this place.
   */
  async #readsSo(holding: Holding, source: Source): Promise<boolean> {
    const again = await source.store.read(holding.place);
    return again !== undefined && holdingOf(again).pdu === holding.pdu;
  }

  /** Reads a record once more that strict decoding refused: a fault of the line does not come twice, a fault of the record does. */
  async #readAgain({ place, pdu }: StoredMessage, source: Source): Promise<void> {
    const again = await source.store.read(place);
    if (again === undefined) return;
    const holding = holdingOf(again);
    if (again.pdu === '') {
      this.#takeText(holding);
      return;
    }
    if (again.pdu === pdu) {
      const reading = this.#readLeniently(`${place.memory} ${place.index}`, pdu, again.length);
      await this.#take(reading, pdu, holding, source);
      return;
    }
    const reading = read(() => readPdu(again.pdu, again.length));
    // The line damaged it twice, in two ways: the next sweep reads it again.
    if (!(reading instanceof PduError)) await this.#take(reading, again.pdu, holding, source);
  }

  /** Remembers a message that has no PDU, so that it is said once. */
  #takeText(holding: Holding): void {
    this.#pending.keep(holding);
    const { memory, index } = holding.place;
    const text = `a message (${memory} ${index}) cannot be read: the modem writes it in text mode, whatever AT+CMGF=0 says`;
    this.#log({ kind: 'unreadable', text });
  }

  #readLeniently(where: string, pdu: string, length: number | undefined): ReceivedTpdu | PduError | undefined {
    const reading = read(() =>
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

  /**
   * Takes what was made of a PDU; undefined: nothing that is for the receiver. False when the receiver did not take it.
   */
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

  /** False when the message is whole and the receiver did not take it. */
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

  /** A SIM full of records that cannot be read takes no message: they go to the receiver as they are, and are deleted. */
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

  /** @param isListed a list that was just made shows them: some modems list what they cannot read */
  async #delete(holdings: readonly Holding[], source: Source, isListed = false): Promise<void> {
    for (const holding of holdings) {
      const { place } = holding;
      if (!this.#pending.markHandedOver(holding)) continue;
      try {
        const now = await this.#whatLies(holding, source);
        if (now === 'the same' || (now === 'nothing' && isListed)) await source.store.delete(place);
        // A place that seems empty stays known: the line may have lost the answer, and the message lies there still.
        if (now !== 'nothing' || isListed) this.#pending.forget(place);
      } catch (error) {
        // The receiver has the message. The next sweep deletes it here, or finds it gone.
        this.#log({
          kind: 'hand-over-failed',
          text: `${place.memory} ${place.index} could not be deleted yet: ${String(error)}`,
        });
      }
    }
  }

  /**
   * Something else may lie there by now, or always did: the modem deleted more than it was told (SIM600), a list was old,
   * or the answer was that of another place.
   */
  async #whatLies(holding: Holding, source: Source): Promise<'the same' | 'nothing' | 'something else'> {
    const now = await source.store.read(holding.place);
    if (now === undefined) return 'nothing';
    return holdingOf(now).pdu === holding.pdu ? 'the same' : 'something else';
  }

  /** A store full of halves of messages would mean silence for ever. */
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

/** What lies at a place, written in one way: of `+CMGL` and `+CMGR` only one may add `,0` or `FF`. */
function holdingOf({ place, pdu }: StoredMessage): Holding {
  // Messages in text mode have no PDU to tell them apart: the place does.
  if (pdu === '') return { place, pdu: `text at ${place.memory} ${place.index}` };
  return {
    place,
    pdu: pdu
      .replace(/,.*$/, '')
      .toUpperCase()
      .replace(/(?:FF)+$/, ''),
  };
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

/** Hands over to the receiver. @throws what the receiver throws: it did not take it */
async function handTo(receiver: SmsReceiver, offer: Offer): Promise<void> {
  if (offer.kind === 'message') await receiver.message(incomingOf(offer));
  else await receiver.unreadable?.({ pdu: offer.pdu, reason: offer.reason });
}

/** Why a PDU cannot be read; nothing of its content. */
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
