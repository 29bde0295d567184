import { expect, test } from 'vitest';
import { exitCodeOf } from '../../../modem/cli/send.ts';
import { sendingAgain } from '../../../modem/cli/sending-again.ts';
import type { OutgoingSms, SendOutcome, SmsReport } from '../../../modem/index.ts';
import { VirtualClock } from '../../../sim/index.ts';

const SMS: OutgoingSms = { id: '1', destination: '+39333', content: { kind: 'text', text: 'x' } };
const busy: SendOutcome = { kind: 'failed', reason: '+CMS ERROR: 42', retry: true };
const refused: SendOutcome = { kind: 'failed', reason: '+CMS ERROR: 1', retry: false };
const sent: SendOutcome = { kind: 'sent', references: [7] };
const unknown: SendOutcome = { kind: 'unknown', reason: 'no answer' };

test.each([
  ['none asked for', 0, [busy, sent], busy, [0]],
  ['it passes', 3, [busy, busy, sent], sent, [0, 5, 15]],
  ['it does not pass', 5, [busy], busy, [0, 5, 15, 35, 75, 135]],
  ['it is no passing cause', 3, [refused, sent], refused, [0]],
  ['nobody knows', 3, [unknown, sent], unknown, [0]],
  ['nobody knows the second time', 3, [busy, unknown, sent], unknown, [0, 5]],
  ['it went', 3, [sent, busy], sent, [0]],
] as const)('sends again: %s', async (_what, times, outcomes, ending, seconds) => {
  const clock = new VirtualClock();
  const start = clock.now();
  const at: number[] = [];
  const sender = sendingAgain(
    {
      async send(message) {
        expect(message).toBe(SMS);
        at.push((clock.now() - start) / 1_000);
        return outcomes[Math.min(at.length, outcomes.length) - 1] ?? sent;
      },
    },
    times,
    clock,
  );
  const outcome = sender.send(SMS);
  await clock.advance(600_000);
  expect(await outcome).toBe(ending);
  expect(at).toEqual(seconds);
});

const report = (outcome: SmsReport['outcome']): SmsReport => ({ id: '1', outcome, status: 0, dischargedAt: 0 });

test.each([
  [sent, undefined, 0],
  [sent, report('delivered'), 0],
  [sent, report('failed'), 1],
  [busy, undefined, 1],
  [unknown, undefined, 3],
  [unknown, report('trying'), 3],
  [unknown, report('delivered'), 0],
  [unknown, report('failed'), 1],
] as const)('exit code of %o with %o is %i', (outcome, final, code) => {
  expect(exitCodeOf(outcome, final)).toBe(code);
});
