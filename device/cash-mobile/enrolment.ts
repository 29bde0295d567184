import { Gauge, StringItem, TextField, type TimerTask } from '../midp/index.ts';
import { createPinKey, type Nak, parseActivationCode, type Status } from '../safe-mobile/index.ts';
import type { AppContext } from './app-context.ts';
import { choosePin, wipe } from './new-pin.ts';
import { filled } from './texts.ts';

/** The number of this application in ENROL. */
const APP_VERSION = 1;
/** When ENROL is sent again because no answer came, ms after the time before. */
const REPEAT_PAUSES_MS: readonly number[] = [60_000, 120_000];
/** When the phone says that no answer came, ms after the last time. */
const PATIENCE_MS = 60_000;

/**
 * From a new phone to an active one:
 *
 * ```
 * activation code ─► PIN ─► PIN again ─► ENROL, waiting ─AUTH_REQUEST─► PIN once more ─► RECEIPT "active"
 *        ▲                                    │ NAK                        (Prompts)        │ any other
 *        └────────────────────────────────────┴─────────────────────────────────────────────┘
 * ```
 * A new attempt makes new keys: one seed camouflaged with two PINs would let a thief compare the two.
 */
export class Enrolment {
  readonly #app: AppContext;
  #repeat: TimerTask | undefined;
  #note: StringItem | undefined;
  /** The typed activation code, so that a user who mistyped one letter can correct it. Never stored. */
  #typed = '';

  constructor(app: AppContext) {
    this.#app = app;
  }

  /** The first screen of a phone that is not active, by the step that was reached. */
  show(): void {
    if (this.#app.device.record === undefined) this.#askCode();
    else this.#showWaiting(this.#app.texts.serviceWaits);
  }

  /** AUTH_REQUEST has come, so the service has received ENROL. */
  heard(): void {
    this.#repeat?.cancel();
  }

  /** The service has refused ENROL with a NAK. */
  refused({ code, argument, text }: Nak): void {
    const { texts } = this.#app;
    if (code !== 'wrong-code' || argument === 0) this.#typed = '';
    const reason = code === 'wrong-code' ? filled(texts.wrongCode, argument) : text === '' ? texts.nak[code] : text;
    this.#beginAgain(reason);
  }

  /** A receipt has come that ends the enrolment, one way or the other. */
  concluded(status: Status): void {
    const { texts, agenda, screens } = this.#app;
    if (status !== 'active') {
      this.#beginAgain(`${texts.status[status]}. ${texts.enrolmentFailed}`);
      return;
    }
    this.#app.device.activate();
    this.#typed = '';
    agenda.outcome(() => screens.alert(texts.activationTitle, texts.active, 'CONFIRMATION', () => agenda.next()));
  }

  #askCode(): void {
    const { texts, screens, agenda } = this.#app;
    agenda.engage();
    const code = new TextField(texts.activationCode, this.#typed, 12, { input: 'ANY', sensitive: true });
    code.setInitialInputMode('IS_LATIN_DIGITS');
    const next = () => {
      this.#typed = code.getString();
      const octets = parseActivationCode(code.getString());
      const back = () => this.#askCode();
      if (octets !== undefined)
        choosePin(
          this.#app,
          (pin) => this.#enrol(octets, pin),
          () => wipe(octets, back),
        );
      else screens.alert(texts.activationTitle, texts.activationCodeMistyped, 'WARNING', back);
    };
    screens.form(
      texts.activationTitle,
      [new StringItem('', texts.activationHint), code],
      [
        { label: texts.next, type: 'OK', does: next },
        { label: texts.exit, type: 'EXIT', does: () => this.#app.exit() },
      ],
    );
  }

  /** Makes the keys of the phone, stores them with the ENROL frame, and sends it. */
  #enrol(code: Uint8Array, pin: Uint8Array): void {
    const { device, link, primitives, properties, system, texts } = this.#app;
    const secretKey = system.randomBytes(32);
    const publicKey = primitives.x25519PublicKey(secretKey);
    const made = createPinKey(primitives, pin, system.randomBytes(32), system.randomBytes(16));
    pin.fill(0);
    const enrolFrame = link.sealEnrol(properties.deviceId, (ctr) => ({
      type: 'ENROL',
      ctr,
      activationCode: code,
      sealingKey: publicKey,
      approvalKey: made.publicKey,
      appVersion: APP_VERSION,
    }));
    code.fill(0);
    made.publicKey.fill(0);
    const phone = { deviceId: properties.deviceId, secretKey, publicKey };
    device.save({ phase: 'enrolling', phone, pinKey: made.pinKey, anchors: device.anchors, enrolFrame });
    this.#showWaiting(texts.sending);
    this.#send();
  }

  #send(repeats = 0): void {
    const { device, link, system, texts } = this.#app;
    const { record } = device;
    if (record?.phase !== 'enrolling') return;
    this.#repeat?.cancel();
    link.send(record.enrolFrame, (dispatch) => this.#say(dispatch === 'sent' ? texts.serviceWaits : texts.notSent));
    const pause = REPEAT_PAUSES_MS[repeats];
    this.#repeat = system.schedule(pause ?? PATIENCE_MS, () => {
      if (pause === undefined) this.#say(texts.serviceSilent);
      else this.#send(repeats + 1);
    });
  }

  #showWaiting(text: string): void {
    const { texts, screens, agenda } = this.#app;
    const note = new StringItem('', text);
    const restart = () => {
      this.#forget();
      this.#askCode();
    };
    agenda.free(() => {
      screens.form(
        texts.enrolling,
        [note, new Gauge('', 0)],
        [
          { label: texts.sendAgain, type: 'SCREEN', does: () => this.#send() },
          { label: texts.restart, type: 'SCREEN', does: restart },
          { label: texts.exit, type: 'EXIT', does: () => this.#app.exit() },
        ],
      );
      this.#note = note;
    });
  }

  /** Shows the progress, if the waiting screen is still on the LCD. */
  #say(text: string): void {
    this.#note?.setText(text);
  }

  #beginAgain(reason: string): void {
    const { texts, agenda, screens } = this.#app;
    this.#forget();
    agenda.outcome(() => screens.alert(texts.activationTitle, reason, 'ERROR', () => agenda.next()));
  }

  #forget(): void {
    this.#app.device.erase();
    this.#app.transactions.clear();
  }
}
