import { expect, test } from 'vitest';
import { type Screen, withoutSecrets } from '../../../device/hal/screen.ts';

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
