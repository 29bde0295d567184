import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import { Deliver, parse } from 'node-pdu';
import smsPdu from 'node-sms-pdu';
import {
  addressOf,
  addressText,
  decodeTpduFromHex,
  encodeTpduToHex,
  randomBelow,
  segment,
  type Tpdu,
} from '../../modem/index.ts';
import { type SeededRandom, seededRandom } from '../../sim/index.ts';
import { type Contest, perSecond, type Run } from './comparison.ts';

/** How many different messages there are of a kind, so that no answer is known from the last time. */
const MESSAGES = 64;
/** How long a run takes at least. */
const RUN_NS = 100_000_000n;

/** What texts are made of: all in the default alphabet, a septet each letter. */
const WORDS = (
  'your payment of EUR 12.50 to Edicola Duomo was approved on 23/11/2026 at 10:00, reference 48151623; thank you. ' +
  "Please call me back when you get home: I'm at the station, train is late (again!) and the phone is nearly empty. " +
  'Meeting moved to 9:30 in Room 4 - bring the report & 2 copies? See you TOMORROW, ciao'
).split(' ');
const PORTS = { destination: 16001, source: 16001 } as const;
const TIMESTAMP = { at: Date.UTC(2026, 10, 23, 9), zone: 4 } as const;
/** The peers want the service centre's address before a TPDU; the shortest is none. */
const NO_SMSC = '00';

interface TextMessage {
  readonly kind: 'text';
  readonly number: string;
  readonly text: string;
}

interface DataMessage {
  readonly kind: 'data';
  readonly number: string;
  readonly data: Uint8Array;
  readonly ports: typeof PORTS;
}

type Message = TextMessage | DataMessage;

/**
 * The contests of the codec: hex to a message, and a number and a text to hex. What each side makes of each message is
 * checked before. @throws AssertionError
 */
export function codecContests(): readonly Contest[] {
  const random = seededRandom('codec');
  const texts = Array.from({ length: MESSAGES }, () => textMessage(random));
  const blocks = Array.from({ length: MESSAGES }, () => dataMessage(random));
  return [decoding('decodeDeliver160', texts), decoding('decodePorts133', blocks), encoding('encodeSubmit160', texts)];
}

function textMessage(random: SeededRandom): TextMessage {
  const words = Array.from({ length: 160 }, () => WORDS[randomBelow(random, WORDS.length)]);
  return { kind: 'text', number: numberFrom(random), text: words.join(' ').slice(0, 160) };
}

function dataMessage(random: SeededRandom): DataMessage {
  return { kind: 'data', number: numberFrom(random), data: random.bytes(133), ports: PORTS };
}

function numberFrom(random: SeededRandom): string {
  return `+39333${randomBelow(random, 10_000_000).toString().padStart(7, '0')}`;
}

function decoding(name: string, messages: readonly Message[]): Contest {
  const tpdus = messages.map((message) => encodeTpduToHex(deliverOf(message)));
  const pdus = tpdus.map((tpdu) => `${NO_SMSC}${tpdu}`);
  deepStrictEqual(tpdus.map(decodedByUs), messages);
  deepStrictEqual(pdus.map(decodedByNodePdu), messages.map(asOctets));
  return {
    name,
    peer: 'node-pdu',
    ours: repeat(tpdus, (tpdu) => decodeTpduFromHex(tpdu, 'mobile-terminated')),
    theirs: repeat(pdus, (pdu) => parse(pdu)),
  };
}

function encoding(name: string, messages: readonly TextMessage[]): Contest {
  const encodedByUs = ({ number, text }: TextMessage) => encodeTpduToHex(submitOf(number, text));
  const encodedByThem = ({ number, text }: TextMessage) => smsPdu.generateSubmit(number, text)[0]?.hex ?? '';
  for (const message of messages) {
    // The peer writes an octet too many after 160 septets.
    strictEqual(encodedByThem(message), `${NO_SMSC}${encodedByUs(message)}00`);
  }
  return {
    name,
    peer: 'node-sms-pdu',
    ours: repeat(messages, encodedByUs),
    theirs: repeat(messages, encodedByThem),
  };
}

function deliverOf(message: Message): Tpdu {
  const [part] = segment(message, { reference: 0 });
  if (part === undefined) throw new Error('A message has no segment');
  return { type: 'DELIVER', originator: addressOf(message.number), timestamp: TIMESTAMP, ...part };
}

function submitOf(number: string, text: string): Tpdu {
  const [part] = segment({ kind: 'text', text }, { reference: 0 });
  if (part === undefined) throw new Error('A message has no segment');
  const { dcs, userData } = part;
  return { type: 'SUBMIT', messageReference: 0, destination: addressOf(number), dcs, userData };
}

function decodedByUs(hex: string): Message {
  const tpdu = decodeTpduFromHex(hex, 'mobile-terminated');
  if (tpdu.type !== 'DELIVER') throw new Error(`A DELIVER was read as ${tpdu.type}`);
  deepStrictEqual(tpdu.timestamp, TIMESTAMP);
  const number = addressText(tpdu.originator);
  const { userData } = tpdu;
  if (userData.kind === 'text') return { kind: 'text', number, text: userData.text };
  deepStrictEqual(userData.header, [{ kind: 'ports', width: 16, ...PORTS }]);
  return { kind: 'data', number, data: new Uint8Array(userData.data), ports: PORTS };
}

/** The number, and the text or the ports and data as the peer has them: in hex. */
function decodedByNodePdu(hex: string): readonly unknown[] {
  const pdu = parse(hex);
  if (!(pdu instanceof Deliver)) throw new Error('node-pdu read something else than a DELIVER');
  const [part] = pdu.data.parts;
  const number = `+${pdu.address.phone}`;
  return part?.header == null ? [number, pdu.data.getText()] : [number, part.header.toString(), part.data];
}

function asOctets(message: Message): readonly unknown[] {
  if (message.kind === 'text') return [message.number, message.text];
  return [message.number, '0605043E813E81', Buffer.from(message.data).toString('hex').toUpperCase()];
}

/** Goes through the inputs again and again until a run has taken its time. */
function repeat<T>(inputs: readonly T[], work: (input: T) => unknown): Run {
  return () => {
    const start = process.hrtime.bigint();
    let operations = 0;
    while (process.hrtime.bigint() - start < RUN_NS) {
      for (const input of inputs) if (work(input) === undefined) throw new Error('Nothing came out');
      operations += inputs.length;
    }
    return perSecond(operations, start);
  };
}
