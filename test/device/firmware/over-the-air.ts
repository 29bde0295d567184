import {
  type Download,
  type Downloaded,
  type DownloadRequest,
  type Flash,
  type HandsetEvent,
  inProcess,
  memoryFlash,
  midp,
  type ScriptLoader,
} from '../../../device/index.ts';
import { jarAttributes, writeDescriptor, writeJar } from '../../../device/suite/index.ts';
import { type Bench, type BenchOptions, bench, during, settle } from '../bench.ts';
import { primitives, SEED } from '../suite/built-suite.ts';

export const URL_OF_JAD = 'https://pay.example/d/chat.jad';
const URL_OF_JAR = 'https://pay.example/d/chat.jar';
export const JAD_TYPE = 'text/vnd.sun.j2me.app-descriptor';
export const JAR_TYPE = 'application/java-archive';

/** An application that shows its name, version, and how often it was started: it counts in a record store. */
export const SCRIPT = `
  const { MIDlet, Display, Form, RecordStore, StringItem, writeInt } = require('midp');
  exports.Chat = class extends MIDlet {
    startApp() {
      const store = RecordStore.openRecordStore(this.context, 'starts', true);
      store.addRecord(new Uint8Array([1]), 0, 1);
      const form = new Form('Chat ' + this.getAppProperty('MIDlet-Version'), [
        new StringItem('', 'started ' + store.getNumRecords()),
      ]);
      Display.getDisplay(this).setCurrent(form);
    }
    pauseApp() {}
    destroyApp() {}
  };`;

/** What is different from the suite that everything is right with. */
export interface SuiteParts {
  readonly version?: string;
  readonly script?: string;
  /** Of manifest and descriptor. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Of the descriptor alone; `undefined` leaves one out. */
  readonly descriptor?: Readonly<Record<string, string | undefined>>;
  /** Absent: {@link SEED}; null: not signed. */
  readonly seed?: Uint8Array | null;
}

/** A suite as its server gives it. */
export function suiteFiles({ version = '1.0', script = SCRIPT, seed = SEED, ...parts }: SuiteParts = {}) {
  const attributes = {
    'MIDlet-Name': 'Chat',
    'MIDlet-Version': version,
    'MIDlet-Vendor': 'Somebody',
    'MIDlet-1': 'Chat,,Chat',
    ...parts.attributes,
  };
  const jar = writeJar({ attributes, script, resources: new Map() });
  const all = { ...attributes, ...jarAttributes(jar, 'chat.jar', primitives), ...parts.descriptor };
  const written = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const jad = writeDescriptor(Object.fromEntries(written), primitives, seed ?? undefined);
  return { jad: new Uint8Array(Buffer.from(jad)), jar };
}

/** A server without a network: what it answers to each URL, and what it was told. */
export class FakeServer implements Download {
  readonly answers = new Map<string, (request: DownloadRequest) => Downloaded | Promise<Downloaded>>();
  readonly asked: string[] = [];
  readonly told: (readonly [url: string, line: string])[] = [];
  /** What the next posts end with; when used up, all are taken. */
  readonly outcomes: Awaited<ReturnType<Download['post']>>[] = [];

  /** Gives the files of a suite at {@link URL_OF_JAD}. */
  offer({ jad, jar }: { readonly jad: Uint8Array; readonly jar: Uint8Array }): this {
    this.answers.set(URL_OF_JAD, () => ({ kind: 'content', type: JAD_TYPE, octets: jad }));
    this.answers.set(URL_OF_JAR, ({ limit, progress }) => {
      if (jar.length > limit) return { kind: 'too-long' };
      progress(jar.length);
      return { kind: 'content', type: JAR_TYPE, octets: jar };
    });
    return this;
  }

  /** Answers to the JAR with something else. */
  answerJar(answer: (request: DownloadRequest) => Downloaded | Promise<Downloaded>): void {
    this.answers.set(URL_OF_JAR, answer);
  }

  async get(url: string, request: DownloadRequest): Promise<Downloaded> {
    this.asked.push(url);
    return (await this.answers.get(url)?.(request)) ?? { kind: 'status', status: 404 };
  }

  async post(url: string, line: string): ReturnType<Download['post']> {
    const outcome = this.outcomes.shift() ?? { kind: 'status', status: 200 };
    if (outcome.kind !== 'lost') this.told.push([url, line]);
    return outcome;
  }
}

/** Runs scripts of suites beside the phone. */
export const besideThePhone: ScriptLoader = (script, className) =>
  inProcess((context) => {
    const exported: Record<string, new (given: midp.MidletContext) => midp.MIDlet> = {};
    new Function('require', 'exports', script)(() => midp, exported);
    const found = exported[className];
    if (found === undefined) throw new Error(`The suite exports no class ${className}`);
    return new found(context);
  });

/** A phone that can load applications. */
export interface AirBench extends Bench {
  readonly server: FakeServer;
  readonly events: HandsetEvent[];
  /** A text comes, with this link in it. */
  text(words?: string): Promise<void>;
  /** Chooses one after the other; what needs no time happens between. */
  select(...labels: readonly string[]): Promise<void>;
  /** The message with the link, its "Open", and the yes to the question after it. */
  openLink(): Promise<void>;
  /** All of it up to the question whether to start the application. */
  install(): Promise<void>;
  /** The same flash in a phone that is switched on anew. */
  reboot(): AirBench;
}

let sent = 0;

/** A phone with nothing installed, and a server with a suite at {@link URL_OF_JAD}. */
export function airBench(options: BenchOptions & { readonly server?: FakeServer } = {}): AirBench {
  const { server = new FakeServer().offer(suiteFiles()), flash = memoryFlash(), ...rest } = options;
  const phone = bench({ download: server, scripts: besideThePhone, primitives, ...rest, flash });
  const events: HandsetEvent[] = [];
  phone.handset.watch((event) => events.push(event));
  const select = async (...labels: readonly string[]) => {
    for (const label of labels) {
      await during(phone.clock, phone.phone.keysWork());
      phone.phone.select(label);
      await settle(phone.clock);
    }
  };
  const text = async (words = `Our chat: ${URL_OF_JAD}.`) => {
    sent += 1000;
    await phone.radio.deliver({ originator: '+393471234567', sentAt: sent, content: { kind: 'text', text: words } });
    await settle(phone.clock);
  };
  const openLink = async () => {
    await text();
    phone.phone.press('soft-right');
    phone.phone.press('select');
    await select('Open', 'Open');
  };
  const install = async () => {
    await openLink();
    await select('Install');
  };
  const reboot = () => {
    phone.handset.powerOff();
    const { clock, radio } = phone;
    return airBench({ ...options, server, flash, clock, radio });
  };
  return { ...phone, server, events, text, select, openLink, install, reboot };
}

/** What is in the flash. */
export function contentsOf(flash: Flash): Readonly<Record<string, unknown>> {
  return Object.fromEntries(flash.names().map((name) => [name, flash.read(name)]));
}
