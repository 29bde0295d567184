import { z } from 'zod';
import type { MessageStateName } from '../message-states.ts';
import { latencyProfiles } from '../network/profiles.ts';
import { type ContentFields, checkContent, contentFields, pid } from '../vocabulary/content.ts';
import { type NamedFault, namedFault } from '../vocabulary/faults.ts';
import { number, sender } from '../vocabulary/numbers.ts';
import { type PhoneFields, phoneFields, type SubscriberChange, subscriberChangeFields } from '../vocabulary/phones.ts';
import { duration, moment } from '../vocabulary/times.ts';
import { checkPattern, type EventPattern, label, pattern, phoneName } from './event-pattern.ts';

/** A phone of a scenario, or a crowd of them with numbers that follow each other. */
export interface PhoneOfScenario extends PhoneFields {
  readonly name: string;
  readonly number: string;
  readonly count: number;
  /** Whether its user reads each message and deletes it. */
  readonly reads: boolean;
}

/** Messages among phones at times drawn from the seed. */
export interface Traffic {
  readonly from: string;
  readonly to: string;
  readonly messages: number;
  readonly during: number;
  readonly text: string;
  readonly statusReport?: boolean | undefined;
  readonly as?: string | undefined;
}

type MessageStep = ContentFields & {
  readonly to: string;
  readonly from: string;
  readonly pid?: number | undefined;
  readonly as?: string | undefined;
};

/** What a step can do, each with what it wants. */
export interface ActionValues {
  readonly send: MessageStep & { readonly statusReport?: boolean | undefined; readonly validity?: number | undefined };
  readonly deliver: MessageStep;
  readonly change: SubscriberChange & { readonly phone: string };
  readonly fault: NamedFault;
  readonly switch: { readonly fault: string; readonly on: boolean };
  readonly remove: string;
  readonly profile: string;
  readonly swap: { readonly phone: string; readonly into: string };
  readonly clone: { readonly phone: string; readonly into: string };
  readonly fill: string;
  readonly reboot: string;
  readonly unplug: { readonly phone: string; readonly for: number; readonly renamed: boolean };
  readonly plug: { readonly phone: string; readonly renamed: boolean };
  readonly read: string;
  readonly ussd: { readonly phone: string; readonly code: string };
  readonly traffic: Traffic;
}

/** One thing that a step does. */
export type Action<Name extends keyof ActionValues = keyof ActionValues> = {
  readonly [Key in Name]: { readonly name: Key; readonly what: ActionValues[Key] };
}[Name];

/** When a step is done for the first time: so long after the beginning, or after the nth event of a kind; ms. */
export type Moment =
  | { readonly kind: 'at'; readonly ms: number }
  | { readonly kind: 'event'; readonly event: EventPattern; readonly nth: number; readonly after: number };

/** A step: when, how often, and what. */
export interface Step {
  readonly moment: Moment;
  /** From one time to the next, ms. */
  readonly every: number;
  readonly times: number;
  readonly action: Action;
}

/** What should have become of the messages of a name; what is left out may be as it likes. */
export interface MessageExpectation {
  readonly message: string;
  readonly state?: MessageStateName | undefined;
  /** From the sending to the first delivery, or to the end, ms. */
  readonly within?: number | undefined;
  /** How often the phone was given it. */
  readonly deliveries?: number | undefined;
  /** TP-ST of the last report. */
  readonly report?: number | undefined;
  /** What the sender was told. */
  readonly answer?: 'accepted' | 'refused' | 'lost' | undefined;
  /** How much of the SMS it must hold for, 0 to 1. */
  readonly share: number;
}

/** How many events there should have been. */
export interface CountExpectation {
  readonly count: EventPattern;
  readonly is?: number | undefined;
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
}

/** What should be so in the end. */
export type Expectation = MessageExpectation | CountExpectation;

/** A scenario: a network, what happens in it, and what should come of it. */
export interface Scenario {
  readonly name: string;
  readonly about?: string | undefined;
  readonly seed: number | string;
  readonly profile: string;
  readonly start: number;
  /** It ends then at the latest, ms; else when all is done and nothing is on its way. */
  readonly lasts: number;
  readonly phones: readonly PhoneOfScenario[];
  readonly faults: readonly NamedFault[];
  readonly steps: readonly Step[];
  readonly expect: readonly Expectation[];
}

/** 2010-03-01T09:00:00Z, as a virtual world begins. */
const START = Date.UTC(2010, 2, 1, 9);
/** A day longer than a message is kept by default. */
const LASTS_MS = 8 * 86_400_000;

const phone = z.strictObject({
  name: z.string().regex(/^[\p{L}][\p{L}\p{N} _-]{0,39}$/u, 'must begin with a letter'),
  number,
  count: z.int().min(1).max(10_000).describe('A crowd: so many phones, whose numbers follow').default(1),
  ...phoneFields,
  reads: z.boolean().describe('Whether its user reads each message and deletes it').default(true),
});

const message = {
  from: z.union([sender, phoneName]),
  to: phoneName,
  ...contentFields,
  pid: pid.optional(),
  as: label.optional(),
};

const into = z.strictObject({ phone: phoneName, into: phoneName });

/** An action of this name, which wants what `schema` says. */
function does<Name extends keyof ActionValues>(name: Name, schema: z.ZodType<ActionValues[Name]>) {
  return schema.transform((what) => ({ name, what })).optional();
}

/** What a step can do; of these it does one. */
const actions = {
  send: does(
    'send',
    z
      .strictObject({ ...message, statusReport: z.boolean().optional(), validity: duration.optional() })
      .superRefine(checkContent)
      .describe('A phone sends a message'),
  ),
  deliver: does('deliver', z.strictObject(message).superRefine(checkContent).describe('A message comes from outside')),
  change: does(
    'change',
    z
      .strictObject({ phone: phoneName, ...subscriberChangeFields })
      .describe('Coverage, power, operator: what changes about a phone'),
  ),
  fault: does('fault', namedFault.describe('Arranges a fault')),
  switch: does('switch', z.strictObject({ fault: label, on: z.boolean() }).describe('Switches a fault off or on')),
  remove: does('remove', label.describe('Takes a fault back')),
  profile: does('profile', z.enum(Object.keys(latencyProfiles))),
  swap: does('swap', into.describe('The number of a phone moves to the SIM in another')),
  clone: does('clone', into.describe('The SIM in another phone becomes a copy')),
  fill: does('fill', phoneName.describe('Fill SIM and phone with old messages')),
  reboot: does('reboot', phoneName.describe('Off and on again')),
  unplug: does(
    'unplug',
    z
      .strictObject({
        phone: phoneName,
        for: duration.describe('How long; 0: until it is plugged in').default(0),
        renamed: z.boolean().default(false),
      })
      .describe('Pulls a modem out of its host'),
  ),
  plug: does(
    'plug',
    z.strictObject({ phone: phoneName, renamed: z.boolean().default(false) }).describe('Puts it back'),
  ),
  read: does('read', phoneName.describe('The user reads what the phone has, and deletes it')),
  ussd: does(
    'ussd',
    z
      .strictObject({ phone: phoneName, code: z.string().regex(/^[0-9*#]{1,40}$/, 'must be a code such as *100#') })
      .describe('Asks for a service of the operator, or answers it'),
  ),
  traffic: does(
    'traffic',
    z
      .strictObject({
        from: phoneName,
        to: phoneName,
        messages: z.int().min(1).max(1_000_000),
        during: duration,
        text: z.string().max(1_000).default('Message {n}').describe('{n} is its number'),
        statusReport: z.boolean().optional(),
        as: label.optional(),
      })
      .describe('Messages among phones, at times drawn from the seed'),
  ),
};

const step = z
  .strictObject({
    at: duration.describe('When, from the beginning').optional(),
    when: z
      .strictObject({ ...pattern, nth: z.int().min(1).default(1) })
      .superRefine(checkPattern)
      .describe('At an event, instead')
      .optional(),
    after: duration.describe('How long after the event').default(0),
    every: duration.describe('Again, after so long').default(0),
    times: z.int().min(1).max(100_000).describe('With every: how often').default(1),
    ...actions,
  })
  .transform(({ at, when, after, every, times, ...done }, context): Step => {
    const [action, ...more] = Object.values(done).filter((one) => one !== undefined);
    const moment = momentOf(at, when, after);
    if (action !== undefined && more.length === 0 && moment !== undefined) return { moment, every, times, action };
    if (action === undefined || more.length > 0)
      complain(context, `must do one thing: ${Object.keys(actions).join(', ')}`);
    if (moment === undefined) complain(context, 'must say when: either at or when');
    return z.NEVER;
  });

/** Undefined unless either is given. */
function momentOf(
  at: number | undefined,
  when: (EventPattern & { readonly nth: number }) | undefined,
  after: number,
): Moment | undefined {
  if ((at === undefined) === (when === undefined)) return undefined;
  if (when === undefined) return { kind: 'at', ms: at ?? 0 };
  const { nth, ...event } = when;
  return { kind: 'event', event, nth, after };
}

/** What can be expected of the messages of a name. */
const fates = {
  state: z
    .enum(['on-the-way', 'waiting', 'delivered', 'lost', 'refused', 'failed', 'replaced'])
    .describe('What became of it')
    .optional(),
  within: duration.describe('From the sending to the end of it').optional(),
  deliveries: z.int().min(0).describe('How often the phone was given it').optional(),
  report: z.int().min(0).max(255).describe('TP-ST of the last report').optional(),
  answer: z.enum(['accepted', 'refused', 'lost']).describe('What the sender was told').optional(),
};

/** What a count can be compared with. */
const bounds = {
  is: z.int().min(0).optional(),
  atLeast: z.int().min(0).optional(),
  atMost: z.int().min(0).optional(),
};

const expectation = z
  .strictObject({
    message: label.optional(),
    ...fates,
    share: z.number().min(0).max(1).describe('Of how much of the SMS it must be so; default: all').default(1),
    count: z.strictObject(pattern).superRefine(checkPattern).describe('How many events there were').optional(),
    ...bounds,
  })
  .transform(({ message: name, count, share, is, atLeast, atMost, ...fate }, context): Expectation => {
    const limits = { is, atLeast, atMost };
    if (name !== undefined && count === undefined) {
      if (says(limits)) complain(context, `${Object.keys(bounds).join(', ')} are for counts`);
      if (!says(fate)) complain(context, `must say what is expected: ${Object.keys(fates).join(', ')}`);
      return { message: name, share, ...fate };
    }
    if (name === undefined && count !== undefined) {
      if (says(fate)) complain(context, `a count is compared by ${Object.keys(bounds).join(', ')}`);
      if (!says(limits)) complain(context, `must say what is expected: ${Object.keys(bounds).join(', ')}`);
      return { count, ...limits };
    }
    complain(context, 'must be about one thing: either message or count');
    return z.NEVER;
  });

function says(fields: object): boolean {
  return Object.values(fields).some((value) => value !== undefined);
}

function complain(context: { addIssue(issue: { code: 'custom'; message: string }): void }, message: string): void {
  context.addIssue({ code: 'custom', message });
}

/** The schema of a scenario file. */
export const scenarioSchema: z.ZodType<Scenario> = z
  .strictObject({
    $schema: z.string().optional(),
    name: z.string().min(1).max(200),
    about: z.string().max(2_000).optional(),
    seed: z.union([z.int(), z.string()]).describe('What chance is drawn from').default(1),
    profile: z.enum(Object.keys(latencyProfiles)).describe('Latency and loss').default('direct'),
    start: moment.describe('What time it is at first').default(START),
    lasts: duration
      .describe('It ends then at the latest; else when all is done and nothing is on its way')
      .default(LASTS_MS),
    phones: z.array(phone).min(1).max(1_000),
    faults: z.array(namedFault).max(1_000).describe('Faults from the beginning on').default([]),
    steps: z.array(step).min(1).max(10_000),
    expect: z.array(expectation).max(10_000).default([]),
  })
  .meta({ title: 'A scenario of gsm-sim' });

/** The schema for editors (JSON Schema 2020-12). */
export function scenarioJsonSchema(): object {
  return z.toJSONSchema(scenarioSchema, { io: 'input' });
}
