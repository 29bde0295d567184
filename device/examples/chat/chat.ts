import {
  Alert,
  Command,
  Display,
  List,
  type MessageConnection,
  MIDlet,
  openConnection,
  type ReceivedMessage,
  TextBox,
} from 'cash-mobile/midp';
import { Talk } from './talk.ts';

/** The port of both phones. A text to it starts the application of a phone where it is closed: see `push` in suite.yaml. */
const PORT = 5000;

/** Characters of a text: one SMS to a port has 152. */
const TEXT_SIZE = 152;

/** A talk by SMS between two phones. */
export class Chat extends MIDlet {
  readonly #display = Display.getDisplay(this);
  readonly #talk = new Talk(this.context);
  #connection: MessageConnection | undefined;

  /** The phone has started the application: its owner has, or a message. What came meanwhile waits on the port. */
  override startApp(): void {
    this.#connection = openConnection(this.context, `sms://:${PORT}`);
    this.#connection.setMessageListener(async (connection) => this.#received(await connection.receive()));
    if (this.#talk.number === '') this.#askNumber();
    else this.#showTalk();
  }

  override pauseApp(): void {}

  override destroyApp(): void {
    this.#connection?.close();
  }

  #showTalk(): void {
    const lines = this.#talk.lines.map(({ isMine, text }) => (isMine ? `> ${text}` : text));
    const list = new List(this.#talk.number, 'IMPLICIT', lines);
    list.setSelectCommand(undefined);
    const write = new Command('Write', 'OK', 1);
    const number = new Command('Number', 'SCREEN', 2);
    const exit = new Command('Exit', 'EXIT', 1);
    for (const command of [write, number, exit]) list.addCommand(command);
    list.setCommandListener((command) => {
      if (command === write) this.#write();
      else if (command === number) this.#askNumber();
      else this.#exit();
    });
    this.#display.setCurrent(list);
  }

  #askNumber(): void {
    const box = new TextBox('Number', this.#talk.number, 16, { input: 'PHONENUMBER' });
    this.#ask(box, 'OK', (number) => {
      this.#talk.number = number;
      this.#showTalk();
    });
  }

  #write(): void {
    const box = new TextBox(this.#talk.number, '', TEXT_SIZE, { input: 'ANY' });
    this.#ask(box, 'Send', (text) => void this.#send(text));
  }

  /** Shows a box until something is written in it, or its owner goes back. */
  #ask(box: TextBox, label: string, written: (text: string) => void): void {
    const ok = new Command(label, 'OK', 1);
    box.addCommand(ok);
    box.addCommand(new Command('Back', 'BACK', 1));
    box.setCommandListener((command) => {
      if (command === ok && box.getString() !== '') written(box.getString());
      else this.#showTalk();
    });
    this.#display.setCurrent(box);
  }

  async #send(text: string): Promise<void> {
    this.#display.setCurrent(new Alert('Chat', 'Sending…', 'INFO'));
    try {
      await this.#connection?.send({ kind: 'text', address: `sms://${this.#talk.number}:${PORT}`, text });
      this.#talk.add({ isMine: true, text });
      this.#showTalk();
    } catch {
      this.#showTalk();
      this.#display.setCurrent(new Alert('Chat', 'The text was not sent.', 'ERROR'));
    }
  }

  /** A text has come. Who is writing reads it, and goes on writing afterwards. */
  #received(message: ReceivedMessage): void {
    if (message.kind !== 'text') return;
    const [number = ''] = message.address.replace('sms://', '').split(':');
    const isWriting = this.#talk.number !== '' && this.#display.getCurrent() instanceof TextBox;
    if (this.#talk.number === '') this.#talk.number = number;
    this.#talk.add({ isMine: false, text: message.text });
    this.#display.playSound('ALARM');
    if (isWriting) {
      this.#display.setCurrent(new Alert(number, message.text, 'INFO', 5_000));
    } else this.#showTalk();
  }

  #exit(): void {
    this.destroyApp();
    this.notifyDestroyed();
  }
}
