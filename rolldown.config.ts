import { readFileSync } from 'node:fs';
import { defineConfig } from 'rolldown';

interface Package {
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, string | { readonly default: string }>>;
  readonly scripts: Readonly<Record<string, string>>;
}

const { bin, exports, scripts }: Package = JSON.parse(readFileSync('package.json', 'utf8'));

/** What is started or imported by its path: what package.json names, and the file of a thread. */
const ENTRIES = [
  ...Object.values(bin),
  ...Object.values(exports).flatMap((target) => (typeof target === 'string' ? [] : [target.default])),
  ...Object.values(scripts).flatMap((script) => /^node (dist\/\S+\.js)$/.exec(script)?.[1] ?? []),
  'dist/sim/loop/episode-thread.js',
].map((path) => path.replace(/^\.?\/?dist\/(.*)\.js$/, '$1'));

/**
 * Node reads and links each module of its own for some 0.3 ms: a thousand of them made a program slow to start. Modules that are needed
 * together come in one file, and each module is in one file only, so that programs and libraries share their classes.
 */
export default defineConfig({
  input: Object.fromEntries(ENTRIES.map((entry) => [entry, `${entry}.ts`])),
  platform: 'node',
  // Dependencies stay packages of their own; what the compiler needs for `using` does not.
  external: /^(?!@oxc-project\/)[@\w]/,
  transform: { target: 'node22.18', jsx: { runtime: 'automatic', development: false } },
  onLog(level, { message }) {
    if (level === 'warn') throw new Error(message);
  },
  output: { dir: 'dist', chunkFileNames: 'chunks/[name]-[hash].js' },
});
