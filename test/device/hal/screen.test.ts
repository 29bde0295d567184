import { expect, test } from 'vitest';
import { legible, legibleScreen, type Screen, withoutSecrets } from '../../../device/hal/screen.ts';

test('a screen that is printed has no secret field, not even its length; all else is as it was', () => {
  const screen: Screen = {
    kind: 'form',
    title: 'Pay',
    items: [
      { label: 'Amount', value: '12.50', focused: false },
      { label: 'PIN', value: '•••••', focused: true, secret: true },
    ],
    rows: [
      { text: 'Amount 12.50', inverse: false },
      { text: '•••••', inverse: true, secret: true },
      { text: 'Approve', inverse: false },
    ],
    scroll: { above: false, below: false },
    softKeys: { left: 'OK', right: 'Back' },
    indicator: { kind: 'phone', text: 'Phone' },
    icons: { signal: 3, battery: 4, message: false, clock: '10:00' },
  };
  expect(withoutSecrets(screen)).toEqual({
    ...screen,
    items: [
      { label: 'Amount', value: '12.50', focused: false },
      { label: 'PIN', value: '', focused: true, secret: true },
    ],
    rows: [
      { text: 'Amount 12.50', inverse: false },
      { text: '', inverse: true, secret: true },
      { text: 'Approve', inverse: false },
    ],
  });
});

test.each([
  ['a command for the terminal', '\u001b[2Jciao', '?[2Jciao'],
  ['the same of one octet', '\u009b2Jciao', '?2Jciao'],
  ['a bell, a backspace, a line feed of a printer', '\u0007\b\r\u000c\u007f\0', '??????'],
  ['another direction of writing', 'a\u202eb\u2066c', 'a?b?c'],
  ['other ends of a line', 'a\u2028b\u2029c\u0085d', 'a?b?c?d'],
  ['a tab', 'a\tb', 'a b'],
  ['what is legible', 'ciao è € 漢 😀 e\u0301\nsecond line', 'ciao è € 漢 😀 e\u0301\nsecond line'],
])('%s is shown as it can be', (_what, text, shown) => {
  expect(legible(text)).toBe(shown);
  const screen: Screen = {
    kind: 'form',
    title: text,
    ticker: text,
    items: [{ label: text, value: text, group: text, focused: true }],
    rows: [{ text, inverse: false }],
    scroll: { above: false, below: false },
    softKeys: { left: text, right: text },
    indicator: { kind: 'phone', text: 'Phone' },
    icons: { signal: 3, battery: 4, message: false, clock: '10:00' },
  };
  expect(legibleScreen(screen)).toEqual({
    ...screen,
    title: shown,
    ticker: shown,
    items: [{ label: shown, value: shown, group: shown, focused: true }],
    rows: [{ text: shown, inverse: false }],
    softKeys: { left: shown, right: shown },
  });
});
