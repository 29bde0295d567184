import { expect, test } from 'vitest';
import { type Portrait, portraitYaml, readPortrait } from '../../../modem/portrait/index.ts';

const PORTRAIT: Portrait = {
  portrait: 1,
  name: 'maker-model',
  manners: {
    echo: 'on',
    lineStart: '\r\n',
    lineEnd: '\r\n',
    prompt: '\r\n> ',
    promptMs: 20,
    escape: 'OK',
    unknownCommand: 'ERROR',
    okAfterError: false,
    nuls: false,
    waiting: '',
    firstLine: 'heard',
    simState: 'READY',
  },
  delays: { usualMs: 20, firstMs: 0, commands: { '+COPS=?': 9_000 } },
  codes: { everyMs: 5_000, lines: ['^RSSI: 9'] },
  answers: {
    '+CGMI': ['Maker', 'OK'],
    '+CLAC': [...Array.from({ length: 20 }, (_, i) => `AT+C${i}`), 'OK'],
  },
  found: { '+CMEE?': ['+CMEE: 0', 'OK'] },
  live: ['+CSQ', '+CCLK?'],
  missing: ['+CXYZ?'],
};

test('a portrait is written for people: a comment above each part, short lists in a line, long ones an item a line', () => {
  const written = portraitYaml(PORTRAIT);
  expect(written.split('\n').filter((line) => !/^ {4}- AT\+C/.test(line))).toEqual([
    '# How a modem speaks, as gsm-modem portrait saw it. gsm-sim serve --personality THIS-FILE speaks like it.',
    "# {imei}, {imsi} and the like stand for what is the owner's; no number, no message and no PIN is in here.",
    '',
    'portrait: 1',
    'name: maker-model',
    '',
    '# Echo, ends of lines, prompt, errors.',
    'manners:',
    '  echo: on',
    '  lineStart: "\\r\\n"',
    '  lineEnd: "\\r\\n"',
    '  prompt: "\\r\\n> "',
    '  promptMs: 20',
    '  escape: OK',
    '  unknownCommand: ERROR',
    '  okAfterError: false',
    '  nuls: false',
    '  waiting: ""',
    '  firstLine: heard',
    '  simState: READY',
    '',
    '# From the end of a command line to its final result, in ms.',
    'delays:',
    '  usualMs: 20',
    '  firstMs: 0',
    '  commands:',
    '    +COPS=?: 9000',
    '',
    '# What it says of itself.',
    'codes:',
    '  everyMs: 5000',
    '  lines: ["^RSSI: 9"]',
    '',
    '# Lines of each answer, the final result last; an empty one: none came. Without AT.',
    'answers:',
    '  +CGMI: [Maker, OK]',
    '  +CLAC:',
    '    - OK',
    '',
    '# Settings as they were when the port was opened.',
    'found:',
    '  +CMEE?: ["+CMEE: 0", OK]',
    '',
    "# Answered with what changes or is the owner's: the virtual modem answers these by itself.",
    'live: [+CSQ, +CCLK?]',
    '',
    '# Answered as a command that nobody has.',
    'missing: [+CXYZ?]',
    '',
  ]);
  expect(readPortrait(written)).toEqual(PORTRAIT);
});

test.each([
  ['a: [', /^no YAML: /],
  ['portrait: 2\nname: x', /^no portrait of a modem: portrait: must be 1, the version of the form$/],
  ['[]', /^no portrait of a modem: the whole: /],
  [
    portraitYaml({ ...PORTRAIT, name: 'x' }).replace('name: x', 'name: X Y'),
    /^no portrait of a modem: name: must be small letters, digits and hyphens$/,
  ],
])('what is no portrait is refused in a line: %j', (source, message) => {
  expect(() => readPortrait(source)).toThrow(message);
  expect(() => readPortrait(source)).toThrow(/^[^\n]+$/);
});
