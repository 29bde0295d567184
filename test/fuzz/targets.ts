import { openAt } from './at.ts';
import { openCard } from './card.ts';
import { openFlash } from './flash.ts';
import { openFrames } from './frames.ts';
import { openHttp } from './http.ts';
import { openPdu } from './pdu.ts';
import { openSuites } from './suite.ts';
import type { OpenTarget } from './target.ts';

/** What `npm run fuzz` knows. */
export const TARGETS = {
  frames: openFrames,
  pdu: openPdu,
  at: openAt,
  flash: openFlash,
  http: openHttp,
  suite: openSuites,
  card: openCard,
} as const satisfies Readonly<Record<string, OpenTarget>>;

export type TargetName = keyof typeof TARGETS;

export function isTargetName(name: string): name is TargetName {
  return Object.hasOwn(TARGETS, name);
}
