import { type Clock, steadyClock } from '../clock.ts';
import { devicePort } from './device.ts';
import { type Port, PortError } from './port.ts';
import { type SerialOptions, serialPort } from './serial.ts';
import { tcpPort } from './tcp.ts';
import { usbPorts } from './usb.ts';

const TCP = 'tcp://';

/**
 * The port that a person names: `tcp://host:port`, or else the path of a serial device, which is found again when it comes
 * back under another path ({@link devicePort}).
 *
 * @throws PortError (`misnamed`) when a `tcp://` name has no host or no port number.
 */
export function portFromName(name: string, options: SerialOptions = {}, clock: Clock = steadyClock): Port {
  if (!name.startsWith(TCP))
    return devicePort(name, { list: usbPorts, at: (path) => serialPort(path, options, clock) });
  const colon = name.lastIndexOf(':');
  const host = name.slice(TCP.length, colon).replace(/^\[(.*)\]$/, '$1');
  const number = Number(name.slice(colon + 1));
  if (host === '' || !Number.isInteger(number) || number < 1 || number > 65_535) {
    throw new PortError('misnamed', name, `${name} is not a TCP port: write it as tcp://host:port, port 1 to 65535`);
  }
  return tcpPort(host, number, clock);
}
