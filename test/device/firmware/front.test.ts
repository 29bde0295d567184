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

describe('A question of the phone', () => {
  function asked() {
    const told = { free: 0 };
    const listener = { changed: () => {}, free: () => (told.free += 1) };
    const front = new Front(new VirtualClock(), () => SHELL_TEXTS.en, listener);
    const heard: string[] = [];
    const show = (...commands: midp.CommandView[]) => {
      const view: midp.DisplayableView = { kind: 'form', id: 1, title: '', commands, items: [CHOICE] };
      front.show('shell', view, ({ kind }) => heard.push(kind));
    };
    return { front, told, heard, show };
  }
  const CHOICE = {
    kind: 'choice-group',
    label: 'Language',
    type: 'EXCLUSIVE',
    elements: [
      { text: 'English', selected: true },
      { text: 'Italiano', selected: false },
    ],
  } as const;
  const OK = { label: 'OK', type: 'OK', priority: 1 } as const;
  const BACK = { label: 'Back', type: 'BACK', priority: 1 } as const;

  test('is open until a command is given: what is chosen in it is no answer', () => {
    const { front, heard, show } = asked();
    show(OK, BACK);
    front.press({ key: 'down', long: false });
    front.press({ key: 'select', long: false });
    expect([heard, front.isAsking]).toEqual([['ticked'], true]);
    front.press({ key: 'soft-right', long: false });
    expect([heard.at(-1), front.isAsking]).toEqual(['command', false]);
  });

  test('frees the screen once, with the next screen; menus do not', () => {
    const { front, told, show } = asked();
    show(BACK);
    show(BACK);
    expect(told.free).toBe(0);
    show(OK, BACK);
    show(BACK);
    expect(told.free).toBe(1);
    show(OK, BACK);
    front.clear('idle');
    front.clear('idle');
    expect(told.free).toBe(2);
  });
});
