import { describeFailureCause, describeStatus } from '../../modem/index.ts';
import type { LogEntry } from '../log.ts';
import { durationText } from '../vocabulary/durations.ts';
import { commandText, oneLine, viewMessage } from './message-view.ts';
import { causeText, messageText, NETWORK, REASONS, wordsOf } from './words.ts';

/** What a conversation shows as a lifeline: a phone, the service centre, or something outside the network. */
export interface Participant {
  readonly name: string;
  readonly role: 'phone' | 'service centre' | 'outside' | 'network';
}

/** One thing that happens in a conversation, at a time in ms since 1970. */
export type Step =
  /** Something goes from one participant to another; what breaks never gets there. */
  | {
      readonly kind: 'arrow';
      readonly at: number;
      readonly from: string;
      readonly to: string;
      readonly carries: 'message' | 'report' | 'answer' | 'ussd';
      readonly breaks: boolean;
      readonly title: string;
      readonly detail: string;
    }
  /** Something happens to one participant. `away`: from now on nothing reaches it, or it is back. */
  | {
      readonly kind: 'note';
      readonly at: number;
      readonly over: string;
      readonly tone: 'plain' | 'trouble';
      readonly text: string;
      readonly away?: boolean;
    };

/** A conversation, to be drawn. */
export interface Conversation {
  /** From left to right. */
  readonly participants: readonly Participant[];
  readonly steps: readonly Step[];
  /** What is left out, in words, when there was too much of it. */
  readonly omitted?: string;
}

/** How much of a conversation is shown. */
export interface ConversationLimits {
  /** Default 80. */
  readonly steps?: number;
  /** Lifelines, the service centre's among them. Default 8. */
  readonly participants?: number;
}

const STEPS = 80;
const PARTICIPANTS = 8;
/** The service centre, as a participant. */
export const SMSC = 'SMSC';

/** The conversation that a log tells of: `select` chooses it. What is beyond the limits is left out, and said so. */
export function conversationOf(entries: readonly LogEntry[], limits: ConversationLimits = {}): Conversation {
  const { steps: mostSteps = STEPS, participants: mostParticipants = PARTICIPANTS } = limits;
  const narrator = new Narrator();
  const all = joined(entries.flatMap((entry) => narrator.tell(entry)));
  const everybody = participantsOf(all, narrator.outsiders);
  const told = among(everybody, all);
  const first = among(everybody.slice(0, mostParticipants), told).slice(0, mostSteps);
  const participants = inOrder(participantsOf(first, narrator.outsiders));
  const steps = among(participants, first);
  const omitted = omission(everybody.length - participants.length, told.length - steps.length);
  return { participants, steps, ...(omitted === undefined ? {} : { omitted }) };
}

/** The steps in which nobody else takes part. */
function among(participants: readonly Participant[], steps: readonly Step[]): readonly Step[] {
  const names = new Set(participants.map(({ name }) => name));
  return steps.filter((step) => namesIn(step).every((name) => names.has(name)));
}

/** Tells an entry as steps, with what it remembers of the messages before. */
class Narrator {
  readonly outsiders = new Set<string>();
  readonly #reports = new Set<number>();
  /** Messages on the air towards a phone. */
  readonly #onTheAir = new Set<number>();
  /** Messages that a phone has, as far as is known. */
  readonly #delivered = new Set<number>();
  /** Messages whose sender is not told, as a fault wants. */
  readonly #unanswered = new Set<number>();

  tell(entry: LogEntry): readonly Step[] {
    const { at } = entry;
    switch (entry.kind) {
      case 'submit': {
        if (entry.outside === true) this.outsiders.add(entry.from);
        const view = viewMessage(entry.tpdu, 'mobile-originated');
        return [
          arrow(
            at,
            entry.from,
            SMSC,
            'message',
            `SMS ${entry.sms} → ${entry.to === '' ? '?' : entry.to}`,
            messageText(view),
          ),
        ];
      }
      case 'accept':
        if (!this.#unanswered.delete(entry.sms)) return [];
        return [broken(at, SMSC, entry.from, 'answer', `answer to SMS ${entry.sms} lost`)];
      case 'command': {
        const about = entry.about === 0 ? 'nothing that is there' : `SMS ${entry.about}`;
        return [note(at, SMSC, 'plain', `${commandText(entry.command)} ${about}`)];
      }
      case 'refuse':
        return [arrow(at, SMSC, entry.from, 'answer', `SMS ${entry.sms} refused`, causeText(entry.cause))];
      case 'lose':
        return [broken(at, SMSC, entry.to, this.#carries(entry.sms), `SMS ${entry.sms} lost on its way`)];
      case 'duplicate':
        return [note(at, SMSC, 'trouble', `SMS ${entry.sms} is a second copy of SMS ${entry.original}`)];
      case 'report':
        this.#reports.add(entry.sms);
        return [];
      case 'attempt':
        this.#onTheAir.add(entry.sms);
        return [];
      case 'deliver':
        this.#onTheAir.delete(entry.sms);
        this.#delivered.add(entry.sms);
        return [this.#delivery(entry)];
      case 'wait':
      case 'fail':
        return this.#failure(entry);
      case 'replace':
        return [note(at, SMSC, 'plain', `SMS ${entry.sms} replaced by SMS ${entry.by}`)];
      case 'fault':
        if (entry.action === 'lose-answer') this.#unanswered.add(entry.sms);
        return [note(at, SMSC, 'trouble', `fault: ${entry.action}, SMS ${entry.sms}`)];
      default:
        return subscriberSteps(entry);
    }
  }

  #carries(sms: number): 'message' | 'report' {
    return this.#reports.has(sms) ? 'report' : 'message';
  }

  #delivery({ at, sms, from, to, tpdu }: Extract<LogEntry, { kind: 'deliver' }>): Step {
    const detail = messageText(viewMessage(tpdu, 'mobile-terminated'));
    const carries = this.#carries(sms);
    return arrow(
      at,
      SMSC,
      to,
      carries,
      carries === 'report' ? `SMS ${sms}, status report` : `SMS ${sms} ← ${from}`,
      detail,
    );
  }

  #failure(entry: Extract<LogEntry, { kind: 'wait' | 'fail' }>): readonly Step[] {
    const { at, sms, to } = entry;
    const tried = this.#onTheAir.delete(sms);
    const cause = entry.cause === undefined ? '' : describeFailureCause(entry.cause);
    const carries = this.#carries(sms);
    if (entry.kind === 'wait') {
      const again = `again in ${durationText(entry.retryMs)}`;
      if (!tried && this.#delivered.delete(sms)) {
        return [broken(at, to, SMSC, 'answer', `acknowledgement of SMS ${sms} lost`, again)];
      }
      const why = cause === '' ? REASONS[entry.reason] : `${REASONS[entry.reason]} (${cause})`;
      return [broken(at, SMSC, to, carries, `SMS ${sms}: ${why}`, again)];
    }
    const given = note(at, SMSC, 'trouble', `SMS ${sms} ${describeStatus(entry.status)}`);
    return tried ? [broken(at, SMSC, to, carries, `SMS ${sms} not taken`, cause), given] : [given];
  }
}

function subscriberSteps(entry: LogEntry): readonly Step[] {
  const { at } = entry;
  switch (entry.kind) {
    case 'attach':
      return [{ ...note(at, entry.number, 'plain', registrationText(entry)), away: false }];
    case 'detach':
      return [{ ...note(at, entry.number, 'plain', 'not registered'), away: true }];
    case 'coverage':
    case 'power':
    case 'plug':
    case 'unplug':
    case 'swap':
    case 'clone':
    case 'port':
      return [note(at, entry.number, 'plain', wordsOf(entry).what)];
    case 'line-fault':
      return entry.number === undefined ? [] : [note(at, entry.number, 'trouble', `fault: ${entry.action}`)];
    case 'ussd': {
      const [from, to] = entry.by === 'phone' ? [entry.number, NETWORK] : [NETWORK, entry.number];
      return [arrow(at, from, to, 'ussd', entry.text === '' ? 'not supported' : `«${oneLine(entry.text)}»`, 'USSD')];
    }
    default:
      return [];
  }
}

function registrationText({ operator }: Extract<LogEntry, { kind: 'attach' | 'detach' }>): string {
  return operator === undefined ? 'registered' : `registered with ${operator}`;
}

type Arrow = Extract<Step, { kind: 'arrow' }>;
type Note = Extract<Step, { kind: 'note' }>;

function arrow(at: number, from: string, to: string, carries: Arrow['carries'], title: string, detail = ''): Arrow {
  return { kind: 'arrow', at, from, to, carries, breaks: false, title, detail };
}

function broken(at: number, from: string, to: string, carries: Arrow['carries'], title: string, detail = ''): Arrow {
  return { ...arrow(at, from, to, carries, title, detail), breaks: true };
}

function note(at: number, over: string, tone: Note['tone'], text: string): Note {
  return { kind: 'note', at, over, tone, text };
}

/** Notes on one participant at one moment are one note. */
function joined(steps: readonly Step[]): readonly Step[] {
  const result: Step[] = [];
  for (const step of steps) {
    const before = result.at(-1);
    if (
      step.kind === 'note' &&
      before?.kind === 'note' &&
      before.at === step.at &&
      before.over === step.over &&
      before.tone === 'plain' &&
      step.tone === 'plain'
    ) {
      result[result.length - 1] = { ...before, ...step, text: `${before.text}, ${step.text}` };
    } else result.push(step);
  }
  return result;
}

function namesIn(step: Step): readonly string[] {
  return step.kind === 'note' ? [step.over] : [step.from, step.to];
}

/** Who sends or is sent something, in the order of their first steps; when nobody does, who is there at all. */
function participantsOf(steps: readonly Step[], outsiders: ReadonlySet<string>): readonly Participant[] {
  const arrows = steps.filter(({ kind }) => kind === 'arrow');
  const names = new Set((arrows.length > 0 ? arrows : steps).flatMap(namesIn));
  return [...names].map((name) => {
    if (name === SMSC) return { name, role: 'service centre' };
    if (name === NETWORK) return { name, role: 'network' };
    return { name, role: outsiders.has(name) ? 'outside' : 'phone' };
  });
}

/** The service centre in the middle, the first sender on its left. */
function inOrder(participants: readonly Participant[]): readonly Participant[] {
  const centre = participants.filter(({ role }) => role === 'service centre');
  const others = participants.filter(({ role }) => role !== 'service centre');
  const left = Math.max(1, Math.floor(others.length / 2));
  return [...others.slice(0, left), ...centre, ...others.slice(left)];
}

function omission(participants: number, steps: number): string | undefined {
  if (steps === 0) return undefined;
  const left = steps === 1 ? '1 more step' : `${steps} more steps`;
  if (participants === 0) return `${left} left out`;
  return `${left} left out, with ${participants === 1 ? '1 more participant' : `${participants} more participants`}`;
}
