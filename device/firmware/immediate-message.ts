import { Form, StringItem } from '../midp/index.ts';
import { localTime } from './idle-screen.ts';
import type { ShellTexts } from './languages.ts';

/** A message of class 0: it is shown at once and never kept (3GPP TS 23.038, 4). */
export interface ImmediateMessage {
  readonly from: string;
  /** When the service centre took it, ms since 1970. */
  readonly sentAt: number;
  readonly text: string;
}

/** What the phone shows of it. The sender stands before the text, which could look like a question of the phone. */
export function immediateScreen({ from, sentAt, text }: ImmediateMessage, offset: number, texts: ShellTexts): Form {
  const sender = new StringItem(texts.from, from);
  return new Form(texts.message, [
    sender,
    new StringItem('', text),
    new StringItem(texts.at, localTime(sentAt, offset)),
  ]);
}
