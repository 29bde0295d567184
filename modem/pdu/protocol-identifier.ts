/** What TP-PID asks of the receiver or the service centre (3GPP TS 23.040, 9.2.3.9). */
export type ProtocolIdentifier =
  /** From phone to phone; `protocol` 0 to 31, 0 for a plain message. */
  | { readonly kind: 'plain'; readonly protocol: number }
  /** Conversion to or from another kind of device, named by its code 0 to 31. */
  | { readonly kind: 'telematic'; readonly device: number }
  /** Acknowledged by the phone and thrown away, without telling its user. */
  | { readonly kind: 'type-0' }
  /** Takes the place of an earlier message of the same number, 1 to 7, from the same sender. */
  | { readonly kind: 'replace'; readonly number: number }
  /** A value from 40 to 7F with another purpose, by name. */
  | { readonly kind: 'special'; readonly purpose: SpecialPurpose }
  /** Assigned by the service centre. */
  | { readonly kind: 'service-centre' }
  | { readonly kind: 'reserved' };

/** The purposes from 40 to 7F that have a code to themselves. */
export type SpecialPurpose = (typeof SPECIAL_PURPOSES)[number][1];

const SPECIAL_PURPOSES = [
  [0x48, 'device triggering'],
  [0x5e, 'enhanced message service'],
  [0x5f, 'return call'],
  [0x7c, 'ANSI-136 R-DATA'],
  [0x7d, 'ME data download'],
  [0x7e, 'ME de-personalization'],
  [0x7f, 'SIM data download'],
] as const;

const TELEMATIC_DEVICES: Readonly<Partial<Record<number, string>>> = {
  0: 'the usual device of this service centre',
  1: 'telex',
  2: 'group 3 telefax',
  3: 'group 4 telefax',
  4: 'voice telephone',
  5: 'ERMES',
  6: 'national paging',
  7: 'videotex',
  8: 'teletex',
  9: 'teletex in PSPDN',
  10: 'teletex in CSPDN',
  11: 'teletex in PSTN',
  12: 'teletex in ISDN',
  13: 'universal computer interface',
  16: 'message handling facility',
  17: 'X.400 message handling system',
  18: 'Internet mail',
  31: 'GSM or UMTS mobile station',
};

/** What TP-PID, an octet, means. */
export function protocolOf(pid: number): ProtocolIdentifier {
  if (pid < 0x20) return { kind: 'plain', protocol: pid };
  if (pid < 0x40) return { kind: 'telematic', device: pid & 0x1f };
  if (pid === 0x40) return { kind: 'type-0' };
  if (pid <= 0x47) return { kind: 'replace', number: pid & 7 };
  if (pid >= 0xc0) return { kind: 'service-centre' };
  const purpose = SPECIAL_PURPOSES.find(([code]) => code === pid)?.[1];
  return purpose === undefined ? { kind: 'reserved' } : { kind: 'special', purpose };
}

/** TP-PID in words. */
export function describeProtocol(pid: number): string {
  const protocol = protocolOf(pid);
  switch (protocol.kind) {
    case 'plain':
      return protocol.protocol === 0 ? 'plain' : `plain, protocol ${protocol.protocol}`;
    case 'telematic':
      return `telematic: ${TELEMATIC_DEVICES[protocol.device] ?? `device ${protocol.device}`}`;
    case 'type-0':
      return 'type 0: acknowledged and thrown away';
    case 'replace':
      return `replaces message ${protocol.number} of the same sender`;
    case 'special':
      return protocol.purpose;
    case 'service-centre':
      return 'assigned by the service centre';
    case 'reserved':
      return 'reserved';
  }
}
