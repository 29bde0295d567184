import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import { complaints } from '../vocabulary/complaints.ts';
import { type Names, namesIn, strangers } from './names.ts';
import { type Scenario, scenarioSchema } from './schema.ts';

/** Something that is wrong with a scenario file. */
export interface ScenarioFault {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** Where in the data: `steps.0.send.to`; empty for the whole. */
  readonly path: string;
  /** What was expected there. */
  readonly message: string;
}

/** What a file says, or what is wrong with it. */
export type ReadScenario =
  | { readonly ok: true; readonly scenario: Scenario; readonly names: Names }
  | { readonly ok: false; readonly faults: readonly ScenarioFault[] };

/** Faults that are told at once. */
const FAULTS = 20;

/** Reads a scenario in YAML or JSON (which is YAML too). */
export function readScenario(text: string): ReadScenario {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const broken = document.errors.map(({ message, pos: [offset] }) => faultAt(counter, offset, [], message));
  if (broken.length > 0) return { ok: false, faults: broken.slice(0, FAULTS) };
  const whereIs = (path: readonly PropertyKey[]) => offsetOf(document, path);
  const { success, data: scenario, error } = scenarioSchema.safeParse(document.toJS());
  const wrong = success ? strangers(scenario, namesIn(scenario)) : complaints(error.issues);
  if (success && wrong.length === 0) return { ok: true, scenario, names: namesIn(scenario) };
  return {
    ok: false,
    faults: wrong.slice(0, FAULTS).map(({ path, message }) => faultAt(counter, whereIs(path), path, message)),
  };
}

function faultAt(counter: LineCounter, offset: number, path: readonly PropertyKey[], message: string): ScenarioFault {
  const { line, col } = counter.linePos(offset);
  return { line, column: col, path: path.join('.'), message };
}

/** Where in the file the value at `path` is, or, when it is missing, what it is missing in. */
function offsetOf(document: Document, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return document.contents?.range?.[0] ?? 0;
}

/** A fault as a line for people: `file.yaml:12:5: steps.0.send.to: must be a number`. */
export function faultText(file: string, { line, column, path, message }: ScenarioFault): string {
  return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
}
