import type { Limits } from '../limits/limits.ts';
import type { Row } from '../store/row.ts';

/** How often codes of an activation were tried. */
export interface CodeTries {
  /** Wrong codes that are left; below zero: how often the phone was told that the activation is over. */
  readonly triesLeft: number;
  /** Wrong codes from another number than the registered one. */
  readonly triesElsewhere: number;
  /** ms since 1970. */
  readonly expiresAt: number;
}

/** Of a row of `device`. */
export function readCodeTries(row: Row): CodeTries {
  return {
    triesLeft: row.integer('code_tries_left'),
    triesElsewhere: row.integer('tries_elsewhere'),
    expiresAt: row.integer('code_expires_at'),
  };
}

/** Whether nothing more is tried in this activation, and the phone may be told so. @param at ms since 1970 */
export function isOver({ triesLeft, expiresAt }: CodeTries, at: number): boolean {
  return triesLeft <= 0 || at > expiresAt;
}

/**
 * Why an ENROL is not answered, whatever its code; or `undefined`.
 * @param isOwn it came from the registered number. @param at ms since 1970
 */
export function whyUnanswered(
  tries: CodeTries,
  isOwn: boolean,
  limits: Pick<Limits, 'codeTriesElsewhere' | 'activationOver'>,
  at: number,
): string | undefined {
  if (!isOwn && tries.triesElsewhere >= limits.codeTriesElsewhere) return 'too many codes were tried from elsewhere';
  if (!isOver(tries, at) || (isOwn && -tries.triesLeft < limits.activationOver)) return undefined;
  return 'activation expired';
}
