/** What a relying party may ask people for: that they log in, sign a document, or confirm a payment which the party itself will make. */
export const AUTHENTICATION_KINDS = ['login', 'sign', 'payment'] as const;
export type AuthenticationKind = (typeof AUTHENTICATION_KINDS)[number];

/**
 * The states of an authentication. It begins as `asked`, whether a phone can be asked or not; every other state is an end.
 * `confirmed`: with the right PIN. `not-me`: the person says that they did not begin this. `failed`: wrong digits of the match code, too
 * many wrong PINs, or the phone could not show the request. `cancelled`: by the relying party, or because the phone was locked.
 */
export const AUTHENTICATION_STATES = [
  'asked',
  'confirmed',
  'refused',
  'not-me',
  'expired',
  'cancelled',
  'failed',
] as const;
export type AuthenticationState = (typeof AUTHENTICATION_STATES)[number];
