import { type Flash, type HandsetEvent, memoryFlash, textOf } from '../../device/index.ts';
import { InstallError, openSuite, readOffer, statusLine } from '../../device/suite/index.ts';
import { serviceIndicationContent } from '../../modem/index.ts';
import { VirtualClock } from '../../sim/index.ts';
import { type Bench, bench, settle } from '../device/bench.ts';
import { enrolled } from '../device/cash-mobile/cash-bench.ts';
import { airBench, FakeServer, suiteFiles, URL_OF_JAD } from '../device/firmware/over-the-air.ts';
import { descriptor, JAR, primitives, unsigned } from '../device/suite/built-suite.ts';
import { dataDescriptor, zipFile } from '../device/suite/zip-file.ts';
import { found, type Target } from './target.ts';

/** What the first octet of an input says that the others are. */
const WAYS = ['JAD', 'JAD, on a phone', 'JAR', 'WAP push', 'record', 'record store'] as const;
type Way = (typeof WAYS)[number];

const SUITE = suiteFiles();
/** Where the payment application keeps its records. */
const STORES = 'records/Cash-Mobile/';
/** An exception that says that the program did not look at what it read. */
const NOT_LOOKED_AT = /^(Type|Range|Reference|Syntax|Internal)?Error: |^InternalError/;

function tagged(way: Way, octets: Uint8Array): Uint8Array {
  return Uint8Array.of(WAYS.indexOf(way), ...octets);
}

/** Accepted, or refused with a status of JSR-118 and one clear line. */
function judge(act: () => unknown): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof InstallError)) throw error;
    statusLine(error.status);
    const isClear = /^[^\p{Cc}]{10,300}$/u.test(error.message);
    found(!isClear, `it is refused with the words ${JSON.stringify(error.message)}`);
  }
}

function openJar(jar: Uint8Array): void {
  const attributes = { 'MIDlet-Jar-Size': String(jar.length), 'MIDlet-Jar-SHA256': undefined };
  openSuite(readOffer(unsigned(attributes), primitives), jar, primitives);
}

/** Whatever its application failed of, the phone goes on, and the application has looked at what it read. */
function expectLife({ phone }: Bench, events: readonly HandsetEvent[]): void {
  for (const event of events) {
    if (event.kind !== 'application' || event.reason === undefined) continue;
    found(NOT_LOOKED_AT.test(event.reason), `the application failed: ${event.reason}`);
  }
  found(textOf(phone.screen).trim() === '', 'the phone shows nothing');
  phone.press('power');
  found(phone.screen.kind !== 'idle', 'the red key does not lead to the idle screen');
}

/** Chooses one after the other, as long as they are there. */
async function selectAll({ phone, clock }: Bench, ...labels: readonly string[]): Promise<void> {
  for (const label of labels) {
    if (!textOf(phone.screen).includes(label)) return;
    await clock.run(phone.keysWork());
    phone.select(label);
    await settle(clock);
  }
}

async function install(jad: Uint8Array): Promise<void> {
  const phone = airBench({ server: new FakeServer().offer({ jad, jar: SUITE.jar }) });
  await phone.openLink();
  await selectAll(phone, 'Install', 'Later');
  expectLife(phone, phone.events);
}

async function receivePush(data: Uint8Array): Promise<void> {
  const phone = airBench();
  const content = { kind: 'data', data, ports: { destination: 2948, source: 9200 } } as const;
  await phone.radio.deliver({ originator: '+393471234567', sentAt: 1, content });
  await settle(phone.clock);
  phone.phone.press('soft-right');
  phone.phone.press('select');
  await selectAll(phone, 'Options', 'Open', 'Open', 'Install', 'Later');
  expectLife(phone, phone.events);
}

function copyOf(flash: Flash): Flash {
  const copy = memoryFlash();
  for (const name of flash.names()) copy.write(name, flash.read(name));
  return copy;
}

/** The payment application of a phone whose flash has this record store, in which its owner looks around. */
async function lookAround(enrolledFlash: Flash, store: string, section: unknown): Promise<void> {
  const flash = copyOf(enrolledFlash);
  flash.write(`${STORES}${store}`, JSON.parse(JSON.stringify(section)));
  const phone = bench({ flash, clock: new VirtualClock() });
  const events: HandsetEvent[] = [];
  phone.handset.watch((event) => events.push(event));
  await selectAll(phone, 'Menu', 'Applications', 'Cash-Mobile', 'History', 'EUR');
  expectLife(phone, events);
}

interface StoredRecords {
  readonly records: Readonly<Record<string, string>>;
}

function isStored(value: unknown): value is object & StoredRecords {
  return typeof value === 'object' && value !== null && 'records' in value;
}

/** A phone that has paid once. */
async function paidFlash(): Promise<Flash> {
  const cash = await enrolled();
  const { txn } = await cash.request();
  for (const label of ['Refuse', 'I do not want to']) await cash.select(label);
  await cash.send(cash.service.receipt(txn, 'refused'));
  cash.handset.powerOff();
  return cash.flash;
}

/** The text of a record store: its name, a line feed, its section as JSON. */
function storeText(name: string, section: unknown): Uint8Array {
  return Buffer.from(`${name}\n${JSON.stringify(section)}`);
}

function readStore(octets: Uint8Array): readonly [name: string, section: unknown] | undefined {
  const [name = '', ...lines] = Buffer.from(octets).toString('utf8').split('\n');
  try {
    return [name, JSON.parse(lines.join('\n'))];
  } catch {
    // What is no JSON is no flash either: the target `flash` has that.
    return undefined;
  }
}

/** What comes to a phone from outside, and what it reads of its own: descriptors, JARs, WAP pushes, records of an application. */
export async function openSuites(): Promise<Target> {
  const flash = await paidFlash();
  const stores = flash
    .names()
    .filter((name) => name.startsWith(STORES))
    .map((name) => [name.slice(STORES.length), flash.read(name)] as const);
  const records = stores.flatMap(([name, section]) =>
    isStored(section) ? Object.entries(section.records).map(([id, hex]) => ({ name, section, id, hex })) : [],
  );
  const push = { text: 'Our chat', href: URL_OF_JAD, id: 'chat', created: 0, expires: Date.UTC(2038, 0) };
  const pushes = [
    serviceIndicationContent(push),
    serviceIndicationContent({ text: '', href: URL_OF_JAD, action: 'signal-high' }),
    serviceIndicationContent({ text: 'Perché', href: 'http://www.example.com/' }, { charset: 'iso-8859-1' }),
  ];
  const jars = [
    JAR,
    SUITE.jar,
    zipFile([
      { name: 'a', content: 'text', flags: 0x0808, behind: dataDescriptor('text') },
      { name: 'b/', method: 0 },
      { name: 'b/c', content: 'c', method: 0, extra: Uint8Array.of(0xfe, 0xca, 0, 0) },
    ]),
  ];
  return {
    corpus: [
      ...[descriptor(), unsigned({ 'MIDlet-Push-1': 'sms://:5000, Chat, +39*' })].map((jad) => tagged('JAD', jad)),
      tagged('JAD, on a phone', SUITE.jad),
      ...jars.map((jar) => tagged('JAR', jar)),
      ...pushes.map((content) => tagged('WAP push', content.kind === 'data' ? content.data : new Uint8Array())),
      ...records.map(({ hex }, index) => tagged('record', Uint8Array.of(index, ...Buffer.from(hex, 'hex')))),
      ...stores.map(([name, section]) => tagged('record store', storeText(name, section))),
    ],
    async run([way = 0, ...rest]) {
      const octets = Uint8Array.from(rest);
      switch (WAYS[way % WAYS.length]) {
        case 'JAD':
          return judge(() => openSuite(readOffer(octets, primitives), JAR, primitives));
        case 'JAD, on a phone':
          return install(octets);
        case 'JAR':
          return judge(() => openJar(octets));
        case 'WAP push':
          return receivePush(octets);
        case 'record': {
          const one = records[(octets[0] ?? 0) % records.length];
          if (one === undefined) return;
          const { name, section, id } = one;
          const hex = Buffer.from(octets.subarray(1)).toString('hex');
          return lookAround(flash, name, { ...section, records: { ...section.records, [id]: hex } });
        }
        default: {
          const store = readStore(octets);
          if (store !== undefined) await lookAround(flash, ...store);
          return;
        }
      }
    },
  };
}
