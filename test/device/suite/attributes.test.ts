import { describe, expect, test } from 'vitest';
import { InstallError, jarAttributes, openSuite, readOffer, writeJar } from '../../../device/suite/index.ts';
import { ATTRIBUTES, descriptor, primitives, SCRIPT } from './built-suite.ts';

const URL_OF_256 = `http://h/${'x'.repeat(247)}`;
const PERMISSIONS =
  'javax.microedition.io.PushRegistry, javax.microedition.io.Connector.sms, javax.wireless.messaging.sms.receive';

/** What a phone says to an unsigned suite with these attributes in the descriptor and in the manifest. */
function statusWith(change: Readonly<Record<string, string | undefined>>): number {
  const attributes = Object.fromEntries(
    Object.entries({ ...ATTRIBUTES, ...change }).filter((pair): pair is [string, string] => pair[1] !== undefined),
  );
  const manifest = Object.fromEntries(Object.entries(attributes).filter(([name]) => !/^MIDlet-Jar-/.test(name)));
  const resources = new Map([['chat.png', new Uint8Array(3)]]);
  try {
    const jar = writeJar({ attributes: manifest, script: SCRIPT, resources });
    const offer = { ...jarAttributes(jar, 'chat.jar', primitives), ...change };
    openSuite(readOffer(withoutSignature(descriptor(offer)), primitives), jar, primitives);
    return 900;
  } catch (error) {
    if (!(error instanceof InstallError)) throw error;
    return error.status;
  }
}

function withoutSignature(jad: Uint8Array): Uint8Array {
  return new Uint8Array(
    Buffer.from(
      Buffer.from(jad)
        .toString()
        .replace(/^MIDlet-Signature.*\n/m, ''),
    ),
  );
}

/** Cash-Mobile in Lisu, in Cherokee, in small capitals, with a letter of Deseret, with one in a box. */
const LOOK_ALIKES: readonly string[] = ['ꓚꓮꓢꓧ-ꓟꓳꓐꓲꓡꓰ', 'ᏟᎪᏚᎻ-ᎷᎾᏴᎥᏞᎬ', 'ᴄᴀꜱʜ-ᴍᴏʙɪʟᴇ', 'Ca𐑈h-Mobile', '🄲ash-Mobile'];

/** The attributes of JSR-118 ("MIDlet suite packaging"), each with right and wrong values. */
const ATTRIBUTE_TABLE: readonly (readonly [
  name: string,
  right: readonly string[],
  wrong: Readonly<Record<string, readonly (string | undefined)[]>>,
])[] = [
  [
    'MIDlet-Name',
    [
      'Chat',
      'Größe 2',
      'チャット',
      'Чат',
      '聊天',
      'Söhbət',
      'Taɗi',
      'a, b: c',
      'constructor',
      '__proto__',
      'ß'.repeat(64),
    ],
    { 906: [undefined, '', 'ß'.repeat(65), ...LOOK_ALIKES] },
  ],
  [
    'MIDlet-Version',
    ['0.0', '1.2', '01.02.03', '99.99.99'],
    { 906: [undefined, '1', '1.2.3.4', '100.0', '1.0.100', 'v1.0', '1.0 beta', '-1.0'] },
  ],
  ['MIDlet-Vendor', ['Somebody', 'A & B, Inc.'], { 906: [undefined, '', 'x'.repeat(65), ...LOOK_ALIKES] }],
  ['MIDlet-Icon', ['chat.png', '/chat.png', ''], { 907: ['gone.png', 'Chat.png'] }],
  ['MIDlet-Description', ['Talk by SMS', ''], {}],
  ['MIDlet-Info-URL', ['https://service.example/chat?x=1'], { 906: ['chat', 'ftp://service.example/'] }],
  [
    'MIDlet-1',
    ['Chat, , Chat', 'Chat,,Chat', 'Chat, chat.png, Chat', 'Chat, /chat.png, Chat', `${'x'.repeat(64)},,Chat`],
    {
      906: [
        ...[undefined, '', 'Chat', 'Chat, Chat', ',,Chat', 'Chat,,', 'Chat,,Chat,Else', `${'x'.repeat(65)},,Chat`],
        ...LOOK_ALIKES.map((name) => `${name},,Chat`),
      ],
      907: ['Chat, gone.png, Chat'],
    },
  ],
  ['MIDlet-2', ['Rooms,,Rooms'], { 906: ['Rooms', ''] }],
  ['MIDlet-3', [], { 906: ['Rooms,,Rooms'] }],
  ['MIDlet-0', [], { 906: ['Rooms,,Rooms'] }],
  ['MIDlet-01', [], { 906: ['Rooms,,Rooms'] }],
  [
    'MIDlet-Jar-URL',
    ['chat.jar', 'https://service.example/d/chat%20room.jar?a=b', '../c%C3%A9.jar', URL_OF_256],
    {
      906: [
        undefined,
        '',
        '%zz',
        'a%2',
        '%ff.jar',
        '%00.jar',
        'a b.jar',
        'a\\b.jar',
        'ü.jar',
        'file:///chat.jar',
        'javascript:1',
        'http://[',
        `${URL_OF_256}x`,
      ],
    },
  ],
  [
    'MIDlet-Jar-Size',
    [],
    {
      901: ['65537', '999999999'],
      904: ['1', '0'],
      906: [undefined, '', '1 kB', '-1', '0x10', '1e3', '1.0', '9999999999'],
    },
  ],
  ['MIDlet-Jar-SHA256', [], { 906: ['', 'abc', 'g'.repeat(64)], 909: ['0'.repeat(64)] }],
  ['MIDlet-Data-Size', ['0', '262144', '0000001'], { 901: ['262145'], 906: ['', '-1', 'much', '1k'] }],
  [
    'MicroEdition-Profile',
    [undefined, 'MIDP-2.0', 'MIDP-1.0', 'MIDP-2.0 MIDP-1.0'].filter((value) => value !== undefined),
    { 908: ['MIDP-2.1', 'MIDP-3.0', 'MIDP-2.0 IMP-1.0', 'midp-2.0'] },
  ],
  ['MicroEdition-Configuration', ['CLDC-1.0', 'CLDC-1.1'], { 908: ['CDC-1.0', 'CLDC-1.2'] }],
  ['MIDlet-Permissions', ['', PERMISSIONS], { 910: ['javax.microedition.io.Connector.http', `${PERMISSIONS}, all`] }],
  ['MIDlet-Permissions-Opt', ['', PERMISSIONS, 'javax.microedition.io.Connector.http'], {}],
  [
    'MIDlet-Push-1',
    ['sms://:5000, Chat, *', 'sms://:65535,Chat,+39*', 'sms://:0, Chat, +3934?'],
    {
      911: [
        '',
        'sms://:5000',
        'sms://:5000, Chat',
        'sms://:5000, Other, *',
        'sms://:65536, Chat, *',
        'sms://:2948, Chat, *',
        'sms://+39340:5000, Chat, *',
        'socket://:5000, Chat, *',
        'sms://:5000, Chat, *, more',
      ],
    },
  ],
  ['MIDlet-Push-2', ['nothing, as it is behind a gap'], {}],
  [
    'MIDlet-Install-Notify',
    ['http://service.example/n', URL_OF_256],
    { 906: ['', 'n', '/n', 'mailto:a@b.it', 'http://', `${URL_OF_256}x`] },
  ],
  [
    'MIDlet-Delete-Notify',
    ['https://service.example/n?id=%41'],
    { 906: ['', 'n', 'http://a b', 'http://h/%zz', `${URL_OF_256}x`] },
  ],
  ['MIDlet-Delete-Confirm', ['Really? All is lost: yes!'], {}],
  ['MIDlet-Jar-RSA-SHA1', [], { 909: ['AAAA'] }],
  ['MIDlet-Certificate-1-1', [], { 909: ['AAAA'] }],
  ['Chat-Room', ['7', '', 'a: b, c'], {}],
];

const RIGHT = ATTRIBUTE_TABLE.flatMap(([name, right]) => right.map((value) => [name, value] as const));
const WRONG = ATTRIBUTE_TABLE.flatMap(([name, , wrong]) =>
  Object.entries(wrong).flatMap(([status, values]) => values.map((value) => [name, value, Number(status)] as const)),
);

describe('The attributes of JSR-118', () => {
  test.each(RIGHT)('%s: %s is taken', (name, value) => {
    expect(statusWith({ [name]: value })).toBe(900);
  });

  test.each(WRONG)('%s: %s is refused with %d', (name, value, status) => {
    expect(statusWith({ [name]: value })).toBe(status);
  });

  test('MIDlet-n from 1 without a gap, of any number of digits', () => {
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`MIDlet-${index + 1}`, 'Chat,,Chat']));
    expect(statusWith(many)).toBe(900);
    expect(statusWith({ ...many, 'MIDlet-9': undefined })).toBe(906);
  });
});

describe('The names that the owner of a phone reads', () => {
  test.each([
    ['a zero width space', '\u200b'],
    ['a zero width joiner', '\u200d'],
    ['a right-to-left override', '\u202e'],
    ['a soft hyphen', '\u00ad'],
    ['a byte order mark', '\ufeff'],
    ['a variation selector', '\ufe0f'],
    ['a Hangul filler', '\u3164'],
    ['a tag', '\u{e0041}'],
    ['a blank of Braille', '\u2800'],
    ['a blank that does not break', '\u00a0'],
    ['a blank of an em', '\u2003'],
    ['a line separator', '\u2028'],
    ['a character of private use', '\ue000'],
    ['a character that there is not', '\u0378'],
    ['a letter in two parts', 'e\u0301'],
  ])('have not %s', (_name, character) => {
    expect(statusWith({ 'MIDlet-Name': `Ch${character}at` })).toBe(906);
    expect(statusWith({ 'MIDlet-Vendor': `Some${character}body` })).toBe(906);
    expect(statusWith({ 'MIDlet-1': `Ch${character}at,,Chat` })).toBe(906);
    expect(statusWith({ 'MIDlet-2': `Ch${character}at,,Chat` })).toBe(906);
    expect(statusWith({ 'MIDlet-Description': `Ch${character}at` })).toBe(900);
  });

  test('are said with the number of the character', () => {
    expect(() => readOffer(descriptor({ 'MIDlet-Name': 'Ch\u200bat' }), primitives)).toThrow(
      'MIDlet-Name has a character that nobody sees, U+200B',
    );
  });
});

test('an attribute called __proto__ is refused, which JavaScript would lose', () => {
  expect(() => readOffer(Buffer.from(`__proto__: x\n`), primitives)).toThrow(expect.objectContaining({ status: 906 }));
});
