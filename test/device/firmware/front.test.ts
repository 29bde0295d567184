import { describe, expect, test } from 'vitest';
import { Front } from '../../../device/firmware/front.ts';
import { SHELL_TEXTS } from '../../../device/firmware/languages.ts';
import type { midp } from '../../../device/index.ts';
import { VirtualClock } from '../../../sim/index.ts';

function form(id = 1): midp.DisplayableView {
  const field = {
    kind: 'text-field',
    label: 'PIN',
    text: '',
    edition: 0,
    maxSize: 5,
    constraints: { input: 'ANY' },
  } as const;
  return { kind: 'form', id, title: 'Form', commands: [], items: [field] };
}

describe('What was written for an application', () => {
  function written() {
    const nothing = () => {};
    const front = new Front(new VirtualClock(), () => SHELL_TEXTS.en, { changed: nothing, free: nothing });
    const value = () => front.body()?.items[0]?.value;
    const show = (owner: 'shell' | 'application', id?: number) => front.show(owner, form(id), nothing);
    show('application');
    front.type('7');
    return { front, value, show };
  }

  // The phone and each application count their screens, so that those of one may have the numbers of another's.
  test('stands neither on a screen of the phone nor on one of the next application, whose screens have the same numbers', () => {
    const { front, value, show } = written();
    show('shell');
    expect(value()).toBe('');
    show('application');
    expect(value()).toBe('7');
    show('shell');
    front.clear('idle');
    show('application');
    expect(value()).toBe('');
  });

  test('is there again once, when the screen of the phone over it has gone', () => {
    const { value, show } = written();
    show('shell');
    show('application');
    expect(value()).toBe('7');
    show('application', 2);
    show('application');
    expect(value()).toBe('');
  });
});
