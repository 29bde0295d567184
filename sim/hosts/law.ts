import type { RailTrial } from './rail-trial.ts';

/** A law, whether it concerns the rail under trial, and how it is tried. */
export type Law = readonly [name: string, applies: boolean, body: (trial: RailTrial) => Promise<void>];
