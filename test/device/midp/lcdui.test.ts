import { describe, expect, test } from 'vitest';
import {
  Alert,
  ChoiceGroup,
  Command,
  DateField,
  Display,
  type Displayable,
  encodeUtf,
  Form,
  Gauge,
  type Item,
  List,
  MIDlet,
  Spacer,
  StringItem,
  TextBox,
  TextField,
} from '../../../device/midp/index.ts';
import { fakeContext } from './context.ts';

function screen() {
  const phone = fakeContext();
  return { display: new Display(phone.context.lcd), ...phone };
}

describe('Display (JSR-118, javax.microedition.lcdui)', () => {
  test('shows a form as plain data, and again when an item changes', () => {
    const { display, shown } = screen();
    const item = new StringItem('Amount', 'EUR 1.00');
    display.setCurrent(new Form('Payment', [item]));
    expect(shown().view).toEqual({
      kind: 'form',
      id: 1,
      title: 'Payment',
      commands: [],
      items: [{ kind: 'string', label: 'Amount', text: 'EUR 1.00' }],
    });
    item.setText('EUR 2.00');
    expect(shown().view).toMatchObject({ id: 1, items: [{ text: 'EUR 2.00' }] });
  });

  test('is not drawn again by a screen that is gone, nor by one that is not shown yet', () => {
    const { display, shown } = screen();
    const [first, second] = [new Form('First'), new Form('Second')];
    display.setCurrent(first);
    display.setCurrent(second);
    first.setTitle('First again');
    expect(shown().view).toMatchObject({ id: 2, title: 'Second' });
    display.setCurrent(first);
    expect(shown().view).toMatchObject({ id: 3, title: 'First again' });
    display.setCurrent(first);
    expect(shown().view.id).toBe(3);
  });

  test('a ticker comes and goes', () => {
    const { display, shown } = screen();
    const form = new Form('Payment');
    display.setCurrent(form);
    form.setTicker('1 more');
    expect(shown().view.ticker).toBe('1 more');
    form.setTicker(undefined);
    expect(shown().view).not.toHaveProperty('ticker');
  });

  test('tells the listener which command was given', () => {
    const { display, shown } = screen();
    const form = new Form('Payment');
    const [approve, refuse] = [new Command('Approve', 'OK', 1), new Command('Refuse', 'CANCEL', 1)];
    form.addCommand(approve);
    form.addCommand(refuse);
    form.addCommand(refuse);
    const given: string[] = [];
    form.setCommandListener((command, displayable) => given.push(`${command.label} on ${displayable.getTitle()}`));
    display.setCurrent(form);
    shown().listener({ kind: 'command', command: 1 });
    shown().listener({ kind: 'command', command: 9 });
    expect(given).toEqual(['Refuse on Payment']);
    form.removeCommand(approve);
    expect(shown().view.commands.map(({ label }) => label)).toEqual(['Refuse']);
  });

  test('drops what the user did on a screen that is gone', () => {
    const { display, shown } = screen();
    const field = new TextField('PIN', '', 8, { input: 'NUMERIC', password: true });
    display.setCurrent(new Form('First', [field]));
    const { listener } = shown();
    display.setCurrent(new Form('Second'));
    listener({ kind: 'text', item: 0, text: '1' });
    expect(field.getString()).toBe('');
    field.setString('5');
    expect(shown().view.title).toBe('Second');
  });

  test('an alert goes away and something else comes', () => {
    const { display, shown } = screen();
    const alert = new Alert('Paid', 'EUR 1.00', 'CONFIRMATION', 2_000);
    alert.onDismiss(() => display.setCurrent(new Form('Home')));
    display.setCurrent(alert);
    expect(shown().view).toMatchObject({ kind: 'alert', type: 'CONFIRMATION', timeoutMs: 2_000 });
    shown().listener({ kind: 'dismissed' });
    expect(shown().view.title).toBe('Home');
  });

  test('an alert that is shown is only drawn again, whatever came before it', () => {
    const { display, shown } = screen();
    const alert = new Alert('Paid', 'EUR 1.00', 'CONFIRMATION');
    display.setCurrent(alert);
    display.setCurrent(alert);
    expect(shown().view).toMatchObject({ id: 1, title: 'Paid' });
  });
});

const NUMBERS = { input: 'NUMERIC' } as const;

const READ = new Command('Read', 'ITEM', 1);
const MORE = new Command('More', 'ITEM', 2);

/** Each call that changes a choice of the lines `a` and `b`, of which the first is selected, and the lines after it. */
const CHOICES: readonly (readonly [call: string, change: (choice: ChoiceGroup | List) => unknown, after: object[]])[] =
  [
    ['append', (choice) => choice.append('c'), [{ text: 'a' }, { text: 'b' }, { text: 'c', selected: false }]],
    ['insert', (choice) => choice.insert(0, 'c'), [{ text: 'c', selected: false }, { text: 'a' }, { text: 'b' }]],
    ['set', (choice) => choice.set(0, 'c'), [{ text: 'c', selected: true }, { text: 'b' }]],
    ['delete', (choice) => choice.delete(1), [{ text: 'a' }]],
    ['deleteAll', (choice) => choice.deleteAll(), []],
    ['setSelectedIndex', (choice) => choice.setSelectedIndex(1, true), [{ selected: false }, { selected: true }]],
    ['setSelectedFlags', (choice) => choice.setSelectedFlags([false, true]), [{ selected: false }, { selected: true }]],
  ];

/** Each call that changes a screen while it is shown, and the part of the view that changes. */
const CHANGES: readonly (readonly [call: string, change: () => readonly [Displayable, () => unknown, object]])[] = [
  ['Displayable.setTitle', () => withForm((form) => form.setTitle('New'), { title: 'New' })],
  ['Displayable.setTicker', () => withForm((form) => form.setTicker('1 more'), { ticker: '1 more' })],
  [
    'Displayable.addCommand',
    () =>
      withForm((form) => form.addCommand(new Command('Late', 'SCREEN', 7)), {
        commands: [{ label: 'Late', type: 'SCREEN', priority: 7 }],
      }),
  ],
  [
    'Displayable.removeCommand',
    () => {
      const [kept, gone] = [new Command('Back', 'BACK', 1), new Command('OK', 'OK', 1)];
      const form = new Form('');
      for (const command of [gone, kept]) form.addCommand(command);
      return [form, () => form.removeCommand(gone), { commands: [{ label: 'Back', type: 'BACK', priority: 1 }] }];
    },
  ],
  ['Form.append', () => withTexts((form) => form.append('c'), ['a', 'b', 'c'])],
  ['Form.insert', () => withTexts((form) => form.insert(0, 'c'), ['c', 'a', 'b'])],
  ['Form.set', () => withTexts((form) => form.set(1, new StringItem('', 'c')), ['a', 'c'])],
  ['Form.delete', () => withTexts((form) => form.delete(0), ['b'])],
  ['Form.deleteAll', () => withTexts((form) => form.deleteAll(), [])],
  ...CHOICES.flatMap(([call, change, elements]): typeof CHANGES => [
    [`ChoiceGroup.${call}`, () => withItem(new ChoiceGroup('', 'EXCLUSIVE', ['a', 'b']), change, { elements })],
    [`List.${call}`, () => withList(change, { elements })],
  ]),
  ['Alert.setType', () => withAlert((alert) => alert.setType('ERROR'), { type: 'ERROR' })],
  ['Alert.setString', () => withAlert((alert) => alert.setString('b'), { text: 'b' })],
  ['Alert.setTimeout', () => withAlert((alert) => alert.setTimeout(5), { timeoutMs: 5 })],
  [
    'Item.setLabel of an appended item',
    () => {
      const item = new StringItem('Old', '');
      const form = new Form('');
      form.append(item);
      return [form, () => item.setLabel('New'), { items: [{ label: 'New' }] }];
    },
  ],
  ['StringItem.setText', () => withItem(new StringItem('', 'a'), (item) => item.setText('b'), { text: 'b' })],
  [
    'Item.addCommand',
    () => withItem(new StringItem('', 'a'), (item) => item.addCommand(READ), { commands: [{ label: 'Read' }] }),
  ],
  [
    'Item.removeCommand',
    () => {
      const item = new StringItem('', 'a');
      for (const command of [READ, MORE]) item.addCommand(command);
      return withItem(item, () => item.removeCommand(READ), { commands: [{ label: 'More' }] });
    },
  ],
  [
    'Item.setDefaultCommand',
    () => {
      const item = new StringItem('', 'a');
      for (const command of [READ, MORE]) item.addCommand(command);
      return withItem(item, () => item.setDefaultCommand(MORE), { defaultCommand: 1 });
    },
  ],
  ['Spacer.setMinimumSize', () => withItem(new Spacer(1, 8), (item) => item.setMinimumSize(1, 16), { rows: 2 })],
  ['DateField.setDate', () => withItem(new DateField('', 'TIME'), (item) => item.setDate(0), { text: '00:00' })],
  ['Gauge.setMaxValue', () => withItem(new Gauge('', 4, 3), (item) => item.setMaxValue(2), { maxValue: 2, value: 2 })],
  ['Gauge.setValue', () => withItem(new Gauge('', 4, 1), (gauge) => gauge.setValue(2), { value: 2 })],
  ['TextField.setString', () => withItem(new TextField('', '', 8, NUMBERS), (f) => f.setString('1'), { text: '1' })],
  [
    'TextField.setInitialInputMode',
    () =>
      withItem(new TextField('', '', 8, { input: 'ANY' }), (f) => f.setInitialInputMode('MIDP_LOWERCASE_LATIN'), {
        initialInputMode: 'MIDP_LOWERCASE_LATIN',
      }),
  ],
  [
    'TextBox.setString',
    () => {
      const box = new TextBox('Message', '', 8, NUMBERS);
      return [box, () => box.setString('1'), { title: 'Message', field: { label: '', text: '1' } }];
    },
  ],
];

function withForm(change: (form: Form) => unknown, view: object): readonly [Displayable, () => unknown, object] {
  const form = new Form('');
  return [form, () => change(form), view];
}

/** A form of two texts, and the texts after the change. */
function withTexts(
  change: (form: Form) => unknown,
  texts: readonly string[],
): readonly [Displayable, () => unknown, object] {
  const form = new Form('', [new StringItem('', 'a'), new StringItem('', 'b')]);
  return [form, () => change(form), { items: texts.map((text) => ({ text })) }];
}

function withAlert(change: (alert: Alert) => unknown, view: object): readonly [Displayable, () => unknown, object] {
  const alert = new Alert('', 'a', 'INFO');
  return [alert, () => change(alert), view];
}

function withItem<One extends Item>(
  item: One,
  change: (item: One) => unknown,
  view: object,
): readonly [Displayable, () => unknown, object] {
  return [new Form('', [item]), () => change(item), { items: [view] }];
}

function withList(change: (list: List) => unknown, view: object): readonly [Displayable, () => unknown, object] {
  const list = new List('', 'EXCLUSIVE', ['a', 'b']);
  return [list, () => change(list), view];
}

describe('A screen that is shown is drawn again after', () => {
  test.each(CHANGES)('%s', (_call, prepare) => {
    const { display, shown } = screen();
    const [displayable, change, view] = prepare();
    display.setCurrent(displayable);
    expect(shown().view).not.toMatchObject(view);
    change();
    expect(shown().view).toMatchObject({ id: 1, ...view });
  });

  test('setCurrent, also when it is the same screen', () => {
    let times = 0;
    const { context } = fakeContext();
    const show = () => {
      times += 1;
    };
    const display = new Display({ ...context.lcd, show });
    const form = new Form('');
    display.setCurrent(form);
    display.setCurrent(form);
    expect([times, display.getCurrent()]).toEqual([2, form]);
  });
});

describe('The display of an application', () => {
  class Empty extends MIDlet {
    override startApp(): void {}
    override pauseApp(): void {}
    override destroyApp(): void {}
  }

  test('is one and the same each time, and not that of another application', () => {
    const [one, other] = [new Empty(fakeContext().context), new Empty(fakeContext().context)];
    expect(Display.getDisplay(one)).toBe(Display.getDisplay(one));
    expect(Display.getDisplay(other)).not.toBe(Display.getDisplay(one));
  });

  test.each(['INFO', 'WARNING', 'ERROR', 'ALARM', 'CONFIRMATION'] as const)('plays the sound %s', (type) => {
    const played: string[] = [];
    const { context } = fakeContext();
    new Display({ ...context.lcd, playSound: (sound) => played.push(sound) }).playSound(type);
    expect(played).toEqual([type]);
    expect(new Alert('', '', type).type).toBe(type);
  });
});

describe('Commands', () => {
  test('are given each time to the listener, also those of an alert, a list and a text box', () => {
    const box = new TextBox('', '', 8, NUMBERS);
    for (const displayable of [new Form(''), new Alert('', '', 'INFO'), new List('', 'EXCLUSIVE'), box]) {
      const { display, shown } = screen();
      const given: string[] = [];
      for (const label of ['One', 'Two']) displayable.addCommand(new Command(label, 'SCREEN', 1));
      displayable.setCommandListener(({ label }) => given.push(label));
      display.setCurrent(displayable);
      for (const command of [0, 1, 0]) shown().listener({ kind: 'command', command });
      expect(given).toEqual(['One', 'Two', 'One']);
    }
  });

  test('that are not there cannot be removed, nor more than one at a time', () => {
    const commands = ['One', 'Two', 'Three'].map((label) => new Command(label, 'SCREEN', 1));
    const form = new Form('');
    for (const command of commands) form.addCommand(command);
    form.removeCommand(new Command('One', 'SCREEN', 1));
    const labels = () => form.view(1).commands.map(({ label }) => label);
    expect(labels()).toEqual(['One', 'Two', 'Three']);
    for (const command of commands.slice(1, 2)) form.removeCommand(command);
    expect(labels()).toEqual(['One', 'Three']);
  });
});

describe('Items of a form', () => {
  test('get indexes from 0, and the events of their index', () => {
    const form = new Form('', [new StringItem('', '')]);
    const group = new ChoiceGroup('', 'MULTIPLE', ['a', 'b']);
    const field = new TextField('', '', 8, NUMBERS);
    expect([form.append(group), form.append(field)]).toEqual([1, 2]);
    form.event({ kind: 'ticked', item: 1, element: 1, selected: true });
    form.event({ kind: 'text', item: 2, text: '5' });
    form.event({ kind: 'text', item: 9, text: '6' });
    expect([group.isSelected(0), group.isSelected(1), field.getString()]).toEqual([false, true, '5']);
  });

  test.each([
    [-1, 0],
    [0, 0],
    [4, 4],
    [5, 4],
    [undefined, undefined],
  ])('a gauge of 4 set to %s shows %s', (value, shown) => {
    const gauge = new Gauge('', 4, 2);
    expect(gauge.view()).toEqual({ kind: 'gauge', label: '', maxValue: 4, value: 2 });
    gauge.setValue(value);
    expect(gauge.view().value).toBe(shown);
  });

  test.each([
    [{ input: 'ANY' }, { input: 'ANY', password: false }],
    [
      { input: 'NUMERIC', password: true },
      { input: 'NUMERIC', password: true },
    ],
    [
      { input: 'ANY', sensitive: true },
      { input: 'ANY', password: false, sensitive: true },
    ],
  ] as const)('a text field of %j says so to the phone', (constraints, view) => {
    expect(new TextField('', '', 8, constraints).view().constraints).toEqual(view);
  });

  test.each([TextField, TextBox])('%o is not made with a text that does not fit', (Field) => {
    expect(() => new Field('', '1a', 8, NUMBERS)).toThrow(/8 characters NUMERIC/);
    expect(() => new Field('', '123456789', 8, NUMBERS)).toThrow(/8 characters NUMERIC/);
    expect(new Field('', '12345678', 8, NUMBERS).getString()).toBe('12345678');
  });
});

describe('TextField', () => {
  test.each([
    ['ANY', '12345678', true],
    ['ANY', '123456789', false],
    ['NUMERIC', '', true],
    ['NUMERIC', '1-', false],
    ['PHONENUMBER', '++39', false],
    ['DECIMAL', '.5', true],
    ['DECIMAL', '-1.5', true],
    ['DECIMAL', '-1,5', false],
    ['DECIMAL', '.', false],
    ['NUMERIC', '-', false],
    ['URL', 'http://a', true],
    ['EMAILADDR', 'a@b.it', true],
    ['URL', 'a\nb', false],
    ['DECIMAL', '+1', false],
    ['NUMERIC', '-12', true],
    ['NUMERIC', '1.2', false],
    ['NUMERIC', '+1', false],
    ['PHONENUMBER', '+39*#', true],
    ['PHONENUMBER', '3+9', false],
    ['DECIMAL', '12.5', true],
    ['DECIMAL', '12.', true],
    ['DECIMAL', '1.2.3', false],
    ['ANY', 'ciao\n', true],
  ] as const)('%s takes %j: %s', (input, text, taken) => {
    const { display, shown } = screen();
    const field = new TextField('', '', 8, { input });
    display.setCurrent(new Form('', [field]));
    shown().listener({ kind: 'text', item: 0, text });
    expect(field.getString()).toBe(taken ? text : '');
  });

  test('takes no more than its size, from the phone or from the application', () => {
    const field = new TextField('', '', 3, { input: 'ANY' });
    field.event({ kind: 'text', item: 0, text: '1234' });
    expect(field.getString()).toBe('');
    expect(() => field.setString('1234')).toThrow(/3 characters/);
  });

  test('TextBox is one that fills the screen', () => {
    const { display, shown } = screen();
    const box = new TextBox('Message', 'ci', 10, { input: 'ANY' });
    display.setCurrent(box);
    shown().listener({ kind: 'text', item: 0, text: 'ciao' });
    expect(box.getString()).toBe('ciao');
    display.setCurrent(box);
    expect(shown().view).toMatchObject({ kind: 'text-box', field: { text: 'ciao', maxSize: 10, edition: 1 } });
    box.setString('ciao ciao');
    expect(shown().view).toMatchObject({ field: { text: 'ciao ciao', edition: 2 } });
  });

  test.each([
    ['form', (field: TextField) => new Form('', [field])],
    ['text box', () => new TextBox('PIN', '', 8, { input: 'NUMERIC', password: true })],
  ] as const)('a password on a %s is not said again, and is gone when the screen comes back', (_name, create) => {
    const { display, shown } = screen();
    const field = new TextField('PIN', '', 8, { input: 'NUMERIC', password: true });
    const displayable = create(field);
    const read = displayable instanceof TextBox ? displayable : field;
    display.setCurrent(displayable);
    const octets = Uint8Array.from([0x31, 0x32]);
    shown().listener({ kind: 'password', item: 0, octets });
    displayable.setTicker('One more waits');
    expect([read.getString(), [...read.getChars()]]).toEqual(['12', [0x31, 0x32]]);
    read.getChars().fill(0);
    expect(read.getString()).toBe('12');
    expect(JSON.stringify(shown().view)).not.toContain('12');
    display.setCurrent(new Form('Next'));
    expect(read.getString()).toBe('12');
    display.setCurrent(displayable);
    expect([read.getString(), [...octets]]).toEqual(['', [0, 0]]);
  });

  test.each(['1a', '123456789'])('a password %j that does not fit is not taken, nor is the one before it', (typed) => {
    const field = new TextField('PIN', '', 8, { input: 'NUMERIC', password: true });
    field.event({ kind: 'password', item: 0, octets: encodeUtf('12345') });
    field.event({ kind: 'password', item: 0, octets: encodeUtf(typed) });
    expect([field.getString(), field.getChars()]).toEqual(['', new Uint8Array()]);
  });
});

describe('Choices', () => {
  test('an EXCLUSIVE group has one selected line', () => {
    const group = new ChoiceGroup('Language', 'EXCLUSIVE', ['English', 'Italiano']);
    group.event({ kind: 'ticked', item: 0, element: 1, selected: true });
    group.event({ kind: 'ticked', item: 0, element: 1, selected: false });
    group.event({ kind: 'ticked', item: 0, element: 7, selected: true });
    expect(group.getSelectedIndex()).toBe(1);
    expect(group.isSelected(0)).toBe(false);
  });

  test.each([
    ['EXCLUSIVE', [true, false]],
    ['IMPLICIT', [true, false]],
    ['MULTIPLE', [false, false]],
  ] as const)('a list %s that was empty has its first line selected: %j', (type, selected) => {
    const list = new List('Menu', type);
    expect(list.getSelectedIndex()).toBe(-1);
    expect([list.append('One'), list.append('Two')]).toEqual([0, 1]);
    expect([list.isSelected(0), list.isSelected(1)]).toEqual(selected);
    expect(list.getSelectedIndex()).toBe(type === 'MULTIPLE' ? -1 : 0);
  });

  test('a MULTIPLE group begins with none selected, an EXCLUSIVE one with the first', () => {
    const group = new ChoiceGroup('Days', 'MULTIPLE', ['Mon', 'Tue']);
    const list = new List('Days', 'EXCLUSIVE', ['Mon', 'Tue']);
    expect([0, 1].map((index) => group.isSelected(index))).toEqual([false, false]);
    expect([0, 1].map((index) => list.isSelected(index))).toEqual([true, false]);
  });

  test('an EXCLUSIVE list is ticked by the user', () => {
    const list = new List('Days', 'EXCLUSIVE', ['Mon', 'Tue']);
    list.event({ kind: 'ticked', item: 0, element: 1, selected: true });
    expect(list.getSelectedIndex()).toBe(1);
  });

  test('a MULTIPLE group has any number', () => {
    const group = new ChoiceGroup('Days', 'MULTIPLE', ['Mon', 'Tue']);
    group.event({ kind: 'ticked', item: 0, element: 0, selected: true });
    group.event({ kind: 'ticked', item: 0, element: 1, selected: true });
    group.event({ kind: 'ticked', item: 0, element: 0, selected: false });
    expect([group.isSelected(0), group.isSelected(1), group.getSelectedIndex()]).toEqual([false, true, -1]);
  });

  test('choosing a line of an IMPLICIT list is a command', () => {
    const { display, shown } = screen();
    const list = new List('Menu', 'IMPLICIT', ['One', 'Two']);
    const select = new Command('Select', 'ITEM', 1);
    list.setSelectCommand(select);
    const chosen: number[] = [];
    list.setCommandListener((command) => {
      if (command === select) chosen.push(list.getSelectedIndex());
    });
    display.setCurrent(list);
    shown().listener({ kind: 'selected', element: 1 });
    expect(chosen).toEqual([1]);
  });

  test('any other command on an IMPLICIT list is about the focused line', () => {
    const { display, shown } = screen();
    const list = new List('Menu', 'IMPLICIT', ['One', 'Two']);
    list.addCommand(new Command('Details', 'SCREEN', 1));
    display.setCurrent(list);
    shown().listener({ kind: 'command', command: 0, element: 1 });
    expect(list.getSelectedIndex()).toBe(1);
  });
});
