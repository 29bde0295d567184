import { DataInputStream, DataOutputStream, type MidletContext, RecordStore, StringItem } from '../midp/index.ts';
import { type Admin, type AdminCommand, adminText, COMMAND_CODES, nameOf, sameOctets } from '../safe-mobile/index.ts';
import { keysAt } from './anchors.ts';
import type { AppContext } from './app-context.ts';
import type { DeviceRecord } from './device-record.ts';
import type { Prompts } from './prompts.ts';
import { isSignedBy } from './receipts.ts';
import { eraseAll, writeOnly } from './records.ts';

const STORE = 'orders';

/** Pauses before the confirmation of an order goes out again because the order came again, ms: one for each time. */
const REPEAT_PAUSES_MS: readonly number[] = [5_000, 60_000, 600_000];

/** How long after its last question the phone asks the service again for an order, when its owner wants so, ms. */
const ASK_PAUSE_MS = 60_000;

/** The last order that the phone has carried out. */
interface Obeyed {
  /** In the order, unix seconds. An order that is not newer is an old one that somebody sends again. */
  readonly time: number;
  /** 8 octets. */
  readonly ref: Uint8Array;
  readonly command: AdminCommand;
  /** How often it was confirmed, and when last, ms since 1970. */
  readonly times: number;
  readonly at: number;
}

/**
 * Orders of the service (ADMIN): lock, unlock, wipe. An order counts that the service has signed for this phone and that is newer than the
 * last one. The phone confirms it with a STATUS_QUERY of the kind `request` about its ref.
 */
export class Orders {
  readonly #store: RecordStore;
  readonly #app: AppContext;
  readonly #prompts: Prompts;
  #last: Obeyed | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;

  constructor(context: MidletContext, app: AppContext, prompts: Prompts) {
    this.#app = app;
    this.#prompts = prompts;
    this.#store = RecordStore.openRecordStore(context, STORE, true);
    const [stored] = this.#store.enumerateRecords();
    this.#last = stored === undefined ? undefined : decode(stored[1]);
  }

  /** Whether the phone is locked: it shows nothing, asks nothing and signs nothing. */
  get locked(): boolean {
    return this.#last?.command === 'lock';
  }

  /** At the start of the application: a locked phone shows that it is, and nothing else. */
  begin(): void {
    if (this.locked) this.#app.agenda.lock(() => this.#showLock());
  }

  /** Takes an order; an old one, or one that the service has not signed, does nothing. @param plaintext its 83 octets */
  arrived(record: DeviceRecord, order: Admin, plaintext: Uint8Array): void {
    const { primitives, time } = this.#app;
    const text = adminText(record.phone.deviceId, plaintext);
    if (!isSignedBy(primitives, keysAt(record.anchors.signing, time.seconds), text, order.signature)) return;
    const last = this.#last;
    if (last !== undefined && last.time === order.time && sameOctets(last.ref, order.ref)) {
      this.#confirmAgain(record, last);
    } else if (last === undefined || order.time > last.time) {
      this.#obey(record, order);
    }
  }

  #obey(record: DeviceRecord, { command, time, ref }: Admin): void {
    const { agenda, link, screens, texts, system, exit } = this.#app;
    const wasLocked = this.locked;
    // Sealed before the keys are erased, and sent after that.
    const confirmation = this.#confirmation(record, ref);
    if (command === 'wipe') this.#forgetAll();
    else this.#save({ time, ref, command, times: 0, at: system.currentTimeMillis() });
    link.send(confirmation);
    switch (command) {
      case 'lock':
        this.#prompts.drop();
        agenda.lock(() => this.#showLock());
        return;
      case 'unlock':
        if (!wasLocked) return;
        agenda.notice(() => screens.alert('Cash-Mobile', texts.unlocked, 'CONFIRMATION', () => agenda.next()));
        agenda.unlock();
        return;
      case 'wipe':
        this.#prompts.drop();
        agenda.lock(() => screens.alert('Cash-Mobile', texts.wiped, 'WARNING', () => exit()));
        return;
    }
  }

  /** The keys first: when the power goes meanwhile, the next start erases the rest. */
  #forgetAll(): void {
    const { device, transactions, time, unreadable, link } = this.#app;
    device.erase();
    transactions.clear();
    time.forget();
    unreadable.forget();
    link.forget();
    this.forget();
  }

  #showLock(): void {
    const { texts, screens, agenda, exit } = this.#app;
    const ask = () => {
      this.#ask();
      screens.alert(texts.lockedTitle, texts.askedService, 'INFO', () => agenda.next());
    };
    screens.form(
      texts.lockedTitle,
      [new StringItem('', texts.locked)],
      [
        { label: texts.askService, type: 'OK', does: ask },
        { label: texts.exit, type: 'EXIT', does: () => exit() },
      ],
    );
  }

  /** The owner wants to know whether the phone is still locked: the service sends a newer order again. Not more than once a minute. */
  #ask(): void {
    const { device, link, system } = this.#app;
    const now = system.currentTimeMillis();
    if (this.#last === undefined || device.record === undefined || now < this.#askedAt + ASK_PAUSE_MS) return;
    this.#askedAt = now;
    link.send(this.#confirmation(device.record, this.#last.ref));
  }

  /** Forgets the orders of an earlier activation. */
  forget(): void {
    eraseAll(this.#store);
    this.#last = undefined;
  }

  /** Whoever has recorded an order can send it again, and each confirmation costs the owner an SMS. */
  #confirmAgain(record: DeviceRecord, last: Obeyed): void {
    const now = this.#app.system.currentTimeMillis();
    const pause = REPEAT_PAUSES_MS[last.times];
    if (pause === undefined || now < last.at + pause) return;
    this.#save({ ...last, times: last.times + 1, at: now });
    this.#app.link.send(this.#confirmation(record, last.ref));
  }

  #confirmation({ phone }: DeviceRecord, ref: Uint8Array): Uint8Array {
    return this.#app.link.seal(phone, (ctr) => ({ type: 'STATUS_QUERY', ctr, ref, kind: 'request' }));
  }

  #save(obeyed: Obeyed): void {
    this.#last = obeyed;
    writeOnly(this.#store, encode(obeyed));
  }
}

function encode({ time, ref, command, times, at }: Obeyed): Uint8Array {
  return new DataOutputStream()
    .writeInt(time)
    .writeBytes(ref)
    .writeByte(COMMAND_CODES[command])
    .writeByte(times)
    .writeLong(at)
    .toByteArray();
}

function decode(data: Uint8Array): Obeyed {
  const record = new DataInputStream(data);
  return {
    time: record.readInt() >>> 0,
    ref: record.readBytes(),
    command: nameOf(COMMAND_CODES, record.readByte(), 'command'),
    times: record.readUnsignedByte(),
    at: record.readLong(),
  };
}
