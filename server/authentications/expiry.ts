import { FRAMES_WAIT_MS } from '../approvals/approvals.ts';
import type { AskingContext } from '../approvals/context.ts';
import { hasUndealtFrames } from '../intake/undealt.ts';
import type { Tx } from '../store/store.ts';
import type { DueRows } from '../time/timers.ts';
import { lockAuthentication } from './authentication.ts';
import { end } from './step.ts';

/** When an authentication expires that nobody is asked: the column `due`. Of the others the question expires. */
export const DUE_AUTHENTICATIONS: DueRows = { kind: 'authentication', table: 'authentication', key: 'id' };

/** The handler of the timer `authentication`: it ends when the question to a phone would, which waits for frames that are not dealt with. */
export async function authenticationDue(tx: Tx, context: AskingContext, id: string): Promise<void> {
  const one = await lockAuthentication(tx, id);
  if (!(await hasUndealtFrames(tx))) {
    await end(tx, context, one, { to: 'expired' });
    return;
  }
  const due = context.clock.now() + FRAMES_WAIT_MS;
  await tx.run('UPDATE authentication SET due = ? WHERE id = ?', due, id);
  context.timers.dueAt(tx, due);
}
