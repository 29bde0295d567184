import { Chat } from '../at/chat.ts';
import { type Clock, sleep, steadyClock } from '../clock.ts';
import { byDevice, type ListedPort, type PortLister } from '../port/listed-port.ts';
import type { Port } from '../port/port.ts';
import { serialPort } from '../port/serial.ts';
import { usbPorts } from '../port/usb.ts';
import { askIdentity, type ModemIdentity, requireIdentity } from './identify.ts';
import { simStateOfRefusal } from './sim-state.ts';

/**
 * A port that was looked at: the modem that takes commands on it, or why there is none. `codes` are the unsolicited
 * codes that came there, such as `^RSSI`: the port to listen to where commands and codes are apart.
 */
export type FoundPort =
  | {
      readonly kind: 'modem';
      readonly port: ListedPort;
      readonly identity: ModemIdentity;
      readonly codes: readonly string[];
    }
  | { readonly kind: 'other'; readonly port: ListedPort; readonly reason: string; readonly codes: readonly string[] };

/** What {@link findModems} needs; by default, this machine. */
export interface FindOptions {
  readonly list?: PortLister;
  readonly at?: (path: string) => Port;
  readonly clock?: Clock;
  /** How long a device with several ports is listened to for codes, in ms. Default 3,000. */
  readonly listenMs?: number;
}

/** What is typed before a port counts as silent. */
const WAKING: readonly string[] = ['AT', 'AT', 'AT'];

const LISTEN_MS = 3_000;

/**
 * Finds the ports of the machine that take AT commands, and those on which unsolicited codes come. A stick has several
 * ports, and some of them answer nothing, or `OK` to everything. All ports of a device are open meanwhile, because Huawei
 * and ZTE sticks crash when the buffer of an unread port is full; the ports are asked one after the other. Ports that other
 * programs use are not opened. A port that fails is in the result, and never throws.
 */
export async function findModems({
  list = usbPorts,
  at = (path) => serialPort(path),
  clock = steadyClock,
  listenMs = LISTEN_MS,
}: FindOptions = {}): Promise<readonly FoundPort[]> {
  const devices = byDevice(await list()).map(async (ports) => {
    const looks = ports.map((port) => new Look(port));
    for (const look of looks) await look.open(at(look.port.path), clock);
    for (const look of looks) await look.ask();
    if (looks.filter(({ isOpen }) => isOpen).length > 1) await sleep(clock, listenMs);
    for (const look of looks) await look.close();
    return looks.map((look) => look.found());
  });
  return (await Promise.all(devices)).flat();
}

/** One port while {@link findModems} examines it. */
class Look {
  readonly port: ListedPort;
  readonly #codes = new Set<string>();
  #chat: Chat | undefined;
  #result: ModemIdentity | string = 'it does not answer AT';

  constructor(port: ListedPort) {
    this.port = port;
  }

  get isOpen(): boolean {
    return this.#chat !== undefined;
  }

  async open(port: Port, clock: Clock): Promise<void> {
    await this.#survive(async () => {
      this.#chat = await Chat.open(port, clock, {
        unsolicited: ({ prefix }) => this.#codes.add(prefix),
        ended() {},
      });
    });
  }

  async ask(): Promise<void> {
    const chat = this.#chat;
    if (chat === undefined) return;
    await this.#survive(async () => {
      if (await chat.wake(WAKING)) this.#result = await identityOf(chat);
    });
  }

  async close(): Promise<void> {
    await this.#chat?.close();
  }

  found(): FoundPort {
    const { port } = this;
    const codes = [...this.#codes];
    return typeof this.#result === 'string'
      ? { kind: 'other', port, reason: this.#result, codes }
      : { kind: 'modem', port, identity: this.#result, codes };
  }

  async #survive(step: () => Promise<void>): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.#result = error instanceof Error ? error.message : String(error);
    }
  }
}

/** The identity; empty for a modem that refuses `+CGMI` to `+CGSN` until the PIN is given. @throws ModemError (`not-a-modem`) */
async function identityOf(chat: Chat): Promise<ModemIdentity> {
  const { identity, refusal } = await askIdentity(chat);
  if (refusal === undefined || simStateOfRefusal(refusal).kind === 'unknown') requireIdentity(identity);
  return identity;
}
