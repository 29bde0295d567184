import { type Document, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import type { z } from 'zod';

/** A place in a file, both from 1. */
interface PlaceInFile {
  readonly line: number;
  readonly column: number;
}

/** What a file says; or why it is no YAML; or what is wrong with what it says. */
type ReadYaml<Data> =
  | { readonly kind: 'data'; readonly data: Data; placeOf(path: readonly PropertyKey[]): PlaceInFile }
  | { readonly kind: 'no-yaml'; readonly faults: readonly (PlaceInFile & { readonly message: string })[] }
  | {
      readonly kind: 'wrong';
      readonly issues: readonly z.core.$ZodIssue[];
      placeOf(path: readonly PropertyKey[]): PlaceInFile;
    };

interface Fault {
  readonly message: string;
  /** Characters from the begin of the file. */
  readonly offset: number;
}

/**
 * Reads YAML 1.2 for a schema. Where the schema wants a text and the file has something that YAML takes for a number or for true and false, the text
 * is what stands in the file: `version: 1.10` is the text `1.10`, `number: +393330000001` keeps its sign.
 */
export function readYaml<Data>(text: string, schema: z.ZodType<Data>): ReadYaml<Data> {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const placeAt = (offset: number): PlaceInFile => {
    const { line, col } = counter.linePos(offset);
    return { line, column: col };
  };
  const faults = faultsOf(document);
  if (faults.length > 0)
    return { kind: 'no-yaml', faults: faults.map(({ message, offset }) => ({ message, ...placeAt(offset) })) };
  const placeOf = (path: readonly PropertyKey[]) => placeAt(offsetOf(document, path));
  for (;;) {
    const { success, data, error } = schema.safeParse(document.toJS());
    if (success) return { kind: 'data', data, placeOf };
    if (!error.issues.map((issue) => becomesText(document, issue)).includes(true))
      return { kind: 'wrong', issues: error.issues, placeOf };
  }
}

const IN_QUOTES = "write a text that begins with * in quotes: '*'";

/** Why a file is no YAML: what the parser says, a `*` that refers to nothing, more references than a person writes. */
function faultsOf(document: Document.Parsed): readonly Fault[] {
  const loose: Fault[] = [];
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) === undefined) loose.push({ message: IN_QUOTES, offset: alias.range?.[0] ?? 0 });
    },
  });
  const broken = document.errors.filter(({ code }) => code !== 'BAD_ALIAS');
  const faults = [...loose, ...broken.map(({ message, pos: [offset] }) => ({ message, offset }))];
  if (faults.length > 0) return faults;
  try {
    document.toJS();
    return [];
  } catch (error) {
    return [{ message: error instanceof Error ? error.message : String(error), offset: 0 }];
  }
}

/** Takes a number, or true and false, for the text that stands in the file, where a text is wanted. @returns whether it did */
function becomesText(document: Document, { code, path, ...issue }: z.core.$ZodIssue): boolean {
  const wantsText =
    code === 'invalid_union' || (code === 'invalid_type' && 'expected' in issue && issue.expected === 'string');
  const node = wantsText ? document.getIn(path, true) : undefined;
  if (!isScalar(node) || node.source === undefined || !['number', 'boolean'].includes(typeof node.value)) return false;
  node.value = node.source;
  return true;
}

/** Where in the file the value at `path` is, or, when it is missing, what it is missing in. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}
