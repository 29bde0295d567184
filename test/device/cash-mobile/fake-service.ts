import {
  type Admin,
  type AdminCommand,
  type AnnouncedKey,
  type Approve,
  type AuthRequest,
  adminText,
  approvalText,
  type Balance,
  type DownMessage,
  decodeUp,
  encodeAnnouncement,
  encodeDown,
  encodeUp,
  formatActivationCode,
  hexOf,
  openEnrol,
  openUp,
  type PayRequest,
  type Receipt,
  readFrameHeader,
  receiptKidOf,
  receiptText,
  type ServiceKeyPair,
  type Status,
  sealDown,
  timeText,
  type UpMessage,
  verifySignature,
} from '../../../device/safe-mobile/index.ts';
import type { IncomingSms, OutgoingSms } from '../../../modem/index.ts';
import { servicePrimitives } from '../../../server/index.ts';
import { type SeededRandom, seededRandom, type VirtualClock } from '../../../sim/index.ts';

const primitives = servicePrimitives();
const SERVICE_NUMBER = '+393400000001';
const DEVICE_ID = 0x01020304;
export const PAYEE = 'Edicola Duomo';
export const PARTY = 'Comune di Torino';

/** A public key of the service, 32 octets, and its number. */
interface NumberedKey {
  readonly kid: number;
  readonly key: Uint8Array;
}

/** What the service needs to know of a PAY_REQUEST; the rest has values that do. */
export type Wish = Partial<Omit<PayRequest, 'type'>>;

/** What the service needs to know of an AUTH_REQUEST, likewise. */
type AuthWish = Partial<Pick<AuthRequest, 'time' | 'challenge' | 'ttl' | 'matchCode' | 'relyingParty' | 'title'>>;

/** The service as a phone sees it, small and honest: it seals, opens, verifies and remembers nothing else. */
export class FakeService {
  /** The clock of the phone, from which that of the service is {@link skew} away. */
  clock: VirtualClock;
  readonly #random: SeededRandom;
  readonly #number: string;
  readonly #rootSeed: Uint8Array;
  /** All sealing keys so far, the one that counts last. */
  readonly #sealings: ServiceKeyPair[] = [];
  #signing: { readonly kid: number; readonly seed: Uint8Array };
  /** The code that the owner of the phone was given. */
  readonly activationCode: string;
  readonly #code: Uint8Array;
  /** Everything the phone said, oldest first. */
  readonly heard: UpMessage[] = [];
  /** The kid of each frame from the phone. */
  readonly kids: number[] = [];
  /** Which receipt key the phone said that it has, likewise. */
  readonly receiptKids: (number | undefined)[] = [];
  readonly #plaintexts = new Map<string, Uint8Array>();
  /** `D` of the phone that has enrolled. */
  phoneKey: Uint8Array | undefined;
  /** Its `A`. */
  approvalKey: Uint8Array | undefined;
  /** Added to the service's clock, seconds. */
  skew = 0;

  /** @param seed another one makes other keys */
  constructor(clock: VirtualClock, seed = 'service', number = SERVICE_NUMBER) {
    this.clock = clock;
    this.#random = seededRandom(seed);
    this.#number = number;
    this.rotateSealing(1);
    this.#signing = { kid: 1, seed: this.#random.bytes(32) };
    this.#code = this.#random.bytes(5);
    this.activationCode = formatActivationCode(this.#code);
    this.#rootSeed = seededRandom(`${seed} root`).bytes(32);
  }

  /** The public keys that count now: `S` and `R`, with their kids. */
  get keys(): { readonly sealing: NumberedKey; readonly signing: NumberedKey } {
    const { kid, publicKey: key } = this.#sealing;
    const signing = { kid: this.#signing.kid, key: primitives.ed25519PublicKey(this.#signing.seed) };
    return { sealing: { kid, key }, signing };
  }

  /** The public half of the key that signs announcements. */
  get root(): Uint8Array {
    return primitives.ed25519PublicKey(this.#rootSeed);
  }

  /** Makes a new sealing key and uses it from now on. */
  rotateSealing(kid: number): void {
    const secretKey = this.#random.bytes(32);
    this.#sealings.push({ kid, secretKey, publicKey: primitives.x25519PublicKey(secretKey) });
  }

  /** Makes a new receipt key and uses it from now on. */
  rotateSigning(kid: number): void {
    this.#signing = { kid, seed: this.#random.bytes(32) };
  }

  /** An announcement of a key, signed by root: 107 octets. Without times the key counts always. */
  announcement(what: AnnouncedKey, { kid, key }: NumberedKey, notBefore = 0, notAfter = 0xffff_ffff): Uint8Array {
    return encodeAnnouncement({ what, kid, key, notBefore, notAfter }, (text) =>
      primitives.ed25519Sign(this.#rootSeed, text),
    );
  }

  /** The descriptor that installs the application on the phone. */
  jad(extra: readonly string[] = []): string {
    return [
      'MIDlet-Name: Cash-Mobile',
      'MIDlet-Version: 1.0.0',
      'MIDlet-Vendor: Cash-Mobile',
      'MIDlet-Description: payments by SMS',
      'MIDlet-Description-it: pagamenti via SMS',
      'MIDlet-1: Cash-Mobile,,CashMobile',
      'MIDlet-Push-1: sms://:16001, CashMobile, *',
      'MIDlet-Permissions: javax.microedition.io.PushRegistry, javax.microedition.io.Connector.sms, javax.wireless.messaging.sms.receive, javax.wireless.messaging.sms.send',
      `Safe-Mobile-Service: ${this.#number}`,
      `Safe-Mobile-Device: ${DEVICE_ID}`,
      `Safe-Mobile-Key: ${this.#sealing.kid}:${hexOf(this.#sealing.publicKey)}`,
      `Safe-Mobile-Receipt-Key: ${this.#signing.kid === 1 ? '' : `${this.#signing.kid}:`}${hexOf(this.keys.signing.key)}`,
      `Safe-Mobile-Root: ${hexOf(this.root)}`,
      ...extra,
    ].join('\n');
  }

  get now(): number {
    return Math.floor(this.clock.now() / 1000) + this.skew;
  }

  /** The last thing the phone said. */
  get last(): UpMessage {
    const last = this.heard.at(-1);
    if (last === undefined) throw new Error('The phone has said nothing');
    return last;
  }

  /** What the phone said of one type. */
  all<Type extends UpMessage['type']>(type: Type): readonly Extract<UpMessage, { type: Type }>[] {
    return this.heard.filter((message): message is Extract<UpMessage, { type: Type }> => message.type === type);
  }

  /** Opens what the phone sent. */
  take({ destination, content }: OutgoingSms): void {
    if (destination !== this.#number || content.kind !== 'data') throw new Error(`Not for the service: ${destination}`);
    const { direction, kid } = readFrameHeader(content.data);
    this.kids.push(kid);
    const plaintext = direction === 'enrol' ? this.#openEnrol(content.data) : this.#openUp(content.data);
    const message = decodeUp(plaintext);
    this.receiptKids.push(receiptKidOf(plaintext));
    if (message.type === 'ENROL') {
      this.phoneKey = message.sealingKey;
      this.approvalKey = message.approvalKey;
    }
    this.heard.push(message);
  }

  isRightCode(code: Uint8Array): boolean {
    return hexOf(code) === hexOf(this.#code);
  }

  /** Whether an approval is by the key that the phone enrolled, over what was asked. */
  isRight(approval: Approve): boolean {
    const plaintext = this.#plaintexts.get(hexOf(approval.txn));
    if (plaintext === undefined || this.approvalKey === undefined) return false;
    const text = approvalText(DEVICE_ID, approval.ctr, approval.instrument, plaintext);
    return verifySignature(primitives, this.approvalKey, text, approval.signature);
  }

  payRequest(wish: Wish = {}): PayRequest {
    return {
      type: 'PAY_REQUEST',
      time: this.now,
      txn: this.#random.bytes(8),
      ttl: 120,
      flags: 0,
      amount: { minor: 1250, currency: 'EUR' },
      merchantId: 7,
      matchCode: 42,
      payee: PAYEE,
      reference: 'Il Sole',
      ...wish,
    };
  }

  enrolmentRequest(): AuthRequest {
    const texts = { relyingParty: 'Cash-Mobile', title: 'Confirm your PIN' };
    return { ...this.#authHead(), matchCode: 1, kind: 'confirm-enrolment', ...texts };
  }

  /** A relying party asks whether it is the customer who logs in. */
  loginRequest(wish: AuthWish = {}): AuthRequest {
    return { ...this.#authHead(), kind: 'login', relyingParty: PARTY, title: 'Anagrafe', ...wish };
  }

  /** A relying party asks for a signature under a document. */
  signRequest(wish: AuthWish = {}): AuthRequest {
    const documentHash = this.#random.bytes(32);
    return { ...this.#authHead(), kind: 'sign', documentHash, relyingParty: PARTY, title: 'Contratto 12', ...wish };
  }

  #authHead() {
    const challenge = this.#random.bytes(8);
    return { type: 'AUTH_REQUEST', time: this.now, challenge, ttl: 120, matchCode: 4_711 } as const;
  }

  /** A receipt for something that was asked here, or by the merchant, or for a change of the PIN. */
  receipt(
    ref: Uint8Array,
    status: Status,
    more: Partial<Pick<Receipt, 'triesLeft' | 'approvalCode' | 'time'>> = {},
  ): Uint8Array {
    const request = this.#isPinChange(ref) ? undefined : (this.#plaintexts.get(hexOf(ref)) ?? this.#initOf(ref));
    return this.receiptOver(request, ref, status, more);
  }

  /** A receipt that is signed over this message, and no other. */
  receiptOver(
    request: Uint8Array | undefined,
    ref: Uint8Array,
    status: Status,
    more: Partial<Pick<Receipt, 'triesLeft' | 'approvalCode' | 'time'>> = {},
  ): Uint8Array {
    const unsigned: Receipt = {
      type: 'RECEIPT',
      time: this.now,
      ref,
      status,
      triesLeft: 3,
      approvalCode: status === 'paid' ? 123_456 : 0,
      rail: 'ledger',
      signature: new Uint8Array(64),
      ...more,
    };
    const text = receiptText(primitives, DEVICE_ID, request, encodeDown(unsigned));
    return encodeDown({ ...unsigned, signature: primitives.ed25519Sign(this.#signing.seed, text) });
  }

  /** The answer to the phone's last query of a balance, or to another. */
  balance(
    amounts: Balance['amounts'] = [{ minor: 98_750, currency: 'EUR' }],
    ref: Uint8Array = this.balanceRefs.at(-1) ?? new Uint8Array(8),
  ): Balance {
    return { type: 'BALANCE', time: this.now, ref, amounts };
  }

  /** The ref of each query of a balance, oldest first. */
  get balanceRefs(): readonly Uint8Array[] {
    return this.all('STATUS_QUERY').flatMap(({ kind, ref }) => (kind === 'balance' ? [ref] : []));
  }

  timeResponse(nonce: Uint8Array): Uint8Array {
    const unsigned = { type: 'TIME_RESPONSE', time: this.now, nonce, signature: new Uint8Array(64) } as const;
    const signature = primitives.ed25519Sign(this.#signing.seed, timeText(DEVICE_ID, encodeDown(unsigned)));
    return encodeDown({ ...unsigned, signature });
  }

  /** An order to the phone, signed: 83 octets. */
  order(command: AdminCommand, more: Partial<Pick<Admin, 'time' | 'ref'>> = {}, deviceId = DEVICE_ID): Uint8Array {
    const ref = this.#random.bytes(8);
    const unsigned: Admin = {
      ...{ type: 'ADMIN', time: this.now, ref, command, reason: 0, signature: new Uint8Array(64) },
      ...more,
    };
    const text = adminText(deviceId, encodeDown(unsigned));
    return encodeDown({ ...unsigned, signature: primitives.ed25519Sign(this.#signing.seed, text) });
  }

  /** A message, or a plaintext, as an SMS to the phone. */
  sms(message: DownMessage | Uint8Array): IncomingSms {
    const plaintext = message instanceof Uint8Array ? message : encodeDown(message);
    if (!(message instanceof Uint8Array)) {
      if (message.type === 'PAY_REQUEST') this.#plaintexts.set(hexOf(message.txn), plaintext);
      if (message.type === 'AUTH_REQUEST') this.#plaintexts.set(hexOf(message.challenge), plaintext);
    }
    if (this.phoneKey === undefined) throw new Error('The phone has not enrolled');
    const phone = { deviceId: DEVICE_ID, publicKey: this.phoneKey };
    const data = sealDown(primitives, this.#sealing, phone, plaintext, this.#random.bytes(32));
    return this.rawSms(data);
  }

  rawSms(data: Uint8Array): IncomingSms {
    const content = { kind: 'data', data, ports: { destination: 16_001, source: 16_001 } } as const;
    return { originator: this.#number, sentAt: this.now * 1000, content };
  }

  get #sealing(): ServiceKeyPair {
    return this.#sealingKey(this.#sealings.at(-1)?.kid);
  }

  #sealingKey(kid: number | undefined): ServiceKeyPair {
    const key = this.#sealings.find((one) => one.kid === kid);
    if (key === undefined) throw new Error(`The service has no key ${kid}`);
    return key;
  }

  #isPinChange(ref: Uint8Array): boolean {
    return this.all('PIN_NEW').some(({ pcid }) => hexOf(pcid) === hexOf(ref));
  }

  #initOf(ref: Uint8Array): Uint8Array {
    const init = this.all('PAY_INIT').find((message) => hexOf(message.mref) === hexOf(ref));
    if (init === undefined) throw new Error('Nobody asked for that');
    return encodeUp(init);
  }

  #openEnrol(frame: Uint8Array): Uint8Array {
    return openEnrol(primitives, this.#sealingKey(frame[1]), DEVICE_ID, frame);
  }

  #openUp(frame: Uint8Array): Uint8Array {
    if (this.phoneKey === undefined) throw new Error('The phone has not enrolled');
    return openUp(primitives, this.#sealingKey(frame[1]), { deviceId: DEVICE_ID, publicKey: this.phoneKey }, frame);
  }
}
