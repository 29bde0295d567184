import { describe, expect, it } from 'vitest';
import { type TakenOver, takenOver } from '../../../server/service/taken-over.ts';
import { testStore } from '../database.ts';

const NOW = 1_000;
const timer = (kind: string, subject: string, due: number) =>
  `INSERT INTO timer (kind, subject, due) VALUES ('${kind}', '${subject}', ${due})`;
const person = "INSERT INTO person (number, name, language, created_at) VALUES ('+39340', 'A', 'en', 0)";
const device =
  "INSERT INTO device (id, person_id, state, code_mac, code_tries_left, code_expires_at, created_at) VALUES (1, 1, 'active', x'', 0, 0, 0)";
const question = (purpose: string, ref: string, due: number | null, state = 'asked') =>
  `INSERT INTO challenge (ref, purpose, device_id, request, frame, asked_at, deadline, state, due)
   VALUES ('${ref}', '${purpose}', 1, x'', x'', 0, 0, '${state}', ${due})`;
const outbox = (state: string, ended: string) =>
  `INSERT INTO outbox (number, device_id, message, ref, state, useful_until, created_at, ended_at) VALUES ('', 1, '', '', '${state}', 0, 0, ${ended})`;
const inbox = (digest: string, frame: string, result: string) =>
  `INSERT INTO inbox (digest, sent_at, originator, received_at, frame, result) VALUES (${digest}, 0, '', 0, ${frame}, ${result})`;

const NOTHING: TakenOver = { requests: 0, framesToSend: 0, framesToDealWith: 0, attempts: 0, timersOverdue: 0 };

describe('what an earlier run has left', () => {
  it.each<readonly [what: string, rows: readonly string[], found: Partial<TakenOver>]>([
    ['nothing', [], {}],
    ['a payment that waits for its answer', [person, device, question('payment', 'a', NOW + 1)], { requests: 1 }],
    ['an enrolment that waits for its PIN', [person, device, question('enrolment', 'a', NOW + 1)], { requests: 1 }],
    [
      'both, overdue, and a timer',
      [
        ...[person, device, question('payment', 'a', 0), question('enrolment', 'b', NOW)],
        timer('retention', 'daily', NOW),
      ],
      { requests: 2, timersOverdue: 3 },
    ],
    ['a question that has ended', [person, device, question('payment', 'a', null, 'approved')], {}],
    ['an order without an outcome', [timer('attempt', 'a', NOW + 1)], { attempts: 1 }],
    ['a timer that is due at this moment', [timer('retention', 'daily', NOW)], { timersOverdue: 1 }],
    ['a timer that is not due yet', [timer('retention', 'daily', NOW + 1)], {}],
    ...['waiting', 'handed', 'resting'].map(
      (state) => [`a frame that is ${state}`, [person, device, outbox(state, 'NULL')], { framesToSend: 1 }] as const,
    ),
    ...['sent', 'dropped'].map(
      (state) => [`a frame that was ${state}`, [person, device, outbox(state, '1')], {}] as const,
    ),
    [
      'frames that came, one dealt with, one set aside',
      [inbox("x'00'", "x'01'", 'NULL'), inbox("x'01'", 'NULL', "'APPROVE'"), inbox("x'02'", "x'01'", "'set aside: x'")],
      { framesToDealWith: 1 },
    ],
  ])('%s', async (_, rows, found) => {
    const store = await testStore();
    await store.transaction('rows', async (tx) => {
      for (const sql of rows) await tx.run(sql);
    });
    expect(await store.read((tx) => takenOver(tx, NOW))).toEqual({ ...NOTHING, ...found });
  });
});
