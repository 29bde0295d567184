import { mkdirSync, mkdtempSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cashHandset } from '../../../device/cli/cash-handset-program.ts';
import { expectPermissions, readDescription } from '../../../device/cli/suite-description.ts';
import { writeKey } from '../../../device/cli/suite-key.ts';
import { jarAttributes, readJar, writeJar } from '../../../device/suite/index.ts';
import { type Ended, inProcess } from '../../in-process.ts';
import { ATTRIBUTES, descriptor, JAR, primitives, SIGNER, unsigned } from '../suite/built-suite.ts';

const run = (...args: readonly string[]): Promise<Ended> => inProcess(cashHandset, 'suite', ...args);
const FOLDER = mkdtempSync(join(tmpdir(), 'suite-'));
const KEY = join(FOLDER, 'key');
writeFileSync(KEY, `${'07'.repeat(32)}\n`);

const YAML = `
name: SMS chat
vendor: Somebody
version: 1.0.0
script: chat.ts
midlets:
  - { name: Chat, class: Chat, icon: pictures/chat.png }
  - { name: Rooms, class: Rooms }
push:
  - { port: 5000, class: Chat, from: '+39*' }
  - { port: 5001, class: Rooms }
permissions: [javax.microedition.io.PushRegistry, javax.microedition.io.Connector.sms, javax.wireless.messaging.sms.receive]
optionalPermissions: [javax.wireless.messaging.sms.send]
resources: [pictures, texts/it.json]
attributes: { Chat-Room: 7 }
`;
const SOURCES = {
  'chat.ts': `import { MIDlet } from 'midp';
import { hello } from './hello.ts';
import greetings from './greetings.json';
abstract class App extends MIDlet { startApp(): void { this.context.lcd; hello(greetings); } pauseApp(): void {} destroyApp(): void {} }
export class Chat extends App {}
export class Rooms extends App {}
`,
  'hello.ts': `import { Form } from 'cash-mobile/midp';
export function hello(words: unknown): unknown { return [Form, words]; }
`,
  'greetings.json': '["hello"]',
  'pictures/chat.png': 'png',
  'pictures/old/chat.png': 'older',
  'texts/it.json': '{}',
  'texts/not-wanted.json': '{}',
};
let folders = 0;

/** A folder called `chat` with these files. */
function folderOf(files: Readonly<Record<string, string | undefined>>): string {
  folders += 1;
  const folder = join(FOLDER, String(folders), 'chat');
  for (const [path, text] of Object.entries({ 'suite.yaml': YAML, ...SOURCES, ...files })) {
    if (text === undefined) continue;
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** A descriptor in a file, with a JAR beside it. */
function fileOf(jad: Uint8Array, jar: Uint8Array | undefined = JAR): string {
  folders += 1;
  const folder = join(FOLDER, String(folders));
  mkdirSync(folder);
  if (jar !== undefined) writeFileSync(join(folder, 'chat.jar'), jar);
  writeFileSync(join(folder, 'chat.jad'), jad);
  return join(folder, 'chat.jad');
}

/** A descriptor in a file, beside a JAR with this program. */
function ofScript(script: string): string {
  const jar = writeJar({ attributes: ATTRIBUTES, script, resources: new Map() });
  return fileOf(descriptor(jarAttributes(jar, 'chat.jar', primitives)), jar);
}

describe('cash-handset suite build', () => {
  test('makes a descriptor and a JAR that a phone takes', async () => {
    const folder = folderOf({});
    const built = await run('build', folder, '--key', KEY);
    expect(built).toMatchObject({ code: 0, err: '' });
    expect(built.out).toMatch(/chat.jad and .*chat.jar: SMS chat 1.0.0 by Somebody, \d+ octets\nSigned with the key /);
    const checked = await run('check', join(folder, 'chat.jad'), '--json');
    expect(JSON.parse(checked.out)).toMatchObject({
      event: 'checked',
      status: 900,
      name: 'SMS chat',
      signer: SIGNER,
      files: { 'pictures/chat.png': 3, 'pictures/old/chat.png': 5, 'texts/it.json': 2, 'suite.js': expect.any(Number) },
    });
    const { manifest, resources } = readJar(new Uint8Array(readFileSync(join(folder, 'chat.jar'))));
    expect([...resources.keys()]).toEqual(['pictures/chat.png', 'pictures/old/chat.png', 'texts/it.json']);
    expect(manifest).toEqual({
      'Manifest-Version': '1.0',
      'MIDlet-Name': 'SMS chat',
      'MIDlet-Version': '1.0.0',
      'MIDlet-Vendor': 'Somebody',
      'MIDlet-1': 'Chat, pictures/chat.png, Chat',
      'MIDlet-2': 'Rooms, , Rooms',
      'MIDlet-Push-1': 'sms://:5000, Chat, +39*',
      'MIDlet-Push-2': 'sms://:5001, Rooms, *',
      'MIDlet-Permissions':
        'javax.microedition.io.PushRegistry, javax.microedition.io.Connector.sms, javax.wireless.messaging.sms.receive',
      'MIDlet-Permissions-Opt': 'javax.wireless.messaging.sms.send',
      'MicroEdition-Configuration': 'CLDC-1.1',
      'MicroEdition-Profile': 'MIDP-2.0',
      'Chat-Room': '7',
    });
  });

  test('of a folder with a space writes a URL of the JAR without one', async () => {
    const out = join(FOLDER, 'spaced');
    const folder = join(dirname(folderOf({})), 'my chat');
    renameSync(join(dirname(folder), 'chat'), folder);
    expect(await run('build', folder, '--out', out)).toMatchObject({ code: 0, err: '' });
    const jad = join(out, 'my chat.jad');
    expect(readFileSync(jad, 'utf8')).toMatch(/^MIDlet-Jar-URL: my%20chat\.jar$/m);
    expect(await run('check', jad)).toMatchObject({ code: 0, err: '' });
  });

  test('takes a text that stands without quotes as it is written', async () => {
    const text = YAML.replace('1.0.0', '1.10')
      .replace('SMS chat', '007')
      .replace('Somebody', 'true')
      .replace("'+39*'", '+393330000001')
      .replace('Chat-Room: 7', 'Chat-Room: 1.50, Chat-Open: yes, Chat-Hex: 0x1F, Chat-Day: 2026-11-27, Chat-On: false');
    const folder = folderOf({ 'suite.yaml': text });
    expect(await run('build', folder)).toMatchObject({ code: 0, err: '' });
    const { manifest } = readJar(new Uint8Array(readFileSync(join(folder, 'chat.jar'))));
    expect(manifest).toMatchObject({
      'MIDlet-Version': '1.10',
      'MIDlet-Name': '007',
      'MIDlet-Vendor': 'true',
      'MIDlet-Push-1': 'sms://:5000, Chat, +393330000001',
      'Chat-Room': '1.50',
      'Chat-Open': 'yes',
      'Chat-Hex': '0x1F',
      'Chat-Day': '2026-11-27',
      'Chat-On': 'false',
    });
  });

  test('whose script takes the class library from require, and puts its classes on exports', async () => {
    const folder = folderOf({});
    await run('build', folder);
    const { script } = readJar(new Uint8Array(readFileSync(join(folder, 'chat.jar'))));
    const asked: string[] = [];
    const exported: Record<string, unknown> = {};
    const library = { MIDlet: class {}, Form: class {} };
    new Function('require', 'exports', script)((name: string) => {
      asked.push(name);
      return library;
    }, exported);
    expect(asked).toEqual(['midp']);
    expect(Object.keys(exported)).toEqual(['Chat', 'Rooms']);
    expect(Object.getPrototypeOf(Object.getPrototypeOf(exported['Chat']))).toBe(library.MIDlet);
    expect(script).toMatch(/^"use strict";/);
  });

  test('makes the same octets of the same folder elsewhere, in another time zone', async () => {
    const [one, other, out] = [folderOf({}), folderOf({}), join(FOLDER, 'made', 'for', 'it')];
    await run('build', one, '--key', KEY);
    const zone = process.env['TZ'];
    process.env['TZ'] = 'America/New_York';
    await run('build', other, '--key', KEY, '--out', out);
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
    for (const name of ['chat.jad', 'chat.jar'])
      expect(readFileSync(join(out, name))).toEqual(readFileSync(join(one, name)));
  });

  test('without a key makes one that is not signed', async () => {
    const folder = folderOf({});
    expect((await run('build', folder)).out).toContain('\nNot signed\n');
    expect(readFileSync(join(folder, 'chat.jad'), 'utf8')).not.toContain('MIDlet-Signature');
  });

  test.each(['./texts/it.json', 'texts/./it.json', 'texts/../texts/it.json', '.'])('takes no path %s', (path) => {
    const wrong = 'suite.yaml: resources.1: is to be a path inside the folder';
    expect(() => readDescription(YAML.replace('texts/it.json', path))).toThrow(wrong);
  });

  test('takes permissions for push among those that the owner may refuse', () => {
    const text = YAML.replace(/^permissions/m, 'x').replace(/^optionalPermissions: .*\n/m, '');
    const description = readDescription(text.replace(/^x/m, 'optionalPermissions'));
    expect(() => expectPermissions(description)).not.toThrow();
    expect(() => expectPermissions({ ...description, optionalPermissions: [] })).toThrow('push needs the permission');
  });

  test('takes another file for the class library, as suite.yaml says', async () => {
    const folder = folderOf({
      'suite.yaml': `${YAML}classLibrary: ../library.ts`,
      'hello.ts': "import { Form } from '../library.ts';\nexport const hello = (words: unknown) => [Form, words];",
    });
    writeFileSync(join(folder, '../library.ts'), 'export class Form { inTheLibrary = 1 }');
    expect((await run('build', folder)).code).toBe(0);
    const { script } = readJar(new Uint8Array(readFileSync(join(folder, 'chat.jar'))));
    expect(script).not.toContain('inTheLibrary');
  });

  const yaml = (from: string, to: string) => ({ 'suite.yaml': YAML.replace(from, to) });
  test.each<[string, Readonly<Record<string, string | undefined>>, RegExp]>([
    ['no suite.yaml', { 'suite.yaml': undefined }, /There is no .*suite.yaml/],
    ['not YAML', { 'suite.yaml': 'a: [' }, /suite.yaml is not YAML: /],
    ['an empty one', { 'suite.yaml': '' }, /suite.yaml: Invalid input/],
    ['no name', yaml('name: SMS chat', ''), /suite.yaml: name: /],
    ['a name of two lines', yaml('SMS chat', '"a\\nb"'), /suite.yaml: name: is to be a line of text/],
    ['a version of one number', yaml('1.0.0', '"1"'), /suite.yaml: version: is to be major.minor.micro/],
    ['a version of one number without quotes', yaml('1.0.0', '1'), /suite.yaml: version: is to be major.minor.micro/],
    ['no version', yaml('1.0.0', ''), /suite.yaml: version: .*received null/],
    ['a port in words', yaml('5001', 'five'), /push.1.port: .*expected number, received string/],
    ['a filter without quotes', yaml("'+39*'", '*'), /is not YAML: write a text that begins with \* in quotes: '\*'/],
    ['a field that is not known', yaml('name:', 'nmae: x\nname:'), /suite.yaml: Unrecognized key: "nmae"/],
    ['a comma in a MIDlet', yaml('name: Rooms', 'name: "Rooms, old"'), /midlets.1.name: may not have a comma/],
    ['a class that is no name', yaml('class: Rooms', 'class: a b'), /midlets.1.class: is to be the name of a class/],
    ['no MIDlet', yaml(/midlets:.*push/s.exec(YAML)?.[0] ?? '', 'midlets: []\npush'), /suite.yaml: midlets: /],
    ['a port that there is not', yaml('5001', '65536'), /push.1.port: /],
    ['a script elsewhere', yaml('script: chat.ts', 'script: ../chat.ts'), /script: is to be a path inside the folder/],
    ['a resource elsewhere', yaml('texts/it.json', '/etc/passwd'), /resources.1: is to be a path inside the folder/],
    ['a resource that is not there', yaml('texts/it.json', 'texts/de.json'), /There is no .*texts\/de.json, which/],
    [
      'an icon that is not there',
      yaml('icon: pictures/chat', 'icon: chat'),
      /chat.png of Chat is not among the resources/,
    ],
    ['a signature of its own', yaml('Chat-Room', 'MIDlet-Signature'), /MIDlet-Signature: is written by suite build/],
    ['a JAR of its own', yaml('Chat-Room', 'MIDlet-Jar-URL'), /MIDlet-Jar-URL: is written by suite build/],
    [
      'an attribute twice',
      yaml('Chat-Room', 'MIDlet-Name'),
      /attributes.MIDlet-Name: another field of suite.yaml gives it/,
    ],
    ['a class that is not exported', { 'chat.ts': 'export class Chat {}' }, /chat.ts exports no class Rooms/],
    [
      'the program among the resources',
      { ...yaml('[pictures', '[suite.js, pictures'), 'suite.js': '' },
      /cannot be called suite.js/,
    ],
    [
      'a manifest among the resources',
      { ...yaml('[pictures', '[Meta-Inf, pictures'), 'Meta-Inf/MANIFEST.MF': '' },
      /cannot be called Meta-Inf\/MANIFEST.MF/,
    ],
    [
      'a resource of a name of JavaScript',
      { ...yaml('[pictures', '[__proto__, pictures'), ['__proto__']: '' },
      /called __proto__/,
    ],
    [
      'push without the permission to receive',
      yaml(', javax.wireless.messaging.sms.receive]', ']'),
      /^cash-handset: suite.yaml: push needs the permission javax.wireless.messaging.sms.receive\n$/,
    ],
    [
      'push without the permission to register',
      yaml('javax.microedition.io.PushRegistry, ', ''),
      /push needs .*PushRegistry/,
    ],
    [
      'a name with a letter that nobody sees',
      yaml('name: SMS chat', 'name: "SMS\u200b chat"'),
      /^cash-handset: 906 .*U\+200B/,
    ],
    ['a script that is not there', { 'chat.ts': undefined }, /Cannot resolve entry module .*chat.ts/],
    ['a mistake in the script', { 'hello.ts': 'export const hello = ;' }, /hello.ts:1: Unexpected token/],
    [
      'an import that is not there',
      { 'hello.ts': "export * from './gone.ts'" },
      /hello.ts:1: Could not resolve '.\/gone.ts'/,
    ],
    [
      'a module of Node',
      { 'hello.ts': "export { readFile as hello } from 'node:fs'" },
      /the phone has no module node:fs/,
    ],
    [
      'a module that is not installed',
      { 'hello.ts': "export { hello } from 'left-pad-2'" },
      /the phone has no module left-pad-2/,
    ],
    [
      'a permission that no phone gives',
      yaml(
        '[javax.microedition.io.PushRegistry',
        '[javax.microedition.io.Connector.http, javax.microedition.io.PushRegistry',
      ),
      /^cash-handset: 910 Application authorization failure: This phone cannot give/,
    ],
    ['a port that belongs to the phone', yaml('5001', '2948'), /^cash-handset: 911 Push registration failure: /],
    [
      'a script that is too long',
      { 'greetings.json': JSON.stringify('x'.repeat(103_000)) },
      /: 901 Insufficient Memory: suite.js has/,
    ],
  ])('with %s is refused in one line', async (_name, files, complaint) => {
    const folder = folderOf(files);
    const { code, out, err } = await run('build', folder);
    expect(err).toMatch(complaint);
    expect(err.trimEnd()).not.toMatch(/\n|\p{Cc}/u);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(statSync(join(folder, 'chat.jad'), { throwIfNoEntry: false })).toBeUndefined();
  });
});

describe('cash-handset suite key', () => {
  test('makes a key that its owner alone reads, and never a second one in its place', async () => {
    const path = join(FOLDER, 'my-key');
    const { code, out } = await run('key', path, '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({ event: 'key', file: path, signer: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const seed = readFileSync(path, 'utf8');
    expect(seed).toMatch(/^[0-9a-f]{64}\n$/);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(out).not.toContain(seed.trim());
    const again = await run('key', path);
    expect(again).toMatchObject({ code: 1, err: `cash-handset: ${path} is there already and is never written over\n` });
    expect(readFileSync(path, 'utf8')).toBe(seed);
  });

  test.each([
    ['a-key', 'is written'],
    ['', 'cannot be written'],
  ])('wipes the seed, also when the file %j %s', (name) => {
    const seed = new Uint8Array(32).fill(7);
    try {
      writeKey(join(FOLDER, name), seed, primitives);
    } catch {}
    expect(seed).toEqual(new Uint8Array(32));
  });

  test('is refused as a key of a suite when it is none, without a word of what is in it', async () => {
    const path = join(FOLDER, 'no-key');
    writeFileSync(path, 'secret');
    const { code, err } = await run('build', folderOf({}), '--key', path);
    expect({ code, err }).toEqual({
      code: 1,
      err: `cash-handset: ${path} is not a key: expected 64 hexadecimal digits\n`,
    });
    expect((await run('build', folderOf({}), '--key', join(FOLDER, 'gone'))).err).toMatch(/suite key .*gone makes one/);
  });
});

describe('cash-handset suite check', () => {
  test('says what a phone would say', async () => {
    expect(await run('check', fileOf(descriptor()))).toEqual({
      code: 0,
      out: `900 Success: Chat 1.2.3 by Somebody, ${JAR.length} octets\nSigned with the key ${SIGNER}\n`,
      err: '',
    });
    expect((await run('check', fileOf(unsigned()))).out).toMatch(/\nNot signed\n$/);
  });

  test.each<[number, string, () => string]>([
    [904, 'JAR size mismatch', () => fileOf(descriptor(), JAR.subarray(1))],
    [905, 'Attribute Mismatch', () => fileOf(descriptor({ 'MIDlet-Vendor': 'Else' }))],
    [906, 'Invalid Descriptor', () => fileOf(descriptor({ 'MIDlet-Name': undefined }))],
    [906, 'Invalid Descriptor', () => fileOf(new Uint8Array(16_385))],
    [907, 'Invalid JAR', () => fileOf(unsigned({ 'MIDlet-Jar-SHA256': undefined }), new Uint8Array(JAR.length))],
    [909, 'Application authentication failure', () => fileOf(descriptor(), new Uint8Array(JAR.length))],
    [901, 'Insufficient Memory', () => fileOf(descriptor(), new Uint8Array(65_537))],
    [907, 'Invalid JAR', () => ofScript('exports.Other = class {};')],
    [907, 'Invalid JAR', () => ofScript('exports.Chat = class {};')],
    [907, 'Invalid JAR', () => ofScript('exports.Chat = class extends')],
    [907, 'Invalid JAR', () => ofScript("require('fs');")],
    [907, 'Invalid JAR', () => ofScript('for (;;);')],
    [907, 'Invalid JAR', () => fileOf(unsigned({ 'MIDlet-1': 'Chat, chat.png, Chat' }))],
    [907, 'Invalid JAR', () => fileOf(unsigned({ 'MIDlet-2': 'Rooms, , Rooms' }))],
    [906, 'Invalid Descriptor', () => fileOf(descriptor({ 'MIDlet-Jar-URL': '%zz.jar' }))],
  ])('refuses with %d %s', async (status, text, make) => {
    const path = make();
    const { code, out, err } = await run('check', path);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(new RegExp(`^cash-handset: ${status} ${text}: .+\n$`));
    const asJson = await run('check', path, '--json');
    expect(asJson.code).toBe(1);
    expect(JSON.parse(asJson.out)).toEqual({ event: 'checked', status, message: expect.any(String) });
  });

  test('looks for the JAR where the URL says, beside the descriptor, or where it is told', async () => {
    const away = fileOf(descriptor({ 'MIDlet-Jar-URL': 'https://service.example/d/my%20chat.jar?x=../../y' }));
    expect((await run('check', away)).err).toBe(
      `cash-handset: There is no JAR ${join(dirname(away), 'my chat.jar')}\n`,
    );
    writeFileSync(join(dirname(away), 'my chat.jar'), JAR);
    expect((await run('check', away)).code).toBe(0);
    expect((await run('check', away, '--jar', join(dirname(away), 'gone.jar'))).code).toBe(1);
    expect((await run('check', fileOf(descriptor(), undefined), '--jar', join(dirname(away), 'chat.jar'))).code).toBe(
      0,
    );
    for (const url of ['..', '%2e%2e%2fx', '/', 'a/b/..%5c']) {
      const { err } = await run('check', fileOf(descriptor({ 'MIDlet-Jar-URL': url }), undefined));
      expect(err, url).toMatch(/^cash-handset: There is no JAR /);
    }
    expect((await run('check', join(FOLDER, 'none.jad'))).err).toMatch(/There is no descriptor /);
  });
});

describe('cash-handset suite show', () => {
  test('a descriptor', async () => {
    const path = fileOf(descriptor({ 'Chat-Room': '7' }));
    const { out } = await run('show', path);
    expect(out).toMatch(/^Chat 1.2.3 by Somebody\nJAR: chat.jar, \d+ octets\nSigned with the key /);
    expect(out).toContain('\n  Chat-Room: 7\n');
    expect(JSON.parse((await run('show', path, '--json')).out)).toMatchObject({
      event: 'descriptor',
      signer: SIGNER,
      jar: { octets: JAR.length },
      attributes: { 'Chat-Room': '7' },
    });
  });

  test('a JAR', async () => {
    const path = fileOf(descriptor()).replace('.jad', '.jar');
    expect((await run('show', path)).out).toMatch(
      /^\d+ octets\n {5}55 suite.js\n {5}16 texts\/it.json\n {2}Manifest-Version/,
    );
    expect(JSON.parse((await run('show', path, '--json')).out)).toMatchObject({
      event: 'jar',
      octets: JAR.length,
      files: { 'suite.js': 55, 'texts/it.json': 16 },
      attributes: { 'MIDlet-Vendor': 'Somebody' },
    });
  });

  test('what is neither, or damaged, is refused', async () => {
    expect(await run('show', KEY)).toMatchObject({ code: 2, err: expect.stringMatching(/neither a .jad nor a .jar/) });
    const damaged = fileOf(new Uint8Array(9), new Uint8Array(9));
    expect((await run('show', damaged)).err).toMatch(/^cash-handset: 906 Invalid Descriptor: /);
    expect((await run('show', damaged.replace('.jad', '.jar'))).err).toMatch(/^cash-handset: 907 Invalid JAR: /);
  });
});
