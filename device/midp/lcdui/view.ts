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
}

/** Lines to choose from; in an IMPLICIT list, choosing one is a command. */
export interface ListView extends CommonView {
  readonly kind: 'list';
  readonly type: ChoiceType | 'IMPLICIT';
  readonly elements: readonly ChoiceElement[];
}

/** One text field that fills the screen. */
export interface TextBoxView extends CommonView {
  readonly kind: 'text-box';
  readonly field: TextFieldView;
}

/** A message that is dismissed by the user, or by itself after `timeoutMs`. */
export interface AlertView extends CommonView {
  readonly kind: 'alert';
  readonly type: AlertType;
  readonly text: string;
  readonly timeoutMs?: number;
}

/** An item of a form. */
export type ItemView = StringItemView | TextFieldView | ChoiceGroupView | GaugeView;

/** Text that the user only reads. */
export interface StringItemView {
  readonly kind: 'string';
  readonly label: string;
  readonly text: string;
}

/**
 * Text that the user writes. While it is edited, the phone has the text; the application hears of it when the user leaves the
 * field, and before each command.
 */
export interface TextFieldView {
  readonly kind: 'text-field';
  readonly label: string;
  /** The text that the edit begins with; that of a password is not said again. */
  readonly text: string;
  /** Grows when the application sets the text: what the user has typed is then gone. */
  readonly edition: number;
  readonly maxSize: number;
  readonly constraints: InputConstraints;
  readonly initialInputMode?: InitialInputMode;
}

/** A choice inside a form. */
export interface ChoiceGroupView {
  readonly kind: 'choice-group';
  readonly label: string;
  readonly type: ChoiceType;
  readonly elements: readonly ChoiceElement[];
}

/** A progress bar; `value` is absent while the progress is unknown. */
export interface GaugeView {
  readonly kind: 'gauge';
  readonly label: string;
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
 * `sensitive` text is shown as it is, but the phone never stores or prints it.
 */
export interface InputConstraints {
  readonly input: 'ANY' | 'NUMERIC' | 'PHONENUMBER' | 'DECIMAL';
  readonly password?: boolean;
  readonly sensitive?: boolean;
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
