import { describe, expect, test } from 'vitest';
import { References } from '../../../modem/sending/message-references.ts';

/** What happened, in order: a reference that was answered, a lost answer, a refusal. */
type Step = number | 'lost' | 'refused';

function having(...steps: readonly Step[]): References {
  const references = new References();
  for (const step of steps) {
    if (step === 'lost') references.lost();
    else if (step === 'refused') references.refused();
    else references.answered(step);
  }
  return references;
}

/** TP-MR is counted by the modem, modulo 256 (3GPP TS 23.040, 9.2.3.6). */
describe('an answer that may be late', () => {
  test.each<[steps: readonly Step[], reference: number, mayBe: boolean]>([
    [[], 0, false],
    [[7], 8, false],
    [[7, 'lost'], 8, true],
    [[7, 'lost'], 9, false],
    [[255, 'lost'], 0, true],
    [[7, 'lost', 'lost'], 9, true],
    [[7, 'lost', 'lost'], 10, false],
    [['lost'], 4, true],
    [['lost', 4], 5, false],
    [[7, 'lost', 9], 8, true],
    [[7, 'lost', 9], 10, false],
    [[7, 'lost', 8], 8, false],
    [[7, 'lost', 50], 8, false],
    [[7, 'lost', 'refused'], 8, true],
    // After 32 later messages a lost answer is not expected any more.
    [[7, 'lost', 39], 8, true],
    [[7, 'lost', 40], 8, false],
    [[250, 'lost', 26], 251, true],
    [[250, 'lost', 27], 251, false],
    [['lost', 'lost'], 9, true],
    [['lost', 7], 8, false],
    // Eight are remembered: of nine lost ones, that of the first (8) is forgotten.
    [[7, ...Array.from({ length: 8 }, () => 'lost' as const)], 8, true],
    [[7, ...Array.from({ length: 9 }, () => 'lost' as const)], 8, false],
    [[7, ...Array.from({ length: 9 }, () => 'lost' as const)], 9, true],
    [[7, 'lost', 'lost', 9], 8, true],
    [[7, 'lost', 'lost', 9], 9, false],
    [[254, 'lost', 'lost'], 0, true],
    [Array.from({ length: 9 }, () => 'lost' as const), 9, true],
  ])('after %j, +CMGS: %i: %s', (steps, reference, mayBe) => {
    expect(having(...steps).mayBeLate(`+CMGS: ${reference}`)).toBe(mayBe);
  });

  test.each<[steps: readonly Step[], mayBe: boolean]>([
    [[], false],
    [[7], false],
    [[7, 'lost'], true],
    [[7, 'lost', 9], false],
    [[7, 'lost', 'refused'], false],
  ])('after %j, a refusal: %s', (steps, mayBe) => {
    expect(having(...steps).mayBeLate()).toBe(mayBe);
  });
});
