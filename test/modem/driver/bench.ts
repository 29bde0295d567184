import {
  encodePdu,
  encodeTpdu,
  type IncomingSms,
  type Modem,
  type ModemLogEntry,
  type ModemOptions,
  memoryPort,
  openModem,
  type SmsContent,
  type SmsReport,
  segment,
  toHex,
} from '../../../modem/index.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { line, ok, PROMPT, ScriptedModem } from '../scripted-modem.ts';
import { type Slowness, slowFarEnd } from '../slow-line.ts';

/** A clock, a scripted modem with a SIM of its own, and everything the driver says of it. */
export interface Bench {
  readonly clock: VirtualClock;
  readonly script: ScriptedModem;
  /** What the modem stores, by index: PDUs in hexadecimal. */
  readonly stored: Map<number, string>;
  readonly log: ModemLogEntry[];
  readonly messages: IncomingSms[];
  readonly reports: SmsReport[];
  /** Takes messages, unless it is told to refuse. */
  readonly receiver: { message(sms: IncomingSms): Promise<void>; report(report: SmsReport): void; refuses: boolean };
  unplug(): void;
  /** Opens the driver; time passes until it is open. */
  open(options?: ModemOptions): Promise<Modem>;
  /** Lets time pass until `work` has ended. */
  run<T>(work: Promise<T>): Promise<T>;
}

/** `<length>` of a PDU with a service centre's address of one octet. */
export const lengthOf = (pdu: string): number => pdu.length / 2 - 1;

/** A modem that can do everything, as the standards say. */
export function createBench(clock: VirtualClock = new VirtualClock(), slowness: Slowness = {}): Bench {
  const { port, farEnd } = memoryPort();
  const script = new ScriptedModem(slowFarEnd(farEnd, clock, slowness));
  const stored = new Map<number, string>();
  const log: ModemLogEntry[] = [];
  const messages: IncomingSms[] = [];
  const reports: SmsReport[] = [];
  let reference = 0;
  let setting = '0,0,0,0,0';
  const inOrder = () => [...stored].sort(([one], [other]) => one - other);
  const header = (pdu: string) => `1,,${lengthOf(pdu)}\r\n${pdu}`;
  script
    .when('AT', ok())
    .when(/^ATE0|^AT\+CMEE=1|^AT\+CREG=1|^AT\+CMGF=0|^AT\+CMMS=2/, ok())
    .when(/^AT\+CNMI=/, (typed) => {
      setting = typed.slice(8);
      return ok();
    })
    .when('AT+CNMI?', () => ok(`+CNMI: ${setting}`))
    .when('AT+CNMI=?', ok('+CNMI: (0-2),(0-3),(0,2,3),(0-2),(0,1)'))
    .when('AT+CGMI', ok('Cash Mobile'))
    .when('AT+CGMM', ok('Bench'))
    .when('AT+CGMR', ok('1.0'))
    .when('AT+CGSN', ok('350123451234560'))
    .when('AT+CPIN?', ok('+CPIN: READY'))
    .when('AT+CREG?', ok('+CREG: 1,1'))
    .when('AT+CSMS?', ok('+CSMS: 0,1,1,1'))
    .when('AT+CPMS=?', ok('+CPMS: ("SM"),("SM"),("SM")'))
    .when(/^AT\+CPMS="SM"/, () => ok(`+CPMS: ${stored.size},20,${stored.size},20,${stored.size},20`))
    .when('AT+CMGL=4', () => ok(...inOrder().map(([index, pdu]) => `+CMGL: ${index},${header(pdu)}`)))
    .when(/^AT\+CMGR=/, (typed) => {
      const pdu = stored.get(Number(typed.slice(8)));
      return pdu === undefined ? ok() : ok(`+CMGR: ${header(pdu)}`);
    })
    .when(/^AT\+CMGD=/, (typed) => (stored.delete(Number(typed.slice(8))) ? ok() : line('+CMS ERROR: 321')))
    .when(/^AT\+CMGS=/, PROMPT)
    .when(/\^Z$/, () => {
      reference += 1;
      return ok(`+CMGS: ${reference}`);
    });

  const receiver: Bench['receiver'] = {
    refuses: false,
    async message(sms) {
      if (receiver.refuses) throw new Error('the disk is full');
      messages.push(sms);
    },
    report: (report) => reports.push(report),
  };

  const run = async <T>(work: Promise<T>): Promise<T> => {
    let isDone = false;
    const done = () => {
      isDone = true;
    };
    work.then(done, done);
    await clock.runUntil(() => isDone, 3_600_000);
    return work;
  };

  return {
    clock,
    script,
    stored,
    log,
    messages,
    reports,
    receiver,
    run,
    unplug: () => farEnd.hangUp(),
    open: (options = {}) => run(openModem(port, { clock, log: (entry) => log.push(entry), ...options })),
  };
}

const at = { at: Date.UTC(2010, 2, 1, 9), zone: 4 };
const phone = (value: string) => ({ type: 'international', plan: 'isdn', value }) as const;

/** The PDUs in which a message from `+<from>` arrives. */
export function deliverPdus(from: string, content: SmsContent, reference = 7, takenAt = at.at): readonly string[] {
  return segment(content, { reference }).map((part) =>
    toHex(
      encodePdu({ tpdu: { type: 'DELIVER', originator: phone(from), timestamp: { ...at, at: takenAt }, ...part } }),
    ),
  );
}

/** The PDU of a status report about a message to `+<to>`. */
export function reportPdu(to: string, messageReference: number, status: number, takenAt: number = at.at): string {
  const recipient = phone(to);
  const timestamp = { ...at, at: takenAt };
  return `00${toHex(
    encodeTpdu({ type: 'STATUS-REPORT', messageReference, recipient, timestamp, dischargeTime: timestamp, status }),
  )}`;
}
