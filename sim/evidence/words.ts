import { cmsErrors, describeFailureCause, describeStatus } from '../../modem/index.ts';
import type { LogEntry, WorldEvent } from '../log.ts';
import { durationText } from '../vocabulary/durations.ts';
import { commandText, type MessageView, oneLine, qualifiers, viewMessage } from './message-view.ts';

/** An event in words: the subscriber it concerns, and what happens to it. */
export interface EventWords {
  readonly who: string;
  readonly what: string;
}

/** How the network is called, where no subscriber is concerned. */
export const NETWORK = 'network';

/** Why a message waits. */
export const REASONS: Readonly<Record<Extract<WorldEvent, { kind: 'wait' }>['reason'], string>> = {
  absent: 'out of reach',
  full: 'no room',
  'no-answer': 'no answer',
  busy: 'busy',
  'phone-error': 'error in the phone',
};

/** The cause of a refusal, as `+CMS ERROR` numbers it, in words. */
export function causeText(cause: number): string {
  return `${cmsErrors[cause] ?? 'unknown cause'} (${cause})`;
}

/** TP-ST in words. */
export function statusText(status: number): string {
  return `${describeStatus(status)} (TP-ST ${hexOctet(status)})`;
}

/** A message's body and what qualifies it; `unreadable` when nothing can be made of it. */
export function messageText(view: MessageView | undefined): string {
  return view === undefined ? 'unreadable' : [view.body, ...qualifiers(view)].join(', ');
}

/** Says an event in words. */
export function wordsOf(entry: LogEntry): EventWords {
  switch (entry.kind) {
    case 'start':
      return { who: NETWORK, what: startText(entry) };
    case 'profile':
      return { who: NETWORK, what: `profile ${entry.profile} from now on` };
    case 'line-fault':
      return { who: entry.number ?? 'every modem', what: `${entry.action} (${entry.fault})` };
    case 'attach':
    case 'detach':
    case 'coverage':
    case 'power':
    case 'plug':
    case 'unplug':
    case 'connect':
    case 'disconnect':
    case 'ussd':
    case 'alert':
    case 'swap':
    case 'clone':
    case 'port':
      return subscriberWords(entry);
    default:
      return messageWords(entry);
  }
}

function startText({ seed, profile, smsc, forgotten = 0 }: Extract<LogEntry, { kind: 'start' }>): string {
  const words = `seed ${seed}, profile ${profile}, service centre ${smsc}`;
  return forgotten === 0 ? words : `${words}; ${forgotten} events after this are forgotten`;
}

function subscriberWords(entry: LogEntry & { readonly number: string }): EventWords {
  const who = entry.number;
  switch (entry.kind) {
    case 'attach':
      return { who, what: `registers with the network${entry.operator === undefined ? '' : ` of ${entry.operator}`}` };
    case 'detach':
      return { who, what: 'leaves the network' };
    case 'coverage':
      if (entry.reception !== undefined) return { who, what: `reception: ${entry.reception}` };
      return { who, what: entry.covered ? 'back in coverage' : 'out of coverage' };
    case 'alert':
      return { who, what: entry.reason === 'memory' ? 'has room for messages' : 'is there for messages' };
    case 'swap':
      return { who, what: `moves to the SIM ${entry.imsi}` };
    case 'clone':
      return { who, what: `has a second SIM ${entry.imsi}` };
    case 'port':
      return { who, what: `goes to the operator ${entry.operator}` };
    case 'power':
      return { who, what: entry.on ? 'switched on' : 'switched off' };
    case 'plug':
      return { who, what: 'modem put back into its host' };
    case 'unplug':
      return { who, what: 'modem pulled out of its host' };
    case 'connect':
      return { who, what: `a program opens line ${entry.line}` };
    case 'disconnect':
      return { who, what: `the program on line ${entry.line} leaves` };
    case 'ussd':
      return entry.by === 'phone'
        ? { who, what: `→ ${NETWORK} «${oneLine(entry.text)}»` }
        : { who: NETWORK, what: `→ ${who} ${entry.text === '' ? 'not supported' : `«${oneLine(entry.text)}»`}` };
    default:
      return { who, what: '' };
  }
}

function messageWords(entry: Extract<LogEntry, { readonly sms: number }>): EventWords {
  switch (entry.kind) {
    case 'submit': {
      const view = viewMessage(entry.tpdu, 'mobile-originated');
      const words = `→ ${entry.to === '' ? '?' : entry.to} ${messageText(view)}`;
      return { who: entry.from, what: entry.outside === true ? `${words}, from outside` : words };
    }
    case 'accept':
      return { who: entry.from, what: 'the service centre has it' };
    case 'command': {
      const about = entry.about === 0 ? `a message to ${entry.to} that there is not` : `SMS ${entry.about}`;
      return { who: entry.from, what: `${commandText(entry.command)} ${about}` };
    }
    case 'refuse':
      return { who: entry.from, what: causeText(entry.cause) };
    case 'lose':
      return { who: entry.to, what: 'lost on its way' };
    case 'duplicate':
      return { who: entry.to, what: `a second copy of SMS ${entry.original}` };
    case 'attempt':
      return { who: entry.to, what: 'on the air' };
    case 'deliver':
      return { who: entry.to, what: `← ${entry.from} ${messageText(viewMessage(entry.tpdu, 'mobile-terminated'))}` };
    case 'wait': {
      const cause = entry.cause === undefined ? '' : ` (${describeFailureCause(entry.cause)})`;
      return { who: entry.to, what: `${REASONS[entry.reason]}, again in ${durationText(entry.retryMs)}${cause}` };
    }
    case 'fail': {
      const cause = entry.cause === undefined ? '' : ` (${describeFailureCause(entry.cause)})`;
      return { who: entry.to, what: `${statusText(entry.status)}${cause}` };
    }
    case 'report':
      return { who: entry.to, what: `on SMS ${entry.about}: ${statusText(entry.status)}` };
    case 'replace':
      return { who: entry.to, what: `by SMS ${entry.by}` };
    case 'fault':
      return { who: entry.from, what: `${entry.action} (${entry.fault}), on the way to ${entry.to}` };
  }
}

function hexOctet(octet: number): string {
  return octet.toString(16).toUpperCase().padStart(2, '0');
}
