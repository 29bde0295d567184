import {
  approvalText,
  createPinKey,
  decodeDown,
  encodeUp,
  openDown,
  type PhoneKeyPair,
  type PinKey,
  parseActivationCode,
  sealEnrol,
  sealUp,
  signWithPin,
} from '../../device/safe-mobile/index.ts';
import type { Clock, OutgoingSms, Random, SendOutcome, SmsBearer, SmsReceiver } from '../../modem/index.ts';
import { APPLICATION_PORT, type Service, type ServiceKeys, servicePrimitives } from '../../server/index.ts';

const primitives = servicePrimitives();
const PIN = new TextEncoder().encode('48213');

/** Time that an SMS takes, ms. */
const LATENCY_MS = 1_000;

/** A phone that approves whatever it is asked, and the network to it: the bearer of a service with one customer. */
export class WillingCustomer implements SmsBearer {
  readonly number: string;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #keys: ServiceKeys;
  #receiver: SmsReceiver | undefined;
  #phone: { readonly sealing: PhoneKeyPair; readonly pinKey: PinKey } | undefined;
  #ctr = 0;

  constructor(number: string, clock: Clock, random: Random, keys: ServiceKeys) {
    this.number = number;
    this.#clock = clock;
    this.#random = random;
    this.#keys = keys;
  }

  /** Registers the person and begins the enrolment of the phone, which goes on by itself. @returns the id of the person */
  async join(service: Service): Promise<number> {
    const { id } = await service.addPerson({ number: this.number, name: 'Anna', language: 'en' });
    const { deviceId, activationCode } = await service.activate(id);
    const secretKey = this.#random.bytes(32);
    const sealing = { deviceId, secretKey, publicKey: primitives.x25519PublicKey(secretKey) };
    const { pinKey, publicKey } = createPinKey(primitives, PIN.slice(), this.#random.bytes(32), this.#random.bytes(16));
    this.#phone = { sealing, pinKey };
    const plaintext = encodeUp({
      type: 'ENROL',
      ctr: this.#nextCtr(),
      activationCode: parseActivationCode(activationCode) ?? new Uint8Array(5),
      sealingKey: sealing.publicKey,
      approvalKey: publicKey,
      appVersion: 1,
    });
    this.#transmit(sealEnrol(primitives, this.#keys.sealing, deviceId, plaintext, this.#random.bytes(32)));
    return id;
  }

  async send({ content }: OutgoingSms): Promise<SendOutcome> {
    if (content.kind === 'data') this.#clock.after(LATENCY_MS, () => this.#answer(content.data));
    return { kind: 'sent', references: [0] };
  }

  receive(receiver: SmsReceiver): void {
    this.#receiver = receiver;
  }

  async close(): Promise<void> {}

  #answer(frame: Uint8Array): void {
    if (this.#phone === undefined) return;
    const { sealing, pinKey } = this.#phone;
    const plaintext = openDown(primitives, this.#keys.sealing, sealing, frame);
    const message = decodeDown(plaintext);
    if (message.type !== 'PAY_REQUEST' && message.type !== 'AUTH_REQUEST') return;
    const ctr = this.#nextCtr();
    const signature = signWithPin(primitives, PIN.slice(), pinKey, approvalText(sealing.deviceId, ctr, 0, plaintext));
    const txn = message.type === 'PAY_REQUEST' ? message.txn : message.challenge;
    const approval = encodeUp({ type: 'APPROVE', ctr, txn, instrument: 0, signature });
    this.#transmit(sealUp(primitives, this.#keys.sealing, sealing, approval, this.#random.bytes(32)));
  }

  #transmit(data: Uint8Array): void {
    this.#clock.after(LATENCY_MS, () => {
      const ports = { destination: APPLICATION_PORT, source: APPLICATION_PORT };
      const sentAt = Math.floor(this.#clock.now() / 1000) * 1000;
      void this.#receiver?.message({ originator: this.number, sentAt, content: { kind: 'data', data, ports } });
    });
  }

  #nextCtr(): number {
    this.#ctr = Math.max(this.#ctr + 1, Math.floor(this.#clock.now() / 1000));
    return this.#ctr;
  }
}
