import { z } from 'zod';
import { type Fault, type FaultAction, faultKinds } from '../network/fault-kinds.ts';
import { complaints } from './complaints.ts';
import { number, sender } from './numbers.ts';
import { duration, moment } from './times.ts';

/** What a parameter of an action is when it is left out. */
function byDefault(kind: FaultAction['kind'], name: string): number {
  return Number(faultKinds[kind].parameters.find((parameter) => parameter.name === name)?.default ?? 0);
}

function textByDefault(kind: FaultAction['kind']): string {
  return String(faultKinds[kind].parameters[0]?.default ?? '');
}

const milliseconds = (kind: FaultAction['kind'], name = 'ms') => duration.default(byDefault(kind, name));
const code = z.string().min(1).max(500);

/** When a fault strikes, of the events that it matches. */
const occasion = {
  nth: z.int().min(1).describe('Only the nth that matches').exactOptional(),
  times: z.int().min(1).describe('How often at most; default: once, or always with a probability').exactOptional(),
  probability: z.number().min(0).max(1).describe('Drawn from the seed').exactOptional(),
  startsAt: moment.describe('Not before this moment').exactOptional(),
  endsAt: moment.describe('Not from this moment on').exactOptional(),
};

const messageFault = z.strictObject({
  action: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('refuse'), cause: z.int().min(1).max(512).default(byDefault('refuse', 'cause')) }),
    z.strictObject({ kind: z.literal('lose-answer') }),
    z.strictObject({ kind: z.literal('drop') }),
    z.strictObject({ kind: z.literal('duplicate') }),
    z.strictObject({ kind: z.literal('reorder') }),
    z.strictObject({ kind: z.literal('delay'), ms: milliseconds('delay') }),
    z.strictObject({ kind: z.literal('corrupt') }),
    z.strictObject({ kind: z.literal('spoof'), sender }),
    z.strictObject({ kind: z.literal('outcome'), status: z.int().min(0).max(255) }),
    z.strictObject({ kind: z.literal('lose-acknowledgement') }),
  ]),
  from: sender.describe('Only messages from this sender').exactOptional(),
  to: number.describe('Only messages to this number').exactOptional(),
  about: z.enum(['messages', 'reports', 'both']).describe('Default: messages').exactOptional(),
  contains: z.string().min(1).describe('Only messages with this in their text').exactOptional(),
  ...occasion,
});

const lineFault = z.strictObject({
  action: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('split'),
      atMost: z.int().min(1).max(1_000).default(byDefault('split', 'atMost')),
      gapMs: milliseconds('split', 'gapMs'),
    }),
    z.strictObject({ kind: z.literal('merge'), ms: milliseconds('merge') }),
    z.strictObject({ kind: z.literal('late'), ms: milliseconds('late') }),
    z.strictObject({
      kind: z.literal('lose-octets'),
      share: z.number().min(0).max(1).default(byDefault('lose-octets', 'share')),
    }),
    z.strictObject({
      kind: z.literal('garbage'),
      octets: z.int().min(1).max(10_000).default(byDefault('garbage', 'octets')),
    }),
    z.strictObject({ kind: z.literal('noise'), code: code.default(textByDefault('noise')) }),
    z.strictObject({ kind: z.literal('swallow') }),
    z.strictObject({ kind: z.literal('repeat') }),
    z.strictObject({ kind: z.literal('orphan'), text: code.default(textByDefault('orphan')) }),
    z.strictObject({ kind: z.literal('stall'), ms: milliseconds('stall') }),
    z.strictObject({ kind: z.literal('reboot') }),
    z.strictObject({
      kind: z.literal('unplug'),
      ms: milliseconds('unplug'),
      renamed: z.literal([0, 1]).default(0),
    }),
  ]),
  modem: number.describe('Only this modem').exactOptional(),
  command: z
    .string()
    .min(1)
    .max(100)
    .describe('Only what is said while this command runs, such as +CMGS')
    .exactOptional(),
  said: z
    .enum(['answer', 'prompt', 'code'])
    .describe('Only answers, prompts or codes; default: answers of a named command, else everything')
    .exactOptional(),
  ...occasion,
});

/** A fault: one that strikes messages, or one that strikes the line between a modem and its host. */
export const faultBody: z.ZodType<Fault> = oneOfBoth(messageFault, lineFault);

/** A fault with a name, by which a scenario switches it off and on and takes it back; phones go by their names too. */
export type NamedFault = Fault & { readonly as?: string };

const name = z.string().min(1).max(40).exactOptional();

/** What a scenario takes as a fault. */
export const namedFault: z.ZodType<NamedFault> = oneOfBoth(
  messageFault.extend({ as: name, from: name, to: name }),
  lineFault.extend({ as: name, modem: name }),
);

const KINDS: readonly string[] = Object.keys(faultKinds);

/** Takes what either takes; what is wrong with a fault is looked for among those of its own sort. */
function oneOfBoth<Message extends z.ZodType, Line extends z.ZodType>(
  ofMessages: Message,
  ofLines: Line,
): z.ZodUnion<[Message, Line]> {
  return z.union([ofMessages, ofLines], {
    error({ input }) {
      const kind = kindOf(input);
      if (!KINDS.includes(kind)) return `is no fault: action.kind must be one of ${KINDS.join(', ')}`;
      const strikesLines = lineFault.shape.action.options.some(({ shape }) => shape.kind.value === kind);
      const [first] = complaints((strikesLines ? ofLines : ofMessages).safeParse(input).error?.issues ?? []);
      return first === undefined ? 'is no fault' : `is no fault: ${first.path.join('.')} ${first.message}`;
    },
  });
}

/** The kind of a fault's action, where there is one. */
function kindOf(value: unknown): string {
  const { data: kind } = z.object({ action: z.object({ kind: z.string() }) }).safeParse(value);
  return kind?.action.kind ?? '';
}
