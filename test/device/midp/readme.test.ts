import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as midp from '../../../device/midp/index.ts';
import { declarationsOf, typesIn } from './declarations.ts';

const README = readFileSync(join(import.meta.dirname, '../../../device/midp/README.md'), 'utf8').replaceAll(
  /^```.*?^```$/gms,
  '',
);

const METHODS = join(import.meta.dirname, '../../../device/midp/METHODS.md');

/** The words in backticks of a text. */
const words = (text: string) => Array.from(text.matchAll(/`([^`]+)`/g), ([, word]) => word ?? '');

/** The rows of the table of classes: name, what is here, what is not. */
const ROWS = Array.from(
  README.matchAll(/^\| `([\w.]+)` +\|(.*)\|(.*)\|$/gm),
  ([, name = '', here = '', absent = '']) => ({
    name,
    here: words(here),
    absent: words(absent),
  }),
);

/** What Display, or the form, calls and no application does. */
const FOR_THE_LIBRARY = [
  'view',
  'event',
  'observe',
  'appear',
  'attach',
  'detach',
  'focus',
  'follow',
  'isLed',
  'frame',
  'gave',
  'changed',
  'stateChanged',
  'commands',
  'constructor',
];
/** What an application writes, or a constructor sets, is no property of the class. */
const WRITTEN = { MIDlet: ['startApp', 'pauseApp', 'destroyApp'], Command: ['label', 'type', 'priority'] } as const;

function namesOf(name: string): readonly string[] {
  if (name === 'context.system')
    return ['currentTimeMillis', 'timeZoneOffsetMillis', 'randomBytes', 'getProperty', 'schedule'];
  const exported: unknown = Reflect.get(midp, name);
  if (typeof exported === 'object' && exported !== null) return Object.keys(exported);
  if (typeof exported !== 'function') throw new Error(`${name} is not exported`);
  const own = Object.getOwnPropertyNames(exported.prototype);
  const fixed = Object.getOwnPropertyNames(exported).filter((key) => !['length', 'name', 'prototype'].includes(key));
  const written = name === 'MIDlet' || name === 'Command' ? WRITTEN[name] : [];
  return [...own, ...fixed, ...written].filter((key) => !FOR_THE_LIBRARY.includes(key));
}

/** Methods that a class has from its parent, and changes. */
const INHERITED = ['addCommand', 'removeCommand', 'setCommandListener', 'setLabel', 'setDefaultCommand'];
const isOwn = (name: string) => (method: string) =>
  ['Displayable', 'Item'].includes(name) || !INHERITED.includes(method);

/** Classes whose objects an application gets from the library. */
const GIVEN = ['Display', 'Displayable', 'Item', 'RecordStore', 'RecordEnumeration', 'MessageConnection'];
/** What has a row in the table under another name. */
const DECLARED: Readonly<Record<string, string>> = { 'context.system': 'System' };

/** The declarations of a class that an application uses: those that its row in the table names, and its constructor. */
function declared({ name, here }: (typeof ROWS)[number]): readonly string[] {
  const constructed = GIVEN.includes(name) ? [] : ['constructor'];
  return declarationsOf(DECLARED[name] ?? name, (member) => here.includes(member) || constructed.includes(member));
}

/** `METHODS.md` as it has to be. */
function methodsFile(): string {
  const classes = ROWS.map((row) => [`## ${row.name}`, '', '```ts', ...declared(row), '```', ''].join('\n'));
  const types = typesIn(classes.join('\n')).filter((text) => !NOT_FOR_APPLICATIONS.test(text));
  return [
    '# midp: the methods, with their parameters',
    '',
    'Made of the sources. `npx vitest run test/device/midp/readme.test.ts -u` writes this file anew, and `npm test` compares it. What is',
    'special about them is in [the README](README.md): `this.context` of the MIDlet where a method has a `MidletContext`, words for constants.',
    '',
    ...classes,
    '## Types',
    '',
    '```ts',
    ...types,
    '```',
    '',
  ].join('\n');
}

/** The phone's side of the library. */
const NOT_FOR_APPLICATIONS =
  /^interface (?:ShownScreen|PlatformMessage|ChoiceElement|\w*Platform|\w*View|Host\w*|Guest\w*|StoredRecords|ItemOwner)\b|^type (?:\w*View|DisplayEvent|HostErrorCode|PlatformMessage)\b/m;

describe('The README of midp', () => {
  test.each(ROWS)('$name has what it says, and nothing that it does not say', ({ name, here, absent }) => {
    const names = namesOf(name);
    expect(here.filter((word) => word !== 'for … of').toSorted()).toEqual(names.filter(isOwn(name)).toSorted());
    expect(absent.filter((word) => names.includes(word) && !here.includes(word))).toEqual([]);
  });

  test('names all that is exported', () => {
    const named = new Set(words(README));
    expect(Object.keys(midp).filter((name) => !named.has(name))).toEqual([]);
  });

  test('names nothing as not here that is exported', () => {
    const [, absent = ''] = /Not here at all: ([^.]*)\./.exec(README) ?? [];
    expect(words(absent).length).toBeGreaterThan(5);
    expect(words(absent).filter((name) => name in midp)).toEqual([]);
  });

  test('has the parameters of every method in METHODS.md', async () => {
    for (const row of ROWS) {
      const text = declared(row).join('\n');
      const missing = row.here.filter((word) => word !== 'for … of' && !new RegExp(String.raw`\b${word}\b`).test(text));
      expect(missing).toEqual([]);
    }
    await expect(methodsFile()).toMatchFileSnapshot(METHODS);
  });
});
