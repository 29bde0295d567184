/** What a fault does to a message on its way through the network. */
export type MessageFaultAction =
  /** `cause` is what `+CMS ERROR` shows: an RP cause below 128, else TP-FCS. */
  | { readonly kind: 'refuse'; readonly cause: number }
  | { readonly kind: 'lose-answer' }
  | { readonly kind: 'drop' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'reorder' }
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'corrupt' }
  /** A number, or at most 11 letters. */
  | { readonly kind: 'spoof'; readonly sender: string }
  /** `status` is TP-ST, 0 to 255 (3GPP TS 23.040, 9.2.3.15). */
  | { readonly kind: 'outcome'; readonly status: number }
  | { readonly kind: 'lose-acknowledgement' };

/** What a fault does on the line between a modem and its host. */
export type LineFaultAction =
  | { readonly kind: 'split'; readonly atMost: number; readonly gapMs: number }
  | { readonly kind: 'merge'; readonly ms: number }
  | { readonly kind: 'late'; readonly ms: number }
  /** `share` is 0 to 1. */
  | { readonly kind: 'lose-octets'; readonly share: number }
  | { readonly kind: 'garbage'; readonly octets: number }
  | { readonly kind: 'noise'; readonly code: string }
  | { readonly kind: 'swallow' }
  | { readonly kind: 'repeat' }
  | { readonly kind: 'orphan'; readonly text: string }
  | { readonly kind: 'stall'; readonly ms: number }
  | { readonly kind: 'reboot' }
  /** `ms` until it is back; 0: it stays away. `renamed` is 1 when it comes back under another name. */
  | { readonly kind: 'unplug'; readonly ms: number; readonly renamed?: 0 | 1 };

/** Faults of the line that need no output of the modem. */
export type UnaskedAction = Extract<
  LineFaultAction,
  { readonly kind: 'orphan' | 'noise' | 'stall' | 'reboot' | 'unplug' }
>;

/** What a fault does. */
export type FaultAction = MessageFaultAction | LineFaultAction;

/** When a fault strikes, of the events that it matches. */
export interface Occasion {
  /** Only the nth that matches, from 1. */
  readonly nth?: number;
  /** How often it strikes at most. Absent: once, or without limit when it has a probability. */
  readonly times?: number;
  /** 0 to 1, drawn from the seed. Absent: always. */
  readonly probability?: number;
  /** Not before and not from this moment on, ms since 1970. */
  readonly startsAt?: number;
  readonly endsAt?: number;
}

/** A fault of messages. A condition that is absent matches every message. */
export interface MessageFault extends Occasion {
  readonly action: MessageFaultAction;
  /** Sender and recipient, as people write them. */
  readonly from?: string;
  readonly to?: string;
  /** Messages, status reports, or (absent) messages only. */
  readonly about?: 'messages' | 'reports' | 'both';
  /** Only messages whose text has this in it; of binary ones, whose octets in upper-case hex have it. */
  readonly contains?: string;
}

/** A fault of a modem's output. A condition that is absent matches every output. */
export interface LineFault extends Occasion {
  readonly action: LineFaultAction;
  /** The modem's number. */
  readonly modem?: string;
  /** Only what is said while this command runs, such as `+CMGS`. */
  readonly command?: string;
  /** Only answers, prompts, or unsolicited codes. Absent: answers when a command is named, else everything. */
  readonly said?: Said;
}

/** What a modem says: an answer with its result code, the prompt for a message, or an unsolicited code. */
export type Said = 'answer' | 'prompt' | 'code';

/** A fault as data: what it does, to what, how often. */
export type Fault = MessageFault | LineFault;

/** When a fault acts on a message: when the service centre takes it, in the network, before or after the phone has it. */
export type FaultStage = 'submit' | 'transit' | 'attempt' | 'acknowledgement';

/** A parameter of a fault, for the command line and `--help`. */
export interface FaultParameter {
  readonly name: string;
  /** Its unit or form, in words. */
  readonly unit: string;
  /** What it is when it is left out; absent: it must be given. */
  readonly default?: number | string;
}

/** What a kind of fault is, for people. */
export interface FaultKind {
  readonly strikes: FaultStage | 'line';
  /** What happens, as a sentence. */
  readonly sentence: string;
  /** The project that reports it, or the clause of the standard. */
  readonly source: string;
  readonly parameters: readonly FaultParameter[];
}

/** Every kind of fault: those of messages in the order of the message's way, then those of the line. */
export const faultKinds: Readonly<Record<FaultAction['kind'], FaultKind>> = {
  refuse: {
    strikes: 'submit',
    sentence: 'The service centre refuses the message; the sender sees +CMS ERROR.',
    source: '3GPP TS 24.011, 8.2.5.4; TS 23.040, 9.2.3.22',
    parameters: [{ name: 'cause', unit: 'RP cause below 128, else TP-FCS', default: 38 }],
  },
  'lose-answer': {
    strikes: 'submit',
    sentence: 'The service centre took the message, and the sender is never told: no +CMGS, no OK, no error.',
    source: 'smstools3, whose users found messages sent twice',
    parameters: [],
  },
  drop: {
    strikes: 'transit',
    sentence: 'The service centre took the message, and it never arrives.',
    source: 'Meng et al., INFOCOM 2007: 5.1 %',
    parameters: [],
  },
  duplicate: {
    strikes: 'transit',
    sentence: 'The message arrives a second time.',
    source: 'networks do it; how often is nowhere published',
    parameters: [],
  },
  reorder: {
    strikes: 'transit',
    sentence: 'The message lets the next one to the same phone pass; it waits 60 s for it at most.',
    source: '3GPP TS 23.040, 9.2.3.24.1: parts may come in any order',
    parameters: [],
  },
  delay: {
    strikes: 'transit',
    sentence: 'The message arrives later.',
    source: 'Meng et al., INFOCOM 2007: 9 % take longer than 5 min',
    parameters: [milliseconds('ms', 10_000)],
  },
  corrupt: {
    strikes: 'transit',
    sentence: 'One bit of the user data is turned; of a report, one of its TP-ST.',
    source: 'chosen',
    parameters: [],
  },
  spoof: {
    strikes: 'transit',
    sentence: 'The message arrives under another sender.',
    source: '3GPP TS 23.040, 9.1.2.5: whoever has a link to a service centre sets TP-OA',
    parameters: [{ name: 'sender', unit: 'number, or at most 11 letters' }],
  },
  outcome: {
    strikes: 'attempt',
    sentence:
      'An attempt to deliver ends with this TP-ST: below 20 it is reported so and not delivered, from 20 to 3F it is tried again, above it is given up.',
    source: '3GPP TS 23.040, 9.2.3.15',
    parameters: [{ name: 'status', unit: 'TP-ST, 0 to 255' }],
  },
  'lose-acknowledgement': {
    strikes: 'acknowledgement',
    sentence: 'The phone took the message, its acknowledgement is lost, and the service centre sends it again.',
    source: '3GPP TS 24.011, 6.2.2: RP-ACK is awaited for TR1N',
    parameters: [],
  },
  split: {
    strikes: 'line',
    sentence: 'What the modem says comes in pieces.',
    source: 'prompts that arrive split',
    parameters: [{ name: 'atMost', unit: 'octets a piece', default: 3 }, milliseconds('gapMs', 20)],
  },
  merge: {
    strikes: 'line',
    sentence: 'What the modem says within a time comes as one.',
    source: 'chosen',
    parameters: [milliseconds('ms', 50)],
  },
  late: {
    strikes: 'line',
    sentence: 'What the modem says comes later.',
    source: 'prompts that arrive after 250 ms and more',
    parameters: [milliseconds('ms', 300)],
  },
  'lose-octets': {
    strikes: 'line',
    sentence: 'Octets of what the modem says are lost.',
    source: 'chosen: a serial line without flow control',
    parameters: [{ name: 'share', unit: '0 to 1', default: 0.01 }],
  },
  garbage: {
    strikes: 'line',
    sentence: 'Octets of any value come before what the modem says.',
    source: 'ZTE MF710M: stale octets at the opening; NULs from ZTE ports',
    parameters: [{ name: 'octets', unit: 'octets', default: 8 }],
  },
  noise: {
    strikes: 'line',
    sentence: 'An unsolicited code comes into the middle of what the modem says.',
    source: 'Huawei ^RSSI and ^BOOT, Option _OSIGQ, ZTE +ZUSIMR',
    parameters: [{ name: 'code', unit: 'text', default: '^RSSI:19' }],
  },
  swallow: {
    strikes: 'line',
    sentence: 'An answer never comes, though the command was carried out.',
    source: 'Huawei: +CMGL hangs',
    parameters: [],
  },
  repeat: {
    strikes: 'line',
    sentence: 'An answer comes twice.',
    source: '+CUSD that comes twice',
    parameters: [],
  },
  orphan: {
    strikes: 'line',
    sentence: 'An answer comes that no command asked for.',
    source: 'warthog618/modem, which gives a late +COPS to the next +CSQ',
    parameters: [{ name: 'text', unit: 'text', default: 'OK' }],
  },
  stall: {
    strikes: 'line',
    sentence: 'The modem says nothing for a while, then all of it.',
    source: 'Telit: silent for 40 s after the PIN',
    parameters: [milliseconds('ms', 30_000)],
  },
  reboot: {
    strikes: 'line',
    sentence: 'The modem starts again: its settings are lost, and the PIN is wanted.',
    source: 'RDY, SMS Ready or ^BOOT in mid-session',
    parameters: [],
  },
  unplug: {
    strikes: 'line',
    sentence: 'The device is gone, and comes back after a while, if it has one.',
    source: 'AT+CFUN=1,1 enumerates the device again; loose cables',
    parameters: [milliseconds('ms', 5_000), { name: 'renamed', unit: '1: under another name', default: 0 }],
  },
};

function milliseconds(name: string, value: number): FaultParameter {
  return { name, unit: 'ms', default: value };
}
