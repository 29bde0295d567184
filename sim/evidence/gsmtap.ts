import type { Way } from './relay.ts';

/** The UDP port of GSMTAP: how GSM messages travel for whoever listens. */
export const GSMTAP_PORT = 4729;
const VERSION = 2;
const HEADER_WORDS = 4;
/** Layer 3 messages between base station and controller, without the framing of the air. */
const ABIS = 2;
/** Bit of the channel number: from the phone. */
const UPLINK = 0x4000;
/** SMS outside a call go on a stand-alone dedicated control channel. */
const SDCCH_8 = 8;

const IP_HEADER = 20;
const UDP_HEADER = 8;
const UDP = 17;

/** A layer 3 message with the header of GSMTAP in front. */
export function gsmtap(way: Way, layer3: Uint8Array): Uint8Array {
  const channel = way === 'up' ? UPLINK : 0;
  const header = Uint8Array.of(VERSION, HEADER_WORDS, ABIS, 0, channel >> 8, 0, 0, 0, 0, 0, 0, 0, SDCCH_8, 0, 0, 0);
  return Buffer.concat([header, layer3]);
}

/** A UDP datagram in an IPv4 packet, from a port to the same port. */
export function udpPacket(port: number, payload: Uint8Array, source: string, destination: string): Uint8Array {
  const packet = Buffer.alloc(IP_HEADER + UDP_HEADER + payload.length);
  packet[0] = 0x45;
  packet.writeUInt16BE(packet.length, 2);
  packet[8] = 64;
  packet[9] = UDP;
  packet.set(source.split('.').map(Number), 12);
  packet.set(destination.split('.').map(Number), 16);
  packet.writeUInt16BE(checksum(packet.subarray(0, IP_HEADER)), 10);
  packet.writeUInt16BE(port, IP_HEADER);
  packet.writeUInt16BE(port, IP_HEADER + 2);
  packet.writeUInt16BE(UDP_HEADER + payload.length, IP_HEADER + 4);
  packet.set(payload, IP_HEADER + UDP_HEADER);
  return packet;
}

/** Of an IPv4 header whose checksum is 0 (RFC 1071). */
function checksum(header: Buffer): number {
  let sum = 0;
  for (let at = 0; at < header.length; at += 2) sum += header.readUInt16BE(at);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return ~sum & 0xffff;
}
