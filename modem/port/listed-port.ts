/** A serial port of this machine, as the system lists it. What the system does not say is absent. */
export interface ListedPort {
  readonly path: string;
  readonly manufacturer?: string | undefined;
  readonly product?: string | undefined;
  /** Of the USB device; many sticks have none. */
  readonly serialNumber?: string | undefined;
  /** Model and interface in the system's words (Windows), where there is no {@link interfaceNumber}. */
  readonly pnpId?: string | undefined;
  readonly vendorId?: string | undefined;
  readonly productId?: string | undefined;
  /** USB interface number, which tells the ports of one stick apart. */
  readonly interfaceNumber?: number | undefined;
  /** Where the device is plugged in: `1-1.2` is the second socket of the hub in the first socket of bus 1. */
  readonly location?: string | undefined;
}

/** Lists the serial ports that are there now. */
export type PortLister = () => Promise<readonly ListedPort[]>;

/** Whether two ports are the same one of the same device, wherever it is plugged in now. */
export function isSamePort(one: ListedPort, other: ListedPort): boolean {
  return (
    one.serialNumber === other.serialNumber &&
    one.vendorId === other.vendorId &&
    one.productId === other.productId &&
    one.interfaceNumber === other.interfaceNumber &&
    one.pnpId === other.pnpId
  );
}

/** The ports of each device, one device after the other. */
export function byDevice(ports: readonly ListedPort[]): readonly (readonly ListedPort[])[] {
  const device = ({ path, vendorId, productId, serialNumber, location }: ListedPort): string =>
    location ?? (serialNumber === undefined ? path : `${vendorId}:${productId} ${serialNumber}`);
  return [...Map.groupBy(ports, device).values()];
}
