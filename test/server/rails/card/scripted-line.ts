import { framed, Unframing } from '../../../../server/rails/card/framing.ts';
import { decodeIso, encodeIso, type IsoMessage } from '../../../../server/rails/card/iso8583.ts';
import type { LineEvents, OpenLine } from '../../../../server/rails/card/line.ts';

const FRAMING = { lengthCountsItself: false } as const;

/** A line to a host that does what the test says, in ASCII. Each message that it gets it hands to `answer`. */
export class ScriptedLine {
  /** What came, oldest first. */
  readonly heard: IsoMessage[] = [];
  /** How often the line was opened. */
  opened = 0;
  /** What is answered; by default a sign-on and an echo get 00, anything else nothing. */
  answer: (message: IsoMessage) => IsoMessage | undefined = signsOn;
  #events: LineEvents | undefined;

  readonly open: OpenLine = (events) => {
    this.opened += 1;
    this.#events = events;
    const unframing = new Unframing(FRAMING);
    queueMicrotask(() => events.opened());
    return {
      write: (octets) => {
        for (const one of unframing.take(octets)) {
          const message = decodeIso(one, 'ascii');
          this.heard.push(message);
          const answer = this.answer(message);
          if (answer !== undefined) queueMicrotask(() => this.say(answer));
        }
      },
      close: () => {
        this.#events = undefined;
      },
    };
  };

  /** Whether the line is open. */
  get isOpen(): boolean {
    return this.#events !== undefined;
  }

  /** The host sends a message. */
  say(message: IsoMessage): void {
    this.sayOctets(framed(encodeIso(message, 'ascii'), FRAMING));
  }

  /** The host sends these octets. */
  sayOctets(octets: Uint8Array): void {
    this.#events?.received(octets);
  }

  /** The line ends. */
  end(reason: string): void {
    const events = this.#events;
    this.#events = undefined;
    events?.closed(reason);
  }
}

/** The answer to a request: its data elements, and what is to be other or more. */
export function answerTo({ mti, fields }: IsoMessage, said: Readonly<Record<number, string>>): IsoMessage {
  const more = Object.entries(said).map(([field, value]) => [Number(field), value] as const);
  return { mti: `${mti.slice(0, 2)}${Number(mti.charAt(2)) + 1}0`, fields: new Map([...fields, ...more]) };
}

function signsOn(message: IsoMessage): IsoMessage | undefined {
  return message.mti === '0800' ? answerTo(message, { 39: '00' }) : undefined;
}
