import { describe, expect, test } from 'vitest';
import { midp, textOf } from '../../../device/index.ts';
import { settle } from '../bench.ts';
import { type Probe, phoneWith } from '../probe.ts';

const { Alert, ChoiceGroup, Command, DateField, Display, Form, Gauge, List, Spacer, StringItem, TextBox, TextField } =
  midp;

/** A phone on which the probe has started, and what the probe wrote down. */
function started(start: (probe: Probe, display: midp.Display, said: (...words: unknown[]) => void) => void) {
  const heard: string[] = [];
  const phone = phoneWith((probe) =>
    start(probe, Display.getDisplay(probe), (...words) => void heard.push(words.map(String).join(' '))),
  );
  phone.open();
  return { ...phone, heard, screen: () => textOf(phone.phone.screen) };
}

/** Runs code of an application, and gives what it threw. */
function thrown(code: () => unknown): string {
  try {
    code();
    return 'nothing';
  } catch (error) {
    return error instanceof Error ? error.name : 'no Error';
  }
}

const STEPS = { input: 'ANY' } as const;

describe('Alert (JSR-118, javax.microedition.lcdui.Alert)', () => {
  test('timed, without a listener, is followed by the screen before it, as it was left, text and focus included', async () => {
    const { phone, clock, screen } = started((_probe, display) => {
      const form = new Form('Chat', [new TextField('Name', '', 9, STEPS), new TextField('Text', '', 9, STEPS)]);
      form.addCommand(new Command('Warn', 'SCREEN', 1));
      form.setCommandListener(() => display.setCurrent(new Alert('News', 'One more', 'INFO', 2_000)));
      display.setCurrent(form);
    });
    phone.press('down');
    for (const letter of 'ciao') phone.handset.type(letter);
    phone.select('Warn');
    expect(screen()).toContain('One more');
    await clock.advance(2_000);
    expect(screen()).toContain('Text: ciao');
    expect(phone.screen.items[1]).toMatchObject({ label: 'Text', focused: true });
    phone.handset.type('!');
    expect(screen()).toContain('Text: ciao!');
  });

  test('setCurrent(alert, next) is followed by next', async () => {
    const { clock, screen } = started((_probe, display) =>
      display.setCurrent(new Alert('Sent', 'It is sent', 'INFO', 500), new Form('Next')),
    );
    expect(screen()).toContain('It is sent');
    await clock.advance(500);
    expect(screen()).toContain('Next');
  });

  test.each<[string, (display: midp.Display) => unknown, string]>([
    [
      'an alert after an alert',
      (display) => display.setCurrent(new Alert('', '', 'INFO'), new Alert('', '', 'INFO')),
      'IllegalArgumentException',
    ],
    [
      'an alert over an alert',
      (display) => {
        display.setCurrent(new Alert('', '', 'INFO'));
        display.setCurrent(new Alert('', '', 'INFO'));
      },
      'IllegalArgumentException',
    ],
    ['a time of 0', () => new Alert('', '', 'INFO', 0), 'IllegalArgumentException'],
    ['a time that is no number', () => new Alert('', '', 'INFO').setTimeout(Number.NaN), 'IllegalArgumentException'],
    ['a time below 0', () => new Alert('', '', 'INFO').setTimeout(-1), 'IllegalArgumentException'],
    ['a time for ever', () => new Alert('', '', 'INFO').setTimeout(Alert.FOREVER), 'nothing'],
    ['an item of no form', (display) => display.setCurrentItem(new StringItem('', '')), 'IllegalStateException'],
    ['a vibration below 0 ms', (display) => display.vibrate(-1), 'IllegalArgumentException'],
    ['a light for no time', (display) => display.flashBacklight(0), 'nothing'],
  ])('%s', (_name, code, exception) => {
    const { heard } = started((_probe, display, said) => {
      display.setCurrent(new Form('Home'));
      said(thrown(() => code(display)));
    });
    expect(heard).toEqual([exception]);
  });

  test.each([
    ['has to be scrolled', Array.from({ length: 9 }, (_, line) => `Line ${line}`).join('\n'), 0],
    ['has two commands', 'Short', 2],
  ])('that %s stays, whatever its time', async (_name, text, commands) => {
    const { clock, screen } = started((_probe, display) => {
      display.setCurrent(new Form('Home'));
      const alert = new Alert('News', text, 'INFO', 500);
      for (let at = 0; at < commands; at += 1) alert.addCommand(new Command(`C${at}`, 'OK', at));
      display.setCurrent(alert);
    });
    await clock.advance(60_000);
    expect(screen()).toContain('News');
  });

  test('that grows beyond the screen while it is shown stays; one of eight rows goes', async () => {
    const rows = (count: number) => Array.from({ length: count }, (_, line) => `Line ${line}`).join('\n');
    for (const [count, title] of [
      [9, 'News'],
      [8, 'Home'],
    ] as const) {
      const { clock, screen } = started((probe, display) => {
        display.setCurrent(new Form('Home'));
        const alert = new Alert('News', 'Short', 'INFO', 500);
        display.setCurrent(alert);
        probe.context.system.schedule(100, () => alert.setString(rows(count)));
      });
      await clock.advance(10_000);
      expect(screen()).toContain(title);
    }
  });

  test('with a command and no listener is dismissed by it; its only command is given when its time is over', async () => {
    const make = (display: midp.Display, listener?: midp.CommandListener) => {
      display.setCurrent(new Form('Home'));
      const alert = new Alert('News', 'Text', 'INFO', 500);
      alert.addCommand(new Command('Done', 'OK', 1));
      alert.setCommandListener(listener);
      display.setCurrent(alert);
    };
    const one = started((_probe, display) => make(display));
    one.phone.select('Done');
    expect(one.screen()).toContain('Home');
    const two = started((_probe, display, said) => make(display, ({ label }) => said(label)));
    await two.clock.advance(500);
    expect([two.heard, two.screen()]).toEqual([['Done'], expect.stringContaining('News')]);
  });

  test('without commands gives its listener DISMISS_COMMAND, and stays until that shows something else', async () => {
    const { clock, phone, heard, screen } = started((_probe, display, said) => {
      const alert = new Alert('News', 'Text', 'INFO');
      alert.addCommand(Alert.DISMISS_COMMAND);
      alert.setCommandListener((command) => said(command === Alert.DISMISS_COMMAND));
      display.setCurrent(alert);
    });
    phone.press('select');
    await settle(clock);
    expect([heard, screen()]).toEqual([['true'], expect.stringContaining('News')]);
  });

  test('lasts for ever unless it is told, and with two commands', () => {
    const alert = new Alert('', '', 'INFO');
    expect([alert.getTimeout(), alert.getDefaultTimeout()]).toEqual([Alert.FOREVER, Alert.FOREVER]);
    alert.setTimeout(300);
    for (const [label, timeout] of [
      ['One', 300],
      ['Two', Alert.FOREVER],
    ] as const) {
      alert.addCommand(new Command(label, 'OK', 1));
      expect(alert.getTimeout()).toBe(timeout);
    }
  });
});

describe('List (JSR-118, javax.microedition.lcdui.List)', () => {
  function listed(prepare: (list: midp.List) => void, type: 'IMPLICIT' | 'EXCLUSIVE' = 'IMPLICIT') {
    return started((_probe, display, said) => {
      const list = new List('Menu', type, ['One', 'Two', 'Three']);
      list.addCommand(new Command('Back', 'BACK', 1));
      prepare(list);
      list.setCommandListener((command) => {
        said(command === List.SELECT_COMMAND ? 'SELECT_COMMAND' : command.label, list.getSelectedIndex());
      });
      display.setCurrent(list);
    });
  }

  test('IMPLICIT gives SELECT_COMMAND, on a key that the phone calls Select', () => {
    const { phone, heard } = listed(() => {});
    expect(phone.screen.softKeys).toEqual({ left: 'Select', right: 'Back' });
    phone.select('Two');
    expect(heard).toEqual(['SELECT_COMMAND 1']);
  });

  test('whose select command is SELECT_COMMAND again has it on that key alone', () => {
    const { phone, heard } = listed((list) => {
      list.setSelectCommand(undefined);
      list.setSelectCommand(List.SELECT_COMMAND);
    });
    expect(phone.screen.softKeys).toEqual({ left: 'Select', right: 'Back' });
    phone.select('Two');
    expect(heard).toEqual(['SELECT_COMMAND 1']);
  });

  test('gives another select command, which is added and stands once, under its own name', () => {
    const { phone, heard } = listed((list) => list.setSelectCommand(new Command('Read', 'ITEM', 1)));
    expect(phone.screen.softKeys).toEqual({ left: 'Read', right: 'Back' });
    phone.select('Three');
    expect(heard).toEqual(['Read 2']);
  });

  test.each<[string, (list: midp.List) => void]>([
    ['was set to none', (list) => list.setSelectCommand(undefined)],
    [
      'was removed',
      (list) => {
        const read = new Command('Read', 'ITEM', 1);
        list.setSelectCommand(read);
        list.removeCommand(read);
      },
    ],
  ])('whose select command %s gives none', (_name, prepare) => {
    const { phone, heard } = listed(prepare);
    expect(phone.screen.softKeys).toEqual({ left: '', right: 'Back' });
    phone.select('Two');
    expect(heard).toEqual([]);
  });

  test('that is empty gives its commands, and has nothing to select', () => {
    const { phone, heard } = listed((list) => list.deleteAll());
    expect(phone.screen.softKeys).toEqual({ left: '', right: 'Back' });
    phone.press('select');
    phone.select('Back');
    expect(heard).toEqual(['Back -1']);
  });

  test('EXCLUSIVE has no select command', () => {
    const { phone, heard } = listed((list) => list.setSelectCommand(new Command('Read', 'ITEM', 1)), 'EXCLUSIVE');
    expect(phone.screen.softKeys.left).toBe('');
    phone.select('Two');
    expect(heard).toEqual([]);
  });
});

/** Each call of `Choice` on a choice of the lines a, b, c with a selected, and what is there afterwards. */
const CHOICES: readonly (readonly [string, (choice: midp.List | midp.ChoiceGroup) => unknown, string])[] = [
  ['append', (choice) => choice.append('d'), '[a] b c d'],
  ['insert before the first', (choice) => choice.insert(0, 'd'), 'd [a] b c'],
  ['insert at the end', (choice) => choice.insert(3, 'd'), '[a] b c d'],
  ['insert behind the end', (choice) => choice.insert(4, 'd'), 'IndexOutOfBoundsException'],
  ['insert at -1', (choice) => choice.insert(-1, 'd'), 'IndexOutOfBoundsException'],
  ['set', (choice) => choice.set(0, 'd'), '[d] b c'],
  ['set what is not there', (choice) => choice.set(3, 'd'), 'IndexOutOfBoundsException'],
  ['delete the selected one', (choice) => choice.delete(0), '[b] c'],
  [
    'delete the selected one between others',
    (choice) => {
      choice.setSelectedIndex(1, true);
      choice.delete(1);
    },
    'a [c]',
  ],
  ['delete another', (choice) => choice.delete(2), '[a] b'],
  ['delete what is not there', (choice) => choice.delete(3), 'IndexOutOfBoundsException'],
  ['deleteAll', (choice) => choice.deleteAll(), ''],
  ['setSelectedIndex', (choice) => choice.setSelectedIndex(2, true), 'a b [c]'],
  ['setSelectedIndex to false', (choice) => choice.setSelectedIndex(0, false), '[a] b c'],
  ['setSelectedIndex of none', (choice) => choice.setSelectedIndex(3, true), 'IndexOutOfBoundsException'],
  ['isSelected of none', (choice) => choice.isSelected(3), 'IndexOutOfBoundsException'],
  ['getString of none', (choice) => choice.getString(-1), 'IndexOutOfBoundsException'],
  ['setSelectedFlags', (choice) => choice.setSelectedFlags([false, true, true]), 'a [b] c'],
  ['setSelectedFlags to none', (choice) => choice.setSelectedFlags([false, false, false, true]), '[a] b c'],
  ['setSelectedFlags of too few', (choice) => choice.setSelectedFlags([true, false]), 'IllegalArgumentException'],
];

describe('Choice (JSR-118, javax.microedition.lcdui.Choice)', () => {
  test.each(CHOICES)('%s', (_name, change, expected) => {
    for (const make of [
      () => new List('', 'IMPLICIT', ['a', 'b', 'c']),
      () => new List('', 'EXCLUSIVE', ['a', 'b', 'c']),
      () => new ChoiceGroup('', 'POPUP', ['a', 'b', 'c']),
    ]) {
      const choice = make();
      const exception = thrown(() => change(choice));
      const lines = Array.from({ length: choice.size() }, (_, at) =>
        choice.isSelected(at) ? `[${choice.getString(at)}]` : choice.getString(at),
      );
      expect(exception === 'nothing' ? lines.join(' ') : exception).toBe(expected);
    }
  });

  test('MULTIPLE has any flags, and no selected index', () => {
    const group = new ChoiceGroup('', 'MULTIPLE', ['a', 'b', 'c']);
    group.setSelectedFlags([true, false, true, true]);
    expect([group.getSelectedFlags(), group.getSelectedIndex()]).toEqual([[true, false, true], -1]);
    group.delete(0);
    expect(group.getSelectedFlags()).toEqual([false, true]);
  });

  test('the last line of an exclusive choice that goes leaves the one before it selected', () => {
    const list = new List('', 'EXCLUSIVE', ['a', 'b', 'c']);
    list.setSelectedIndex(2, true);
    list.delete(2);
    expect(list.getSelectedFlags()).toEqual([false, true]);
  });
});

describe('Form and Item (JSR-118, javax.microedition.lcdui.Form)', () => {
  const names = (form: midp.Form) => Array.from({ length: form.size() }, (_, at) => form.get(at).getLabel()).join(' ');
  const item = (label: string) => new StringItem(label, '');

  test.each<[string, (form: midp.Form) => unknown, string]>([
    ['insert', (form) => form.insert(1, item('c')), 'a c b'],
    ['insert at the end', (form) => form.insert(2, item('c')), 'a b c'],
    ['insert behind the end', (form) => form.insert(3, item('c')), 'IndexOutOfBoundsException'],
    ['insert at half', (form) => form.insert(0.5, item('c')), 'IndexOutOfBoundsException'],
    ['set', (form) => form.set(1, item('c')), 'a c'],
    ['set of none', (form) => form.set(2, item('c')), 'IndexOutOfBoundsException'],
    ['delete', (form) => form.delete(0), 'b'],
    ['delete of none', (form) => form.delete(2), 'IndexOutOfBoundsException'],
    ['deleteAll', (form) => form.deleteAll(), ''],
    ['get of none', (form) => form.get(2), 'IndexOutOfBoundsException'],
    ['append of a text', (form) => form.append('c'), 'a b '],
    ['append of its own item', (form) => form.append(form.get(0)), 'IllegalStateException'],
    ['an item in two forms', (form) => new Form('', [form.get(0)]), 'IllegalStateException'],
    [
      'set of an item of another form',
      (form) => new Form('', [item('x')]).set(0, form.get(0)),
      'IllegalStateException',
    ],
  ])('%s', (_name, change, expected) => {
    const form = new Form('', [item('a'), item('b')]);
    const exception = thrown(() => change(form));
    expect(exception === 'nothing' ? names(form) : exception).toBe(expected);
    if (exception !== 'nothing') expect(names(form)).toBe('a b');
  });

  test.each<[string, (form: midp.Form) => void]>([
    ['deleted', (form) => form.delete(0)],
    ['replaced', (form) => form.set(0, item('x'))],
    ['cleared', (form) => form.deleteAll()],
  ])('an item that was %s goes into another form, and no longer draws the first one', (_name, remove) => {
    const form = new Form('', [item('a')]);
    const first = form.get(0);
    remove(form);
    expect(thrown(() => first.notifyStateChanged())).toBe('IllegalStateException');
    expect(new Form('', [first]).get(0)).toBe(first);
  });

  test('the listener hears of what the user changes, and not of what the application does', async () => {
    const { phone, heard } = started((_probe, display, said) => {
      const group = new ChoiceGroup('Room', 'EXCLUSIVE', ['One', 'Two']);
      const field = new TextField('Name', '', 9, STEPS);
      const gauge = new Gauge('Sound', 5, 2, true);
      const date = new DateField('Day', 'DATE');
      const form = new Form('Form', [group, field, gauge, date]);
      form.setItemStateListener((changed) =>
        said(changed.getLabel(), group.getSelectedIndex(), field.getString(), gauge.getValue(), date.getDate()),
      );
      group.setSelectedIndex(0, true);
      field.setString('a');
      form.addCommand(new Command('OK', 'OK', 1));
      display.setCurrent(form);
    });
    phone.select('Two');
    phone.press('down');
    phone.handset.type('b');
    phone.press('down', false);
    phone.press('right');
    phone.press('down');
    for (const digit of '27112026') phone.handset.type(digit);
    phone.select('OK');
    expect(heard).toEqual([
      'Room 1 a 2 undefined',
      'Name 1 ab 2 undefined',
      'Sound 1 ab 3 undefined',
      `Day 1 ab 3 ${Date.UTC(2026, 10, 27)}`,
    ]);
  });

  test('notifyStateChanged tells the listener, not in the middle of the call', async () => {
    const form = new Form('', [item('a')]);
    const heard: string[] = [];
    form.setItemStateListener((changed) => heard.push(changed.getLabel()));
    form.get(0).notifyStateChanged();
    expect(heard).toEqual([]);
    await Promise.resolve();
    expect(heard).toEqual(['a']);
  });

  test('commands of an item are there while it has the focus; the key in the middle gives the default one', () => {
    const { phone, heard } = started((_probe, display, said) => {
      const call = new StringItem('', 'Anna', 'BUTTON');
      const drop = new Command('Drop', 'ITEM', 2);
      call.setDefaultCommand(new Command('Call', 'ITEM', 1));
      call.addCommand(drop);
      call.addCommand(drop);
      call.setItemCommandListener((command, { form }) => said(command.label, form?.getTitle()));
      const form = new Form('People', [call, new TextField('Name', '', 9, STEPS)]);
      form.addCommand(new Command('Back', 'BACK', 1));
      display.setCurrent(form);
    });
    expect(phone.screen.rows[0]).toMatchObject({ text: '[Anna]', inverse: true });
    expect(phone.screen.softKeys).toEqual({ left: 'Options', right: 'Back' });
    phone.press('select');
    phone.select('Drop');
    phone.select('[Anna]');
    expect(heard).toEqual(['Call People', 'Drop People', 'Call People']);
    phone.press('down');
    expect(phone.screen.softKeys).toEqual({ left: '', right: 'Back' });
  });

  test('a default command that was removed is none, though it is added again', () => {
    const call = new Command('Call', 'ITEM', 1);
    const anna = new StringItem('', 'Anna');
    anna.setDefaultCommand(call);
    anna.removeCommand(call);
    anna.addCommand(call);
    expect(anna.view()).toMatchObject({ commands: [{ label: 'Call' }] });
    expect(anna.view()).not.toHaveProperty('defaultCommand');
  });

  test('setCurrentItem shows the form of an item with the focus on it, each time', () => {
    const fields = ['One', 'Two', 'Three'].map((label) => new TextField(label, '', 9, STEPS));
    const { phone } = started((_probe, display) => {
      const form = new Form('Form', fields);
      for (const field of fields) form.addCommand(new Command(`To ${field.getLabel()}`, 'SCREEN', 1));
      form.setCommandListener(({ label }) => {
        const field = fields.find((candidate) => label === `To ${candidate.getLabel()}`);
        if (field !== undefined) display.setCurrentItem(field);
      });
      const [, , last] = fields;
      if (last !== undefined) display.setCurrentItem(last);
    });
    const focused = () => phone.screen.items.find((one) => one.focused)?.label;
    expect(focused()).toBe('Three');
    for (const label of ['One', 'Two', 'One', 'One']) {
      phone.press('up');
      phone.select(`To ${label}`);
      expect(focused()).toBe(label);
    }
  });

  test('setCurrentItem of a text below the screen shows its first row', () => {
    const { phone } = started((_probe, display) => {
      const texts = Array.from({ length: 30 }, (_, line) => new StringItem('', `Line ${line}`));
      new Form('Form', texts);
      const [wanted] = texts.slice(15);
      if (wanted !== undefined) display.setCurrentItem(wanted);
    });
    expect(phone.screen.rows[0]?.text).toBe('Line 15');
  });

  test('a POPUP shows what is selected, and the others when it is chosen', () => {
    const { phone, heard } = started((_probe, display, said) => {
      const group = new ChoiceGroup('Room', 'POPUP', ['One', 'Two', 'Three']);
      const form = new Form('Form', [group]);
      form.setItemStateListener(() => said(group.getSelectedIndex()));
      display.setCurrent(form);
    });
    expect(phone.screen.items).toEqual([{ label: 'Room', value: 'One', focused: true, acts: true }]);
    phone.select('Room');
    expect(phone.screen).toMatchObject({ kind: 'options', title: 'Room', items: [{}, {}, {}] });
    phone.press('soft-right');
    expect([phone.screen.kind, heard]).toEqual(['form', []]);
    phone.select('Room');
    phone.select('Three');
    expect([phone.screen.items[0]?.value, heard]).toEqual(['Three', ['2']]);
    phone.select('Room');
    expect(phone.screen.items.map(({ focused }) => focused)).toEqual([false, false, true]);
  });

  test('a Spacer is rows without a label, a command or the focus', () => {
    const spacer = new Spacer(0, 9);
    expect(spacer.view()).toEqual({ kind: 'spacer', rows: 2 });
    for (const call of [() => spacer.setLabel('a'), () => spacer.addCommand(), () => spacer.setDefaultCommand()])
      expect(thrown(call)).toBe('IllegalStateException');
    expect(thrown(() => new Spacer(0, -1))).toBe('IllegalArgumentException');
    expect(thrown(() => spacer.setMinimumSize(-1, 0))).toBe('IllegalArgumentException');
    const { phone } = started((_probe, display) =>
      display.setCurrent(
        new Form(
          '',
          ['a', 'b'].flatMap((text) => [new StringItem('', text), new Spacer(0, 8)]),
        ),
      ),
    );
    expect(phone.screen.rows.map(({ text }) => text)).toEqual(['a', '', 'b', '']);
  });
});

describe('Gauge (JSR-118, javax.microedition.lcdui.Gauge)', () => {
  test('that is interactive is set by the keys to the left and the right, within its size', () => {
    const gauge = new Gauge('Sound', 3, 1, true);
    const { phone } = started((_probe, display) => display.setCurrent(new Form('', [gauge])));
    for (const [key, value] of [
      ['right', 2],
      ['right', 3],
      ['right', 3],
      ['left', 2],
      ['left', 1],
      ['left', 0],
      ['left', 0],
    ] as const) {
      phone.press(key);
      expect([gauge.getValue(), phone.screen.items[0]?.value]).toEqual([value, `${value}/3`]);
    }
  });

  test.each<[string, () => unknown, string]>([
    ['of size 0', () => new Gauge('', 0, 0, true), 'IllegalArgumentException'],
    ['of size NaN', () => new Gauge('', Number.NaN), 'IllegalArgumentException'],
    ['of size -1', () => new Gauge('', -1, 0), 'IllegalArgumentException'],
    ['without a value', () => new Gauge('', 5, undefined, true), 'IllegalArgumentException'],
    ['set to a size of 0', () => new Gauge('', 5, 1, true).setMaxValue(0), 'IllegalArgumentException'],
    ['that only shows, of size 0', () => new Gauge('', 0), 'nothing'],
  ])('%s', (_name, make, exception) => {
    expect(thrown(make)).toBe(exception);
  });

  test.each([
    [9, 5],
    [-1, 0],
    [Number.NaN, 0],
  ])('made with %d has %d', (given, value) => {
    expect(new Gauge('', 5, given).getValue()).toBe(value);
  });

  test('that shrinks has the largest value that there is then; one that only shows is not set by the user', () => {
    const gauge = new Gauge('', 5, 5);
    gauge.setMaxValue(3);
    gauge.event({ kind: 'adjusted', item: 0, value: 1 });
    expect([gauge.getMaxValue(), gauge.getValue(), gauge.isInteractive()]).toEqual([3, 3, false]);
  });
});

describe('TextField and TextBox (JSR-118, javax.microedition.lcdui.TextField)', () => {
  test('DECIMAL displays the sign of the language, and contains a point', () => {
    const field = new TextField('Price', '1.5', 9, { input: 'DECIMAL' });
    const { phone } = started((_probe, display) => {
      const form = new Form('', [field]);
      form.addCommand(new Command('OK', 'OK', 1));
      display.setCurrent(form);
    });
    phone.press('clear');
    for (const key of ['*', '7', '5'] as const) phone.press(key);
    phone.select('OK');
    expect(field.getString()).toBe('1.75');
  });

  test.each<[string, (field: midp.TextField) => unknown, string]>([
    ['insert', (field) => field.insert('x', 1), 'axbc'],
    ['insert before the begin', (field) => field.insert('x', -5), 'xabc'],
    ['insert behind the end', (field) => field.insert('x', 9), 'abcx'],
    ['insert of too much', (field) => field.insert('xyz', 0), 'IllegalArgumentException'],
    ['delete', (field) => field.delete(1, 1), 'ac'],
    ['delete of all', (field) => field.delete(0, 3), ''],
    ['delete of too much', (field) => field.delete(1, 3), 'IndexOutOfBoundsException'],
    ['delete before the begin', (field) => field.delete(-1, 1), 'IndexOutOfBoundsException'],
    ['setMaxSize', (field) => field.setMaxSize(2), 'ab'],
    ['setMaxSize to 0', (field) => field.setMaxSize(0), 'IllegalArgumentException'],
    ['setConstraints that it does not fit', (field) => field.setConstraints({ input: 'NUMERIC' }), ''],
    ['setConstraints that it fits', (field) => field.setConstraints({ input: 'URL' }), 'abc'],
  ])('%s', (_name, change, expected) => {
    for (const make of [() => new TextField('', 'abc', 5, STEPS), () => new TextBox('', 'abc', 5, STEPS)]) {
      const field = make();
      const exception = thrown(() => Reflect.apply(change, undefined, [field]));
      expect(exception === 'nothing' ? field.getString() : exception).toBe(expected);
      expect(field.size()).toBe(field.getString().length);
    }
  });

  test('have sizes above 0', () => {
    expect(thrown(() => new TextField('', '', 0, STEPS))).toBe('IllegalArgumentException');
    expect(new TextBox('', '', 5, STEPS).getMaxSize()).toBe(5);
    expect(new TextBox('', '', 5, STEPS).getConstraints()).toBe(STEPS);
  });

  test('UNEDITABLE is only read, in a form and in a box', () => {
    const constraints = { input: 'ANY', uneditable: true } as const;
    for (const displayable of [
      new Form('', [new TextField('', 'abc', 9, constraints)]),
      new TextBox('', 'abc', 9, constraints),
    ]) {
      const { phone } = started((_probe, display) => display.setCurrent(displayable));
      expect(phone.screen.input).toBeUndefined();
      phone.handset.type('x');
      phone.press('2');
      expect(phone.screen.rows.map(({ text }) => text)).toEqual([' abc']);
    }
  });

  test.each(['EMAILADDR', 'URL'] as const)('%s begins with a small letter', (input) => {
    const { phone } = started((_probe, display) =>
      display.setCurrent(new Form('', [new TextField('', '', 9, { input })])),
    );
    expect(phone.screen.input).toEqual({ mode: 'abc', numeric: false, telephone: false });
  });
});

describe('DateField (JSR-118, javax.microedition.lcdui.DateField)', () => {
  const ROME = { timeZoneOffsetMillis: (at: number) => (at < Date.UTC(2026, 2, 29, 1) ? 3_600_000 : 7_200_000) };

  test.each<[midp.DateMode, number, string, number]>([
    ['DATE', Date.UTC(2026, 10, 27, 9, 5, 7), '27.11.2026', Date.UTC(2026, 10, 26, 22)],
    ['TIME', Date.UTC(2026, 10, 27, 9, 5, 7), '11:05', Date.UTC(1970, 0, 1, 10, 5)],
    ['DATE_TIME', Date.UTC(2026, 10, 27, 9, 5, 7), '27.11.2026 11:05', Date.UTC(2026, 10, 27, 9, 5)],
    ['DATE_TIME', Date.UTC(2026, 2, 29, 0, 30), '29.03.2026 01:30', Date.UTC(2026, 2, 29, 0, 30)],
    ['DATE_TIME', Date.UTC(2026, 2, 29, 1, 30), '29.03.2026 03:30', Date.UTC(2026, 2, 29, 1, 30)],
  ])('%s of %d is shown as %s, in local time', (mode, at, text, kept) => {
    const field = new DateField('', mode, ROME);
    field.setDate(at);
    expect([field.view().text, field.getDate()]).toEqual([text, kept]);
  });

  test.each([
    ['31.12.2026', Date.UTC(2026, 11, 31)],
    ['29.02.2028', Date.UTC(2028, 1, 29)],
    ['29.02.2026', 'as before'],
    ['31.04.2026', 'as before'],
    ['00.01.2026', 'as before'],
    ['1_.__.2026', 'as before'],
    ['__.__.____', undefined],
  ])('%s written by the user is %s', (text, expected) => {
    const field = new DateField('', 'DATE');
    field.setDate(86_400_000);
    const edition = field.view().edition;
    field.event({ kind: 'date', item: 0, text });
    expect(field.getDate()).toBe(expected === 'as before' ? 86_400_000 : expected);
    expect(field.view().edition).toBe(expected === 'as before' ? edition + 1 : edition);
  });

  test('is written digit over digit, taken back with C, emptied with a held C', () => {
    const field = new DateField('At', 'TIME');
    const { phone } = started((_probe, display) => {
      const form = new Form('', [field]);
      form.addCommand(new Command('OK', 'OK', 1));
      display.setCurrent(form);
    });
    const value = () => phone.screen.items[0]?.value;
    expect([value(), phone.screen.input?.numeric]).toEqual(['__:__', true]);
    for (const key of ['1', '2', '3', '4', '5'] as const) phone.press(key);
    expect(value()).toBe('12:34');
    for (const key of ['clear', 'clear', 'clear', '9'] as const) phone.press(key);
    expect(value()).toBe('19:__');
    for (const key of ['left', 'left', '0', '8', '3', '0'] as const) phone.press(key);
    phone.select('OK');
    expect([value(), field.getDate()]).toEqual(['08:30', 30_600_000]);
    phone.press('clear', true);
    expect(value()).toBe('__:__');
    phone.select('OK');
    expect(field.getDate()).toBeUndefined();
  });

  test('that is no time falls back to the one before', () => {
    const field = new DateField('At', 'TIME');
    field.setDate(0);
    const { phone } = started((_probe, display) => {
      const form = new Form('', [field]);
      form.addCommand(new Command('OK', 'OK', 1));
      display.setCurrent(form);
    });
    for (const key of ['2', '5', '0', '0'] as const) phone.press(key);
    phone.select('OK');
    expect(phone.screen.items[0]?.value).toBe('00:00');
  });
});

describe('Timer (CLDC, java.util.Timer)', () => {
  test('a task with a period runs again and again until it is cancelled', async () => {
    let task: midp.TimerTask | undefined;
    const { clock, heard } = started((probe, _display, said) => {
      task = probe.context.system.schedule(100, () => said(probe.context.system.currentTimeMillis() % 1_000), 250);
    });
    const begin = clock.now();
    await clock.advance(700);
    expect(heard).toEqual([100, 350, 600].map((ms) => String((begin + ms) % 1_000)));
    expect([task?.cancel(), task?.cancel()]).toEqual([true, false]);
    await clock.advance(10_000);
    expect(heard).toHaveLength(3);
  });

  test('a task can cancel itself', async () => {
    const { clock, heard } = started((probe, _display, said) => {
      const task = probe.context.system.schedule(1, () => said('ran', task.cancel()), 1);
    });
    await clock.advance(100);
    expect(heard).toEqual(['ran true']);
  });

  test.each([
    [Number.NaN, undefined],
    [-1, undefined],
    [1, 0],
    [1, -1],
    [1, Number.NaN],
  ])('schedule(%d, task, %s) is refused', (delayMs, periodMs) => {
    const { heard } = started((probe, _display, said) =>
      said(thrown(() => probe.context.system.schedule(delayMs, () => {}, periodMs))),
    );
    expect(heard).toEqual(['IllegalArgumentException']);
  });

  test('cancel says whether the task would have run', async () => {
    let task: midp.TimerTask | undefined;
    const { clock } = started((probe) => {
      task = probe.context.system.schedule(5, () => {});
    });
    await clock.advance(5);
    expect(task?.cancel()).toBe(false);
  });
});

describe('The phone (JSR-118 and CLDC, system properties)', () => {
  test.each([
    ['microedition.locale', 'en'],
    ['microedition.profiles', 'MIDP-2.0'],
    ['microedition.configuration', 'CLDC-1.1'],
    ['microedition.platform', 'cash-handset'],
    ['microedition.encoding', 'UTF-8'],
    ['user.home', 'undefined'],
    ['__proto__', 'undefined'],
  ])('%s is %s', (name, value) => {
    const { heard } = started((probe, _display, said) => said(probe.context.system.getProperty(name)));
    expect(heard).toEqual([value]);
  });

  test('a permission that the suite has is 1, another one 0', () => {
    const { heard } = started((probe, _display, said) => {
      said(probe.checkPermission('javax.wireless.messaging.sms.send'));
      said(probe.checkPermission('javax.microedition.io.Connector.http'));
    });
    expect(heard).toEqual(['1', '0']);
  });

  test.each(['tel:+39340', 'sms:+39340', 'ftp://a/', 'https://', 'https://name@a/', 'x'])(
    'platformRequest of %s is not possible',
    (url) => {
      const { heard } = started((probe, _display, said) => said(thrown(() => probe.platformRequest(url))));
      expect(heard).toEqual(['ConnectionNotFoundException']);
    },
  );
});

describe('MessageConnection (JSR-120, javax.wireless.messaging.MessageConnection)', () => {
  test('to A sends a message to B to B, and one without an address to A', async () => {
    const { radio } = started((probe) => {
      const connection = midp.openConnection(probe.context, 'sms://+39340:5000');
      void connection.send({ kind: 'text', text: 'one' });
      void connection.send({ kind: 'text', address: 'sms://+39999', text: 'two' });
    });
    expect(radio.sent.map(({ destination, content }) => [destination, content.ports?.destination])).toEqual([
      ['+39340', 5_000],
      ['+39999', undefined],
    ]);
  });

  test.each<[string, number, number]>([
    ['text', 160, 1],
    ['text', 161, 2],
    ['text to a port', 152, 1],
    ['text to a port', 153, 2],
    ['octets to a port', 133, 1],
    ['octets to a port', 134, 2],
    ['octets to a port', 1_280, 10],
    ['octets to a port', 1_281, 0],
    ['octets to a port', 5_000, 0],
    ['octets to a port', 100_000, 0],
  ])('%s of %d takes %d SMS (A.2); none that is sent', (kind, length, segments) => {
    const { heard, radio } = started((probe, _display, said) => {
      const connection = midp.openConnection(
        probe.context,
        kind.includes('port') ? 'sms://+39340:5000' : 'sms://+39340',
      );
      const message = kind.startsWith('text')
        ? ({ kind: 'text', text: 'x'.repeat(length) } as const)
        : ({ kind: 'binary', data: new Uint8Array(length) } as const);
      said(connection.numberOfSegments(message));
      if (segments === 0) connection.send(message).catch(() => {});
    });
    expect([heard, radio.sent]).toEqual([[String(segments)], []]);
  });

  test.each<[string, (probe: Probe) => Promise<unknown>, string]>([
    [
      'send of 5,000 octets',
      ({ context }) =>
        midp.openConnection(context, 'sms://+39340:5000').send({ kind: 'binary', data: new Uint8Array(5_000) }),
      'IllegalArgumentException',
    ],
    [
      'send without an address on a port',
      ({ context }) => midp.openConnection(context, 'sms://:5000').send({ kind: 'text', text: '' }),
      'IllegalArgumentException',
    ],
    [
      'send to the port of the phone',
      ({ context }) =>
        midp.openConnection(context, 'sms://+39340').send({ kind: 'text', address: 'sms://+39340:2948', text: '' }),
      'SecurityException',
    ],
    [
      'a listener on a client connection',
      async ({ context }) => midp.openConnection(context, 'sms://+39340').setMessageListener(() => {}),
      'IOException',
    ],
    [
      'a listener on a closed connection',
      async ({ context }) => {
        const connection = midp.openConnection(context, 'sms://:5000');
        connection.close();
        connection.setMessageListener(() => {});
      },
      'IOException',
    ],
    [
      'close during send',
      async ({ context }) => {
        const connection = midp.openConnection(context, 'sms://+39340');
        const sending = connection.send({ kind: 'text', text: 'ciao' });
        connection.close();
        await sending;
      },
      'InterruptedIOException',
    ],
    [
      'close during receive, of each that waits',
      async ({ context }) => {
        const connection = midp.openConnection(context, 'sms://:5000');
        const [, second] = [connection.receive(), connection.receive()].map((waiting) =>
          waiting.catch((error: Error) => error),
        );
        connection.close();
        throw await second;
      },
      'InterruptedIOException',
    ],
  ])('%s', async (_name, use, exception) => {
    const { heard } = started((probe, _display, said) => {
      void use(probe).then(
        () => said('nothing'),
        (error: Error) => said(error.name),
      );
    });
    await expect.poll(() => heard).toEqual([exception]);
  });
});
