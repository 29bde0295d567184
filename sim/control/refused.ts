/** A request that cannot be carried out: 400 asked wrongly, 404 about something that is not there, 409 not as things are. */
export class Refused extends Error {
  override readonly name = 'Refused';
  readonly statusCode: 400 | 404 | 409;
  /** Where in the request, `action.kind`. */
  readonly field: string | undefined;

  constructor(statusCode: 400 | 404 | 409, message: string, field?: string) {
    super(message);
    this.statusCode = statusCode;
    this.field = field;
  }
}
