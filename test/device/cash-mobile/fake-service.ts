import {
  type Approve,
  approvalText,
  type Balance,
  type DownMessage,
  decodeUp,
  encodeDown,
  encodeUp,
  formatActivationCode,
  hexOf,
  openEnrol,
  openUp,
  type PayRequest,
  tweetnaclPrimitives as primitives,
  type Receipt,
  readFrameHeader,
  receiptText,
  type Status,
  sealDown,
  timeText,
  type UpMessage,
  verifySignature,
} from '../../../device/safe-mobile/index.ts';
import type { IncomingSms, OutgoingSms } from '../../../modem/index.ts';
import { type SeededRandom, seededRandom, type VirtualClock } from '../../../sim/index.ts';

const SERVICE_NUMBER = '+393400000001';
const DEVICE_ID = 0x01020304;
export const PAYEE = 'Edicola Duomo';

/** What the service needs to know of a PAY_REQUEST; the rest has values that do. */
export type Wish = Partial<Omit<PayRequest, 'type'>>;

/** The service as a phone sees it, small and honest: it seals, opens, verifies and remembers nothing else. */
export class FakeService {
  readonly #clock: VirtualClock;
  readonly #random: SeededRandom = seededRandom('service');
  readonly #secretKey = this.#random.bytes(32);
  readonly #service = {
    kid: 1,
    secretKey: this.#secretKey,
    publicKey: primitives.x25519PublicKey(this.#secretKey),
  };
  readonly #signingSeed = this.#random.bytes(32);
  /** The code that the owner of the phone was given. */
  readonly activationCode: string;
  readonly #code: Uint8Array;
  /** Everything the phone said, oldest first. */
  readonly heard: UpMessage[] = [];
  readonly #plaintexts = new Map<string, Uint8Array>();
  #sealingKey: Uint8Array | undefined;
  approvalKey: Uint8Array | undefined;
  /** Added to the service's clock, seconds. */
  skew = 0;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
    this.#code = this.#random.bytes(5);
    this.activationCode = formatActivationCode(this.#code);
  }

  /** The descriptor that installs the application on the phone. */
  jad(extra: readonly string[] = []): string {
    return [
      'MIDlet-Name: Cash-Mobile',
      'MIDlet-Version: 1.0.0',
      'MIDlet-Vendor: Cash-Mobile',
      'MIDlet-1: Cash-Mobile,,CashMobile',
      'MIDlet-Push-1: sms://:16001, CashMobile, *',
      'MIDlet-Permissions: javax.microedition.io.PushRegistry, javax.microedition.io.Connector.sms, javax.wireless.messaging.sms.receive, javax.wireless.messaging.sms.send',
      `Safe-Mobile-Service: ${SERVICE_NUMBER}`,
      `Safe-Mobile-Device: ${DEVICE_ID}`,
      `Safe-Mobile-Key: 1:${hexOf(this.#service.publicKey)}`,
      `Safe-Mobile-Receipt-Key: ${hexOf(primitives.ed25519PublicKey(this.#signingSeed))}`,
      `Safe-Mobile-Root: ${'00'.repeat(32)}`,
      ...extra,
    ].join('\n');
  }

  get now(): number {
    return Math.floor(this.#clock.now() / 1000) + this.skew;
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
    if (destination !== SERVICE_NUMBER || content.kind !== 'data')
      throw new Error(`Not for the service: ${destination}`);
    const header = readFrameHeader(content.data);
    const message = decodeUp(header.direction === 'enrol' ? this.#openEnrol(content.data) : this.#openUp(content.data));
    if (message.type === 'ENROL') {
      this.#sealingKey = message.sealingKey;
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

  enrolmentRequest(): Extract<DownMessage, { type: 'AUTH_REQUEST' }> {
    return {
      type: 'AUTH_REQUEST',
      time: this.now,
      challenge: this.#random.bytes(8),
      ttl: 120,
      kind: 'confirm-enrolment',
      matchCode: 1,
      documentHash: new Uint8Array(32),
      relyingParty: 'Cash-Mobile',
      title: 'Confirm your PIN',
    };
  }

  /** A receipt for something that was asked here, or by the merchant. */
  receipt(
    ref: Uint8Array,
    status: Status,
    more: Partial<Pick<Receipt, 'triesLeft' | 'approvalCode' | 'time'>> = {},
  ): Uint8Array {
    const request = this.#plaintexts.get(hexOf(ref)) ?? this.#initOf(ref);
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
    return encodeDown({ ...unsigned, signature: primitives.ed25519Sign(this.#signingSeed, text) });
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
    const signature = primitives.ed25519Sign(this.#signingSeed, timeText(DEVICE_ID, encodeDown(unsigned)));
    return encodeDown({ ...unsigned, signature });
  }

  /** A message, or a plaintext, as an SMS to the phone. */
  sms(message: DownMessage | Uint8Array): IncomingSms {
    const plaintext = message instanceof Uint8Array ? message : encodeDown(message);
    if (!(message instanceof Uint8Array)) {
      if (message.type === 'PAY_REQUEST') this.#plaintexts.set(hexOf(message.txn), plaintext);
      if (message.type === 'AUTH_REQUEST') this.#plaintexts.set(hexOf(message.challenge), plaintext);
    }
    if (this.#sealingKey === undefined) throw new Error('The phone has not enrolled');
    const phone = { deviceId: DEVICE_ID, publicKey: this.#sealingKey };
    const data = sealDown(primitives, this.#service, phone, plaintext, this.#random.bytes(32));
    return this.rawSms(data);
  }

  rawSms(data: Uint8Array): IncomingSms {
    const content = { kind: 'data', data, ports: { destination: 16_001, source: 16_001 } } as const;
    return { originator: SERVICE_NUMBER, sentAt: this.now * 1000, content };
  }

  #initOf(ref: Uint8Array): Uint8Array {
    const init = this.all('PAY_INIT').find((message) => hexOf(message.mref) === hexOf(ref));
    if (init === undefined) throw new Error('Nobody asked for that');
    return encodeUp(init);
  }

  #openEnrol(frame: Uint8Array): Uint8Array {
    return openEnrol(primitives, this.#service, DEVICE_ID, frame);
  }

  #openUp(frame: Uint8Array): Uint8Array {
    if (this.#sealingKey === undefined) throw new Error('The phone has not enrolled');
    return openUp(primitives, this.#service, { deviceId: DEVICE_ID, publicKey: this.#sealingKey }, frame);
  }
}
