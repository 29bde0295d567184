import {
  type Amount,
  ANNOUNCEMENT_OCTETS,
  type AnnouncedKey,
  type Approve,
  approvalText,
  type CustomerAddress,
  createPinKey,
  type DownMessage,
  decodeAnnouncement,
  decodeDown,
  encodeUp,
  hexOf,
  type KeyAnnouncement,
  openDown,
  type PhoneKeyPair,
  type PinKey,
  type Primitives,
  type PublicHalf,
  parseActivationCode,
  pinChangeText,
  type QueryKind,
  type Receipt,
  type Refusal,
  readFrameHeader,
  receiptText,
  type ServiceKeyPair,
  sealEnrol,
  sealUp,
  signWithPin,
  type UpMessage,
  verifySignature,
} from '../../device/safe-mobile/index.ts';
import type { Clock, Random } from '../../modem/index.ts';
import { type ServiceKeys, servicePrimitives } from '../../server/index.ts';

/** What scrypt gave for a PIN and a salt: the phones of many tests have the same seed, and each approval needs it again. */
const stretched = new Map<string, Uint8Array>();

const native = servicePrimitives();
const primitives: Primitives = {
  ...native,
  scrypt(password, salt, cost) {
    const of = JSON.stringify([[...password], [...salt], cost]);
    const key = stretched.get(of) ?? native.scrypt(password, salt, cost);
    stretched.set(of, key);
    // The caller wipes it.
    return key.slice();
  },
};

/** Of a key that counts always. */
const ALWAYS = { notBefore: 0, notAfter: 0xffff_ffff } as const;

/** Something the service asked this phone, with the 83 octets as displayed. */
export interface Asked {
  readonly message: Extract<DownMessage, { type: 'PAY_REQUEST' | 'AUTH_REQUEST' }>;
  readonly plaintext: Uint8Array;
}

/** What a test tells its own kind of `Omit` over a union. */
type Unstamped<Message> = Message extends { readonly ctr: number } ? Omit<Message, 'ctr'> : never;

/** A customer's or a merchant's phone, as far as the service can tell: the protocol without keypad and screen. */
export class TestPhone {
  readonly number: string;
  /** Every message that opened, in order. */
  readonly received: DownMessage[] = [];
  readonly asked: Asked[] = [];
  /** Frames as they were sent, oldest first. */
  readonly sent: Uint8Array[] = [];
  /** The signatures that it made, which no real phone keeps. */
  readonly signatures: Uint8Array[] = [];
  /** Called with each message that opened. */
  onMessage: (message: DownMessage) => void = () => {};
  /** What the phone stores of the PIN. */
  pinKey: PinKey | undefined;
  /** What it stores of the new PIN until the service has said that this one counts. */
  newPinKey: PinKey | undefined;
  /** How it reads what it has opened. */
  decode: (plaintext: Uint8Array) => DownMessage = decodeDown;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #keys: ServiceKeys;
  #send: (frame: Uint8Array) => void;
  /** By ref, what a receipt answers; `undefined`: a change of the PIN. */
  readonly #plaintexts = new Map<string, Uint8Array | undefined>();
  #sealing: PhoneKeyPair | undefined;
  /** The key pairs of enrolments before the last one. */
  readonly #earlier: PhoneKeyPair[] = [];
  /** The keys of the service that it believes, 1 to seal and 2 to sign: the first ones, and those that were announced. */
  #known: readonly KeyAnnouncement[];
  /** Announcements that came in, as they are. */
  readonly announcements: Uint8Array[] = [];
  /** False: a phone that ignores announcements, as if their SMS were lost. */
  hearsAnnouncements = true;
  /** False: a phone of the version that does not say which receipt key it has. */
  saysReceiptKey = true;
  /** The kid of each frame that came in, but announcements. One that the phone does not know, or that has ended, opens nothing. */
  readonly kids: number[] = [];
  #ctr = 0;

  constructor(number: string, keys: ServiceKeys, clock: Clock, random: Random, send: (frame: Uint8Array) => void) {
    this.number = number;
    this.#keys = keys;
    this.#known = [
      { what: 1, kid: keys.sealing.kid, key: keys.sealing.publicKey, ...ALWAYS },
      { what: 2, kid: 1, key: keys.signing.publicKey, ...ALWAYS },
    ];
    this.#clock = clock;
    this.#random = random;
    this.#send = send;
  }

  /** ENROL with fresh keys. Returns the seed's public key, which no real phone keeps. */
  enrol(deviceId: number, activationCode: string, pin: string): Uint8Array {
    const secretKey = this.#random.bytes(32);
    if (this.#sealing !== undefined) this.#earlier.push(this.#sealing);
    this.#sealing = { deviceId, secretKey, publicKey: primitives.x25519PublicKey(secretKey) };
    const { pinKey, publicKey } = createPinKey(primitives, ascii(pin), this.#random.bytes(32), this.#random.bytes(16));
    this.pinKey = pinKey;
    const plaintext = encodeUp({
      type: 'ENROL',
      ctr: this.#nextCtr(),
      activationCode: parseActivationCode(activationCode) ?? new Uint8Array(5),
      sealingKey: this.#sealing.publicKey,
      approvalKey: publicKey,
      appVersion: 1,
    });
    this.#transmit(sealEnrol(primitives, this.#service(), deviceId, plaintext, this.#random.bytes(32)));
    return publicKey;
  }

  /** From now on frames go this way. */
  sendWith(send: (frame: Uint8Array) => void): void {
    this.#send = send;
  }

  /** Signs what was asked last, or `asked`, with the key that this PIN gives. */
  approve(pin: string, asked: Asked = this.lastAsked(), instrument = 0, ctr: number = this.#nextCtr()): void {
    const text = approvalText(this.#phone().deviceId, ctr, instrument, asked.plaintext);
    if (this.pinKey === undefined) throw new Error('the phone has not enrolled');
    const signature = signWithPin(primitives, ascii(pin), this.pinKey, text);
    this.signatures.push(signature.slice());
    const approval: Approve = { type: 'APPROVE', ctr, txn: refOf(asked), instrument, signature };
    this.#seal(encodeUp(approval));
  }

  /** PIN_NEW with a fresh key under a new PIN. @returns its name, and `A'`, which no real phone keeps */
  newPin(pin: string, pcid: Uint8Array = this.#random.bytes(8)): { pcid: Uint8Array; approvalKey: Uint8Array } {
    const { pinKey, publicKey } = createPinKey(primitives, ascii(pin), this.#random.bytes(32), this.#random.bytes(16));
    this.newPinKey = pinKey;
    this.say({ type: 'PIN_NEW', pcid, approvalKey: publicKey });
    this.#plaintexts.set(hexOf(pcid), undefined);
    return { pcid, approvalKey: publicKey };
  }

  /** PIN_PROOF: signs the change with the key that this PIN gives. @returns the signature, which no real phone keeps */
  provePin(pin: string, { pcid, approvalKey }: { pcid: Uint8Array; approvalKey: Uint8Array }): Uint8Array {
    const ctr = this.#nextCtr();
    if (this.pinKey === undefined) throw new Error('the phone has not enrolled');
    const text = pinChangeText(this.#phone().deviceId, ctr, pcid, approvalKey);
    this.#plaintexts.set(hexOf(pcid), undefined);
    const signature = signWithPin(primitives, ascii(pin), this.pinKey, text);
    this.say({ type: 'PIN_PROOF', pcid, signature }, ctr);
    return signature;
  }

  /** The service has confirmed the change: the key under the new PIN takes the place of the old one. */
  takeNewPin(): void {
    this.pinKey = this.newPinKey;
    this.newPinKey = undefined;
  }

  refuse(reason: Refusal = 'no', asked: Asked = this.lastAsked()): void {
    this.say({ type: 'REFUSE', txn: refOf(asked), reason });
  }

  payInit(
    customer: CustomerAddress,
    amount: Amount,
    reference: string,
    mref: Uint8Array = this.#random.bytes(8),
  ): Uint8Array {
    const plaintext = this.say({ type: 'PAY_INIT', mref, customer, amount, ttl: 120, flags: 0, reference });
    this.#plaintexts.set(hexOf(mref), plaintext);
    return mref;
  }

  query(ref: Uint8Array, kind: QueryKind = 'payment'): void {
    this.say({ type: 'STATUS_QUERY', ref, kind });
  }

  /** Any message, stamped, sealed and sent. Returns its padded plaintext. */
  say(message: Unstamped<UpMessage>, ctr: number = this.#nextCtr()): Uint8Array {
    const plaintext = encodeUp({ ...message, ctr });
    this.#seal(plaintext);
    return plaintext;
  }

  /** Sends 79 octets as they are, sealed. */
  sayOctets(plaintext: Uint8Array): void {
    this.#seal(plaintext);
  }

  /** Sends an earlier frame again, the last one unless told otherwise. */
  repeat(frame: Uint8Array | undefined = this.sent.at(-1)): void {
    if (frame !== undefined) this.#send(frame);
  }

  /** An SMS came in: opened, checked as a phone checks, and remembered. */
  receive(frame: Uint8Array): void {
    if (frame.length === ANNOUNCEMENT_OCTETS) {
      this.#announced(frame);
      return;
    }
    const { kid } = readFrameHeader(frame);
    this.kids.push(kid);
    const service = this.#keysOf(1).find((one) => one.kid === kid);
    if (service === undefined) return;
    const plaintext = openDown(primitives, { kid, publicKey: service.key }, this.#phone(), frame);
    const message = this.decode(plaintext);
    if (message.type === 'PAY_REQUEST' || message.type === 'AUTH_REQUEST') {
      this.asked.push({ message, plaintext });
      this.#plaintexts.set(hexOf(refOf({ message, plaintext })), plaintext);
    }
    if (message.type === 'RECEIPT' && !this.#answersMine(message, plaintext)) return;
    this.received.push(message);
    this.onMessage(message);
  }

  /** Whether a frame that does not open was sealed to this phone before its last enrolment, and came late. */
  isForEarlierKeys(frame: Uint8Array): boolean {
    const { kid } = readFrameHeader(frame);
    const service = this.#known.find((known) => known.what === 1 && known.kid === kid);
    if (service === undefined) return false;
    return this.#earlier.some((phone) =>
      opens(() => openDown(primitives, { kid, publicKey: service.key }, phone, frame)),
    );
  }

  /** The receipts that came in, in order. */
  receipts(): Receipt[] {
    return this.received.filter((message) => message.type === 'RECEIPT');
  }

  lastAsked(): Asked {
    const asked = this.asked.at(-1);
    if (asked === undefined) throw new Error(`${this.number} was never asked`);
    return asked;
  }

  /** A phone ignores a receipt for what it never saw, and refuses one with a bad signature. */
  #answersMine(receipt: Receipt, plaintext: Uint8Array): boolean {
    const ref = hexOf(receipt.ref);
    if (!this.#plaintexts.has(ref)) return false;
    const request = this.#plaintexts.get(ref);
    const text = receiptText(primitives, this.#phone().deviceId, request, plaintext);
    if (!this.#keysOf(2).some(({ key }) => verifySignature(primitives, key, text, receipt.signature))) {
      throw new Error('a receipt with a bad signature');
    }
    return true;
  }

  /** As the application does, the last octet says which receipt key it has when that is not the one of its descriptor, but in PAY_INIT and ENROL. */
  #seal(plaintext: Uint8Array): void {
    if (this.saysReceiptKey && plaintext[0] !== 0x83 && plaintext[0] !== 0x84) plaintext[78] = this.#laterReceiptKid();
    this.#transmit(sealUp(primitives, this.#service(), this.#phone(), plaintext, this.#random.bytes(32)));
  }

  #laterReceiptKid(): number {
    const ofDescriptor = this.#known.find(({ what }) => what === 2)?.kid;
    const latest = this.#keysOf(2).at(-1)?.kid;
    return latest === undefined || latest === ofDescriptor ? 0 : latest;
  }

  /** From now on this phone has these keys, as one that was enrolled with them; they are the latest ones. */
  trust({ sealing, signing }: { sealing?: PublicHalf<ServiceKeyPair>; signing?: PublicHalf<ServiceKeyPair> }): void {
    const notBefore = Math.floor(this.#clock.now() / 1000);
    const more: KeyAnnouncement[] = [];
    if (sealing !== undefined) more.push({ what: 1, kid: sealing.kid, key: sealing.publicKey, ...ALWAYS, notBefore });
    if (signing !== undefined) more.push({ what: 2, kid: signing.kid, key: signing.publicKey, ...ALWAYS, notBefore });
    this.#known = [...this.#known, ...more];
  }

  /** The keys that it believes: what {@link putBack} takes. */
  get believed(): readonly KeyAnnouncement[] {
    return this.#known;
  }

  /** Its flash is put back to when it had these keys. */
  putBack(believed: readonly KeyAnnouncement[]): void {
    this.#known = believed;
  }

  /** As `announced` of the application: a kid names one key, whose life only gets shorter. */
  #announced(frame: Uint8Array): void {
    if (!this.hearsAnnouncements) return;
    this.announcements.push(frame);
    const told = decodeAnnouncement(primitives, this.#keys.root, frame);
    const known = this.#known.find(({ what, kid }) => what === told.what && kid === told.kid);
    if (known === undefined) this.#known = [...this.#known, told];
    else if (hexOf(known.key) === hexOf(told.key)) {
      const notBefore = Math.max(known.notBefore, told.notBefore);
      const notAfter = Math.min(known.notAfter, told.notAfter);
      this.#known = this.#known.map((one) => (one === known ? { ...known, notBefore, notAfter } : one));
    }
  }

  /** The keys that count, the latest one last. An end counts once a later key is there. */
  #keysOf(wanted: AnnouncedKey): readonly KeyAnnouncement[] {
    const now = this.#clock.now() / 1000;
    const known = this.#known
      .filter(({ what, notBefore, notAfter }) => what === wanted && notBefore <= Math.min(now, notAfter))
      .toSorted((one, other) => one.notBefore - other.notBefore);
    return known.filter((one) => one.notAfter >= now || one === known.at(-1));
  }

  #service(): PublicHalf<ServiceKeyPair> {
    const latest = this.#keysOf(1).at(-1);
    if (latest === undefined) throw new Error('the keys of the service have expired');
    return { kid: latest.kid, publicKey: latest.key };
  }

  #transmit(frame: Uint8Array): void {
    this.sent.push(frame);
    this.#send(frame);
  }

  #phone(): PhoneKeyPair {
    if (this.#sealing === undefined) throw new Error('the phone has not enrolled');
    return this.#sealing;
  }

  #nextCtr(): number {
    this.#ctr = Math.max(this.#ctr + 1, Math.floor(this.#clock.now() / 1000));
    return this.#ctr;
  }
}

/** The 8 octets that an answer to this names. */
function refOf({ message }: Asked): Uint8Array {
  return message.type === 'PAY_REQUEST' ? message.txn : message.challenge;
}

function opens(open: () => Uint8Array): boolean {
  try {
    open();
    return true;
  } catch {
    return false;
  }
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
