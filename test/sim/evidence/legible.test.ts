import { expect, it } from 'vitest';
import { encodeServiceIndication, encodeTpdu, fromHex, type Submit } from '../../../modem/index.ts';
import { obstacleIn } from '../../../sim/evidence/legible.ts';

const DESTINATION = { type: 'international', plan: 'isdn', value: '393330000002' } as const;
const OCTETS = { group: 'general', alphabet: '8bit', automaticDeletion: false } as const;

function toPort(destination: number, data: Uint8Array, source = 0): Uint8Array {
  const ports = { kind: 'ports', width: 16, destination, source } as const;
  const userData: Submit['userData'] = { kind: 'data', header: [ports], data };
  return encodeTpdu({ type: 'SUBMIT', messageReference: 0, destination: DESTINATION, dcs: OCTETS, userData });
}

const PUSH = encodeServiceIndication({ href: 'http://example.com/', text: 'Hi', action: 'signal-medium' });
const RANDOM = fromHex('0102030405');

const CASES: readonly (readonly [name: string, tpdu: Uint8Array, obstacle: RegExp | undefined])[] = [
  ['a text', fromHex('01000C9193330300002000000548656C6C6F'), undefined],
  ['a text whose octets end early', fromHex('01000C9193330300002000000A48656C'), /octets of user data instead of/],
  ['octets that end in the address', fromHex('01000C919333'), /TP-DA/],
  ['bits behind the last septet, which nobody minds', fromHex('01000C91933303000020000001FF'), undefined],
  ['compressed text, which nobody reads', fromHex('01000C9193330300002000200548656C6C6F'), undefined],
  ['an element that goes beyond its header', fromHex('41000C9193330300002000040405030001AA'), /TP-UDH/],
  ['an international number with a letter', fromHex('01000C919333030000A000000548656C6C6F'), /more than digits/],
  ['more octets than a TPDU has', new Uint8Array(165), /165 octets, more than the 164/],
  ['octets to an application', toPort(16001, RANDOM), undefined],
  ['octets to a WAP port', toPort(2948, RANDOM), /port 2948 is for WAP/],
  ['octets to a port beside one of WAP', toPort(2949, RANDOM), undefined],
  ['octets to WAP without a session', toPort(9200, RANDOM), /port 9200 is for WAP, and this is no service indication/],
  ['octets to WAP with a session', toPort(9201, RANDOM), /port 9201 is for WAP/],
  ['octets from a WAP port', toPort(16_001, RANDOM, 9200), /port 9200 is for WAP/],
  ['a service indication to a WAP port', toPort(2948, PUSH), undefined],
  // What analysers join first.
  ['a part of something to a WAP port', fromHex('41000C9193330300002000040C0B05040B84000000030902010102'), undefined],
  ['164 octets, as many as a TPDU has', fromHex(`01000C9193330300002000047F${'00'.repeat(151)}`), undefined],
];

it.each([
  ['an originator', `040C919333030000A0000090304061520000${'05C8329BFD06'}`],
  ['the recipient of a report', '06090C919333030000A0903040615200009030406152000000'],
])('an international number with a letter is an obstacle as %s', (_name, hex) => {
  expect(obstacleIn(fromHex(hex), 'mobile-terminated')).toMatch(/^the international number .* has more than digits$/);
});

it.each(CASES)('an analyser and %s', (_name, tpdu, obstacle) => {
  const said = obstacleIn(tpdu, 'mobile-originated');
  if (obstacle === undefined) expect(said).toBeUndefined();
  else expect(said).toMatch(obstacle);
});
