import { type Cancel, toHex } from '../../modem/index.ts';
import type { DeliveryAnswer } from '../network/radio-link.ts';
import {
  classIn,
  codingOf,
  isReplaceType,
  isStatusReport,
  originatorOctets,
  protocolIdOf,
  TYPE_0,
} from '../tpdu-fields.ts';
import type { StoreName } from './settings.ts';
import { reportFields, routedHeader, textOf } from './text-mode.ts';
import type { VirtualModem } from './virtual-modem.ts';

/** How long a message that was passed on to the host waits for `+CNMA`, in ms; after that the network gets a refusal. */
const ACKNOWLEDGE_WITHIN_MS = 15_000;
/** Unsolicited codes that `+CNMI` mode 0 keeps; one more makes the oldest lost. */
const BUFFERED_CODES = 100;
/** TP-FCS (3GPP TS 23.040, 9.2.3.22). */
const FCS = { simFull: 0xd0, memoryExceeded: 0xd3, unspecified: 0xff } as const;

/** The index in the `+CDSI` of a report that cannot be read anywhere (SIM7600). */
const SOME_INDEX = 8;

const ACCEPTED: DeliveryAnswer = { kind: 'accepted' };

/**
 * Takes a message that arrives: passes it on to the host, or stores and announces it, by `+CNMI`, `+CSMS` and `+CPMS`
 * (3GPP TS 27.005, 3.4.1). When no host has a line open, every message is stored.
 */
export class Incoming {
  readonly #modem: VirtualModem;
  #unacknowledged: { answer(answer: DeliveryAnswer): void; readonly timer: Cancel } | undefined;
  #buffered: (readonly string[])[] = [];
  #refusedForRoom = false;
  /** When each store last got a message. */
  readonly #arrivedAt = new Map<StoreName, number>();

  constructor(modem: VirtualModem) {
    this.#modem = modem;
  }

  receive(tpdu: Uint8Array): DeliveryAnswer | Promise<DeliveryAnswer> {
    return isStatusReport(tpdu) ? this.#receiveReport(tpdu) : this.#receiveMessage(tpdu);
  }

  /** The host's `+CNMA`. False when nothing waits for one. */
  acknowledge(answer: DeliveryAnswer = ACCEPTED): boolean {
    const waiting = this.#unacknowledged;
    if (waiting === undefined) return false;
    this.#unacknowledged = undefined;
    waiting.timer();
    waiting.answer(answer);
    return true;
  }

  /** After `+CNMI`: codes kept under mode 0 are sent with `<bfr>` 0, and dropped with 1. */
  indicationsChanged(): void {
    const { mode, bfr } = this.#modem.settings.indications;
    if (mode === 0) return;
    const codes = this.#buffered.splice(0);
    if (bfr === 0) for (const code of codes) this.#modem.notify(...code);
  }

  /** A host opened or closed a line. A host that is gone will not acknowledge its message any more. */
  hostsChanged(): void {
    if (!this.#modem.hostPresent) this.acknowledge({ kind: 'refused', cause: FCS.unspecified });
  }

  /** The number of messages in the answer to `+CPMS`: a Huawei does not count a message in its first 500 ms. */
  counted(name: StoreName): number {
    const { countedAfterMs } = this.#modem.personality.arrivals;
    const age = this.#modem.clock.now() - (this.#arrivedAt.get(name) ?? Number.NEGATIVE_INFINITY);
    return age < countedAfterMs ? 0 : this.#modem.store(name).used;
  }

  /** After a deletion: tells the network that there is room (RP-SMMA), if a message was refused because of a full store. */
  roomMade(): void {
    if (!this.#refusedForRoom) return;
    this.#refusedForRoom = false;
    this.#modem.link.memoryAvailable();
  }

  #receiveMessage(tpdu: Uint8Array): DeliveryAnswer | Promise<DeliveryAnswer> {
    const pid = protocolIdOf(tpdu);
    if (pid === TYPE_0) return ACCEPTED;
    const messageClass = classIn(codingOf(tpdu));
    const { mt } = this.#modem.settings.indications;
    const shown = mt === 2 ? messageClass !== 2 : mt === 3 && messageClass === 3;
    if (shown && this.#modem.hostPresent) return this.#show(this.#routedMessage(tpdu));
    return this.#keep(tpdu, messageClass === 2 ? 'SM' : this.#modem.settings.stores[2], mt > 0 ? 'message' : undefined);
  }

  #receiveReport(tpdu: Uint8Array): DeliveryAnswer | Promise<DeliveryAnswer> {
    const { ds } = this.#modem.settings.indications;
    if (ds === 1 && this.#modem.hostPresent) return this.#show(this.#routedReport(tpdu));
    if (ds === 0) return ACCEPTED;
    const { reportsGo } = this.#modem.personality.arrivals;
    if (reportsGo === 'SR') return this.#keep(tpdu, 'SR', 'report');
    if (reportsGo === 'with-messages') return this.#keep(tpdu, this.#modem.settings.stores[2], 'report');
    this.#announceStored('report', 'SR', SOME_INDEX);
    return ACCEPTED;
  }

  #routedMessage(tpdu: Uint8Array): readonly string[] {
    const { settings } = this.#modem;
    if (settings.messageFormat === 'pdu')
      return this.#routedPdu('+CMT: ', this.#modem.personality.arrivals.routedPrefix.cmt, tpdu);
    return [`+CMT: ${routedHeader(this.#modem, tpdu)}`, textOf(settings.charset, tpdu, 'mobile-terminated')];
  }

  #routedReport(tpdu: Uint8Array): readonly string[] {
    if (this.#modem.settings.messageFormat === 'pdu')
      return this.#routedPdu('+CDS: ', this.#modem.personality.arrivals.routedPrefix.cds, tpdu);
    return [`+CDS: ${reportFields(this.#modem.settings.charset, tpdu)}`];
  }

  #routedPdu(code: string, prefix: string, tpdu: Uint8Array): readonly string[] {
    const pdu = `${toHex(this.#modem.smscOfNetwork)}${toHex(tpdu)}`;
    return [`${code}${prefix}${tpdu.length}`, `${this.#modem.personality.arrivals.routedGap}${pdu}`];
  }

  /** In phase 2+ (`+CSMS=1`) waits for `+CNMA`; when it does not come, no message is passed on to this host any more. */
  #show(code: readonly string[]): DeliveryAnswer | Promise<DeliveryAnswer> {
    this.#announce(code);
    if (this.#modem.settings.messageService === 0) return ACCEPTED;
    return new Promise((answer) => {
      const timer = this.#modem.clock.after(ACKNOWLEDGE_WITHIN_MS, () => {
        this.#modem.settings.indications = { ...this.#modem.settings.indications, mt: 0, ds: 0 };
        this.acknowledge({ kind: 'refused', cause: FCS.unspecified });
      });
      this.#unacknowledged = { answer, timer };
    });
  }

  #keep(tpdu: Uint8Array, name: StoreName, announced: 'message' | 'report' | undefined): DeliveryAnswer {
    const store = this.#modem.store(name);
    const message = { status: 0, smsc: this.#modem.smscOfNetwork, tpdu } as const;
    const replaced = this.#replacedBy(tpdu, name);
    if (replaced !== undefined) store.update(replaced, message);
    const index = replaced ?? store.add(message);
    if (index === undefined) {
      this.#refusedForRoom = true;
      return { kind: 'refused', cause: name === 'SM' ? FCS.simFull : FCS.memoryExceeded };
    }
    this.#arrivedAt.set(name, this.#modem.clock.now());
    if (announced !== undefined) this.#announceStored(announced, name, index);
    return ACCEPTED;
  }

  #announceStored(what: 'message' | 'report', store: string, index: number): void {
    const { messageCode, reportCode } = this.#modem.personality.arrivals;
    const code = what === 'message' ? messageCode : reportCode;
    this.#announce([code.replace('{store}', store).replace('{index}', String(index))]);
  }

  /** Replace Short Message Type n: the earlier one of the same type and originator (3GPP TS 23.040, 9.2.3.9). */
  #replacedBy(tpdu: Uint8Array, name: StoreName): number | undefined {
    const pid = protocolIdOf(tpdu);
    if (isStatusReport(tpdu) || !isReplaceType(pid)) return undefined;
    const originator = toHex(originatorOctets(tpdu));
    const earlier = this.#modem
      .store(name)
      .entries()
      .find(
        ([, { status, tpdu: stored }]) =>
          status < 2 &&
          !isStatusReport(stored) &&
          protocolIdOf(stored) === pid &&
          toHex(originatorOctets(stored)) === originator,
      );
    return earlier?.[0];
  }

  #announce(code: readonly string[]): void {
    if (this.#modem.settings.indications.mode > 0) {
      this.#modem.notify(...code);
      return;
    }
    this.#buffered.push(code);
    if (this.#buffered.length > BUFFERED_CODES) this.#buffered.shift();
  }
}
