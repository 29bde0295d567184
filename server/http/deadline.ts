/** How long a route may take to answer, ms: longer than a transaction may take, which is undone then. */
export const ANSWER_WITHIN_MS = 30_000;

/** How long a client may let an answer wait until something has happened (`?wait=`), seconds. */
export const LONGEST_WAIT_SECONDS = 60;

/** What a route has beside its schema that waits, up to `waitMs`, for something to happen. */
export function waitsUpTo(waitMs: number): { readonly handlerTimeout: number } {
  return { handlerTimeout: waitMs + ANSWER_WITHIN_MS };
}
