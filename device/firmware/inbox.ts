import { z } from 'zod';
import { type Flash, FlashError } from '../hal/index.ts';
import { readSection } from './section.ts';

/** A text message in the phone. */
export interface InboxMessage {
  readonly id: number;
  readonly from: string;
  /** When the service centre took it, ms since 1970. */
  readonly sentAt: number;
  readonly text: string;
  /** The link of a WAP push; that of a text is in the text. */
  readonly link?: string;
  /** The id of a WAP push, by which a later one replaces it. */
  readonly pushId?: string;
  readonly read: boolean;
}

type NewMessage = Pick<InboxMessage, 'from' | 'sentAt' | 'text' | 'link' | 'pushId'>;

/** Text messages that the phone keeps. When the inbox is full, new messages wait in the SIM, and then in the network. */
const INBOX_CAPACITY = 100;

const SECTION = 'inbox';
const stored = z.array(
  z.object({
    id: z.int(),
    from: z.string(),
    sentAt: z.number(),
    text: z.string(),
    link: z.string().exactOptional(),
    pushId: z.string().exactOptional(),
    read: z.boolean(),
  }),
);

/** The text messages of the phone, oldest first, in its flash. */
export class Inbox {
  readonly #flash: Flash;
  #messages: readonly InboxMessage[];

  /** @throws FlashError `damaged` */
  constructor(flash: Flash) {
    this.#flash = flash;
    this.#messages = readSection(flash, SECTION, stored) ?? [];
  }

  get messages(): readonly InboxMessage[] {
    return this.#messages;
  }

  get unread(): number {
    return this.#messages.filter(({ read }) => !read).length;
  }

  /**
   * Keeps a message: when this returns, the message is in the flash. A message that the modem hands over twice is kept once.
   * @throws FlashError `full` when there is no room
   */
  add(message: NewMessage): void {
    if (this.#messages.some((known) => isSame(known, message))) return;
    const { pushId } = message;
    const others = this.#messages.filter((known) => pushId === undefined || known.pushId !== pushId);
    if (others.length >= INBOX_CAPACITY) {
      throw new FlashError('full', `The inbox holds ${INBOX_CAPACITY} messages: delete some to receive more`);
    }
    const id = Math.max(0, ...this.#messages.map((known) => known.id)) + 1;
    this.#save([...others, { ...message, id, read: false }]);
  }

  /** Deletes the WAP push with an id, if it is there. */
  deletePush(pushId: string): void {
    if (this.#messages.some((message) => message.pushId === pushId))
      this.#save(this.#messages.filter((message) => message.pushId !== pushId));
  }

  markRead(id: number): void {
    this.#save(this.#messages.map((message) => (message.id === id ? { ...message, read: true } : message)));
  }

  delete(id: number): void {
    this.#save(this.#messages.filter((message) => message.id !== id));
  }

  #save(messages: readonly InboxMessage[]): void {
    this.#flash.write(
      SECTION,
      messages.map((message) => ({ ...message })),
    );
    this.#messages = messages;
  }
}

function isSame(one: NewMessage, other: NewMessage): boolean {
  return one.from === other.from && one.sentAt === other.sentAt && one.text === other.text && one.link === other.link;
}
