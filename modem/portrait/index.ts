export type { Portrait } from './portrait.ts';
export { PortraitError, takePortrait } from './take.ts';
export { portraitYaml, readPortrait } from './yaml.ts';
