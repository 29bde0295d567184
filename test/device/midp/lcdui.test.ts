import { describe, expect, test } from 'vitest';
import {
  Alert,
  ChoiceGroup,
  Command,
  Display,
  Form,
  List,
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
});

describe('TextField', () => {
  test.each([
    ['ANY', '12345678', true],
    ['ANY', '123456789', false],
    ['NUMERIC', '', true],
    ['NUMERIC', '1-', false],
    ['PHONENUMBER', '++39', false],
    ['DECIMAL', '.5', true],
    ['DECIMAL', '-1,5', true],
    ['DECIMAL', '+1', false],
    ['NUMERIC', '-12', true],
    ['NUMERIC', '1.2', false],
    ['NUMERIC', '+1', false],
    ['PHONENUMBER', '+39*#', true],
    ['PHONENUMBER', '3+9', false],
    ['DECIMAL', '12.5', true],
    ['DECIMAL', '12,', true],
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
    expect(shown().view).toMatchObject({ kind: 'text-box', field: { text: 'ciao', maxSize: 10 } });
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
