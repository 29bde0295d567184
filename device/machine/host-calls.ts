import { z } from 'zod';
import type { DisplayableView, Host } from '../midp/index.ts';

/** Characters of a view as JSON. */
const VIEW_LIMIT = 65_536;

/** Characters of an address that an application has opened. */
const URL_LIMIT = 1_024;

const choiceType = z.enum(['EXCLUSIVE', 'MULTIPLE']);
const choiceElements = z.array(z.object({ text: z.string(), selected: z.boolean() }));
const commands = z.array(
  z.object({
    label: z.string(),
    type: z.enum(['SCREEN', 'BACK', 'CANCEL', 'OK', 'HELP', 'STOP', 'EXIT', 'ITEM']),
    priority: z.number(),
  }),
);
const itemCommon = {
  label: z.string(),
  commands: commands.exactOptional(),
  defaultCommand: z.int().min(0).exactOptional(),
};
const field = z.object({
  kind: z.literal('text-field'),
  ...itemCommon,
  text: z.string(),
  edition: z.int(),
  maxSize: z.int().min(0),
  constraints: z.object({
    input: z.enum(['ANY', 'EMAILADDR', 'NUMERIC', 'PHONENUMBER', 'URL', 'DECIMAL']),
    password: z.boolean().exactOptional(),
    sensitive: z.boolean().exactOptional(),
    uneditable: z.boolean().exactOptional(),
  }),
  initialInputMode: z.enum(['IS_LATIN_DIGITS', 'MIDP_LOWERCASE_LATIN', 'MIDP_UPPERCASE_LATIN']).exactOptional(),
});
/** An `int` of Java from 0 on. */
const gaugeNumber = z
  .number()
  .min(0)
  .max(2 ** 31 - 1);
const item = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('string'),
    ...itemCommon,
    text: z.string(),
    appearance: z.enum(['PLAIN', 'HYPERLINK', 'BUTTON']).exactOptional(),
  }),
  field,
  z.object({
    kind: z.literal('choice-group'),
    ...itemCommon,
    type: z.union([choiceType, z.literal('POPUP')]),
    elements: choiceElements,
  }),
  z.object({ kind: z.literal('date-field'), ...itemCommon, text: z.string().max(16), edition: z.int() }),
  z.object({ kind: z.literal('spacer'), rows: z.int().min(0).max(64) }),
  z.object({
    kind: z.literal('gauge'),
    ...itemCommon,
    interactive: z.literal(true).exactOptional(),
    value: gaugeNumber.exactOptional(),
    maxValue: gaugeNumber,
  }),
]);
const common = {
  id: z.int(),
  title: z.string(),
  ticker: z.string().exactOptional(),
  commands,
};
const alertType = z.enum(['INFO', 'WARNING', 'ERROR', 'ALARM', 'CONFIRMATION']);
const viewShape: z.ZodType<DisplayableView> = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('form'),
    ...common,
    items: z.array(item),
    focus: z.object({ item: z.int(), edition: z.int() }).exactOptional(),
  }),
  z.object({
    kind: z.literal('list'),
    ...common,
    type: z.union([choiceType, z.literal('IMPLICIT')]),
    elements: choiceElements,
    select: z.union([z.int().min(0), z.literal('none')]).exactOptional(),
  }),
  z.object({ kind: z.literal('text-box'), ...common, field }),
  z.object({
    kind: z.literal('alert'),
    ...common,
    type: alertType,
    text: z.string(),
    timeoutMs: z.number().min(0).exactOptional(),
  }),
]);

/** A value that crosses from a machine to the phone. */
export type MachineValue = undefined | boolean | number | string | Uint8Array;

const port = z.int().min(0).max(0xffff);
const octets = z.instanceof(Uint8Array);
const view = z
  .string()
  .max(VIEW_LIMIT)
  .transform((text) => viewShape.parse(JSON.parse(text)));

/** The arguments of each call of the phone: what a machine gives is believed only when it is of this shape. */
const ARGUMENTS: Readonly<Record<HostCall, z.ZodType<readonly unknown[]>>> = {
  show: z.tuple([view]),
  sound: z.tuple([alertType]),
  rmsOpen: z.tuple([z.string().min(1).max(32), z.boolean()]),
  rmsPut: z.tuple([z.string(), z.int(), octets]),
  rmsDelete: z.tuple([z.string(), z.int()]),
  rmsRemove: z.tuple([z.string()]),
  rmsList: z.tuple([]),
  rmsRoom: z.tuple([]),
  listen: z.tuple([port]),
  closePort: z.tuple([port]),
  take: z.tuple([port]),
  segments: z.tuple([z.union([z.string(), octets]), z.boolean()]),
  send: z.tuple([
    z.int(),
    z.string().regex(/^\+?[0-9]{1,15}$/),
    port.optional(),
    z.union([z.string(), octets]),
    port.optional(),
  ]),
  connections: z.tuple([z.boolean()]),
  alarm: z.tuple([z.number().optional(), z.string().optional()]),
  register: z.tuple([z.string().max(URL_LIMIT), z.string(), z.string()]),
  unregister: z.tuple([z.string()]),
  registration: z.tuple([z.string()]),
  now: z.tuple([]),
  offset: z.tuple([z.number()]),
  random: z.tuple([z.int().min(0)]),
  timer: z.tuple([z.int(), z.number()]),
  clearTimer: z.tuple([z.int()]),
  property: z.tuple([z.string()]),
  resource: z.tuple([z.string()]),
  attribute: z.tuple([z.string()]),
  request: z.tuple([z.string().max(URL_LIMIT)]),
  permission: z.tuple([z.string()]),
  serial: z.tuple([]),
  ended: z.tuple([]),
};

/** The name of a call of the phone. */
export type HostCall = keyof Host;

/** All calls of the phone. */
export const HOST_CALLS: readonly HostCall[] = Object.keys(ARGUMENTS).filter(isHostCall);

/** Calls that write into the flash, which takes long on a disk. */
export const WRITING_CALLS: ReadonlySet<HostCall> = new Set([
  'rmsOpen',
  'rmsPut',
  'rmsDelete',
  'rmsRemove',
  'alarm',
  'register',
  'unregister',
  'take',
]);

/** Calls the phone for a machine. @throws Error when the arguments are not of the shape that the call has */
export function callHost(host: Host, name: HostCall, given: readonly MachineValue[]): unknown {
  const values = readArguments(name, given);
  if (values === undefined) throw new Error(`The call ${name} has other arguments`);
  return Reflect.apply(host[name], host, values);
}

function isHostCall(name: string): name is HostCall {
  return Object.hasOwn(ARGUMENTS, name);
}

function readArguments(name: HostCall, given: readonly MachineValue[]): readonly unknown[] | undefined {
  try {
    return ARGUMENTS[name].parse(given);
  } catch {
    return undefined;
  }
}
