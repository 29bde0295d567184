import type { Context } from '../outgoing/context.ts';
import type { Approvals } from './approvals.ts';

/** What the steps use that ask people. */
export interface AskingContext extends Context {
  readonly approvals: Approvals;
}
