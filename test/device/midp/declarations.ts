import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const MIDP = join(import.meta.dirname, '../../../device/midp');

/** The sources of the class library, in the order of their names. */
const SOURCES = globSync('**/*.ts', { cwd: MIDP })
  .toSorted()
  .map((file) => readFileSync(join(MIDP, file), 'utf8'));

/** A docstring and what follows it. */
const DOC = String.raw`(?<doc>(?: *\/\*\*(?:[^*]|\*(?!\/))*\*\/\n)?)`;

/** The text from a declaration to the brace that closes it. */
function blockOf(name: string): string {
  for (const source of SOURCES) {
    const begin = new RegExp(String.raw`^export (?:(?:abstract )?class|interface|const) ${name}\b[^\n]*\{$`, 'm').exec(
      source,
    );
    if (begin !== null) return source.slice(begin.index, source.indexOf('\n}', begin.index));
  }
  throw new Error(`There is no declaration of ${name}`);
}

/** The methods, constructor, getters and constants of a class or object, each with its docstring, without their bodies. */
export function declarationsOf(name: string, isWanted: (member: string) => boolean): readonly string[] {
  const block = blockOf(name);
  const member = new RegExp(
    String.raw`^${DOC}  (?<declared>(?:static |abstract |async |get |readonly |override )*(?<name>[a-zA-Z]\w*)(?:\((?<given>[^{}]*?(?:\{[^{}]*\}[^{}]*?)*?)\)(?:: (?<result>[^;\n]+?))?(?= \{\}?$|;$)|: (?<type>[^=;\n]+?)(?= =|;$)))`,
    'gm',
  );
  return Array.from(block.matchAll(member), ({ groups = {} }) => groups)
    .filter(({ name: called = '' }) => isWanted(called))
    .map(({ doc = '', declared = '' }) => `${doc.replaceAll(/^ {2}/gm, '')}${inOneLine(declared)};`);
}

function inOneLine(declared: string): string {
  return declared
    .replaceAll(/\s*\n\s*/g, ' ')
    .replaceAll(/\( /g, '(')
    .replaceAll(/,? \)/g, ')')
    .replace(/^(?:override |abstract |async )+/, '');
}

/** The declarations of types whose names stand in a text, and of those that stand in them. */
export function typesIn(text: string, known: ReadonlySet<string> = new Set()): readonly string[] {
  const found = SOURCES.flatMap((source) =>
    Array.from(
      source.matchAll(
        new RegExp(
          String.raw`^${DOC}export (?<declared>(?:type (?<alias>\w+) =(?:[^;{]|\{[^}]*\})*;|interface (?<face>\w+)[^\n]*\{\n[\s\S]*?^\}))`,
          'gm',
        ),
      ),
      ({ groups = {} }) => ({
        name: groups['alias'] ?? groups['face'] ?? '',
        text: `${groups['doc'] ?? ''}${groups['declared'] ?? ''}`,
      }),
    ),
  ).filter(({ name }) => !known.has(name) && new RegExp(String.raw`\b${name}\b`).test(text));
  if (found.length === 0) return [];
  const more = found.map((one) => one.text);
  return [...more, ...typesIn(more.join('\n'), new Set([...known, ...found.map(({ name }) => name)]))];
}
