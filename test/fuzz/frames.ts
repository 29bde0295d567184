import { DOWN_OCTETS, encodeDown, encodeUp, sealEnrol, UP_OCTETS } from '../../device/safe-mobile/index.ts';
import { createServiceKeys, openService, servicePrimitives } from '../../server/index.ts';
import { seededRandom, VirtualClock } from '../../sim/index.ts';
import { enrolled, wordsOf } from '../device/cash-mobile/cash-bench.ts';
import { Air } from '../server/air.ts';
import { TestPhone } from '../server/phone.ts';
import { found, type Target } from './target.ts';

const PIN = '48213';
const NUMBER = '+393400000001';
/** A frame costs no more SMS than this, whatever is in it. */
const SMS = 3;

const WAYS = ['up', 'up, sealed', 'enrol, sealed', 'down', 'down, sealed'] as const;

/** So many octets, cut or filled with zeros. */
function fitted(octets: Uint8Array, length: number): Uint8Array {
  const fit = new Uint8Array(length);
  fit.set(octets.subarray(0, length));
  return fit;
}

/** A service with a phone that has enrolled and one that may. */
async function openServiceSide() {
  const clock = new VirtualClock();
  const random = seededRandom('frames');
  const { keys } = createServiceKeys(servicePrimitives(), random.fork('keys'));
  const air = new Air(clock);
  const faults: string[] = [];
  const service = await openService({
    ...{
      database: ':memory:',
      keys,
      number: '+393400000000',
      bearer: air.bearer(),
      clock,
      random: random.fork('service'),
    },
    hold: (work) => void clock.hold(work),
    log: ({ event }) => event.kind === 'fault' && faults.push(event.reason),
  });
  const anna = await service.addPerson({ number: NUMBER, name: 'Anna', language: 'it' });
  const phone: TestPhone = new TestPhone(
    ...([NUMBER, keys, clock, random.fork('phone')] as const),
    air.attach(NUMBER, (frame) => phone.receive(frame)),
  );
  const { deviceId, activationCode } = await service.activate(anna.id);
  phone.enrol(deviceId, activationCode, PIN);
  await clock.advance(3_000);
  phone.approve(PIN);
  await clock.advance(3_000);
  const berta = await service.addPerson({ number: '+393400000002', name: 'Berta', language: 'en' });
  const { deviceId: registered } = await service.activate(berta.id);
  const { merchant } = await service.addMerchant({ name: 'Edicola', currency: 'EUR' });
  const order = { customer: NUMBER, amount: { minor: 100, currency: 'EUR' } } as const;
  await service.requestPayment(merchant, { mref: 'open', ...order });
  await clock.advance(3_000);
  return { clock, random, keys, air, faults, service, phone, registered };
}

/** Frames and messages in both directions, bent: sealed as they are, or bent before they are sealed, as by a phone that was copied. */
export async function openFrames(): Promise<Target> {
  const { clock, random, keys, air, faults, service, phone, registered } = await openServiceSide();
  const cash = await enrolled();
  const octets8 = new Uint8Array(8).fill(7);
  const ctr = 2_000_000_000;
  const up = [
    encodeUp({ type: 'TIME_REQUEST', nonce: octets8, ctr }),
    encodeUp({ type: 'STATUS_QUERY', ref: octets8, kind: 'payment', ctr }),
    encodeUp({ type: 'REFUSE', txn: octets8, reason: 'no', ctr }),
    encodeUp({ type: 'APPROVE', txn: octets8, instrument: 0, signature: new Uint8Array(64).fill(3), ctr }),
  ];
  const enrol = encodeUp({
    ...{ type: 'ENROL', ctr, appVersion: 1, activationCode: new Uint8Array(5) },
    ...{
      sealingKey: octets8.length === 8 ? new Uint8Array(32).fill(9) : octets8,
      approvalKey: new Uint8Array(32).fill(9),
    },
  });
  const downTexts = [
    encodeDown(cash.service.payRequest()),
    encodeDown(cash.service.enrolmentRequest()),
    encodeDown(cash.service.balance()),
    cash.service.order('lock'),
    cash.service.receipt((await cash.request()).txn, 'paid'),
  ];
  const frameDown = cash.service.sms(cash.service.payRequest()).content;
  const tagged = (way: number, octets: Uint8Array) => Uint8Array.of(way, ...octets);
  let sentAt = 0;
  const received = (data: Uint8Array) => {
    sentAt += 1_000;
    const ports = { destination: 16_001, source: 16_001 };
    return { originator: NUMBER, sentAt, content: { kind: 'data', data, ports } } as const;
  };
  const toService = async (hand: () => Promise<void>) => {
    const before = air.sent.length;
    await hand();
    await clock.advance(1_100);
    found(faults.length > 0, `the service has a fault: ${faults[0]}`);
    found(air.sent.length - before > SMS, `the service sent ${air.sent.length - before} SMS for one frame`);
  };
  const toPhone = async (hand: () => Promise<void>) => {
    await hand();
    await cash.settle();
    const words = wordsOf(cash).join(' ');
    found(words.includes('had to be closed'), `the phone shows ${words}`);
    // What is asked is answered, so that not all that comes waits behind the first question.
    cash.phone.press('power');
    await cash.settle();
  };
  return {
    corpus: [
      ...phone.sent.map((frame) => tagged(0, frame)),
      ...up.map((text) => tagged(1, text)),
      tagged(2, enrol),
      ...(frameDown.kind === 'data' ? [tagged(3, frameDown.data)] : []),
      ...downTexts.map((text) => tagged(4, text)),
    ],
    async run([way = 0, ...rest]) {
      const octets = Uint8Array.from(rest);
      switch (WAYS[way % WAYS.length]) {
        case 'up':
          return toService(() => air.handOverAgain(received(octets)));
        case 'up, sealed':
          return toService(async () => phone.sayOctets(fitted(octets, UP_OCTETS)));
        case 'enrol, sealed': {
          const text = fitted(octets, UP_OCTETS);
          const frame = sealEnrol(servicePrimitives(), keys.sealing, registered, text, random.bytes(32));
          return toService(() => air.handOverAgain(received(frame)));
        }
        case 'down':
          return toPhone(() => cash.radio.deliver(cash.service.rawSms(octets)));
        default:
          return toPhone(() => cash.send(fitted(octets, DOWN_OCTETS)));
      }
    },
    close: () => service.close(),
  };
}
