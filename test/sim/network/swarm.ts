import { addressOf, encodeTpdu, randomBelow } from '../../../modem/index.ts';
import {
  createWorld,
  type LatencyProfile,
  type LogEntry,
  latencyProfiles,
  type MessageFaultAction,
  operators,
  type SeededRandom,
  seededRandom,
  VirtualClock,
  type VirtualModem,
  type World,
} from '../../../sim/index.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Longer than any message is kept, and then the report that it was not delivered. */
const SETTLES_WITHIN = 16 * 24 * HOUR;
const STEPS = 150;
const NUMBERS = Array.from({ length: 6 }, (_, i) => `+3933300000${i + 1}0`);
const NOBODY = '+393339999999';

/** A message that a phone has, as its store had it. */
export interface Received {
  readonly modem: VirtualModem;
  readonly tpdu: Uint8Array;
}

/** What happened in a world of the swarm. */
export interface SwarmRun {
  readonly entries: readonly LogEntry[];
  /** Places in the log of deliveries to another operator, whose number no phone of the world has. */
  readonly elsewhere: ReadonlySet<number>;
  /** What came out of the phones' stores. */
  readonly received: readonly Received[];
  /** May lose and double messages by itself. */
  readonly profile: LatencyProfile;
  /** The messages that the operator was told to delete, and did. */
  readonly deleted: ReadonlySet<number>;
  /** What still waits in the end. */
  readonly left: number;
}

/** A world in which a seed decides who writes to whom, who is away, full or elsewhere, and what goes wrong. */
class Swarm {
  readonly #random: SeededRandom;
  readonly #clock = new VirtualClock();
  readonly #world: World;
  readonly #received: Received[] = [];
  readonly #deleted = new Set<number>();
  readonly #elsewhere = new Set<number>();
  readonly #steps: readonly (() => void)[];
  #texts = 0;

  constructor(seed: number) {
    this.#random = seededRandom(`swarm ${seed}`);
    const profile = latencyProfiles[this.#pick(['none', 'direct', 'pt2008', 'in2005'])];
    const interimReports = this.#below(2) === 0;
    this.#world = createWorld({ seed, clock: this.#clock, interimReports, ...(profile && { profile }) });
    this.#world.log.listen(({ seq, ...entry }) => {
      if (entry.kind !== 'deliver') return;
      if (this.#world.subscriber(entry.to)?.link === undefined) this.#elsewhere.add(seq);
    });
    for (const number of NUMBERS) {
      this.#world.addModem({ number, simCapacity: 1 + this.#below(4), modemCapacity: 1 + this.#below(4) });
    }
    const often = <Step>(times: number, step: Step): readonly Step[] => Array.from({ length: times }, () => step);
    this.#steps = [
      ...often(12, () => this.#send()),
      ...often(4, () => this.#deliver()),
      ...often(5, () => this.#drain(this.#pick(this.#world.modems))),
      ...often(3, () => this.#changePhone()),
      ...often(2, () => this.#changeSubscription()),
      ...often(2, () => this.#addFault()),
      () => this.#removeFaults(),
      () => this.#command(),
      () => this.#deleteOne(),
    ];
  }

  async run(): Promise<SwarmRun> {
    for (let i = 0; i < STEPS; i += 1) {
      this.#pick(this.#steps)();
      await this.#clock.advance(this.#below(3) === 0 ? 0 : this.#below(8 * MINUTE));
    }
    await this.#settle();
    return {
      entries: this.#world.log.entries(),
      elsewhere: this.#elsewhere,
      received: this.#received,
      profile: this.#world.profile,
      deleted: this.#deleted,
      left: this.#world.waiting().length,
    };
  }

  /** Nothing goes wrong any more, and everybody is there and reads what comes. */
  async #settle(): Promise<void> {
    this.#removeFaults();
    for (const subscriber of this.#world.subscribers) {
      subscriber.setBarred(false);
      for (const link of subscriber.links) {
        link.setReception('good');
        link.setPowered(true);
        link.setRate(undefined);
      }
    }
    for (let past = 0; past < SETTLES_WITHIN; past += 8 * HOUR) {
      for (let i = 0; i < 20; i += 1) {
        for (const modem of this.#world.modems) this.#drain(modem);
        await this.#clock.advance(5 * MINUTE);
      }
      await this.#clock.advance(8 * HOUR - 100 * MINUTE);
    }
    for (const modem of this.#world.modems) this.#drain(modem);
  }

  #send(): void {
    const from = this.#pick(NUMBERS);
    if (this.#world.modem(from) === undefined) return;
    const to = this.#below(12) === 0 ? this.#pick([NOBODY, '4000', '4001', '4002']) : this.#pick(NUMBERS);
    const sending = this.#world.send({
      from,
      to,
      content: { kind: 'text', text: this.#text() },
      statusReport: this.#below(3) > 0,
      rejectDuplicates: this.#below(10) === 0,
      ...(this.#below(10) === 0 ? { pid: 0x41 + this.#below(7) } : {}),
      ...(this.#below(8) === 0 ? { messageClass: 0 as const } : {}),
      ...(this.#below(4) === 0 ? { validityMs: 5 * MINUTE * (1 + this.#below(12)) } : {}),
    });
    void sending;
  }

  #deliver(): void {
    this.#world.deliver({
      from: this.#pick(['BANK', '+393339000001', '12345']),
      to: this.#pick(NUMBERS),
      content: { kind: 'text', text: this.#text() },
      priority: this.#below(4) === 0,
    });
  }

  #drain(modem: VirtualModem): void {
    for (const store of [modem.store('SM'), modem.store('ME')]) {
      for (const [index, { tpdu }] of store.entries()) {
        this.#received.push({ modem, tpdu });
        store.delete(index);
      }
    }
    modem.incoming.roomMade();
  }

  #changePhone(): void {
    const subscriber = this.#pick(this.#world.subscribers);
    const { link } = subscriber;
    if (link === undefined) return;
    this.#pick([
      () => link.setReception(this.#pick(['good', 'weak', 'moving', 'shadow', 'none'])),
      () => link.setPowered(!link.powered),
      () => link.setRate(this.#pick([6, 30, 600])),
      () => link.moveTo(this.#pick(Object.values(operators))),
    ])();
  }

  #changeSubscription(): void {
    const subscriber = this.#pick(this.#world.subscribers);
    const modem = this.#pick(this.#world.modems);
    this.#pick([
      () => subscriber.setBarred(!subscriber.barred),
      () => subscriber.portTo(this.#pick(Object.values(operators))),
      () => this.#world.swapSim(subscriber.number, modem),
      () => this.#world.cloneSim(subscriber.number, modem),
    ])();
  }

  #addFault(): void {
    const action = this.#pick<MessageFaultAction>([
      { kind: 'drop' },
      { kind: 'duplicate' },
      { kind: 'reorder' },
      { kind: 'delay', ms: 1 + this.#below(2 * HOUR) },
      { kind: 'corrupt' },
      { kind: 'spoof', sender: 'MALLORY' },
      { kind: 'lose-answer' },
      { kind: 'refuse', cause: 38 },
      { kind: 'lose-acknowledgement' },
      { kind: 'outcome', status: this.#pick([0x00, 0x21, 0x25, 0x40, 0x48, 0x65]) },
    ]);
    const chance = this.#below(2) === 0 ? { probability: 0.2 } : { nth: 1 + this.#below(3) };
    this.#world.faults.add({ action, about: this.#pick(['messages', 'reports', 'both']), ...chance });
  }

  #removeFaults(): void {
    for (const { id } of this.#world.faults.list()) this.#world.faults.remove(id);
  }

  /** A COMMAND of any kind about one of the last messages, whoever sent it. */
  #command(): void {
    const modem = this.#pick(this.#world.modems);
    if (!modem.radio.registered) return;
    const tpdu = encodeTpdu({
      type: 'COMMAND',
      messageReference: 0,
      commandType: this.#below(5),
      messageNumber: this.#below(10),
      destination: addressOf(this.#pick(NUMBERS)),
      statusReportRequested: this.#below(2) === 0,
      data: new Uint8Array(),
    });
    void modem.outgoing.send(tpdu);
  }

  #deleteOne(): void {
    const waiting = this.#world.waiting();
    if (waiting.length === 0) return;
    const { sms } = this.#pick(waiting);
    if (this.#world.deleteWaiting(sms)) this.#deleted.add(sms);
  }

  /** Its number comes first, so that the message can be told from all others. */
  #text(): string {
    this.#texts += 1;
    return `#${this.#texts}# ${'Some words. '.repeat(this.#below(8) === 0 ? 20 : 2)}`;
  }

  #below(limit: number): number {
    return randomBelow(this.#random, limit);
  }

  #pick<Item>(items: readonly Item[]): Item {
    const item = items[this.#below(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  }
}

/** Plays a world of this seed to its end. */
export function playSwarm(seed: number): Promise<SwarmRun> {
  return new Swarm(seed).run();
}
