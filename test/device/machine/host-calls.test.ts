import { describe, expect, test } from 'vitest';
import {
  callHost,
  HOST_CALLS,
  type HostCall,
  type MachineValue,
  WRITING_CALLS,
} from '../../../device/machine/host-calls.ts';
import type { Host } from '../../../device/midp/index.ts';

type Arguments = readonly MachineValue[];

/** What reaches the phone of a call. */
function reached(name: HostCall, given: Arguments): unknown {
  const heard: unknown[] = [];
  const host: object = Object.fromEntries(
    HOST_CALLS.map((call) => [call, (...values: unknown[]) => heard.push(values)]),
  );
  callHost(host as Host, name, given);
  return heard;
}

const OCTETS = new Uint8Array(1);
const MORE: Arguments = ['x'];

/** Arguments of each call that the phone takes, and others that it does not. */
const CALLS: Readonly<Record<HostCall, readonly [taken: readonly Arguments[], refused: readonly Arguments[]]>> = {
  show: [[], [[], [undefined], ['{'], ['null'], [7]]],
  sound: [
    [['INFO'], ['WARNING'], ['ERROR'], ['ALARM'], ['CONFIRMATION']],
    [['LOUD'], [], [1]],
  ],
  rmsOpen: [
    [
      ['a', true],
      ['x'.repeat(32), false],
    ],
    [['', true], ['x'.repeat(33), true], ['a'], ['a', 1], [1, true]],
  ],
  rmsPut: [
    [['a', 1, OCTETS]],
    [
      ['a', 1],
      ['a', 1.5, OCTETS],
      ['a', '1', OCTETS],
      ['a', 1, 'x'],
      [1, 1, OCTETS],
    ],
  ],
  rmsDelete: [[['a', 1]], [['a'], ['a', 1.5], [1, 1]]],
  rmsRemove: [[['a']], [[], [1]]],
  rmsList: [[[]], [MORE]],
  rmsRoom: [[[]], [MORE]],
  listen: [
    [[0], [65_535]],
    [[-1], [65_536], [1.5], ['1'], []],
  ],
  closePort: [
    [[0], [65_535]],
    [[-1], [65_536], []],
  ],
  take: [
    [[0], [65_535]],
    [[-1], [65_536], []],
  ],
  segments: [
    [
      ['x', true],
      [OCTETS, false],
    ],
    [[1, true], ['x', 1], ['x']],
  ],
  send: [
    [
      [1, '+391', 0, 'x', 65_535],
      [1, '391234567890123', undefined, OCTETS, undefined],
    ],
    [
      [1, '', 0, 'x', 0],
      [1, '1234567890123456', 0, 'x', 0],
      [1, '+39 1', 0, 'x', 0],
      [1, '+391', 65_536, 'x', 0],
      [1, '+391', 0, 1, 0],
      [1, '+391', 0, 'x', -1],
      [1.5, '+391', 0, 'x', 0],
    ],
  ],
  connections: [[[true]], [[], [1]]],
  alarm: [
    [
      [undefined, undefined],
      [1, 'A'],
      [undefined, 'A'],
    ],
    [
      ['1', 'A'],
      [Number.NaN, 'A'],
      [1, 1],
      [1, 'A', 'x'],
    ],
  ],
  register: [
    [['x'.repeat(1_024), 'A', '*']],
    [
      ['x'.repeat(1_025), 'A', '*'],
      ['x', 'A'],
      ['x', 1, '*'],
      ['x', 'A', 1],
    ],
  ],
  unregister: [[['x']], [[], [1]]],
  registration: [[['x']], [[], [1]]],
  now: [[[]], [MORE]],
  offset: [
    [[0], [-1.5]],
    [[], ['x'], [Number.NaN]],
  ],
  random: [
    [[0], [65_536]],
    [[-1], [1.5], [Number.POSITIVE_INFINITY], []],
  ],
  timer: [
    [
      [1, 0],
      [1, 0.5],
    ],
    [[1.5, 0], [1], [1, Number.NaN]],
  ],
  clearTimer: [[[1]], [[1.5], []]],
  property: [[['x']], [[], [1]]],
  resource: [[['x']], [[], [1]]],
  attribute: [[['x']], [[], [1]]],
  request: [
    [[''], ['x'.repeat(1_024)]],
    [['x'.repeat(1_025)], [], [1]],
  ],
  permission: [[['x']], [[], [1]]],
  serial: [[[]], [MORE]],
  ended: [[[]], [MORE]],
};

describe.each(HOST_CALLS.map((name) => [name, ...CALLS[name]] as const))('The call %s', (name, taken, refused) => {
  test('reaches the phone with what it may have', () => {
    for (const given of taken) expect(reached(name, given)).toEqual([given]);
  });

  test('of another shape does not', () => {
    for (const given of refused) {
      expect(() => reached(name, given), JSON.stringify(given)).toThrow(`The call ${name} has other arguments`);
    }
  });
});

const COMMAND = { label: 'OK', type: 'OK', priority: 1 };
const SCREEN = { id: 1, title: '', commands: [COMMAND] };
const ITEM = { label: '' };
const CONSTRAINTS = { input: 'ANY' };
const FIELD = { kind: 'text-field', ...ITEM, text: '', edition: 1, maxSize: 5, constraints: CONSTRAINTS };
const LINES = [{ text: 'a', selected: true }];
const form = (item: object) => ({ kind: 'form', ...SCREEN, items: [item] });
const list = (change: object) => ({ kind: 'list', ...SCREEN, type: 'IMPLICIT', elements: LINES, ...change });
const alert = (change: object) => ({ kind: 'alert', ...SCREEN, type: 'INFO', text: '', ...change });

describe('A view', () => {
  test.each([
    [
      'a form',
      { ...form({ kind: 'string', ...ITEM, text: 'a', appearance: 'BUTTON' }), focus: { item: 0, edition: 1 } },
    ],
    ['a form with a ticker', { ...form({ kind: 'spacer', rows: 64 }), ticker: 'x' }],
    ['a field', form({ ...FIELD, initialInputMode: 'IS_LATIN_DIGITS', commands: [COMMAND], defaultCommand: 0 })],
    ['a choice', form({ kind: 'choice-group', ...ITEM, type: 'POPUP', elements: LINES })],
    ['a date', form({ kind: 'date-field', ...ITEM, text: '27.11.2026 09:05', edition: 1 })],
    ['a gauge', form({ kind: 'gauge', ...ITEM, interactive: true, value: 0, maxValue: 0 })],
    ['a list', list({ select: 0 })],
    ['a list without a select command', list({ select: 'none' })],
    ['a text box', { kind: 'text-box', ...SCREEN, field: FIELD }],
    ['an alert', alert({ timeoutMs: 0 })],
  ])('that is %s is shown as it is', (_what, view) => {
    expect(reached('show', [JSON.stringify(view)])).toEqual([[view]]);
  });

  test.each([
    ['without an id', { ...form(FIELD), id: undefined }],
    ['of a kind that is none', { ...form(FIELD), kind: 'canvas' }],
    ['with a command of a type that is none', { ...form(FIELD), commands: [{ ...COMMAND, type: 'HELLO' }] }],
    ['with a title that is no text', { ...form(FIELD), title: 1 }],
    ['with an item of a kind that is none', form({ kind: 'custom', ...ITEM })],
    ['with a field of a size below 0', form({ ...FIELD, maxSize: -1 })],
    ['with a field for what is nothing', form({ ...FIELD, constraints: { input: 'ALL' } })],
    ['with a default command below 0', form({ ...FIELD, defaultCommand: -1 })],
    ['with a date that is too long', form({ kind: 'date-field', ...ITEM, text: '27.11.2026 09:05!', edition: 1 })],
    ['with a spacer that is too high', form({ kind: 'spacer', rows: 65 })],
    ['with a spacer below 0', form({ kind: 'spacer', rows: -1 })],
    ['with a gauge below 0', form({ kind: 'gauge', ...ITEM, value: -1, maxValue: 1 })],
    ['with a gauge to below 0', form({ kind: 'gauge', ...ITEM, maxValue: -1 })],
    ['with a choice that pops up as a screen', list({ type: 'POPUP' })],
    ['with a line that has no text', list({ elements: [{ selected: true }] })],
    ['with a select command below 0', list({ select: -1 })],
    ['with an alert for a time below 0', alert({ timeoutMs: -1 })],
    ['with an alert of a type that is none', alert({ type: 'LOUD' })],
  ])('%s is not shown', (_what, view) => {
    expect(() => reached('show', [JSON.stringify(view)])).toThrow('The call show has other arguments');
  });

  test('has 65,536 characters at most', () => {
    const written = (text: string) => JSON.stringify(alert({ text }));
    const room = 65_536 - written('').length;
    expect(reached('show', [written('x'.repeat(room))])).toHaveLength(1);
    expect(() => reached('show', [written('x'.repeat(room + 1))])).toThrow('other arguments');
  });
});

test('Calls that write into the flash cost what writing costs', () => {
  expect(HOST_CALLS.filter((name) => WRITING_CALLS.has(name))).toEqual([
    'rmsOpen',
    'rmsPut',
    'rmsDelete',
    'rmsRemove',
    'take',
    'alarm',
    'register',
    'unregister',
  ]);
});
