import { describe, expect, test } from 'vitest';
import { HeadlessError, midp, type Screen, textOf } from '../../device/index.ts';
import { bench, during, settle } from './bench.ts';
import { phoneWith, SMS } from './probe.ts';

const NUMBERS = { input: 'NUMERIC' } as const;
const MINUTE_MS = 60_000;

/** A phone whose application shows a screen. */
function showing(displayable: midp.Displayable) {
  const phone = phoneWith((probe) => midp.Display.getDisplay(probe).setCurrent(displayable));
  phone.open();
  return { ...phone, type: (text: string) => during(phone.clock, phone.phone.type(text)) };
}

/** A form with a text field that has the focus. */
function field(constraints: midp.InputConstraints, mode?: midp.InitialInputMode) {
  const made = new midp.TextField('Field', '', 20, constraints);
  if (mode !== undefined) made.setInitialInputMode(mode);
  return showing(new midp.Form('', [made]));
}

describe('HeadlessHandset.type', () => {
  test.each<[midp.InputConstraints, string]>([
    [{ input: 'ANY' }, 'Ciao ß, abba 22 ZZa+'],
    [NUMBERS, '0012'],
    [{ input: 'PHONENUMBER' }, '+39*#00'],
    [{ input: 'DECIMAL' }, '10.05'],
  ])('writes into a field %j the text %j', async (constraints, text) => {
    const { phone, type } = field(constraints);
    await type(text);
    expect(phone.screen.items[0]?.value).toBe(text);
  });

  test('leaves no letter to be chosen: the same letter may follow at once', async () => {
    const { phone, type } = field({ input: 'ANY' }, 'MIDP_LOWERCASE_LATIN');
    await type('a');
    await type('a');
    expect(phone.screen.items[0]?.value).toBe('aa');
  });

  test('takes no time for digits', async () => {
    const { clock, type } = field(NUMBERS);
    const before = clock.now();
    await type('4455');
    expect(clock.now()).toBe(before);
  });

  test.each<[midp.InputConstraints, string, string]>([
    [NUMBERS, '+', 'The field takes only digits'],
    [NUMBERS, 'a', 'The field takes only digits'],
    [{ input: 'DECIMAL' }, '+', 'The field takes only digits'],
    [{ input: 'ANY' }, '漢', 'No key writes that character'],
  ])('into a field %j refuses %j', async (constraints, text, message) => {
    const { phone, type } = field(constraints);
    await expect(type(text)).rejects.toThrow(message);
    expect(phone.screen.items[0]?.value).toBe('');
  });

  test('refuses to write where no field has the focus', async () => {
    const { phone } = bench();
    await expect(phone.type('1')).rejects.toThrow('No text field has the focus. The screen shows: I-Sim');
  });
});

describe('HeadlessHandset.select', () => {
  function options() {
    const form = new midp.Form('Form');
    const given: string[] = [];
    for (const label of ['One', 'Two', 'Three']) form.addCommand(new midp.Command(label, 'SCREEN', 1));
    form.addCommand(new midp.Command('Back', 'BACK', 1));
    form.setCommandListener(({ label }) => given.push(label));
    return { given, ...showing(form) };
  }

  test.each(['One', 'Three', 'Back'])('gives the command %s, on a soft key or among the options', (label) => {
    const { phone, given } = options();
    phone.select(label);
    expect(given).toEqual([label]);
    expect(phone.screen.kind).toBe('form');
  });

  test.each(['Four', 'Thr'])('that finds no %s says so, and closes the options again', (label) => {
    const { phone, given } = options();
    const wrong = { name: 'HeadlessError', message: expect.stringMatching(`^There is no "${label}" to select\\. The`) };
    expect(() => phone.select(label)).toThrow(expect.objectContaining(wrong));
    expect(given).toEqual([]);
    expect(phone.screen.kind).toBe('form');
  });

  test('takes a whole label before one that only begins so, upwards and downwards', () => {
    const list = new midp.List('Menu', 'IMPLICIT', ['Two more', 'Two', 'Three']);
    const chosen: number[] = [];
    const select = new midp.Command('Select', 'ITEM', 1);
    list.setSelectCommand(select);
    list.setCommandListener(() => chosen.push(list.getSelectedIndex()));
    const { phone } = showing(list);
    for (const label of ['Two', 'Three', 'Two m', 'Two']) phone.select(label);
    expect(chosen).toEqual([1, 2, 0, 1]);
  });

  test('gives a text field the focus, and ticks a choice', () => {
    const group = new midp.ChoiceGroup('Days', 'MULTIPLE', ['Mon', 'Tue']);
    const fields = ['Name', 'City'].map((label) => new midp.TextField(label, '', 9, NUMBERS));
    const { phone } = showing(new midp.Form('', [...fields, group]));
    for (const label of ['Tue', 'City']) phone.select(label);
    expect(phone.screen.items.map(({ focused }) => focused)).toEqual([false, true, false, false]);
    expect([group.isSelected(0), group.isSelected(1)]).toEqual([false, true]);
    expect(fields.map((one) => one.getString())).toEqual(['', '']);
  });
});

describe('HeadlessHandset.waitFor', () => {
  /** A phone to which a text comes after a time; counts who watches it. */
  function expecting(afterMs: number) {
    const phone = bench();
    let watchers = 0;
    const watch = phone.handset.watch.bind(phone.handset);
    phone.handset.watch = (watcher) => {
      const stop = watch(watcher);
      watchers += 1;
      return () => {
        watchers -= 1;
        stop();
      };
    };
    const { content: _, ...from } = SMS;
    phone.clock.after(afterMs, () => void phone.radio.deliver({ ...from, content: { kind: 'text', text: 'ciao' } }));
    return { ...phone, watchers: () => watchers };
  }

  test.each<[string, string | RegExp | ((screen: Screen) => boolean)]>([
    ['words', '1 unread'],
    ['a pattern', /^1 un/m],
    ['anything that can be said of it', ({ icons }) => icons.message],
  ])('gives the screen as soon as it matches %s, and leaves nothing behind', async (_name, match) => {
    const { clock, phone, watchers } = expecting(20_000);
    await clock.advance(0);
    const begin = clock.now();
    const screen = await during(clock, phone.waitFor(match, 30_000));
    expect(screen.icons.message).toBe(true);
    expect(clock.now() - begin).toBe(20_000);
    expect(watchers()).toBe(0);
    expect(clock.next).toBe(begin + MINUTE_MS);
    expect(await phone.waitFor(match)).toEqual(screen);
    expect(clock.next).toBe(begin + MINUTE_MS);
  });

  test.each([
    [undefined, 120_000],
    [5_000, 5_000],
  ])('with the limit %s gives up after %d ms, with the screen', async (limitMs, ms) => {
    const { clock, phone, watchers } = expecting(400_000);
    const begin = clock.now();
    const failure = await during(
      clock,
      phone.waitFor('Godot', limitMs).catch((error: unknown) => error),
    );
    expect(clock.now() - begin).toBe(ms);
    expect(failure).toBeInstanceOf(HeadlessError);
    expect(failure).toMatchObject({
      message: expect.stringContaining(`Waited ${ms} ms for Godot. The screen shows: I-Sim / `),
      screen: { kind: 'idle' },
    });
    expect(watchers()).toBe(0);
  });
});

describe('textOf', () => {
  test('gives the ticker, the title, the items, the soft keys and whose screen it is, a line each', async () => {
    const form = new midp.Form('Title', [
      new midp.StringItem('Label', 'value'),
      new midp.StringItem('', 'text'),
      new midp.Gauge('', 4, 1),
    ]);
    form.setTicker('1 more');
    form.addCommand(new midp.Command('Back', 'BACK', 1));
    const { phone, clock } = showing(form);
    await settle(clock);
    expect(textOf(phone.screen)).toBe('1 more\nTitle\nLabel: value\ntext\n1/4\nBack\n✓ Probe');
    phone.press('power', true);
    expect(textOf(phone.screen)).toBe('off');
  });
});

describe('HeadlessHandset.select in a form with groups of the same choices', () => {
  const group = (label: string) => new midp.ChoiceGroup(label, 'EXCLUSIVE', ['Always', 'Never']);
  const ticked = ({ items }: Screen) => items.map(({ group: under, label, checked }) => [under, label, checked]);

  test('chooses under the label that is named, and the first without one', () => {
    const { phone } = showing(new midp.Form('', [group('Send'), group('Receive')]));
    phone.select('Never', 'Receive');
    expect(ticked(phone.screen)).toEqual([
      ['Send', 'Always', true],
      ['Send', 'Never', false],
      ['Receive', 'Always', false],
      ['Receive', 'Never', true],
    ]);
    phone.select('Never');
    expect(ticked(phone.screen)[1]).toEqual(['Send', 'Never', true]);
  });

  test('refuses a choice that is not under the label', () => {
    const { phone } = showing(new midp.Form('', [group('Send'), group('')]));
    expect(() => phone.select('Never', 'Receive')).toThrow('There is no "Never" under "Receive" to select');
    expect(phone.screen.items[2]).toEqual({ label: 'Always', checked: true, focused: false });
  });
});
