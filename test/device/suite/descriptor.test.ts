import { describe, expect, test } from 'vitest';
import { InstallError } from '../../../device/index.ts';
import { parseJad, passesFilter } from '../../../device/suite/descriptor.ts';

const LINES = [
  'MIDlet-Name: Cash-Mobile',
  'MIDlet-Version: 1.0.0',
  'MIDlet-Vendor: Cash-Mobile',
  'MIDlet-1: Cash-Mobile,,CashMobile',
  'MIDlet-Push-1: sms://:16001, CashMobile, *',
  'MIDlet-Permissions: javax.microedition.io.PushRegistry, javax.wireless.messaging.sms.send',
];

function jad(change: (line: string) => string | undefined = (line) => line): string {
  return LINES.map(change)
    .filter((line) => line !== undefined)
    .join('\n');
}

describe('An application descriptor (JSR-118)', () => {
  test('is read', () => {
    expect(parseJad(jad())).toMatchObject({
      name: 'Cash-Mobile',
      version: '1.0.0',
      midlets: [{ name: 'Cash-Mobile', icon: '', className: 'CashMobile' }],
      permissions: ['javax.microedition.io.PushRegistry', 'javax.wireless.messaging.sms.send'],
      push: [{ connection: 'sms://:16001', port: 16001, className: 'CashMobile', filter: '*' }],
      attributes: { 'MIDlet-Name': 'Cash-Mobile' },
    });
  });

  test('may end its lines with CR LF and have empty ones', () => {
    expect(parseJad(`${jad().replaceAll('\n', '\r\n')}\r\n\r\n`).name).toBe('Cash-Mobile');
  });

  test.each([
    ['a UTF-8 signature at the begin', (text: string) => `\uFEFF${text}`],
    ['CR alone at the line ends', (text: string) => text.replaceAll('\n', '\r')],
    ['line ends of every kind', (text: string) => text.replace('\n', '\r').replace('\n', '\r\n')],
    ['Ctrl-Z at the end', (text: string) => `${text}\r\n\u001A`],
    ['Ctrl-Z right after the last value', (text: string) => `${text}\u001A`],
    ['NUL at the end', (text: string) => `${text}\n\0\0\0`],
    ['blanks before the colon', (text: string) => text.replaceAll(':', ' \t:').replaceAll('sms \t:// \t:', 'sms://:')],
  ])('may have %s', (_name, write) => {
    expect(parseJad(write(jad()))).toMatchObject({ ...parseJad(jad()), attributes: parseJad(jad()).attributes });
  });

  test.each([
    'com.example.Key',
    'C++',
    'Größe',
    'キー',
    'ключ',
    "it's",
    '_-1',
    'X'.repeat(100),
    'toString',
    '$%&!~*|^`',
  ])('may have an attribute named %s', (name) => {
    expect(parseJad(`${jad()}\n${name}: a value`).attributes[name]).toBe('a value');
  });

  test.each(['two words', 'a(b', 'a=b', 'a/b', 'a"b', 'a,b', 'a@b', 'a\u0007b', '', 'a\u001Ab'])(
    'may not have an attribute named %j',
    (name) => {
      expect(() => parseJad(`${jad()}\n${name}: a value`)).toThrow(/Line 7 of the descriptor is not "Name: value"/);
    },
  );

  test.each(['MIDlet-Name', 'MIDlet-Version', 'MIDlet-Vendor', 'MIDlet-1'])(
    'without %s is refused with 906',
    (name) => {
      const text = jad((line) => (line.startsWith(`${name}:`) ? undefined : line));
      expect(() => parseJad(text)).toThrow(new InstallError(906, `The descriptor has no ${name}`));
    },
  );

  test.each([
    ['MIDlet-Version: 1', 906, /MIDlet-Version is to be major.minor.micro, not 1/],
    ['MIDlet-Version: 1.2.3.4', 906, /MIDlet-Version is to be/],
    ['MIDlet-Version: 100.0', 906, /MIDlet-Version is to be/],
    ['MIDlet-Version: 1.0-beta', 906, /MIDlet-Version is to be/],
    ['MIDlet-Vendor:', 906, /has no MIDlet-Vendor|MIDlet-Vendor twice/],
    ['MIDlet-Push-1: sms://+39340:16001, CashMobile, *', 911, /MIDlet-Push-1 is to be/],
    ['MIDlet-Push-1: sms://:16001, , *', 911, /MIDlet-Push-1 is to be/],
    ['MIDlet-1: Cash-Mobile', 906, /MIDlet-1 is to name a class/],
    ['MIDlet-Push-1: sms://16001, CashMobile, *', 911, /MIDlet-Push-1 is to be/],
    ['MIDlet-Push-1: sms://:2948, CashMobile, *', 911, /MIDlet-Push-1 is to be/],
    ['MIDlet-Push-1: sms://:16001, CashMobile', 911, /MIDlet-Push-1 is to be/],
    ['MIDlet-Permissions: javax.microedition.io.Connector.bluetooth', 910, /cannot give the permission/],
    ['no colon here', 906, /Line 7 of the descriptor/],
    ['MIDlet-Name: Again', 906, /MIDlet-Name twice/],
    [`X: ${'x'.repeat(20_000)}`, 906, /longer than 16384/],
  ])('with "%s" is refused with %d', (line, status, complaint) => {
    const [name = ''] = line.split(':');
    const replaces = /^MIDlet-(Version|1|Push-1|Permissions)$/.test(name);
    const text = replaces ? jad((known) => (known.startsWith(`${name}:`) ? line : known)) : `${jad()}\n${line}`;
    expect(() => parseJad(text)).toThrow(expect.objectContaining({ status }));
    expect(() => parseJad(text)).toThrow(complaint);
  });
});

describe('What a descriptor may say', () => {
  test('it has at most 16,384 characters', () => {
    const filled = (length: number) => `${jad()}\nX: `.padEnd(length, 'x');
    expect(parseJad(filled(16_384)).attributes['X']).toMatch(/^x+$/);
    expect(() => parseJad(filled(16_385))).toThrow(/longer than 16384/);
  });

  test.each(['1.0', '1.2.3', '99.99.99'])('version %s', (version) => {
    expect(parseJad(jad().replace('1.0.0', version)).version).toBe(version);
  });

  test('every permission that this phone can give, with commas to spare', () => {
    const permissions = [
      'javax.microedition.io.PushRegistry',
      'javax.microedition.io.Connector.sms',
      'javax.wireless.messaging.sms.receive',
      'javax.wireless.messaging.sms.send',
    ];
    const text = jad((line) =>
      line.startsWith('MIDlet-Permissions') ? `MIDlet-Permissions: ${permissions.join(' ,')}, ,` : line,
    );
    expect(parseJad(text).permissions).toEqual(permissions);
    expect(parseJad(jad((line) => (line.startsWith('MIDlet-Perm') ? undefined : line))).permissions).toEqual([]);
  });

  test('a port once, however it is written', () => {
    const push = (number: number, port: string) => `MIDlet-Push-${number}: sms://:${port}, CashMobile, *`;
    const text = [jad(), push(2, '5000'), push(3, '05000')].join('\n');
    expect(() => parseJad(text)).toThrow(new InstallError(911, 'MIDlet-Push-3 registers sms://:05000 a second time'));
  });

  test('several MIDlets, each with its picture or none', () => {
    const more = ['MIDlet-2: Sell , /sell.png , Sell'];
    expect(parseJad([jad(), ...more].join('\n')).midlets).toEqual([
      { name: 'Cash-Mobile', icon: '', className: 'CashMobile' },
      { name: 'Sell', icon: '/sell.png', className: 'Sell' },
    ]);
    expect(() => parseJad(`${jad()}\nMIDlet-2: Sell, /sell.png`)).toThrow(/MIDlet-2 is to name a class/);
  });

  test('push registrations of any of its MIDlets, and of no other class', () => {
    const more = ['MIDlet-2: Sell,,Sell', 'MIDlet-Push-2: sms://:16002, Sell, *'];
    expect(parseJad([jad(), ...more].join('\n')).push[1]?.className).toBe('Sell');
    expect(() => parseJad(`${jad()}\nMIDlet-Push-2: sms://:16002, Sell, *`)).toThrow(
      new InstallError(911, 'MIDlet-Push-2 names the class Sell, which no MIDlet-n has'),
    );
  });

  test('optional permissions, of which the phone takes those that it knows', () => {
    const line = 'MIDlet-Permissions-Opt: javax.wireless.messaging.sms.receive, javax.microedition.io.Connector.http';
    const descriptor = parseJad(`${jad()}\n${line}`);
    expect(descriptor.optionalPermissions).toEqual(['javax.wireless.messaging.sms.receive']);
    expect(descriptor.permissions).not.toContain('javax.wireless.messaging.sms.receive');
  });

  test.each([
    'MicroEdition-Profile: MIDP-2.0',
    'MicroEdition-Profile: MIDP-1.0',
    'MicroEdition-Profile: MIDP-1.0 MIDP-2.0',
    'MicroEdition-Configuration: CLDC-1.0',
    'MicroEdition-Configuration: CLDC-1.1',
    'MicroEdition-Configuration:',
  ])('%s', (line) => {
    expect(parseJad(`${jad()}\n${line}`).name).toBe('Cash-Mobile');
  });

  test.each([
    ['MicroEdition-Profile: MIDP-3.0', 'MIDP-3.0'],
    ['MicroEdition-Profile: MIDP-2.0 IMP-1.0', 'IMP-1.0'],
    ['MicroEdition-Configuration: CDC-1.1', 'CDC-1.1'],
  ])('%s is refused with 908', (line, missing) => {
    expect(() => parseJad(`${jad()}\n${line}`)).toThrow(new InstallError(908, `This phone does not have ${missing}`));
  });

  test.each(['\0', '\u0007', '\u001a', '\u0085'])('a value with the control character %j is refused', (character) => {
    expect(() => parseJad(`X: a${character}b\n${jad()}`)).toThrow(/Line 1 of the descriptor is not "Name: value"/);
  });

  test.each(['a\tb', 'a\u2028b', '\u200fa', 'a: b', '"a"'])('a value may be %j', (value) => {
    expect(parseJad(`X: ${value}\n${jad()}`).attributes['X']).toBe(value);
  });

  test('push registrations from 1 on, without a gap', () => {
    const more = [2, 3, 5].map((number) => `MIDlet-Push-${number}: sms://:1600${number}, CashMobile, +39*`);
    expect(parseJad([jad(), ...more].join('\n')).push.map(({ port }) => port)).toEqual([16_001, 16_002, 16_003]);
  });
});

describe('The filter of a push registration', () => {
  test.each([
    ['*', '+39340', true],
    ['+39*', '+39340', true],
    ['+39*', '+44340', false],
    ['+3934?', '+39340', true],
    ['+3934?', '+393401', false],
    ['+39(34)', '+39(34)', true],
    ['+39.40', '+39340', false],
    ['', '+39340', false],
    ['+39340', '+39340', true],
    ['+39340*', '+39340', true],
    ['+39340?', '+39340', false],
    ['*40', '+39340', true],
    ['*39', '+39', true],
    ['*3*9*0', '+390', true],
    ['*40', '+393401', false],
    ['*4*4*', '+3944', true],
    ['*4*4*', '+394', false],
    ['+*9*0', '+39190', true],
    ['**', '', true],
    ['?', '', false],
    [`${'*4'.repeat(40)}x`, '+4444444444444444444444444444444444444444', false],
  ])('%s and %s: %s', (filter, from, passes) => {
    expect(passesFilter(filter, from)).toBe(passes);
  });
});
