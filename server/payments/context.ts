import type { AskingContext } from '../approvals/context.ts';
import type { AttemptEngine } from '../attempts/engine.ts';
import type { Rails } from '../rails/rail.ts';

/** What the steps of payments use beside: the rails, and the engine that asks them. */
export interface PaymentContext extends AskingContext {
  readonly rails: Rails;
  readonly attempts: AttemptEngine;
}
