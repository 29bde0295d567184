import type { CommandType } from './command.ts';

/** What an application shows, as plain data for the phone to draw. */
export type DisplayableView = FormView | ListView | TextBoxView | AlertView;

interface CommonView {
  /** A view with another id is another screen: its focus is on the first line, and it is not scrolled. */
  readonly id: number;
  readonly title: string;
  readonly ticker?: string;
  readonly commands: readonly CommandView[];
}

/** Items one below the other. */
export interface FormView extends CommonView {
  readonly kind: 'form';
  readonly items: readonly ItemView[];
  /** The item that is to have the focus, each time that `edition` grows. */
  readonly focus?: { readonly item: number; readonly edition: number };
}

/** Lines to choose from; in an IMPLICIT list, choosing one is a command. */
export interface ListView extends CommonView {
  readonly kind: 'list';
  readonly type: ChoiceType | 'IMPLICIT';
  readonly elements: readonly ChoiceElement[];
  /** Which of the commands choosing a line of an IMPLICIT list gives. Absent: the phone's own. */
  readonly select?: number | 'none';
}

/** One text field that fills the screen. */
export interface TextBoxView extends CommonView {
  readonly kind: 'text-box';
  readonly field: TextFieldView;
}

/** A message that is dismissed by the user; or by itself after `timeoutMs`, when it fits the screen. */
export interface AlertView extends CommonView {
  readonly kind: 'alert';
  readonly type: AlertType;
  readonly text: string;
  readonly timeoutMs?: number;
}

/** An item of a form. */
export type ItemView = StringItemView | TextFieldView | ChoiceGroupView | GaugeView | DateFieldView | SpacerView;

interface CommonItemView {
  readonly label: string;
  /** What the user can do with the item while it has the focus. */
  readonly commands?: readonly CommandView[];
  /** Which of them the key in the middle gives. */
  readonly defaultCommand?: number;
}

/** How a text looks that has commands (`Item.BUTTON` and the like). */
export type Appearance = 'PLAIN' | 'HYPERLINK' | 'BUTTON';

/** Text that the user only reads. */
export interface StringItemView extends CommonItemView {
  readonly kind: 'string';
  readonly text: string;
  readonly appearance?: Appearance;
}

/** What a date field is about. */
export type DateMode = 'DATE' | 'TIME' | 'DATE_TIME';

/** A date that the user writes over the digits of `text`: `27.11.2026 09:05`, `__:__`. While it is edited, the phone has it. */
export interface DateFieldView extends CommonItemView {
  readonly kind: 'date-field';
  readonly text: string;
  /** Grows when the application sets the date. */
  readonly edition: number;
}

/** Empty rows. */
export interface SpacerView {
  readonly kind: 'spacer';
  readonly rows: number;
}

/**
 * Text that the user writes. While it is edited, the phone has the text; the application hears of it when the user leaves the
 * field, and before each command.
 */
export interface TextFieldView extends CommonItemView {
  readonly kind: 'text-field';
  /** The text that the edit begins with; that of a password is not said again. */
  readonly text: string;
  /** Grows when the application sets the text: what the user has typed is then gone. */
  readonly edition: number;
  readonly maxSize: number;
  readonly constraints: InputConstraints;
  readonly initialInputMode?: InitialInputMode;
}

/** A choice inside a form; POPUP shows the selected line alone. */
export interface ChoiceGroupView extends CommonItemView {
  readonly kind: 'choice-group';
  readonly type: ChoiceType | 'POPUP';
  readonly elements: readonly ChoiceElement[];
}

/** A bar; `value` is absent while the progress is unknown. The user sets an interactive one. */
export interface GaugeView extends CommonItemView {
  readonly kind: 'gauge';
  readonly interactive?: true;
  readonly value?: number;
  readonly maxValue: number;
}

/** EXCLUSIVE: one line is selected. MULTIPLE: any number of lines is. */
export type ChoiceType = 'EXCLUSIVE' | 'MULTIPLE';

/** A line to choose. */
export interface ChoiceElement {
  readonly text: string;
  readonly selected: boolean;
}

/** A command by what the user sees of it. */
export interface CommandView {
  readonly label: string;
  readonly type: CommandType;
  readonly priority: number;
}

/** What an alert is about, and how the phone sounds (`javax.microedition.lcdui.AlertType`). */
export type AlertType = 'INFO' | 'WARNING' | 'ERROR' | 'ALARM' | 'CONFIRMATION';

/**
 * What may be written into a text field (`TextField.NUMERIC` and the like). A `password` is shown as dots. A
 * `sensitive` text is shown as it is, but the phone never stores or prints it. An `uneditable` one is only read. The phone guesses no
 * words, so that `NON_PREDICTIVE` is always so.
 */
export interface InputConstraints {
  readonly input: 'ANY' | 'EMAILADDR' | 'NUMERIC' | 'PHONENUMBER' | 'URL' | 'DECIMAL';
  readonly password?: boolean;
  readonly sensitive?: boolean;
  readonly uneditable?: boolean;
}

/** The characters that a text begins with (`TextField.setInitialInputMode`, `Character.Subset` of MIDP 2.0). */
export type InitialInputMode = 'IS_LATIN_DIGITS' | 'MIDP_LOWERCASE_LATIN' | 'MIDP_UPPERCASE_LATIN';

/** An action of the user on the screen that is shown. Indexes count within the view. */
export type DisplayEvent =
  /** A command was given; in an IMPLICIT list with the line that had the focus. */
  | { readonly kind: 'command'; readonly command: number; readonly element?: number }
  /** A line of an IMPLICIT list was chosen. */
  | { readonly kind: 'selected'; readonly element: number }
  /** A choice was ticked or unticked; `item` is 0 in a list. */
  | { readonly kind: 'ticked'; readonly item: number; readonly element: number; readonly selected: boolean }
  /** The user has written a text, and leaves the field or gives a command; `item` is 0 in a text box. */
  | { readonly kind: 'text'; readonly item: number; readonly text: string }
  /** The same of a password: its octets in the UTF-8 of `java.io.DataInput`. */
  | { readonly kind: 'password'; readonly item: number; readonly octets: Uint8Array }
  /** A command of an item was given. */
  | { readonly kind: 'item-command'; readonly item: number; readonly command: number }
  /** A gauge was set. */
  | { readonly kind: 'adjusted'; readonly item: number; readonly value: number }
  /** The user has written a date, and leaves the field or gives a command. */
  | { readonly kind: 'date'; readonly item: number; readonly text: string }
  /** An alert was dismissed or its time is over. */
  | { readonly kind: 'dismissed' };

/** What an application shows. */
export interface ShownScreen {
  /** Another id is another screen. */
  readonly id: number;
  /** The screen as it is now. */
  view(): DisplayableView;
  /** Handles an action of the user. */
  event(event: DisplayEvent): void;
}

/** The phone's side of the display, for one application. */
export interface LcdPlatform {
  /** The screen that is to be shown, or that has changed. */
  show(shown: ShownScreen): void;
  playSound(type: AlertType): void;
  /** Runs a task soon, not inside another call of the application, and never after the application has ended. */
  callSerially(task: () => void): void;
}
