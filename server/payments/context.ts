import type { AttemptEngine } from '../attempts/engine.ts';
import type { Context } from '../outgoing/context.ts';
import type { Rails } from '../rails/rail.ts';

/** What the steps of payments use beside: the rails, and the engine that asks them. */
export interface PaymentContext extends Context {
  readonly rails: Rails;
  readonly attempts: AttemptEngine;
}
