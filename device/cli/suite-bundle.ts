import { relative, resolve } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { type OutputChunk, type Plugin, rolldown } from 'rolldown';

/** The names by which an application imports the class library of the phone. */
const LIBRARY_NAMES: readonly string[] = ['midp', 'cash-mobile/midp'];

/** What `require` calls the class library in a script. */
const LIBRARY = 'midp';

/** A program as one script. */
export interface Bundle {
  readonly script: string;
  /** What it puts on `exports`. */
  readonly exports: readonly string[];
}

/**
 * Makes one script of a module and all that it imports, but the class library, which is the phone's. The script takes the library from
 * `require('midp')` and puts what the module exports on `exports`.
 * @param entry the module, TypeScript or JavaScript. @param library a file that is the class library under another name
 * @throws Error in one line
 */
export async function bundle(entry: string, library: string | undefined): Promise<Bundle> {
  try {
    const build = await rolldown({
      input: entry,
      platform: 'browser',
      plugins: [ofThePhone(library === undefined ? undefined : resolve(library))],
      transform: { target: 'es2023' },
      logLevel: 'silent',
    });
    const { output } = await build.generate({
      format: 'cjs',
      exports: 'named',
      esModule: false,
      strict: true,
      generatedCode: { symbols: false },
      minify: true,
      codeSplitting: false,
      comments: { annotation: false, jsdoc: false, legal: true },
    });
    await build.close();
    const [chunk] = output;
    expectWhole(chunk);
    return { script: chunk.code, exports: chunk.exports };
  } catch (error) {
    throw new Error(complaintOf(error), { cause: error });
  }
}

function ofThePhone(library: string | undefined): Plugin {
  return {
    name: 'class-library',
    async resolveId(source, importer, options) {
      if (LIBRARY_NAMES.includes(source)) return { id: LIBRARY, external: true };
      const found = await this.resolve(source, importer, { ...options, skipSelf: true });
      return found !== null && found.id === library ? { id: LIBRARY, external: true } : found;
    },
  };
}

/** The phone has no modules but the class library: what is imported and not found is a mistake. */
function expectWhole({ imports, dynamicImports }: OutputChunk): void {
  const missing = [...imports, ...dynamicImports].find((name) => name !== LIBRARY);
  if (missing !== undefined) throw new Error(`the phone has no module ${missing}`);
}

/** The first error of the bundler in one line, with its place: its own message draws the source in colours. */
function complaintOf(error: unknown): string {
  const [first] = error instanceof Error && 'errors' in error && Array.isArray(error.errors) ? error.errors : [error];
  const message = first instanceof Error ? first.message : String(first);
  const line =
    stripVTControlCharacters(message)
      .split('\n')[0]
      ?.replace(/^\[\w+\] /, '') ?? '';
  return `${placeOf(first)}${line}`;
}

function placeOf(error: unknown): string {
  const place: unknown = error instanceof Error && 'loc' in error ? error.loc : undefined;
  if (typeof place !== 'object' || place === null || !('file' in place) || !('line' in place)) return '';
  return `${relative('.', String(place.file))}:${place.line}: `;
}
