import { LCD_COLUMNS, legibleScreen, type Screen, type ScreenBody } from '../hal/index.ts';
import { centre } from './cells.ts';
import type { ShellTexts } from './languages.ts';

/** `2010-03-01 14:07` in local time. */
export function localTime(at: number, utcOffsetMinutes: number): string {
  return new Date(at + utcOffsetMinutes * 60_000).toISOString().slice(0, 16).replace('T', ' ');
}

/** The contents of the idle screen. */
export interface Idle {
  readonly operator: string;
  readonly date: string;
  readonly unread: number;
  /** The application that has a waiting message, when the owner answered "Open now?" with no. */
  readonly waiting: string | undefined;
  readonly texts: ShellTexts;
  /** Local time, `14:07`. */
  readonly clock: string;
}

/** The idle screen: operator, time, date, unread messages, and an application with a waiting message. */
export function idleScreen({ operator, date, unread, waiting, texts, clock }: Idle): ScreenBody {
  const lines = [
    '',
    operator,
    '',
    clock,
    date,
    '',
    unread === 0 ? '' : texts.unread.replace('{}', String(unread)),
    waiting === undefined ? '' : texts.waits.replace('{}', waiting),
  ];
  return legibleScreen({
    kind: 'idle',
    title: '',
    items: lines.filter((line) => line !== '').map((label) => ({ label, focused: false })),
    rows: lines.map((line) => ({ text: centre(line, LCD_COLUMNS), inverse: false })),
    scroll: { above: false, below: false },
    softKeys: { left: texts.menu, right: texts.messages },
  });
}

/** The screen of a phone that is off. */
export const OFF_SCREEN: Screen = {
  kind: 'off',
  title: '',
  items: [],
  rows: [],
  scroll: { above: false, below: false },
  softKeys: { left: '', right: '' },
  indicator: { kind: 'phone', text: '' },
  icons: { signal: 0, battery: 0, message: false, clock: '' },
};
