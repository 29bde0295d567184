import { readYaml } from '../../modem/portrait/index.ts';
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
  const read = readYaml(text, scenarioSchema);
  if (read.kind === 'no-yaml') {
    const broken = read.faults.slice(0, FAULTS).map((fault) => ({ ...fault, path: '' }));
    return { ok: false, faults: broken };
  }
  const wrong = read.kind === 'data' ? strangers(read.data, namesIn(read.data)) : complaints(read.issues);
  if (read.kind === 'data' && wrong.length === 0) return { ok: true, scenario: read.data, names: namesIn(read.data) };
  const faults = wrong.slice(0, FAULTS);
  return {
    ok: false,
    faults: faults.map(({ path, message }) => ({ ...read.placeOf(path), path: path.join('.'), message })),
  };
}

/** A fault as a line for people: `file.yaml:12:5: steps.0.send.to: must be a number`. */
export function faultText(file: string, { line, column, path, message }: ScenarioFault): string {
  return `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`;
}
