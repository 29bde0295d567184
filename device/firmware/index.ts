export { cellsOf, clip, pad } from './cells.ts';
export type { HandsetEvent } from './events.ts';
export { Handset } from './handset.ts';
export type { HandsetOptions } from './handset-options.ts';
export { isLanguage, LANGUAGES, type Language, SHELL_TEXTS } from './languages.ts';
export { COMMIT_MS, type Stroke, strokeFor } from './multi-tap.ts';
export type { Signer } from './signer.ts';
export type { BuiltInClasses, Installation, ScriptLoader, Suite } from './suites.ts';
