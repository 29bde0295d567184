import { describe, expect, it } from 'vitest';
import { ChangeOfPin, type PinWord, pinWordOn } from '../../../sim/loop/change-of-pin.ts';
import { Diary } from '../../../sim/loop/diary.ts';

it.each<[string, PinWord | undefined]>([
  ['Your new PIN counts from now on.', 'changed'],
  ['Wrong PIN. Tries left: 2\nThe PIN was not changed.', 'wrong'],
  ['The PIN was not changed.', 'not-changed'],
  ['Wrong PIN. Tries left: 2', undefined],
  ['', undefined],
])('the words %j say %s', (text, word) => {
  expect(pinWordOn({ items: [{ label: text, focused: false }] })).toBe(word);
});

it.each<[isMistyped: boolean, PinWord, string | undefined]>([
  [false, 'changed', undefined],
  [false, 'not-changed', undefined],
  [false, 'wrong', 'the right PIN is called wrong in a change'],
  [true, 'changed', 'a new PIN counts after a wrong present one'],
  [true, 'wrong', undefined],
])('of a change whose present PIN is wrong (%s), "%s" is doubted: %s', (isMistyped, word, doubt) => {
  expect(new ChangeOfPin(isMistyped, 0, 0).doubts(word)).toBe(doubt);
});

describe('a phone to which three messages had come may know which PIN counts', () => {
  let now = 0;
  const diary = new Diary(() => now);
  const request = (at: number) => {
    now = at;
    return diary.open({ mref: String(at), reference: '', payee: 'Shop 1', customer: '+39', minor: at });
  };

  it.each<[string, shown: readonly number[], reached: number, mayBeKnown: boolean]>([
    ['when nothing has come since', [], 3, false],
    ['when a message has come', [], 4, true],
    ['when the message was a request', [200], 4, false],
    ['when the request is older than the change', [50], 4, true],
    ['when one of two messages was a request that it has shown twice', [200, 200], 5, true],
  ])('%s', (_, shown, reached, mayBeKnown) => {
    const change = new ChangeOfPin(false, 100, 3);
    const requests = new Map(shown.map((at) => [at, request(at)]));
    for (const at of shown) {
      const story = requests.get(at);
      if (story !== undefined) change.shown(story);
    }
    expect(change.mayBeKnown(reached)).toBe(mayBeKnown);
  });
});
