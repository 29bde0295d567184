import { SerialPort } from 'serialport';

/** A serial port of this machine, as the system lists it. What it does not say is absent. */
export interface ListedPort {
  readonly path: string;
  readonly manufacturer?: string | undefined;
  /** Of the USB device; many sticks have none. */
  readonly serialNumber?: string | undefined;
  /** Model and interface number in the system's words: it tells the ports of one stick apart. */
  readonly pnpId?: string | undefined;
  readonly vendorId?: string | undefined;
  readonly productId?: string | undefined;
}

/** Lists the serial ports that are there now. */
export type PortLister = () => Promise<readonly ListedPort[]>;

/** The serial ports that a USB device is plugged in behind. */
export async function usbPorts(): Promise<readonly ListedPort[]> {
  return (await SerialPort.list()).filter(({ vendorId }) => vendorId !== undefined);
}
