export type { Portrait } from './portrait.ts';
export { readYaml } from './read-yaml.ts';
export { PortraitError, takePortrait } from './take.ts';
export { portraitYaml, readPortrait } from './yaml.ts';
