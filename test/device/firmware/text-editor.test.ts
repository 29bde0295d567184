import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { strokeFor } from '../../../device/firmware/index.ts';
import { TextEditor } from '../../../device/firmware/text-editor.ts';
import type { Key } from '../../../device/index.ts';
import type { InputConstraints } from '../../../device/midp/index.ts';
import { VirtualClock } from '../../../sim/index.ts';

function editor(constraints: InputConstraints, text = '', maxSize = 30) {
  const clock = new VirtualClock();
  const state = { text };
  const moves: number[] = [];
  const field = {
    text,
    maxSize,
    constraints,
    decimalPoint: ',' as const,
    changed: (changed: string) => {
      state.text = changed;
    },
    moved: () => void moves.push(edited.cursor),
  };
  const edited: TextEditor = new TextEditor(clock, field);
  /** Keys by name; `_` waits until a letter stands, a key in capitals or with ! is held. */
  const keys = async (strokes: string) => {
    for (const stroke of strokes.split(' ')) {
      if (stroke === '_') await clock.advance(1_000);
      else edited.press({ key: stroke.replace('!', '') as Key, long: stroke.endsWith('!') });
    }
    return state.text;
  };
  return { edited, keys, moves };
}

const ANY: InputConstraints = { input: 'ANY' };

describe('Text entry by multi-tap', () => {
  test.each([
    ['2', 'A'],
    ['2 2 2', 'C'],
    ['2 _ 2', 'Aa'],
    ['2 3', 'Ad'],
    ['4 4 4 _ 0 5', 'I j'],
    ['# 2 2', 'b'],
    ['# # 2 _ 2', 'AA'],
    ['# # # 2 2 0', '220'],
    ['2 2 2 2', '2'],
    ['2 2 2 2 2', 'À'],
    ['# 2 2 2 2 2 2 2 2', 'a'],
    ['*', '+'],
    ['* *', '*'],
    ['0 2', ' A'],
    ['1 2 2', '.B'],
    ['2 # 2', 'AA'],
    ['2 clear 2', 'a'],
    ['2 left 2', 'aA'],
    ['5 5 5 5 5', 'J'],
    ['0!', '0'],
    ['* 0! 5!', '+05'],
    ['5!', '5'],
    ['2 5! 2', 'A5a'],
    ['2 5! 5', 'A5j'],
    ['2 0! 2 2', 'A0b'],
    ['1 1 1 1 1', '1'],
  ])('%s writes %j', async (strokes, text) => {
    expect(await editor(ANY).keys(strokes)).toBe(text);
  });

  test('a letter stands after 1,000 ms', async () => {
    const clock = new VirtualClock();
    const texts: string[] = [];
    const field = {
      text: '',
      maxSize: 9,
      constraints: ANY,
      decimalPoint: '.',
      changed: (t: string) => texts.push(t),
      moved() {},
    } as const;
    const edited = new TextEditor(clock, field);
    edited.press({ key: '2', long: false });
    await clock.advance(999);
    edited.press({ key: '2', long: false });
    await clock.advance(1_000);
    edited.press({ key: '2', long: false });
    expect(texts).toEqual(['A', 'B', 'Ba']);
  });

  test.each([
    ['the mode', '#', 1],
    ['the cursor', 'left', 1],
    ['a letter that stands', '2 _', 1],
    ['a letter that stands because another follows', '2 3', 0],
    ['a text', '2 _ 3 _ clear', 2],
  ])('says that what is seen beside the text has changed: %s', async (_name, strokes, times) => {
    const { keys, moves } = editor(ANY, 'a');
    await keys(strokes);
    expect(moves.length).toBe(times);
  });

  test('C deletes before the cursor, held it deletes all; left and right move the cursor', async () => {
    expect(await editor(ANY, 'casa').keys('clear')).toBe('cas');
    expect(await editor(ANY, 'casa').keys('left left clear')).toBe('csa');
    expect(await editor(ANY, 'casa').keys('left right right clear')).toBe('cas');
    expect(await editor(ANY, 'casa').keys('clear!')).toBe('');
    expect(await editor(ANY, '').keys('clear')).toBe('');
    expect(await editor(ANY, 'ab').keys('left left left clear # 2')).toBe('aab');
    expect(await editor(ANY, 'ab').keys('right right # 2')).toBe('aba');
  });

  test.each([
    ['NUMERIC', '1 2 2 0 * #', '1220'],
    ['NUMERIC', '0! 5', '05'],
    ['DECIMAL', '0! 5', '05'],
    ['PHONENUMBER', '0! 3 9', '+39'],
    ['PHONENUMBER', '3 0! 9', '39'],
    ['PHONENUMBER', '* 3 9', '+39'],
    ['PHONENUMBER', '* *', '*'],
    ['PHONENUMBER', '3 *', '3*'],
    ['PHONENUMBER', '3 #', '3#'],
    ['DECIMAL', '1 2 * 5 * 0', '12,50'],
    ['DECIMAL', '1 # 5', '1,5'],
  ] as const)('a %s field after %s holds %s', async (input, strokes, text) => {
    expect(await editor({ input }).keys(strokes)).toBe(text);
  });

  test.each([
    ['ANY', 'Il Sole 24', 'Il Sole 24'],
    ['ANY', '£<é漢', '£<é漢'],
    ['NUMERIC', '1a2 +3', '123'],
    ['PHONENUMBER', '+39 340-12', '+3934012'],
    ['PHONENUMBER', 'p39', '39'],
    ['DECIMAL', '1x2.50', '12,50'],
    ['DECIMAL', '12,5.0', '12,50'],
  ] as const)('the keyboard of a computer: a %s field takes %j as %j', (input, typed, text) => {
    const { edited } = editor({ input });
    for (const character of typed) {
      if (/[0-9]/.test(character)) edited.press({ key: character as Key, long: false });
      else edited.type(character);
    }
    expect(edited.text).toBe(text);
  });

  test('after a letter from the keyboard of a computer the keypad writes digits, until #', async () => {
    const { edited, keys } = editor(ANY);
    await keys('2');
    edited.type('x');
    expect(edited.mode).toBe('123');
    expect(await keys('2 # 2')).toBe('Ax2A');
  });

  test('a letter that does not fit any more changes nothing', () => {
    const { edited } = editor(ANY, 'ab', 2);
    edited.type('c');
    expect([edited.text, edited.mode, edited.cursor]).toEqual(['ab', 'Abc', 2]);
  });

  test('a letter goes where the cursor is, and a letter that was being chosen stands', async () => {
    const { edited, keys } = editor(ANY, 'ac');
    await keys('left');
    edited.type('b');
    expect(edited.text).toBe('abc');
  });

  test('takes no more than the field holds', async () => {
    expect(await editor({ input: 'NUMERIC' }, '', 3).keys('1 2 3 4')).toBe('123');
    expect(await editor(ANY, 'ab', 2).keys('3')).toBe('ab');
  });

  test('an astral character in the text counts as one under the cursor', async () => {
    expect(await editor(ANY, 'a😀b').keys('left clear')).toBe('ab');
  });

  test('every character of the keypad is reached by the strokes that strokeFor gives', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('abc', 'ABC', '123'),
        fc.constantFrom(...'abcxyz189 .,?+@ÀÈàèòù'),
        async (mode, character) => {
          const stroke = strokeFor(character, mode);
          if (stroke === undefined) return;
          const switches = { abc: '#', ABC: '# #', '123': '# # #' }[mode];
          const strokes = `${switches} ${Array.from({ length: stroke.times }, () => stroke.key).join(' ')}`;
          expect(await editor(ANY).keys(strokes)).toBe(character);
        },
      ),
    );
  });
});
