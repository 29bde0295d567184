import { Gauge, StringItem } from '../midp/index.ts';
import {
  createPinKey,
  type Nak,
  pinChangeText,
  type Receipt,
  receiptText,
  sameOctets,
  signWithPin,
} from '../safe-mobile/index.ts';
import { keysAt } from './anchors.ts';
import type { AppContext } from './app-context.ts';
import type { ActiveRecord, NewPin, PendingPin } from './device-record.ts';
import type { Dispatch } from './link.ts';
import { askPin, choosePin, wipe } from './new-pin.ts';
import { isSignedBy } from './receipts.ts';
import { filled } from './texts.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** When the phone asks what has become of the change, ms after the new PIN was chosen. */
const QUERY_TIMES_MS: readonly number[] = [1, 3, 8, 60, 360, 1_440, 2_880].map((minutes) => minutes * MINUTE_MS);
/** From when on both frames may go out again, ms after the new PIN was chosen: once for each time. The service takes a frame four times. */
const REPEAT_TIMES_MS: readonly number[] = [50_000, 170_000, 59 * MINUTE_MS, 5 * HOUR_MS];
/** After this time the phone gives up a change that the service does not know, ms. The service forgets each half of it as soon. */
const LIFETIME_MS = 24 * HOUR_MS;
/** How long after its last question the phone asks again when its owner wants so, ms. */
const ASK_PAUSE_MS = MINUTE_MS;

/**
 * From the present PIN to a new one, which has a key of its own:
 *
 * ```
 * present PIN ─► new PIN ─► again ─► PIN_NEW and PIN_PROOF, waiting ─┬─RECEIPT "confirmed"─► the new PIN counts
 *                                       ▲                           ├─RECEIPT "wrong PIN"─► the old one still counts
 *                                       └──NAK "unknown", for a day─┘
 * ```
 * The service alone decides from when on the new PIN counts. So the phone keeps both keys until it has heard that, and approves nothing meanwhile.
 */
export class PinChange {
  readonly #app: AppContext;
  #note: StringItem | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(app: AppContext) {
    this.#app = app;
  }

  /** Whether the phone awaits the service's word, so that it does not know which PIN counts. */
  get isPending(): boolean {
    return this.#app.device.pending !== undefined;
  }

  /** The owner wants to change the PIN, or to see how far it is. */
  begin(): void {
    if (this.isPending) this.#showWaiting(this.#app.texts.serviceWaits);
    else this.#askPresent();
  }

  /** Goes on after a start. @param messagesWait whether messages wait in the phone: the answer may be among them, so the phone does not ask */
  resume(messagesWait: boolean): void {
    const { device, system } = this.#app;
    const { pending } = device;
    if (pending === undefined) return;
    this.#watch(pending);
    const isYoung = Math.abs(system.currentTimeMillis() - pending.at) < (QUERY_TIMES_MS[0] ?? 0);
    if (!messagesWait && !isYoung) this.#ask();
  }

  /** The owner wants to know: asks the service, at most once a minute. */
  ask(): void {
    if (this.#app.system.currentTimeMillis() >= this.#askedAt + ASK_PAUSE_MS) this.#ask();
  }

  /** Takes the receipt of a change. @param plaintext its 83 octets. @returns false when the receipt is about something else */
  receipt(receipt: Receipt, plaintext: Uint8Array): boolean {
    const { device, primitives, time, texts } = this.#app;
    const { record } = device;
    if (record?.phase !== 'active' || record.newPin === undefined) return false;
    const { pcid, pinKey } = record.newPin;
    if (!sameOctets(receipt.ref, pcid)) return false;
    const { phone, anchors } = record;
    const text = receiptText(primitives, phone.deviceId, undefined, plaintext);
    if (!isSignedBy(primitives, keysAt(anchors.signing, time.seconds), text, receipt.signature)) return true;
    if (receipt.status === 'confirmed') {
      this.#settle({ phase: 'active', phone, anchors, pinKey });
      this.#tell(texts.pinChanged, 'CONFIRMATION');
    } else if (receipt.status === 'wrong-pin') {
      this.#settle({ phase: 'active', phone, anchors, pinKey: record.pinKey });
      this.#tell(`${filled(texts.wrongPin, receipt.triesLeft)}\n${texts.pinNotChanged}`, 'WARNING');
    }
    return true;
  }

  /** Takes a NAK about a change. @returns false when the NAK is about something else */
  refused({ ref, code, text }: Nak): boolean {
    const { device, texts } = this.#app;
    const { record, pending } = device;
    if (record?.phase !== 'active' || pending === undefined || !sameOctets(ref, pending.pcid)) return false;
    if (code === 'unknown-reference') this.#unknown(record, pending);
    else this.#say(text === '' ? texts.nak[code] : text);
    return true;
  }

  #askPresent(): void {
    const { texts, screens, agenda } = this.#app;
    agenda.engage();
    const again = () => this.#askPresent();
    const typed = (pin: Uint8Array | undefined) => {
      if (pin === undefined) screens.alert(texts.changePin, texts.pinLength, 'WARNING', again);
      else
        choosePin(
          this.#app,
          (chosen) => this.#change(pin, chosen),
          () => wipe(pin, again),
        );
    };
    askPin(this.#app, texts.changePin, texts.presentPin, typed, () => agenda.next());
  }

  /** Stores the new key beside the present one with both frames, and sends them. @param pin the present one. Both are wiped here */
  #change(pin: Uint8Array, chosen: Uint8Array): void {
    const { device, texts, transactions, wakeUp } = this.#app;
    const { record } = device;
    try {
      if (record?.phase === 'active') device.save({ ...record, newPin: this.#newPin(record, pin, chosen) });
    } finally {
      pin.fill(0);
      chosen.fill(0);
    }
    if (device.pending === undefined) return;
    wakeUp.arrange(transactions.all);
    this.#showWaiting(texts.sending);
    this.#send(device.pending);
    this.#watch(device.pending);
  }

  #newPin({ phone, pinKey: present }: ActiveRecord, pin: Uint8Array, chosen: Uint8Array): PendingPin {
    const { link, primitives, system } = this.#app;
    const pcid = system.randomBytes(8);
    const made = createPinKey(primitives, chosen, system.randomBytes(32), system.randomBytes(16));
    const { pinKey, publicKey: approvalKey } = made;
    let signature: Uint8Array | undefined;
    try {
      const announcement = link.seal(phone, (ctr) => ({ type: 'PIN_NEW', ctr, pcid, approvalKey }));
      const proof = link.seal(phone, (ctr) => {
        const text = pinChangeText(phone.deviceId, ctr, pcid, approvalKey);
        signature = signWithPin(primitives, pin, present, text);
        return { type: 'PIN_PROOF', ctr, pcid, signature };
      });
      return { pcid, pinKey, at: system.currentTimeMillis(), sent: { announcement, proof, repeats: 0 } };
    } finally {
      approvalKey.fill(0);
      signature?.fill(0);
    }
  }

  #send({ sent }: PendingPin): void {
    const { link, texts } = this.#app;
    const ended = (dispatch: Dispatch) => this.#say(dispatch === 'sent' ? texts.serviceWaits : texts.notSent);
    link.send(sent.announcement);
    link.send(sent.proof, ended);
  }

  #watch({ pcid, at }: NewPin): void {
    const { device, system, transactions, wakeUp, texts, agenda } = this.#app;
    const now = system.currentTimeMillis();
    const due = () => {
      if (device.pending === undefined || !sameOctets(device.pending.pcid, pcid) || agenda.isLocked) return;
      wakeUp.arrange(transactions.all);
      this.#ask();
      this.#say(texts.serviceSilent);
    };
    for (const time of QUERY_TIMES_MS.map((after) => at + after).filter((one) => one > now))
      system.schedule(time - now, due);
  }

  #ask(): void {
    const { device, link, system } = this.#app;
    if (device.record === undefined || device.pending === undefined) return;
    const { pcid } = device.pending;
    this.#askedAt = system.currentTimeMillis();
    link.send(link.seal(device.record.phone, (ctr) => ({ type: 'STATUS_QUERY', ctr, ref: pcid, kind: 'request' })));
  }

  /** The service has not both frames: they go out again as they are, until it is too late. */
  #unknown(record: ActiveRecord, pending: PendingPin): void {
    const { device, system, texts } = this.#app;
    const { pcid, pinKey, at, sent } = pending;
    // A clock that was put back must not keep the change for ever.
    const age = Math.abs(system.currentTimeMillis() - at);
    if (age >= LIFETIME_MS) {
      this.#settle({ ...record, newPin: { pcid, pinKey, at } });
      this.#tell(texts.pinNotChanged, 'WARNING');
    } else if (age >= (REPEAT_TIMES_MS[sent.repeats] ?? LIFETIME_MS)) {
      device.save({ ...record, newPin: { ...pending, sent: { ...sent, repeats: sent.repeats + 1 } } });
      this.#send(pending);
    }
  }

  /** The service's word is there: one write puts the key that counts in the place of both. */
  #settle(record: ActiveRecord): void {
    const { device, transactions, wakeUp } = this.#app;
    device.save(record);
    wakeUp.arrange(transactions.all);
  }

  #tell(text: string, type: 'CONFIRMATION' | 'WARNING'): void {
    const { texts, agenda, screens } = this.#app;
    agenda.outcome(() => screens.alert(texts.changePin, text, type, () => agenda.next()));
  }

  #showWaiting(text: string): void {
    const { texts, screens, agenda } = this.#app;
    const note = new StringItem('', text);
    agenda.await(() => {
      screens.form(
        texts.changePin,
        [note, new Gauge('', 0)],
        [
          { label: texts.close, type: 'BACK', does: () => agenda.next() },
          { label: texts.askAgain, type: 'SCREEN', does: () => this.ask() },
        ],
      );
      this.#note = note;
    });
  }

  /** Says how far it is, if the waiting screen is still on the LCD. */
  #say(text: string): void {
    this.#note?.setText(text);
  }
}

/** When the phone asks next about a change, ms since 1970; `undefined` after the last time. */
export function nextPinQuery({ at }: NewPin, now: number): number | undefined {
  return QUERY_TIMES_MS.map((after) => at + after).find((due) => due > now);
}
