import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { journalLine } from '../../../server/cli/journal-line.ts';
import { ALARM_ADVICE } from '../../../server/vocabulary/alarms.ts';

const README = readFileSync(join(import.meta.dirname, '../../../server/README.md'), 'utf8');

const [, ALARMS = ''] = /^### Alarms$(.*?)^##/ms.exec(README) ?? [];

describe('what to do about an alarm', () => {
  it('is in the README, for every alarm', () => {
    const rows = Array.from(ALARMS.matchAll(/^\| `([a-z-]+)` +\| [^|]+ \| ([^|]+?) +\|$/gm), ([, alarm, advice]) => [
      alarm,
      advice,
    ]);
    expect(Object.fromEntries(rows)).toEqual(ALARM_ADVICE);
  });

  it('is said with the alarm: what was seen, else the advice for its kind', () => {
    const alarm = { kind: 'alarm', alarm: 'refused-as-not-mine', ref: 'x' } as const;
    expect(journalLine({ seq: 1, at: 0, event: alarm })).toBe(
      '1970-01-01T00:00:00.000Z ALARM refused-as-not-mine x: Ask the merchant why this customer was asked to pay',
    );
    expect(journalLine({ seq: 1, at: 0, event: { ...alarm, detail: 'seen' } })).toBe(
      '1970-01-01T00:00:00.000Z ALARM refused-as-not-mine x: seen',
    );
    expect(
      journalLine({
        seq: 1,
        at: 0,
        event: { kind: 'difference-ended', rail: 'card', key: 'k', difference: 'duplicate' },
      }),
    ).toBe('1970-01-01T00:00:00.000Z reconciled card k: no longer duplicate');
  });
});
