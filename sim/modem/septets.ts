import { decodeTpdu, encodeTpdu, PduEncodeError } from '../../modem/index.ts';
import { openSubmit, seal, withoutContents } from '../envelope.ts';

/** Unpacks `count` septets (3GPP TS 23.038, 6.1.2.1). */
export function unpackSeptets(packed: Uint8Array, count: number): Uint8Array {
  return Uint8Array.from({ length: count }, (_, i) => {
    const bit = i * 7;
    const pair = (packed[bit >> 3] ?? 0) | ((packed[(bit >> 3) + 1] ?? 0) << 8);
    return (pair >> (bit & 7)) & 0x7f;
  });
}

/** Packs septets, low bit first (3GPP TS 23.038, 6.1.2.1). */
export function packSeptets(septets: Uint8Array): Uint8Array {
  const packed = new Uint8Array(Math.ceil((septets.length * 7) / 8));
  septets.forEach((septet, i) => {
    const at = (i * 7) >> 3;
    const shifted = (septet & 0x7f) << ((i * 7) & 7);
    packed[at] = (packed[at] ?? 0) | (shifted & 0xff);
    if (at + 1 < packed.length) packed[at + 1] = shifted >> 8;
  });
  return packed;
}

const HEADER = {
  type: 'SUBMIT',
  messageReference: 0,
  destination: { type: 'unknown', plan: 'isdn', value: '0' },
  ...withoutContents,
} as const;
const SEPTETS_IN_A_MESSAGE = 160;

/** What septets say, by the default alphabet of the codec. @throws PduError when an escape among them means no character. */
export function textOfSeptets(septets: Uint8Array): string {
  let text = '';
  for (let at = 0; at < septets.length; at += SEPTETS_IN_A_MESSAGE) {
    const part = septets.subarray(at, at + SEPTETS_IN_A_MESSAGE);
    const userData = Uint8Array.of(part.length, ...packSeptets(part));
    const submit = decodeTpdu(
      seal({ header: HEADER, contents: { dcs: 0, hasHeader: false, userData } }),
      'mobile-originated',
    );
    if (submit.type === 'SUBMIT' && submit.userData.kind === 'text') text += submit.userData.text;
  }
  return text;
}

/** The septets of a text of at most 160, or `undefined` when it is longer or not of the default alphabet. */
export function septetsOfText(text: string): Uint8Array | undefined {
  try {
    const { contents } = openSubmit(
      encodeTpdu({
        ...HEADER,
        dcs: { group: 'general', alphabet: 'gsm7', automaticDeletion: false },
        userData: { kind: 'text', header: [], text },
      }),
    );
    return unpackSeptets(contents.userData.subarray(1), contents.userData[0] ?? 0);
  } catch (error) {
    if (error instanceof PduEncodeError) return undefined;
    throw error;
  }
}
