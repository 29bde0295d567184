import { expect, test } from 'vitest';
import { shortcomingsOf } from '../../../modem/opening/reception.ts';

const WHOLE = {
  messages: 'announced',
  reports: 'direct',
  setting: '2,1,0,1,0',
  offered: '(0-2),(0-3),(0),(0-2),(0)',
  acknowledge: false,
  memories: ['SM'],
  receiving: 'SM',
} as const;

const POLLED = (why: string) =>
  `the modem does not announce new messages (${why}): its memories are looked through every 10 s`;
const UNREPORTED = (why: string) => `the modem passes no status reports on (${why})`;
const SILENT = 'it does not answer +CNMI=?';
const refusesAll = (offered: string) => `it refuses all that it offers for this: +CNMI=? says ${offered}`;

/** What a modem cannot do, and why, in words (3GPP TS 27.005, 3.4.1). */
test.each<readonly [Partial<Parameters<typeof shortcomingsOf>[0]>, readonly string[]]>([
  [{}, []],
  [{ messages: 'direct', reports: 'announced' }, []],
  [{ messages: 'polled', offered: undefined }, [POLLED(SILENT)]],
  [{ reports: 'none', offered: undefined }, [UNREPORTED(SILENT)]],
  [{ receiving: undefined }, ['the modem refuses +CPMS=: only the memory in force is read']],
  [{ messages: 'polled' }, [POLLED(refusesAll(WHOLE.offered))]],
  [{ reports: 'none' }, [UNREPORTED(refusesAll(WHOLE.offered))]],
  [{ messages: 'polled', offered: '(0-2),(0),(0),(0-2)' }, [POLLED('+CNMI=? offers (0-2),(0),(0),(0-2)')]],
  [{ messages: 'polled', offered: '(0-2),(1),(0),(0)' }, [POLLED(refusesAll('(0-2),(1),(0),(0)'))]],
  [{ reports: 'none', offered: '(0-2),(1),(0),(0)' }, [UNREPORTED('+CNMI=? offers (0-2),(1),(0),(0)')]],
  [{ reports: 'none', offered: '(0-2),(0),(0),(2)' }, [UNREPORTED(refusesAll('(0-2),(0),(0),(2)'))]],
  [
    { messages: 'polled', reports: 'none', receiving: undefined, offered: '(0),(0),(0),(0)' },
    [
      POLLED('+CNMI=? offers (0),(0),(0),(0)'),
      UNREPORTED('+CNMI=? offers (0),(0),(0),(0)'),
      'the modem refuses +CPMS=: only the memory in force is read',
    ],
  ],
])('of a modem with %j', (more, shortcomings) => {
  expect(shortcomingsOf({ ...WHOLE, ...more })).toEqual(shortcomings);
});
