import { encodeTpdu, fromHex } from '../../modem/index.ts';
import type { LogEntry } from '../log.ts';
import { smscField } from '../modem/smsc-field.ts';
import { GSMTAP_PORT, gsmtap, udpPacket } from './gsmtap.ts';
import { obstacleIn } from './legible.ts';
import { LongMessages } from './long-messages.ts';
import { type CaptureInterface, type CaptureName, type CapturePacket, pcapngBlock, pcapngHead } from './pcapng.ts';
import { cpData, rpAck, rpData, rpError, type Way } from './relay.ts';
import { wordsOf } from './words.ts';

/** The service centre in the network of the capture; phones follow one another from 10.0.0.1. */
const SMSC = 'SMSC';
/** Its addresses: the first serves unless a message has to be kept apart from others. */
const SMSC_ADDRESSES = 0xffff;
/** Where goes what no analyser can read: a port that means nothing to it. */
const RAW_PORT = 49_152;
/** Transaction identifiers are 0 to 6 (3GPP TS 24.007, 11.2.3.1.3), references of the relay layer octets. */
const TRANSACTIONS = 7;
const REFERENCES = 256;
/** A comment is not made longer than about so many characters; pcapng has room for 65,535 octets. */
const COMMENT = 4_000;
/** RP causes (3GPP TS 24.011, 8.2.5.4): what goes with a TP-FCS, and what stands for a number that is none of its causes. */
const RP_CAUSE = { transferRejected: 21, memoryExceeded: 22, protocolError: 111 } as const;
/** TP-FCS: the memory of SIM or phone is full (3GPP TS 23.040, 9.2.3.22). */
const NO_ROOM: ReadonlySet<number> = new Set([0xd0, 0xd3]);

/** The radio link of one phone. */
interface Link {
  readonly index: number;
  readonly address: string;
  /** How many transactions each side has begun. */
  readonly begun: Record<Way, number>;
}

/** One exchange over a link: RP-DATA, and what answers it. */
interface Exchange {
  readonly link: Link;
  readonly way: Way;
  /** Its place among those that this side has begun. */
  readonly count: number;
  /** The service centre's address for this message. */
  readonly centre: string;
}

type Packet = { -readonly [Key in keyof CapturePacket]: CapturePacket[Key] };

/**
 * A capture of a log, as pcapng that Wireshark opens: each RP-DATA, RP-ACK and RP-ERROR between a phone and the service
 * centre (3GPP TS 24.011), in GSMTAP. A phone is an interface by its number; a comment says in words what each packet is,
 * and what the log tells of its message before the next one. Messages from outside the network are there from their
 * delivery on. What keeps its TPDU from being read, as a fault may want, is raw UDP with the reason in its comment.
 */
export function capture(entries: readonly LogEntry[]): Uint8Array {
  const recorder = new Recorder(false);
  for (const entry of entries) recorder.record(entry);
  return Buffer.concat([pcapngHead(), ...recorder.take().map(pcapngBlock)]);
}

/** A {@link capture} that is written as things happen: its comments tell of no more than their packet. */
export class LiveCapture {
  readonly #recorder = new Recorder(true);

  /** What the file begins with. */
  head(): Uint8Array {
    return pcapngHead();
  }

  /** What an entry adds to the file, which may be nothing. */
  add(entry: LogEntry): Uint8Array {
    this.#recorder.record(entry);
    return Buffer.concat(this.#recorder.take().map(pcapngBlock));
  }
}

class Recorder {
  readonly #links = new Map<string, Link>();
  readonly #centres = new Set<string>();
  #blocks: (CaptureInterface | CaptureName | CapturePacket)[] = [];
  /** Of each message that is under way: its exchange, and its last packet. */
  readonly #exchanges = new Map<number, Exchange>();
  readonly #last = new Map<number, Packet>();
  readonly #longMessages = new LongMessages();
  /** Messages that were changed on their way: nothing is joined with them. */
  readonly #changed = new Map<number, number>();
  readonly #live: boolean;
  #serviceCentre: Uint8Array = Uint8Array.of(0);

  /** @param live packets are not to be kept for later remarks. */
  constructor(live: boolean) {
    this.#live = live;
  }

  /** The blocks since the last call. */
  take(): readonly (CaptureInterface | CaptureName | CapturePacket)[] {
    const blocks = this.#blocks;
    this.#blocks = [];
    return blocks;
  }

  record(entry: LogEntry): void {
    switch (entry.kind) {
      case 'start':
        this.#serviceCentre = smscField(entry.smsc);
        break;
      case 'submit':
        this.#longMessages.begin(entry);
        if (entry.outside !== true) this.#begin(entry, entry.from, 'up');
        break;
      case 'attempt':
        this.#begin(entry, entry.to, 'down');
        break;
      case 'accept':
      case 'deliver':
        this.#answer(entry, (way, reference) => rpAck(way, reference));
        break;
      case 'refuse':
        this.#answer(entry, (way, reference) => refusalBySmsc(way, reference, entry.cause, entry.at));
        break;
      case 'wait':
      case 'fail': {
        const { cause } = entry;
        if (cause === undefined) this.#remark(entry);
        else this.#answer(entry, (way, reference) => refusalByPhone(way, reference, cause));
        break;
      }
      case 'duplicate':
        this.#longMessages.duplicate(entry.sms, entry.original);
        this.#remark(entry, entry.original);
        break;
      case 'fault':
        if (entry.action === 'corrupt') this.#changed.set(entry.sms, this.#changed.size + 1);
        this.#remark(entry);
        break;
      default:
        if ('sms' in entry) this.#remark(entry);
    }
  }

  #begin(entry: Extract<LogEntry, { kind: 'submit' | 'attempt' }>, number: string, way: Way): void {
    const link = this.#linkOf(number);
    const exchange: Exchange = { link, way, count: link.begun[way], centre: this.#centreFor(entry.sms) };
    link.begun[way] += 1;
    this.#exchanges.set(entry.sms, exchange);
    const tpdu = fromHex(entry.tpdu);
    const obstacle = obstacleIn(tpdu, way === 'up' ? 'mobile-originated' : 'mobile-terminated');
    if (obstacle !== undefined) this.#add(entry, exchange, way, RAW_PORT, tpdu, `no TPDU, ${obstacle}`);
    else this.#relay(entry, exchange, way, rpData(way, exchange.count % REFERENCES, this.#serviceCentre, tpdu));
  }

  /** The other side's answer, if the beginning of the exchange is in the capture. */
  #answer(entry: SmsEntry, rpduOf: (way: Way, reference: number) => Uint8Array): void {
    const exchange = this.#exchanges.get(entry.sms);
    if (exchange === undefined) return;
    this.#exchanges.delete(entry.sms);
    const way = exchange.way === 'up' ? 'down' : 'up';
    this.#relay(entry, exchange, way, rpduOf(way, exchange.count % REFERENCES));
  }

  #relay(entry: SmsEntry, exchange: Exchange, way: Way, rpdu: Uint8Array): void {
    const layer3 = cpData(exchange.count % TRANSACTIONS, way !== exchange.way, rpdu);
    this.#add(entry, exchange, way, GSMTAP_PORT, gsmtap(way, layer3));
  }

  #add(entry: SmsEntry, exchange: Exchange, way: Way, port: number, payload: Uint8Array, obstacle?: string): void {
    const { link, centre } = exchange;
    const [source, destination] = way === 'up' ? [link.address, centre] : [centre, link.address];
    const packet: Packet = {
      kind: 'packet',
      at: entry.at,
      on: link.index,
      direction: way === 'up' ? 'inbound' : 'outbound',
      octets: udpPacket(port, payload, source, destination),
      comment: obstacle === undefined ? remarkOn(entry) : `${remarkOn(entry)}\n${obstacle}`,
    };
    this.#blocks.push(packet);
    if (!this.#live) this.#last.set(entry.sms, packet);
  }

  /** What is no packet is told with the message's last one. */
  #remark(entry: SmsEntry, message: number = entry.sms): void {
    const packet = this.#last.get(message);
    if (packet !== undefined && packet.comment.length < COMMENT) packet.comment += `\n${remarkOn(entry)}`;
  }

  /** Analysers join the parts of a long message by the addresses of their packets. */
  #centreFor(sms: number): string {
    const changed = this.#changed.get(sms);
    const index = changed === undefined ? this.#longMessages.use(sms) : SMSC_ADDRESSES - 1 - changed;
    const host = SMSC_ADDRESSES - 1 - (index % (SMSC_ADDRESSES - 1));
    const address = `10.255.${host >> 8}.${host & 0xff}`;
    if (!this.#centres.has(address)) this.#blocks.push({ kind: 'name', name: SMSC, address });
    this.#centres.add(address);
    return address;
  }

  #linkOf(number: string): Link {
    const known = this.#links.get(number);
    if (known !== undefined) return known;
    const index = this.#links.size;
    const host = index + 1;
    const link: Link = {
      index,
      address: `10.${(host >> 16) & 0xff}.${(host >> 8) & 0xff}.${host & 0xff}`,
      begun: { up: 0, down: 0 },
    };
    this.#links.set(number, link);
    this.#blocks.push({ kind: 'interface', name: number }, { kind: 'name', name: number, address: link.address });
    return link;
  }
}

type SmsEntry = Extract<LogEntry, { readonly sms: number }>;

function remarkOn(entry: SmsEntry): string {
  const { who, what } = wordsOf(entry);
  return `SMS ${entry.sms} ${entry.kind}: ${who} ${what}`;
}

/** The answer of a cause: below 128 an RP cause, from 128 on TP-FCS in a SUBMIT-REPORT. Other causes are not on the air. */
function refusalBySmsc(way: Way, reference: number, cause: number, at: number): Uint8Array {
  if (cause < 0x80) return rpError(way, reference, cause);
  if (cause > 0xff) return rpError(way, reference, RP_CAUSE.protocolError);
  const timestamp = { at: Math.floor(at / 1_000) * 1_000, zone: 0 };
  const report = encodeTpdu({ type: 'SUBMIT-REPORT', failureCause: cause, timestamp, parameters: {} });
  return rpError(way, reference, RP_CAUSE.transferRejected, report);
}

function refusalByPhone(way: Way, reference: number, cause: number): Uint8Array {
  if (cause < 0x80) return rpError(way, reference, cause);
  const report = encodeTpdu({ type: 'DELIVER-REPORT', failureCause: cause, parameters: {} });
  return rpError(way, reference, NO_ROOM.has(cause) ? RP_CAUSE.memoryExceeded : RP_CAUSE.protocolError, report);
}
