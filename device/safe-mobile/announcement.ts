import { SafeMobileError } from './errors.ts';
import { FRAME_CLASS } from './frame.ts';
import { Reader, Writer } from './octets.ts';
import type { Primitives } from './primitives.ts';
import { signedText, verifySignature } from './signature.ts';

/** Octets of a key announcement, which travels in clear. */
export const ANNOUNCEMENT_OCTETS = 107;
const SIGNED_OCTETS = 43;

/** Which key of the service is announced: 1 seals (`S`), 2 signs receipts (`R`). */
export type AnnouncedKey = 1 | 2;

/** A new service key, valid between two times (unix seconds), signed by the offline root key. */
export interface KeyAnnouncement {
  readonly what: AnnouncedKey;
  readonly kid: number;
  readonly key: Uint8Array;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** The octets 0 to 42 of an announcement, which root signs. */
export function announcementOctets(announcement: KeyAnnouncement): Uint8Array {
  return new Writer(SIGNED_OCTETS)
    .uint(FRAME_CLASS.announcement, 1)
    .uint(announcement.what, 1)
    .uint(announcement.kid, 1)
    .bytes(announcement.key, 32)
    .uint(announcement.notBefore, 4)
    .uint(announcement.notAfter, 4).octets;
}

/** The announcement as it travels, signed by whoever holds the root seed. */
export function encodeAnnouncement(announcement: KeyAnnouncement, sign: (text: Uint8Array) => Uint8Array): Uint8Array {
  const octets = announcementOctets(announcement);
  return new Writer(ANNOUNCEMENT_OCTETS).bytes(octets, SIGNED_OCTETS).bytes(sign(announcementText(octets)), 64).octets;
}

/** The text that root signs: label and octets 0 to 42. */
export function announcementText(frame: Uint8Array): Uint8Array {
  return signedText('SM1 key', frame.subarray(0, SIGNED_OCTETS));
}

/** Reads an announcement and checks root's signature. @throws SafeMobileError `length`, `class`, `field`, `signature` */
export function decodeAnnouncement(primitives: Primitives, root: Uint8Array, frame: Uint8Array): KeyAnnouncement {
  if (frame.length !== ANNOUNCEMENT_OCTETS)
    throw new SafeMobileError('length', `an announcement has ${ANNOUNCEMENT_OCTETS} octets`);
  const announcement = readUnsigned(frame.subarray(0, SIGNED_OCTETS));
  if (!verifySignature(primitives, root, announcementText(frame), frame.subarray(SIGNED_OCTETS))) {
    throw new SafeMobileError('signature', 'the announcement is not signed by root');
  }
  return announcement;
}

/** Reads the octets 0 to 42 of an announcement, before it is signed. @throws SafeMobileError `length`, `class`, `field` */
export function readUnsigned(octets: Uint8Array): KeyAnnouncement {
  if (octets.length !== SIGNED_OCTETS)
    throw new SafeMobileError('length', `an announcement has ${SIGNED_OCTETS} octets before its signature`);
  if (octets[0] !== FRAME_CLASS.announcement) throw new SafeMobileError('class', 'not a key announcement');
  const reader = new Reader(octets.subarray(1));
  const what = reader.uint(1);
  if (what !== 1 && what !== 2) throw new SafeMobileError('field', `announced key ${what} is not known`);
  return { what, kid: reader.uint(1), key: reader.bytes(32), notBefore: reader.uint(4), notAfter: reader.uint(4) };
}
