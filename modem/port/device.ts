import { isSamePort, type ListedPort, type PortLister } from './listed-port.ts';
import { type Port, PortError } from './port.ts';

/** What a {@link devicePort} needs of the machine. */
export interface DevicePortOptions {
  readonly list: PortLister;
  /** The port at a path. */
  at(path: string): Port;
}

/**
 * The port of a USB device, by the path that the device has now. When the device was unplugged and comes back under another
 * path, the port opens that path: the device is recognised by its serial number, model and interface. Where several ports
 * look the same (two sticks of one model), each opening tries the next one, and the caller compares the IMEI. A port that
 * the system does not list, such as a PTY, is opened by its path always.
 */
export function devicePort(path: string, { list, at }: DevicePortOptions): Port {
  let current = at(path);
  let known: ListedPort | undefined;
  let openings = 0;

  const listed = (): Promise<readonly ListedPort[]> => list().catch(() => []);

  const choose = async (): Promise<Port> => {
    if (known === undefined) return current;
    const device = known;
    const candidates = (await listed()).filter((port) => isSamePort(port, device)).map((port) => port.path);
    const chosen = candidates[openings % candidates.length];
    if (chosen === undefined) {
      throw new PortError('missing', current.name, `${current.name}: the device is not plugged in`);
    }
    return at(chosen);
  };

  return {
    get name() {
      return current.name;
    },
    async open(events) {
      current = await choose();
      openings += 1;
      await current.open(events);
      // The list is needed when the device was unplugged, not now: opening does not wait for it.
      if (known === undefined) {
        void listed().then((ports) => {
          known = ports.find((port) => port.path === path);
        });
      }
    },
    write: (octets) => current.write(octets),
    setLines: (lines) => current.setLines(lines),
    close: () => current.close(),
  };
}
