import { z } from 'zod';
import { KEYS, type Key } from '../index.ts';

/** Characters of a command that are read at most. */
const LINE_LIMIT = 4_096;

const EXAMPLES = '{"press":"soft-left"}, {"type":"48213"}, {"select":"Menu"} or {"screen":true}';

const id = z.union([z.string().max(100), z.number()]).optional();

const SHAPES = {
  press: z.strictObject({ press: z.enum(KEYS), long: z.boolean().optional(), id }),
  type: z.strictObject({ type: z.string().max(1_000), id }),
  select: z.strictObject({ select: z.string(), under: z.string().optional(), id }),
  waitFor: z.strictObject({ waitFor: z.string(), limitMs: z.int().min(0).max(86_400_000).optional(), id }),
  screen: z.strictObject({ screen: z.literal(true), id }),
  install: z.strictObject({ install: z.string(), id }),
} as const;

type Name = keyof typeof SHAPES;

/** What a command is called in its answers. */
export type CommandId = string | number | undefined;

/** Something that a headless handset is told to do. */
export type HeadlessCommand = { readonly id?: CommandId } & (
  | { readonly press: Key; readonly long?: boolean | undefined }
  | { readonly type: string }
  | { readonly select: string; readonly under?: string | undefined }
  | { readonly waitFor: string; readonly limitMs?: number | undefined }
  | { readonly screen: true }
  | { readonly install: string }
);

/** A line that is no command. `id` is what the line says it is called, when it says so. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly id: CommandId;

  constructor(message: string, called: CommandId) {
    super(message);
    this.id = called;
  }
}

/** Reads a command from a line of JSON. What was typed is not in the message of an error. @throws CommandError */
export function readCommand(line: string): HeadlessCommand {
  if (line.length > LINE_LIMIT) throw new CommandError(`A command has at most ${LINE_LIMIT} characters`, undefined);
  const object = z.record(z.string(), z.unknown()).safeParse(parseJson(line)).data;
  const called = id.safeParse(object?.['id']).data;
  const keys = Object.keys(object ?? {});
  const names = keys.filter(isName);
  const [name] = names;
  if (object === undefined || names.length > 1) {
    throw new CommandError(`Expected a command such as ${EXAMPLES}`, called);
  }
  if (name === undefined) {
    throw new CommandError(`There is no command ${keys.join(' ')}: the commands are ${commandNames()}`, called);
  }
  const parsed = SHAPES[name].safeParse(object);
  if (parsed.success) return parsed.data;
  throw new CommandError(complaint(name, object), called);
}

function complaint(name: Name, object: Readonly<Record<string, unknown>>): string {
  const known = Object.keys(SHAPES[name].shape);
  const unknown = Object.keys(object).find((key) => !known.includes(key));
  if (unknown !== undefined) return `${name} has no ${unknown}: it has ${known.join(', ')}`;
  if (name === 'press' && !SHAPES.press.shape.press.safeParse(object['press']).success) {
    return `There is no key ${String(object['press'])}: the keys are ${KEYS.join(', ')}`;
  }
  return `Expected a command such as ${EXAMPLES}`;
}

function commandNames(): string {
  return Object.keys(SHAPES).join(', ');
}

function isName(key: string): key is Name {
  return Object.hasOwn(SHAPES, key);
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
