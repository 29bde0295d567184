import { FRAME_OCTETS } from '../../device/safe-mobile/index.ts';
import { type OutgoingSms, type SendOutcome, type SmsBearer, type SmsReport, toHex } from '../../modem/index.ts';
import type { EventLog, LogEntry } from '../log.ts';

/** What became of one message of the service: how often it was given to the bearer, went out, was accepted and was called sent. */
interface Course {
  given: number;
  submitted: number;
  accepted: number;
  calledSent: number;
  hasReached: boolean;
}

/**
 * Watches that the bearer does what it is told, and says of each frame what the network knows of it. A frame is sealed to one phone, so its octets
 * are its own; the announcement of a key goes to all phones in the same octets, and is not watched.
 */
export class BearerJudge {
  readonly #service: string;
  readonly #tell: (text: string) => void;
  /** By the frame in hex. */
  readonly #courses = new Map<string, Course>();
  /** By the service's name of the message, which no other one has, whichever life of the service it left. */
  readonly #byId = new Map<string, Course>();
  /** By the number that the network gave the message. */
  readonly #bySms = new Map<number, Course>();

  /** @param service its number. @param tell hears of each word of the bearer that is not so */
  constructor(log: EventLog, service: string, tell: (text: string) => void) {
    this.#service = service;
    this.#tell = tell;
    log.listen((entry) => this.#hear(entry));
  }

  /** The bearer of one life of the service; the bearer of the next one may say what became of a message of this one. */
  bearer(bearer: SmsBearer): SmsBearer {
    return {
      send: async (sms) => {
        const course = this.#given(sms);
        if (course === undefined) return bearer.send(sms);
        this.#byId.set(sms.id, course);
        const outcome = await bearer.send(sms);
        this.#said(sms, outcome, course);
        return outcome;
      },
      receive: (receiver) =>
        bearer.receive({
          message: (sms) => receiver.message(sms),
          report: (report) => {
            this.#reported(report);
            receiver.report(report);
          },
          ...(receiver.unreadable && { unreadable: async (record) => receiver.unreadable?.(record) }),
        }),
      close: () => bearer.close(),
    };
  }

  #given({ content }: OutgoingSms): Course | undefined {
    if (content.kind !== 'data' || content.data.length !== FRAME_OCTETS) return undefined;
    const key = toHex(content.data);
    const course = this.#courses.get(key) ?? {
      ...{ given: 0, submitted: 0, accepted: 0, calledSent: 0, hasReached: false },
    };
    this.#courses.set(key, course);
    course.given += 1;
    return course;
  }

  #said({ destination }: OutgoingSms, { kind }: SendOutcome, course: Course): void {
    if (kind !== 'sent') return;
    course.calledSent += 1;
    if (course.calledSent > course.accepted)
      this.#tell(`a message to ${destination} is called sent, and the network has not accepted it`);
  }

  #reported({ id, outcome }: SmsReport): void {
    if (outcome === 'delivered' && this.#byId.get(id)?.hasReached === false)
      this.#tell(`message ${id} is called delivered, and has not reached its phone`);
  }

  #hear(entry: LogEntry): void {
    if (entry.kind === 'submit' && entry.from === this.#service) {
      const course = this.#courses.get(frameOf(entry.tpdu));
      if (course === undefined) return;
      this.#bySms.set(entry.sms, course);
      course.submitted += 1;
      if (course.submitted > course.given)
        this.#tell(`a message to ${entry.to} left more often than it was to be sent`);
    } else if (entry.kind === 'accept' && entry.from === this.#service) {
      const course = this.#bySms.get(entry.sms);
      if (course !== undefined) course.accepted += 1;
    } else if (entry.kind === 'deliver' && entry.from === this.#service) {
      const course = this.#courses.get(frameOf(entry.tpdu));
      if (course !== undefined) course.hasReached = true;
    }
  }
}

/** The frame at the end of a TPDU, both in hex. */
function frameOf(tpdu: string): string {
  return tpdu.slice(-2 * FRAME_OCTETS);
}
