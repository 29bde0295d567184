/** Why a request cannot be carried out: it asks wrongly, about something that is not there, or not as things are. */
export type RefusedBecause = 'wrong' | 'absent' | 'conflict';

/** A request, or a step of a scenario, that cannot be carried out. `message` is one line for a person. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly because: RefusedBecause;
  /** Where in the request, `action.kind`. */
  readonly field: string | undefined;

  constructor(because: RefusedBecause, message: string, field?: string) {
    super(message);
    this.because = because;
    this.field = field;
  }
}
