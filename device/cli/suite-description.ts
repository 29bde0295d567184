import { z } from 'zod';
import { readYaml } from '../../modem/portrait/index.ts';
import type { Attributes } from '../suite/index.ts';

/** What a `suite.yaml` says. Paths are relative to its folder. */
export interface SuiteDescription {
  readonly name: string;
  readonly vendor: string;
  readonly version: string;
  /** The module, TypeScript or JavaScript, that exports the classes. */
  readonly script: string;
  readonly midlets: readonly { readonly name: string; readonly class: string; readonly icon?: string | undefined }[];
  /** Ports whose messages start an application; `from` is a filter of numbers. */
  readonly push: readonly { readonly port: number; readonly class: string; readonly from: string }[];
  readonly permissions: readonly string[];
  readonly optionalPermissions: readonly string[];
  /** Files and folders that go into the JAR under the same paths. */
  readonly resources: readonly string[];
  /** More attributes, which the application reads with `getAppProperty`. */
  readonly attributes: Readonly<Record<string, string>>;
  /** A file that is the class library of the phone, for sources that do not import it as `midp`. */
  readonly classLibrary?: string | undefined;
}

/** A line of text, as it stands in a descriptor and in a manifest. */
const line = z
  .string()
  .regex(/^[^\p{Cc}\s](?:[^\p{Cc}]*[^\p{Cc}\s])?$/u, 'is to be a line of text, without blanks around it');
/** A part of a value whose parts have commas between them. */
const part = line.regex(/^[^,]*$/, 'may not have a comma');
const className = z.string().regex(/^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u, 'is to be the name of a class');
/** A file of the folder; never one outside it. */
const path = z
  .string()
  .regex(/^(?!.*(?:^|\/)\.\.?(?:\/|$))[^/\\\p{Cc}][^\\\p{Cc}]*$/u, 'is to be a path inside the folder');
const attributeName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,69}$/, 'is to be the name of an attribute: letters, digits, - and _')
  .regex(/^(?!MIDlet-(Jar-|Signature$)|Manifest-Version$)/i, 'is written by suite build');

const Description: z.ZodType<SuiteDescription> = z.strictObject({
  name: line,
  vendor: line,
  version: z.string().regex(/^\d{1,2}(\.\d{1,2}){1,2}$/, 'is to be major.minor.micro'),
  script: path,
  midlets: z.array(z.strictObject({ name: part, class: className, icon: path.optional() })).min(1),
  push: z
    .array(z.strictObject({ port: z.int().min(0).max(65_535), class: className, from: part.default('*') }))
    .default([]),
  permissions: z.array(part).default([]),
  optionalPermissions: z.array(part).default([]),
  resources: z.array(path).default([]),
  attributes: z.record(attributeName, line).default({}),
  classLibrary: z.string().optional(),
});

/** Reads a `suite.yaml`. @throws Error in one line: what is wrong, and where */
export function readDescription(text: string): SuiteDescription {
  const read = readYaml(text, Description);
  if (read.kind === 'data') return read.data;
  if (read.kind === 'no-yaml') {
    const [fault] = read.faults;
    throw new Error(`suite.yaml is not YAML: ${fault?.message} at line ${fault?.line}, column ${fault?.column}`);
  }
  const [issue] = read.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : ` ${issue.path.join('.')}:`;
  const message = issue?.code === 'invalid_key' ? issue.issues[0]?.message : issue?.message;
  throw new Error(`suite.yaml:${where} ${message ?? 'is wrong'}`);
}

/** What an application has to be allowed that is started by a message and reads it (JSR-118 and JSR-120). */
const NEEDED_BY_PUSH: readonly string[] = [
  'javax.microedition.io.PushRegistry',
  'javax.microedition.io.Connector.sms',
  'javax.wireless.messaging.sms.receive',
];

/** @throws Error for a suite that is started by messages which it may not read */
export function expectPermissions({ push, permissions, optionalPermissions }: SuiteDescription): void {
  const asked = [...permissions, ...optionalPermissions];
  const missing = push.length === 0 ? undefined : NEEDED_BY_PUSH.find((permission) => !asked.includes(permission));
  if (missing !== undefined) throw new Error(`suite.yaml: push needs the permission ${missing}`);
}

/** The attributes of the manifest and the descriptor of a suite. @throws Error for one that two fields give */
export function attributesOf(description: SuiteDescription): Attributes {
  const { name, vendor, version, midlets, push, permissions, optionalPermissions, attributes } = description;
  const written: Record<string, string> = {
    'MIDlet-Name': name,
    'MIDlet-Version': version,
    'MIDlet-Vendor': vendor,
    ...numbered('MIDlet', midlets, (midlet) => `${midlet.name}, ${midlet.icon ?? ''}, ${midlet.class}`),
    ...numbered('MIDlet-Push', push, ({ port, class: starts, from }) => `sms://:${port}, ${starts}, ${from}`),
    ...(permissions.length === 0 ? {} : { 'MIDlet-Permissions': permissions.join(', ') }),
    ...(optionalPermissions.length === 0 ? {} : { 'MIDlet-Permissions-Opt': optionalPermissions.join(', ') }),
    'MicroEdition-Configuration': 'CLDC-1.1',
    'MicroEdition-Profile': 'MIDP-2.0',
  };
  const twice = Object.keys(attributes).find((attribute) => Object.hasOwn(written, attribute));
  if (twice !== undefined) throw new Error(`suite.yaml: attributes.${twice}: another field of suite.yaml gives it`);
  return { ...written, ...attributes };
}

function numbered<Item>(
  name: string,
  items: readonly Item[],
  write: (item: Item) => string,
): Readonly<Record<string, string>> {
  return Object.fromEntries(items.map((item, index) => [`${name}-${index + 1}`, write(item)]));
}
