import {
  type Flash,
  Handset,
  type HandsetEvent,
  HeadlessHandset,
  inProcess,
  memoryFlash,
  midp,
  NO_DOWNLOAD,
  type Tone,
} from '../../device/index.ts';
import type { IncomingSms } from '../../modem/index.ts';
import { seededRandom, VirtualClock } from '../../sim/index.ts';
import { type Bench, bench } from './bench.ts';

/** The descriptor of the probe: it is registered for port 16500. */
export const JAD: string = [
  'MIDlet-Name: Probe',
  'MIDlet-Version: 1.0',
  'MIDlet-Vendor: Test',
  'MIDlet-1: Probe,,Probe',
  'MIDlet-Push-1: sms://:16500, Probe, *',
  'MIDlet-Permissions: javax.microedition.io.Connector.sms, javax.wireless.messaging.sms.receive, javax.wireless.messaging.sms.send',
  'Greeting: ciao',
].join('\n');

/** A text for the port of the probe. */
export const SMS: IncomingSms = {
  originator: '+393400000009',
  sentAt: 7_000,
  content: { kind: 'text', text: 'hello', ports: { destination: 16_500, source: 16_501 } },
};

/** An application of which a test says what it does. */
export class Probe extends midp.MIDlet {
  readonly #start: (probe: Probe) => void;
  /** Under which of its names it was started. */
  readonly className: string;
  destroyed = 0;

  constructor(context: midp.MidletContext, className: string, start: (probe: Probe) => void) {
    super(context);
    this.className = className;
    this.#start = start;
  }

  override startApp(): void {
    this.#start(this);
    const display = midp.Display.getDisplay(this);
    if (display.getCurrent() === undefined) display.setCurrent(new midp.Form('Probe'));
  }

  override pauseApp(): void {}

  override destroyApp(): void {
    this.destroyed += 1;
  }
}

/** A phone around a {@link Probe}. */
interface ProbePhone extends Bench {
  readonly events: HandsetEvent[];
  readonly buzzed: readonly Tone[];
  /** The applications that were made, one each start. */
  readonly probes: readonly Probe[];
  /** Opens the application by the menus. */
  open(): void;
}

/** A phone that is on, with a {@link Probe} that is installed. */
export function phoneWith(start: (probe: Probe) => void, flash: Flash = memoryFlash()): ProbePhone {
  const { radio } = bench();
  const clock = new VirtualClock();
  const buzzed: Tone[] = [];
  const probes: Probe[] = [];
  const boot = (className: string) =>
    inProcess((context) => {
      const probe = new Probe(context, className, start);
      probes.push(probe);
      return probe;
    });
  const handset = new Handset({
    board: {
      flash,
      radio,
      clock,
      random: seededRandom('probe'),
      download: NO_DOWNLOAD,
      buzz: (tone) => buzzed.push(tone),
      gauges: { operator: () => 'I-Sim', signal: () => 4, battery: () => 4 },
      utcOffsetMinutes: () => 120,
    },
    classes: new Map(['Probe', 'Second'].map((className) => [className, boot(className)])),
  });
  const events: HandsetEvent[] = [];
  handset.watch((event) => events.push(event));
  handset.powerOn();
  handset.install(JAD);
  const open = () => {
    for (const key of ['soft-left', 'down', 'select', 'select'] as const) handset.press(key);
  };
  const phone = new HeadlessHandset(handset, clock);
  return { radio, clock, flash, handset, phone, events, buzzed, probes, open };
}
