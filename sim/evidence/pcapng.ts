/** What pcapng calls an interface: here the radio link of one phone. Packets name it by its place among them. */
export interface CaptureInterface {
  readonly kind: 'interface';
  readonly name: string;
}

/** The name of an address. */
export interface CaptureName {
  readonly kind: 'name';
  readonly name: string;
  /** `10.0.0.1`. */
  readonly address: string;
}

/** One packet of a capture. */
export interface CapturePacket {
  readonly kind: 'packet';
  /** ms since 1970. */
  readonly at: number;
  /** Which interface saw it, from 0. */
  readonly on: number;
  /** As the interface sees it: from the phone, or to it. */
  readonly direction: 'inbound' | 'outbound';
  /** An IPv4 packet. */
  readonly octets: Uint8Array;
  /** What a reader is told about it. */
  readonly comment: string;
}

/** Block types, options and values of pcapng (IETF draft-ietf-opsawg-pcapng, 4). */
const BLOCK = { section: 0x0a0d0d0a, interface: 1, names: 4, packet: 6 } as const;
const OPTION = { end: 0, comment: 1, interfaceName: 2, packetFlags: 2, application: 4, timeResolution: 9 } as const;
const BYTE_ORDER = 0x1a2b3c4d;
const RAW_IP = 101;
const MILLISECONDS = 3;
const IPV4_NAME = 1;
const DIRECTION = { inbound: 1, outbound: 2 } as const;

/** The beginning of a pcapng file. What follows are blocks in any order, an interface before its packets; times are in ms. */
export function pcapngHead(): Uint8Array {
  const unknownLength = Buffer.alloc(8, 0xff);
  const application = [OPTION.application, utf8('gsm-sim')] as const;
  return block(BLOCK.section, [u32(BYTE_ORDER), u16(1), u16(0), unknownLength], [application]);
}

/** A block of a pcapng file. */
export function pcapngBlock(content: CaptureInterface | CaptureName | CapturePacket): Uint8Array {
  switch (content.kind) {
    case 'interface':
      return interfaceBlock(content.name);
    case 'name':
      return nameBlock(content);
    case 'packet':
      return packetBlock(content);
  }
}

function interfaceBlock(name: string): Buffer {
  const options = [
    [OPTION.interfaceName, utf8(name)],
    [OPTION.timeResolution, Buffer.of(MILLISECONDS)],
  ] as const;
  return block(BLOCK.interface, [u16(RAW_IP), u16(0), u32(0)], options);
}

function nameBlock({ name, address }: CaptureName): Buffer {
  const value = Buffer.concat([Buffer.from(address.split('.').map(Number)), utf8(name), Buffer.of(0)]);
  return block(BLOCK.names, [u16(IPV4_NAME), u16(value.length), padded(value), u16(0), u16(0)], []);
}

function packetBlock({ at, on, direction, octets, comment }: CapturePacket): Buffer {
  const time = BigInt(Math.round(at));
  const fields = [
    u32(on),
    u32(Number(time >> 32n)),
    u32(Number(time & 0xffff_ffffn)),
    u32(octets.length),
    u32(octets.length),
  ];
  const options = [
    [OPTION.comment, utf8(comment)],
    [OPTION.packetFlags, u32(DIRECTION[direction])],
  ] as const;
  return block(BLOCK.packet, [...fields, padded(octets)], options);
}

function block(
  type: number,
  fields: readonly Uint8Array[],
  options: readonly (readonly [code: number, value: Uint8Array])[],
): Buffer {
  const written = options.flatMap(([code, value]) => [u16(code), u16(value.length), padded(value)]);
  const end = options.length === 0 ? [] : [u16(OPTION.end), u16(0)];
  const body = Buffer.concat([...fields, ...written, ...end]);
  const length = u32(body.length + 12);
  return Buffer.concat([u32(type), length, body, length]);
}

/** Fields of a pcapng block begin at multiples of four octets. */
function padded(octets: Uint8Array): Buffer {
  return Buffer.concat([octets], Math.ceil(octets.length / 4) * 4);
}

function u16(value: number): Buffer {
  const octets = Buffer.alloc(2);
  octets.writeUInt16LE(value);
  return octets;
}

function u32(value: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32LE(value);
  return octets;
}

function utf8(text: string): Buffer {
  return Buffer.from(text, 'utf8');
}
