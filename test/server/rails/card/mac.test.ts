import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeIso } from '../../../../server/rails/card/iso8583.ts';
import { MacError, macX919, openIso, sealIso } from '../../../../server/rails/card/mac.ts';
import { anyMessage } from './any-message.ts';

const KEY = Buffer.from('0123456789abcdeffedcba9876543210', 'hex');

describe('the authentication code X9.19', () => {
  it.each([
    ['ISO 9797-1:2011 B.4, string 1', KEY, 'Now is the time for all ', 'a1c72e74ea3fa9b6'],
    ['ISO 9797-1:2011 B.4, string 2', KEY, 'Now is the time for it', '2e2b1428cc78254f'],
    [
      'Bouncy Castle ISO9797Alg3MacTest',
      Buffer.from('7ca110454a1a6e570131d9619dc1376e', 'hex'),
      'Hello World !!!!',
      'f09b856213bab83b',
    ],
  ])('%s', (_, key, text, code) => {
    expect(Buffer.from(macX919(key, Buffer.from(text))).toString('hex')).toBe(code);
  });

  it('of one block, and of nothing, is that of the last block', () => {
    expect(macX919(KEY, new Uint8Array())).toEqual(macX919(KEY, new Uint8Array(8)));
    expect(macX919(KEY, Buffer.from('one block'.slice(0, 8)))).not.toEqual(macX919(KEY, new Uint8Array(8)));
  });
});

describe.each(['ascii', 'binary'] as const)('%s: a message with its code', (variant) => {
  const messages = anyMessage.map(({ mti, fields }) => ({
    mti,
    fields: new Map([...fields].filter(([field]) => field !== 64 && field !== 128)),
  }));

  it('is opened with the key, and has its code in the last data element', () => {
    fc.assert(
      fc.property(messages, (message) => {
        const opened = openIso(sealIso(message, variant, KEY), variant, KEY);
        const last = [...message.fields.keys()].some((field) => field > 64) ? 128 : 64;
        const code = opened.fields.get(last);
        expect(opened.fields).toEqual(new Map([...message.fields, [last, code]]));
      }),
      { numRuns: 100 },
    );
  });

  it('is refused with any other octet, with another key, and without a code', () => {
    const message = {
      mti: '0200',
      fields: new Map([
        [3, '000000'],
        [4, '000000001250'],
        [11, '000001'],
        [41, 'TERM0001'],
      ]),
    };
    const sealed = sealIso(message, variant, KEY);
    sealed.forEach((octet, index) => {
      const changed = sealed.map((other, at) => (at === index ? octet ^ 1 : other));
      expect(() => openIso(changed, variant, KEY), `octet ${index}`).toThrow();
    });
    expect(() => openIso(sealed, variant, Buffer.alloc(16, 7))).toThrow(MacError);
    expect(() => openIso(encodeIso(message, variant), variant, KEY)).toThrow(
      '0200 came without an authentication code',
    );
  });

  it('with a second bitmap has its code in DE 128: one in DE 64 does not count', () => {
    const fields = new Map([
      [11, '000001'],
      [64, '0'.repeat(16)],
      [70, '001'],
    ]);
    expect(() => openIso(encodeIso({ mti: '0800', fields }, variant), variant, KEY)).toThrow(
      '0800 came without an authentication code',
    );
  });
});
