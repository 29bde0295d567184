import { describe, expect, test } from 'vitest';
import { Presenter } from '../../../device/firmware/presenter.ts';
import type { Key } from '../../../device/index.ts';
import {
  Alert,
  ChoiceGroup,
  Command,
  type CommandType,
  type Displayable,
  type DisplayEvent,
  Form,
  Gauge,
  List,
  StringItem,
  TextBox,
  TextField,
} from '../../../device/midp/index.ts';
import { VirtualClock } from '../../../sim/index.ts';

const WORDS = { select: 'Select', options: 'Options', ok: 'OK', back: 'Back', decimalPoint: '.' } as const;

function present(displayable: Displayable) {
  const clock = new VirtualClock();
  const presenter = new Presenter(
    clock,
    () => WORDS,
    () => {},
  );
  const events: DisplayEvent[] = [];
  const draw = () =>
    presenter.show(displayable.view(1), (event) => {
      events.push(event);
      displayable.event(event);
      draw();
    });
  draw();
  const body = () => {
    const shown = presenter.body();
    if (shown === undefined) throw new Error('Nothing is shown');
    return shown;
  };
  const press = (...keys: Key[]) => {
    for (const key of keys) presenter.press({ key, long: false });
  };
  const type = (character: string) => presenter.type(character);
  return { clock, events, body, press, type, show: draw, rows: () => body().rows.map(({ text }) => text) };
}

/** A presenter that shows one screen after the other. */
function screens() {
  const presenter = new Presenter(
    new VirtualClock(),
    () => WORDS,
    () => {},
  );
  const show = (displayable: Displayable, id: number) => presenter.show(displayable.view(id), () => {});
  const body = () => presenter.body() ?? expect.fail('Nothing is shown');
  const press = (...keys: Key[]) => {
    for (const key of keys) presenter.press({ key, long: false });
  };
  return { show, body, press };
}

function withCommands(...commands: readonly (readonly [label: string, type: CommandType, priority?: number])[]): Form {
  const form = new Form('Title');
  for (const [label, type, priority = 1] of commands) form.addCommand(new Command(label, type, priority));
  return form;
}

describe('Soft keys', () => {
  test.each([
    ['no command', [], '', ''],
    ['one that goes on', [['Approve', 'OK']], 'Approve', ''],
    ['one that leads away', [['Back', 'BACK']], '', 'Back'],
    [
      'one of each',
      [
        ['Refuse', 'CANCEL'],
        ['Approve', 'OK'],
      ],
      'Approve',
      'Refuse',
    ],
    [
      'two that go on',
      [
        ['One', 'SCREEN', 2],
        ['Two', 'SCREEN', 1],
      ],
      'Two',
      'One',
    ],
    [
      'three',
      [
        ['Send', 'OK'],
        ['Recent', 'SCREEN'],
        ['Back', 'BACK'],
      ],
      'Options',
      'Back',
    ],
    [
      'two that lead away',
      [
        ['Back', 'BACK'],
        ['Exit', 'EXIT'],
      ],
      'Exit',
      'Back',
    ],
  ] as const)('of %s', (_name, commands, left, right) => {
    expect(present(withCommands(...commands)).body().softKeys).toEqual({ left, right });
  });

  test('have the command by which a line is chosen once', () => {
    const list = new List('Lines', 'IMPLICIT', ['One']);
    list.setSelectCommand(new Command('Read', 'ITEM', 1));
    list.addCommand(new Command('Back', 'BACK', 1));
    expect(present(list).body().softKeys).toEqual({ left: 'Read', right: 'Back' });
  });

  test('open the options, around whose ends the focus goes, and which C closes', () => {
    const { press, body, events } = present(withCommands(['One', 'OK'], ['Two', 'SCREEN'], ['Back', 'BACK']));
    const focused = () => body().items.find((item) => item.focused)?.label;
    press('soft-left', 'up');
    expect(focused()).toBe('Two');
    press('down');
    expect(focused()).toBe('One');
    press('5', 'left');
    expect(body().kind).toBe('options');
    press('clear');
    expect(body().kind).toBe('form');
    press('soft-left', 'soft-left');
    expect(events).toEqual([{ kind: 'command', command: 0 }]);
    expect(body().kind).toBe('form');
  });

  test.each([
    ['EXIT STOP CANCEL BACK', 'BACK'],
    ['EXIT STOP CANCEL', 'CANCEL'],
    ['EXIT STOP', 'STOP'],
  ])('of %s: %s is the one on the right', (types, right) => {
    const form = withCommands(...types.split(' ').map((type) => [type, type as CommandType] as const));
    expect(present(form).body().softKeys.right).toBe(right);
  });

  test('that leads away and is the most important of its kind is on the right', () => {
    const form = withCommands(['Later', 'BACK', 2], ['Back', 'BACK', 1]);
    expect(present(form).body().softKeys).toEqual({ left: 'Later', right: 'Back' });
  });

  test('open the options, in the order of type and priority', () => {
    const { press, body, events } = present(
      withCommands(['Help', 'HELP'], ['Late', 'SCREEN', 2], ['Early', 'SCREEN', 1], ['Send', 'OK'], ['Back', 'BACK']),
    );
    press('soft-left');
    expect(body()).toMatchObject({ kind: 'options', title: 'Options', softKeys: { left: 'Select', right: 'Back' } });
    expect(body().items.map(({ label }) => label)).toEqual(['Send', 'Early', 'Late', 'Help']);
    press('down', 'down', 'select');
    expect(events).toEqual([{ kind: 'command', command: 1 }]);
    press('soft-left', 'soft-right');
    expect(body().kind).toBe('form');
  });
});

describe('A list', () => {
  test('that was empty gives its first line the focus, whatever keys were pressed before', () => {
    const list = new List('Menu', 'IMPLICIT');
    const { press, body, events } = present(list);
    press('down', 'down', 'up', 'select', 'soft-left');
    expect(events).toEqual([]);
    expect(body().softKeys.left).toBe('');
    list.append('Only');
    const again = present(list);
    again.press('select');
    expect(again.events).toEqual([{ kind: 'selected', element: 0 }]);
  });

  test('that fills while it is shown gives its first line the focus', () => {
    const list = new List('Menu', 'IMPLICIT');
    const { press, body, events, show } = present(list);
    press('down', 'down');
    list.append('One');
    list.append('Two');
    show();
    expect(body().items.map(({ focused }) => focused)).toEqual([true, false]);
    press('down', 'select');
    expect(events).toEqual([{ kind: 'selected', element: 1 }]);
    list.deleteAll();
    show();
    list.append('Three');
    show();
    expect(body().items.map(({ focused }) => focused)).toEqual([true]);
  });

  test('moves its focus around the ends, scrolls, and tells which line was chosen', () => {
    const list = new List(
      'Menu',
      'IMPLICIT',
      Array.from({ length: 10 }, (_, index) => `Line ${index}`),
    );
    const { press, body, rows, events } = present(list);
    expect(body().scroll).toEqual({ above: false, below: true });
    press('up');
    expect(rows()).toEqual(Array.from({ length: 8 }, (_, index) => `Line ${index + 2}`));
    expect(body().rows.at(-1)).toEqual({ text: 'Line 9', inverse: true });
    expect(body().scroll).toEqual({ above: true, below: false });
    press('down', 'down', 'select');
    expect(events).toEqual([{ kind: 'selected', element: 1 }]);
  });

  test('of choices is ticked with the select key', () => {
    const list = new List('Language', 'EXCLUSIVE', ['English', 'Italiano']);
    const { press, body, rows } = present(list);
    press('down', 'select');
    expect(rows()).toEqual(['( ) English', '(•) Italiano']);
    expect(body().items.map(({ checked }) => checked)).toEqual([false, true]);
  });

  test('cuts a line that is too long, and none that just fits', () => {
    const { rows } = present(new List('Menu', 'IMPLICIT', ['EUR 12.50 Edicola del Duomo di Milano', 'x'.repeat(22)]));
    expect(rows()).toEqual(['EUR 12.50 Edicola del…', 'x'.repeat(22)]);
  });

  test('of choices begins at the one that is ticked', () => {
    const list = new List('Language', 'EXCLUSIVE', ['English', 'Italiano']);
    list.setSelectedIndex(1, true);
    expect(
      present(list)
        .body()
        .items.map(({ focused }) => focused),
    ).toEqual([false, true]);
  });

  test('that becomes shorter while it is scrolled shows its last lines', () => {
    const lines = (count: number) => Array.from({ length: count }, (_, index) => `Line ${index}`);
    const list = new List('Menu', 'IMPLICIT', lines(20));
    const { press, rows, show, body } = present(list);
    press('up');
    list.deleteAll();
    for (const line of lines(10)) list.append(line);
    show();
    expect(rows()).toEqual(lines(10).slice(2));
    expect(body().items.findIndex(({ focused }) => focused)).toBe(9);
  });
});

describe('A form', () => {
  test('puts a label and its text into one row if they fit, and wraps between words if not', () => {
    const { rows } = present(
      new Form('Payment', [new StringItem('Code', '0042'), new StringItem('Pay to', 'Antica Edicola del Duomo')]),
    );
    expect(rows()).toEqual(['Code: 0042', 'Pay to', ' Antica Edicola del', ' Duomo']);
  });

  test('shows a password as dots with a cursor, and says its digits as octets, once, before a command', () => {
    const field = new TextField('PIN', '', 8, { input: 'NUMERIC', password: true });
    const form = new Form('Payment', [field]);
    form.addCommand(new Command('Confirm', 'OK', 1));
    const { press, rows, body, events } = present(form);
    press('4', '8', '2', 'left');
    expect(rows()).toEqual(['PIN', ' ••▏•']);
    expect(body().items).toEqual([{ label: 'PIN', value: '•••', focused: true, secret: true }]);
    expect(body().input).toEqual({ mode: '123', numeric: true, telephone: false });
    expect(events).toEqual([]);
    press('soft-left', 'soft-left');
    const command = { kind: 'command', command: 0 };
    const octets = Uint8Array.from([0x34, 0x38, 0x32]);
    expect(events).toEqual([{ kind: 'password', item: 0, octets }, command, command]);
    expect([field.getString(), field.getChars()]).toEqual(['482', octets]);
    expect(body().items).toEqual([{ label: 'PIN', value: '•••', focused: true, secret: true }]);
    press('6', 'soft-left');
    expect(events.slice(3)).toEqual([
      { kind: 'password', item: 0, octets: Uint8Array.from([0x34, 0x38, 0x36, 0x32]) },
      command,
    ]);
  });

  test('says what was typed when its field is left and before a command, and nothing while it is typed', () => {
    const [name, city] = ['Name', 'City'].map((label) => new TextField(label, '', 9, { input: 'ANY' }));
    const form = new Form('Who', [name ?? expect.fail(), city ?? expect.fail()]);
    form.addCommand(new Command('OK', 'OK', 1));
    const { press, body, events } = present(form);
    press('2');
    expect(events).toEqual([]);
    press('down', 'down', '3', 'soft-left', 'up');
    expect(events).toEqual([
      { kind: 'text', item: 0, text: 'A' },
      { kind: 'text', item: 1, text: 'D' },
      { kind: 'command', command: 0 },
    ]);
    expect(body().items.map(({ value }) => value)).toEqual(['A', 'D']);
  });

  test('keeps what is typed while the application changes something else, and not what the application sets itself', () => {
    const [name, city] = ['Name', 'City'].map((label) => new TextField(label, '', 9, { input: 'ANY' }));
    if (name === undefined || city === undefined) throw new Error('There are two');
    const form = new Form('Who', [name, city]);
    const { press, body, show, events } = present(form);
    const values = () => body().items.map(({ value }) => value);
    press('2', 'down', '3');
    form.setTicker('One more waits');
    show();
    expect(values()).toEqual(['A', 'D']);
    city.setString('Roma');
    show();
    expect(values()).toEqual(['A', 'Roma']);
    name.setString('');
    show();
    expect(values()).toEqual(['', 'Roma']);
    press('soft-left', 'up', 'down');
    expect(events).toEqual([{ kind: 'text', item: 0, text: 'A' }]);
  });

  test('what is typed on another screen of the same form is not there', () => {
    const field = new TextField('Name', '', 9, { input: 'ANY' });
    const form = new Form('Who', [field]);
    const { show, body, press } = screens();
    show(form, 1);
    press('2');
    show(form, 2);
    expect(body().items[0]?.value).toBe('');
  });

  test('a command that is given on a screen is not one of the screen that the text has brought', () => {
    const presenter = new Presenter(
      new VirtualClock(),
      () => WORDS,
      () => {},
    );
    const form = withCommands(['OK', 'OK']);
    form.append(new TextField('Name', '', 9, { input: 'ANY' }));
    const heard: string[] = [];
    const other = withCommands(['Delete', 'OK']);
    presenter.show(form.view(1), (event) => {
      heard.push(`first ${event.kind}`);
      if (event.kind === 'text') presenter.show(other.view(2), ({ kind }) => void heard.push(`second ${kind}`));
    });
    for (const key of ['2', 'soft-left'] as const) presenter.press({ key, long: false });
    expect(heard).toEqual(['first text', 'first command']);
    expect(presenter.body()?.softKeys.left).toBe('Delete');
  });

  test('moves the focus from field to field, and keeps what was written', () => {
    const [name, city] = [
      new TextField('Name', '', 9, { input: 'ANY' }),
      new TextField('City', '', 9, { input: 'ANY' }),
    ];
    const { press, body } = present(new Form('Who', [name, city]));
    press('2', 'down', '3', 'up', '5', 'down');
    press('up');
    expect([name.getString(), city.getString()]).toEqual(['AJ', 'D']);
    expect(body().items.map(({ focused }) => focused)).toEqual([true, false]);
  });

  test.each([
    ['Code', 'x'.repeat(16), [`Code: ${'x'.repeat(16)}`]],
    ['Code', 'x'.repeat(17), ['Code', ` ${'x'.repeat(17)}`]],
    ['', `${'x'.repeat(22)} y`, ['x'.repeat(22), 'y']],
    ['', ` ${'x'.repeat(22)}`, [` ${'x'.repeat(21)}`, 'x']],
    ['', 'x'.repeat(45), ['x'.repeat(22), 'x'.repeat(22), 'x']],
  ])('fills its rows to the last cell: %j %j', (label, text, lines) => {
    expect(present(new Form('', [new StringItem(label, text)])).rows()).toEqual(lines);
  });

  test.each([
    [0, 4, 0],
    [1, 4, 5],
    [4, 4, 20],
    [0, 0, 0],
    [1, 3, 7],
    [2, 3, 13],
    [1, 40, 1],
  ])('draws a gauge at %d of %d as %d cells', (value, most, cells) => {
    const { rows, body } = present(new Form('', [new Gauge('', most, value)]));
    expect(rows()).toEqual([` ${'█'.repeat(cells)}${'░'.repeat(20 - cells)}`]);
    expect(body().items[0]?.value).toBe(`${value}/${most}`);
  });

  test('takes characters of a keyboard in the field that has the focus, and none while the options are open', () => {
    const field = new TextField('Name', '', 9, { input: 'ANY' });
    const form = new Form('Who', [field]);
    for (const label of ['One', 'Two', 'Three']) form.addCommand(new Command(label, 'SCREEN', 1));
    const { press, type, body } = present(form);
    type('a');
    press('soft-left');
    type('b');
    press('clear');
    type('c');
    expect(body().items[0]?.value).toBe('ac');
  });

  test('says that the screen has changed with each key and each character of a keyboard that it takes', () => {
    let changes = 0;
    const presenter = new Presenter(
      new VirtualClock(),
      () => WORDS,
      () => {
        changes += 1;
      },
    );
    presenter.type('a');
    expect(changes, 'nothing is shown').toBe(0);
    const form = new Form('Who', [new TextField('Name', '', 9, { input: 'ANY' })]);
    presenter.show(form.view(1), () => {});
    const before = changes;
    presenter.type('a');
    const typed = changes;
    expect(typed).toBeGreaterThan(before);
    presenter.press({ key: 'left', long: false });
    expect(changes).toBeGreaterThan(typed);
  });

  test('a letter that is being chosen stands when a command is given', () => {
    const field = new TextField('Name', '', 9, { input: 'ANY' });
    const form = new Form('Who', [field]);
    form.addCommand(new Command('OK', 'OK', 1));
    const { press, body } = present(form);
    press('2', 'soft-left', '2');
    expect(field.getString()).toBe('A');
    expect(body().items[0]?.value).toBe('Aa');
  });

  test('a code is shown as it is typed, and marked as secret', () => {
    const field = new TextField('Code', 'AB', 9, { input: 'ANY', sensitive: true });
    const { body, rows } = present(new Form('', [field]));
    expect(rows()).toEqual(['Code', ' AB▏']);
    expect(body().rows.map(({ secret }) => secret)).toEqual([undefined, true]);
    expect(body().items).toEqual([{ label: 'Code', value: 'AB', focused: true, secret: true }]);
  });

  test('gives the focus to its fields and choices only, one after the other', () => {
    const field = (label: string) => new TextField(label, '', 9, { input: 'ANY' });
    const group = new ChoiceGroup('Days', 'MULTIPLE', ['Mon', 'Tue']);
    const items = [
      new StringItem('', 'a'),
      field('One'),
      new Gauge('', 4),
      group,
      new StringItem('', 'b'),
      field('Two'),
    ];
    const { press, body } = present(new Form('', items));
    const seen: (readonly (string | undefined)[])[] = [];
    for (const _ of ['One', 'Mon', 'Tue', 'Two']) {
      const inverse = body().rows.filter((row) => row.inverse);
      seen.push([body().items.find(({ focused }) => focused)?.label, inverse[0]?.text]);
      press('down');
    }
    expect(seen).toEqual([
      ['One', 'One'],
      ['Mon', '[ ] Mon'],
      ['Tue', '[ ] Tue'],
      ['Two', 'Two'],
    ]);
  });

  test('skips no text between two fields: the rows move one by one', () => {
    const long = new StringItem('', Array.from({ length: 30 }, (_, index) => `word${index}`).join(' '));
    const field = () => new TextField('Field', '', 9, { input: 'ANY' });
    const { press, rows } = present(new Form('Terms', [field(), long, field()]));
    const seen = new Set(rows());
    for (let strokes = 0; strokes < 20; strokes += 1) {
      press('down');
      for (const row of rows()) seen.add(row);
    }
    for (let index = 0; index < 30; index += 1) expect([...seen].join(' ')).toContain(`word${index}`);
  });

  test('without fields scrolls to its end and back', () => {
    const text = Array.from({ length: 12 }, (_, index) => `line ${index}`).join('\n');
    const { press, rows, body } = present(new Form('Terms', [new StringItem('', text)]));
    press(...Array.from({ length: 9 }, () => 'down' as const));
    expect(rows().at(-1)).toBe('line 11');
    expect(body().scroll).toEqual({ above: true, below: false });
    press(...Array.from({ length: 9 }, () => 'up' as const));
    expect(rows()[0]).toBe('line 0');
  });

  test('ticks a choice, and shows gauges', () => {
    const group = new ChoiceGroup('Days', 'MULTIPLE', ['Mon', 'Tue']);
    const { press, rows } = present(new Form('Week', [group, new Gauge('Done', 4, 1), new Gauge('', 4)]));
    press('down', 'select');
    expect(rows()).toEqual([
      'Days',
      '[ ] Mon',
      '[x] Tue',
      'Done',
      ` ${'█'.repeat(5)}${'░'.repeat(15)}`,
      ' · · · · · · · · · ·',
    ]);
  });

  test('sets a gauge one by one, and tells nothing at its ends', () => {
    const { press, events } = present(new Form('Volume', [new Gauge('Tone', 2, 1, true)]));
    press('right', 'right', 'left', 'left', 'left');
    expect(events).toEqual([2, 1, 0].map((value) => ({ kind: 'adjusted', item: 0, value })));
  });

  test('counts wide letters as two cells and accents as none', () => {
    const { rows } = present(
      new Form('', [new StringItem('', '漢字漢字漢字漢字漢字漢字'), new StringItem('', 'e\u0301'.repeat(22))]),
    );
    expect(rows()).toEqual(['漢字漢字漢字漢字漢字漢', '字', 'e\u0301'.repeat(22)]);
  });
});

describe('A screen that another one replaces', () => {
  test.each([
    ['of the same kind', withCommands(['Next', 'OK'], ['More', 'SCREEN'], ['Back', 'BACK']), 'form'],
    ['of another kind', new List('Lines', 'IMPLICIT', ['One', 'Two']), 'list'],
  ] as const)('while its options are open leaves none open, nor its focus: the next is %s', (_name, next, kind) => {
    const { show, body, press } = screens();
    const first = new List('Lines', 'IMPLICIT', ['One', 'Two']);
    for (const label of ['A', 'B', 'C']) first.addCommand(new Command(label, 'SCREEN', 1));
    show(first, 1);
    press('down', 'soft-left', 'down');
    expect(body().kind).toBe('options');
    show(next, 2);
    expect([body().kind, body().items.findIndex(({ focused }) => focused)]).toEqual([kind, kind === 'list' ? 0 : -1]);
    // Opened again, the options begin at the first.
    show(first, 3);
    press('soft-left');
    expect(body().items.findIndex(({ focused }) => focused)).toBe(0);
  });

  test('while it is scrolled is not scrolled itself', () => {
    const { show, body, press } = screens();
    const long = (title: string) => new Form(title, [new StringItem('', 'word '.repeat(80))]);
    show(long('first'), 1);
    press('down', 'down');
    expect(body().scroll.above).toBe(true);
    show(long('second'), 2);
    expect(body().scroll.above).toBe(false);
  });

  test('of the same id and kind is a change: its options stay open', () => {
    const { show, body, press } = screens();
    const form = withCommands(['Next', 'OK'], ['More', 'SCREEN']);
    form.addCommand(new Command('Back', 'BACK', 1));
    show(form, 1);
    press('soft-left');
    show(form, 1);
    expect(body().kind).toBe('options');
  });
});

describe('A text box', () => {
  test('is written into at its cursor, and no row of it is inverse', () => {
    const box = new TextBox('Message', 'one two three four five six', 99, { input: 'ANY' });
    const { body, rows, press, type } = present(box);
    type('!');
    press('left');
    type('?');
    expect(rows()).toEqual([' one two three four', ' five six?▏!']);
    expect(body()).toMatchObject({ kind: 'text', title: 'Message', input: { mode: '123', numeric: false } });
    expect(body().rows.map(({ inverse }) => inverse)).toEqual([false, false]);
  });
});

describe('An alert', () => {
  test('goes away when its time is over, or with OK', async () => {
    const alert = new Alert('Paid', 'EUR 12.50', 'CONFIRMATION', 2_000);
    const { clock, events } = present(alert);
    await clock.advance(1_999);
    expect(events).toEqual([]);
    await clock.advance(1);
    expect(events).toEqual([{ kind: 'dismissed' }]);

    await clock.advance(60_000);
    expect(events).toHaveLength(1);

    const early = present(new Alert('Paid', 'EUR 12.50', 'CONFIRMATION', 2_000));
    early.press('soft-right');
    await early.clock.advance(60_000);
    expect(early.events).toEqual([{ kind: 'dismissed' }]);

    const pressed = present(new Alert('Paid', 'EUR 12.50', 'CONFIRMATION'));
    expect(pressed.body().softKeys).toEqual({ left: 'OK', right: 'Back' });
    pressed.press('soft-left');
    expect(pressed.events).toEqual([{ kind: 'dismissed' }]);
  });

  test.each<[what: string, rows: number, told: readonly DisplayEvent[]]>([
    ['that fits the screen is gone when its time is over', 8, [{ kind: 'dismissed' }]],
    ['of one row more stays until it was read', 9, []],
  ])('%s', async (_what, rows, told) => {
    const text = Array.from({ length: rows }, (_, row) => `row ${row}`).join('\n');
    const { clock, events } = present(new Alert('Terms', text, 'INFO', 2_000));
    await clock.advance(60_000);
    expect(events).toEqual(told);
  });
});
