import { FramingError, Unframing } from '../../server/rails/card/framing.ts';
import { decodeIso, encodeIso, IsoError, type IsoMessage } from '../../server/rails/card/iso8583.ts';
import { MacError, openIso } from '../../server/rails/card/mac.ts';
import { CardFrameError, type CardMessage, readCardMessage } from '../../sim/hosts/card-frames.ts';
import { found, type Target } from './target.ts';

/** Messages of others, and of this rail; their sources are in `test/server/rails/card/iso8583.test.ts`. */
const ASCII = [
  '0800823A0000000000000400000000000000042009061390000109061304200420001',
  '0200323A40010841801038000000000000000004200508050113921208050420042251320720000010000001156040800411        01251146333156336000299',
  '0200B2200000001000000000000000800000201234000000010000011072218012345606A5DFGR021ABCDEFGHIJ 1234567890',
  '0400F238048108C080000000004000000000199000000000000000017000000000000001250030109000000004209000003011000805123450123456789ABTERM0001MERCHANT1      978020000004203010900000000001234500000000000',
];
const BINARY = [
  '08002038000000200002810000000001084909052253415630305A303537363331202020205341564E47583130303131303032303030302020202020200011010008B9F3F723CA3CD2F8',
  '080020200000008000000000000000013239313130303031',
  '0400F238048108C080000000004000000000199000000000000000017000000000000000125003010900000000420900000301010008051234503031323334353637383941425445524D303030314D45524348414E5431202020202020393738020000004203010900000000001234500000000000',
];

const KEY = Buffer.from('0123456789abcdeffedcba9876543210', 'hex');

/** What a card host may send: refused with an error of its own, or the same again when it is encoded, and read alike by the double of the host. */
export function openCard(): Target {
  return {
    corpus: [
      ...ASCII.map((text) => Uint8Array.of(0, ...Buffer.from(text, 'latin1'))),
      ...BINARY.map((hex) => Uint8Array.of(1, ...Buffer.from(hex, 'hex'))),
    ],
    run([first = 0, ...octets]) {
      const variant = first % 2 === 0 ? 'ascii' : 'binary';
      const input = Buffer.from(octets);
      refused(() => new Unframing({ lengthCountsItself: first % 4 < 2 }).take(input), FramingError);
      refused(() => openIso(input, variant, KEY), IsoError, MacError);
      const message = refused(() => decodeIso(input, variant), IsoError);
      if (message === undefined) return;
      const again = decodeIso(encodeIso(message, variant), variant);
      found(!isSame(message, again), 'a message that was decoded is another one when it is encoded and decoded again');
      const speech = { variant, lengthCountsItself: false, tpdu: false } as const;
      const atHost = refused(() => readCardMessage(input, speech), CardFrameError);
      if (atHost !== undefined) found(!isAlike(message, atHost), 'the host reads another message');
    },
  };
}

/** What the function gives; `undefined` when it throws one of these errors. */
function refused<T>(read: () => T, ...errors: readonly (abstract new (...args: never[]) => Error)[]): T | undefined {
  try {
    return read();
  } catch (error) {
    if (errors.some((kind) => error instanceof kind)) return undefined;
    throw error;
  }
}

function isSame(one: IsoMessage, other: IsoMessage): boolean {
  const { fields } = other;
  return (
    one.mti === other.mti &&
    one.fields.size === fields.size &&
    [...one.fields].every(([field, value]) => fields.get(field) === value)
  );
}

function isAlike({ mti, fields }: IsoMessage, { type, elements }: CardMessage): boolean {
  const capitals = (field: number, value: string) => (field === 64 || field === 128 ? value.toUpperCase() : value);
  const others = Object.entries(elements).map(
    ([field, value]) => [Number(field), capitals(Number(field), value)] as const,
  );
  return type === mti && others.length === fields.size && others.every(([field, value]) => fields.get(field) === value);
}
