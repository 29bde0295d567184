import fc from 'fast-check';
import { DATA_ELEMENTS, type DataElement, type Format } from '../../../../server/rails/card/data-elements.ts';
import type { IsoMessage } from '../../../../server/rails/card/iso8583.ts';

const CHARACTERS: Readonly<Record<Format, string>> = {
  n: '0123456789',
  an: 'ABCXYZabcxyz0123456789 ',
  ans: ' ABCxyz019~!$/-',
  z: '0123456789=',
  'x+n': '0123456789',
  b: '0123456789ABCDEF',
  any: '\u0000\u0001\u001fA9 \u007f\u0080\u00ff',
};

const MTIS = ['0200', '0210', '0400', '0401', '0410', '0420', '0430', '0500', '0510', '0800', '0810'];

function value({ format, lengthDigits, length }: DataElement): fc.Arbitrary<string> {
  const most = format === 'b' ? 2 * length : length;
  const unit = fc.constantFrom(...CHARACTERS[format]);
  const digits = fc.string({ unit, minLength: lengthDigits === 0 ? most : 0, maxLength: most });
  return format === 'x+n' ? fc.tuple(fc.constantFrom('C', 'D'), digits).map((parts) => parts.join('')) : digits;
}

/** Any message that ISO 8583:1987 allows. */
export const anyMessage: fc.Arbitrary<IsoMessage> = fc
  .tuple(fc.constantFrom(...MTIS), fc.subarray([...DATA_ELEMENTS.values()]))
  .chain(([mti, elements]) =>
    fc
      .tuple(...elements.map((element) => value(element)))
      .map((values) => ({ mti, fields: new Map(elements.map(({ field }, index) => [field, values[index] ?? ''])) })),
  );
