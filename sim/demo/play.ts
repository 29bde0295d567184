import { type Clock, sleep } from '../../modem/index.ts';
import { PAYMENT_STATES } from '../../server/index.ts';
import { type StageEvent, userDataOctets, watchStage } from './events.ts';
import { hostScenes } from './host-scenes.ts';
import type { Scene } from './scene.ts';
import { SCENES } from './scenes.ts';
import type { Stage } from './stage.ts';

/** How one scene went. */
export interface SceneResult {
  readonly scene: string;
  readonly txn: string;
  readonly expected: string;
  readonly outcome: string;
  /** What the merchant's signed receipt says. */
  readonly receipt: string;
  /** SMS that the network took. */
  readonly sms: number;
  readonly expectedSms?: number;
  /** TP-UD of the longest of them; a single segment has at most 140. */
  readonly octets: number;
  /** From the merchant's request to the last SMS, ms. */
  readonly cycleMs: number;
  /** How much of that people took to read and to press keys, ms. */
  readonly handMs: number;
  /** Minor units that the customer paid. */
  readonly paid: number;
  /** What is not as it should be, in words; empty when all is well. */
  readonly wrong: readonly string[];
}

/** How the play went. */
export interface PlayResult {
  readonly ok: boolean;
  readonly enrolment: { readonly sms: number; readonly ms: number; readonly wrong: readonly string[] };
  readonly payments: readonly SceneResult[];
}

/** A scene is over when nothing has travelled for so long, ms: its last receipts have arrived. */
const QUIET_MS = 3_000;
const SMS_OCTETS = 140;
/** What ends the journey of a message. */
const ENDS: ReadonlySet<string> = new Set(['deliver', 'lose', 'fail', 'refuse']);

/** Plays enrolment and all scenes, and tells `listener` of everything that happens. */
export async function play(stage: Stage, listener: (event: StageEvent) => void): Promise<PlayResult> {
  const { clock } = stage;
  const tell = (event: string, data: Readonly<Record<string, unknown>>, text: string) =>
    listener({ at: clock.now(), event, data, text });
  const unwatch = watchStage(stage, listener);
  try {
    tell('scene', { scene: 'enrolment' }, `── ${enrolmentPlot(stage.toEnrol)}`);
    const enrolment = await playEnrolment(stage);
    for (const complaint of enrolment.wrong)
      tell('outcome', { scene: 'enrolment', ...enrolment }, `enrolment: WRONG: ${complaint}`);
    const payments: SceneResult[] = [];
    const scenes = [...SCENES, ...(stage.purseHost === undefined ? [] : hostScenes(stage.purseHost))];
    for (const scene of enrolment.wrong.length === 0 ? scenes : []) {
      tell('scene', { scene: scene.name }, `── ${scene.plot}`);
      const result = await playScene(stage, scene).catch((error: unknown) => failed(scene, error));
      tell('outcome', { ...result }, outcomeText(result));
      payments.push(result);
    }
    return { ok: [enrolment, ...payments].every(({ wrong }) => wrong.length === 0), enrolment, payments };
  } finally {
    unwatch();
  }
}

function enrolmentPlot(phones: number): string {
  if (phones === 0) return 'both phones are enrolled since the last time';
  return `enrolment of ${phones === 2 ? 'both phones' : 'one phone'}, four SMS each`;
}

async function playEnrolment(stage: Stage): Promise<PlayResult['enrolment']> {
  const start = stage.clock.now();
  const counter = new SmsCounter(stage);
  const wrong: string[] = [];
  await stage.enrol().catch((error: unknown) => wrong.push(messageOf(error)));
  return { sms: counter.end().sms, ms: stage.clock.now() - start, wrong };
}

async function playScene(stage: Stage, scene: Scene): Promise<SceneResult> {
  const { clock, till } = stage;
  const before = await stage.customerBalance();
  const counter = new SmsCounter(stage);
  const hands = () => stage.merchant.handMs + stage.customer.handMs;
  const handsBefore = hands();
  const txn = await scene.play(stage);
  await quiet(clock, counter);
  const { sms, octets, cycleMs } = counter.end();
  const { state } = await till.payment(txn);
  const receipt = await till.receiptStatus(txn);
  const paid = before - (await stage.customerBalance());
  const wrong = [
    ...(state === scene.outcome ? [] : [`the payment is ${state}`]),
    ...(receipt === PAYMENT_STATES[scene.outcome].status ? [] : [`the receipt says ${receipt}`]),
    ...(paid === scene.paid ? [] : [`the customer paid ${paid}`]),
    ...(scene.sms === undefined || sms === scene.sms || !isQuick(stage)
      ? []
      : [`it took ${sms} SMS instead of ${scene.sms}`]),
    ...(octets <= SMS_OCTETS ? [] : [`an SMS had ${octets} octets`]),
  ];
  return {
    scene: scene.name,
    txn,
    expected: scene.outcome,
    outcome: state,
    receipt,
    sms,
    ...(scene.sms === undefined ? {} : { expectedSms: scene.sms }),
    octets,
    cycleMs,
    handMs: hands() - handsBefore,
    paid,
    wrong,
  };
}

/** Whether the network brings an SMS before the service repeats it, so that the number of SMS is known beforehand. */
function isQuick({ world }: Stage): boolean {
  return world.profile.journey === undefined;
}

/** A scene that did not go on: a screen or state that was waited for did not come. */
function failed(scene: Scene, error: unknown): SceneResult {
  const wrong = [messageOf(error)];
  const nothing = { txn: '', outcome: 'STUCK', receipt: '', sms: 0, octets: 0, cycleMs: 0, handMs: 0, paid: 0 };
  return { scene: scene.name, expected: scene.outcome, ...nothing, wrong };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Waits until every SMS that was taken has arrived or is lost, and none has followed for a while. */
async function quiet(clock: Clock, counter: SmsCounter): Promise<void> {
  const since = clock.now();
  while (counter.onTheWay > 0 || clock.now() - Math.max(counter.last, since) < QUIET_MS) await sleep(clock, 100);
}

/** Counts what the network takes from its subscribers while a scene is played. */
class SmsCounter {
  readonly #start: number;
  readonly #unlisten: () => void;
  readonly #open = new Set<number>();
  /** When the network last took or brought an SMS, ms since 1970. */
  last: number;
  #sms = 0;
  #octets = 0;

  constructor({ world, clock }: Stage) {
    this.#start = clock.now();
    this.last = this.#start;
    this.#unlisten = world.log.listen((entry) => {
      if (entry.kind === 'submit') {
        this.#sms += 1;
        this.#octets = Math.max(this.#octets, userDataOctets(entry.tpdu));
        this.#open.add(entry.sms);
      } else if (ENDS.has(entry.kind) && 'sms' in entry && entry.sms !== undefined) this.#open.delete(entry.sms);
      this.last = entry.at;
    });
  }

  /** SMS that the network has taken and not brought yet. */
  get onTheWay(): number {
    return this.#open.size;
  }

  end(): { readonly sms: number; readonly octets: number; readonly cycleMs: number } {
    this.#unlisten();
    return { sms: this.#sms, octets: this.#octets, cycleMs: this.last - this.#start };
  }
}

function outcomeText({ scene, outcome, receipt, sms, octets, cycleMs, wrong }: SceneResult): string {
  const judged = wrong.length === 0 ? 'as it should be' : `WRONG: ${wrong.join('; ')}`;
  return `${scene}: ${outcome}, receipt "${receipt}", ${sms} SMS of at most ${octets} octets, ${(cycleMs / 1000).toFixed(1)} s, ${judged}`;
}
