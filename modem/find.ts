import { Chat } from './at/chat.ts';
import { type Clock, systemClock } from './clock.ts';
import { identify, type ModemIdentity } from './identify.ts';
import { type ListedPort, type PortLister, usbPorts } from './port/listed.ts';
import type { Port } from './port/port.ts';
import { serialPort } from './port/serial.ts';

/** A port that was looked at: the modem that takes commands on it, or why there is none. */
export type FoundPort =
  | { readonly kind: 'modem'; readonly port: ListedPort; readonly identity: ModemIdentity }
  | { readonly kind: 'other'; readonly port: ListedPort; readonly reason: string };

/** What {@link findModems} needs; by default, this machine. */
export interface FindOptions {
  readonly list?: PortLister;
  readonly at?: (path: string) => Port;
  readonly clock?: Clock;
}

/** `AT` is typed so often before a port counts as silent. */
const ATTEMPTS = 3;

/**
 * Looks which of the machine's ports take AT commands: a stick has several, and some answer nothing, or `OK` to
 * everything. The ports of one device are looked at one after the other, devices at the same time. Ports in use by others
 * are left alone. Never throws for a port's sake.
 */
export async function findModems({
  list = usbPorts,
  at = serialPort,
  clock = systemClock,
}: FindOptions = {}): Promise<readonly FoundPort[]> {
  const devices = Map.groupBy(await list(), ({ path, vendorId, productId, serialNumber }) =>
    serialNumber === undefined ? path : `${vendorId}:${productId} ${serialNumber}`,
  );
  const found = [...devices.values()].map(async (ports) => {
    const looked: FoundPort[] = [];
    for (const port of ports) looked.push(await look(port, at(port.path), clock));
    return looked;
  });
  return (await Promise.all(found)).flat();
}

async function look(listed: ListedPort, port: Port, clock: Clock): Promise<FoundPort> {
  let chat: Chat | undefined;
  try {
    chat = await Chat.open(port, clock, { unsolicited() {}, ended() {} });
    if (!(await chat.wake(ATTEMPTS))) return { kind: 'other', port: listed, reason: 'it does not answer AT' };
    return { kind: 'modem', port: listed, identity: await identify(chat) };
  } catch (error) {
    return { kind: 'other', port: listed, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    await chat?.close();
  }
}
