/** The errors of OAuth 2.0 (RFC 6749, 5.2), and of CIBA Core 1.0 (11 and 13), with the status of their answers. */
const STATUS = {
  invalid_request: 400,
  invalid_client: 401,
  invalid_grant: 400,
  invalid_scope: 400,
  unauthorized_client: 400,
  unsupported_grant_type: 400,
  unknown_user_id: 400,
  invalid_binding_message: 400,
  access_denied: 403,
  authorization_pending: 400,
  slow_down: 400,
  expired_token: 400,
} as const;

export type OAuthErrorCode = keyof typeof STATUS;

/** A request of a client that is refused in the words of OAuth. `message` is a sentence for the author of the client. */
export class OAuthError extends Error {
  override readonly name = 'OAuthError';
  readonly code: OAuthErrorCode;
  /** Of the HTTP answer. */
  readonly status: number;

  /** @param status where it is another one than that of the code: at the token endpoint each refusal is a 400 */
  constructor(code: OAuthErrorCode, message: string, status: number = STATUS[code]) {
    super(message);
    this.code = code;
    this.status = status;
  }
}
