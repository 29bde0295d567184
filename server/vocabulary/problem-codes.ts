/** What the `type` of a problem (RFC 9457) says after {@link PROBLEM_TYPE}: why the service did not do it, for programs. */
export const PROBLEM_CODES = [
  'invalid-request',
  'unauthorized',
  'forbidden',
  'not-found',
  'conflict',
  'not-possible-now',
  'customer-unreachable',
  'limit-exceeded',
  'too-many-requests',
  'stopping',
  'no-room',
  'no-database',
  'no-answer',
  'fault',
  'misdirected',
  'other-site',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

/** What stands before the code in the `type` of a problem. */
export const PROBLEM_TYPE = 'urn:cash-mobile:problem:';
