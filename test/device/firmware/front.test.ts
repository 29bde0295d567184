import { expect, test } from 'vitest';
import { Front } from '../../../device/firmware/front.ts';
import { SHELL_TEXTS } from '../../../device/firmware/languages.ts';
import type { midp } from '../../../device/index.ts';
import { VirtualClock } from '../../../sim/index.ts';

function form(kind: 'string' | 'text-field'): midp.DisplayableView {
  const field = {
    kind: 'text-field',
    label: 'PIN',
    text: '',
    edition: 0,
    maxSize: 5,
    constraints: { input: 'ANY' },
  } as const;
  const items = kind === 'string' ? ([{ kind, label: '', text: 'ciao' }] as const) : [field];
  return { kind: 'form', id: 1, title: 'Form', commands: [], items };
}

test('What was written for one application does not stand on a screen of the next one, whose screens have the same numbers', () => {
  const nothing = () => {};
  const front = new Front(new VirtualClock(), () => SHELL_TEXTS.en, { changed: nothing, free: nothing });
  const written = () => front.body()?.items[0]?.value;
  front.show('application', form('text-field'), nothing);
  front.type('7');
  front.show('shell', form('string'), nothing);
  expect(written()).toBeUndefined();
  front.show('application', form('text-field'), nothing);
  expect(written()).toBe('7');
  front.show('shell', form('string'), nothing);
  front.clear('idle');
  front.show('application', form('text-field'), nothing);
  expect(written()).not.toBe('7');
});
