/**
 * What CIBA Core 1.0 asks of an OpenID Provider in sections 4 to 13, and the test of it: a file beside this one, and words of its title; or why there
 * is none. What it asks of clients alone is left out.
 */
export interface Requirement {
  readonly section: string;
  readonly says: string;
  readonly test:
    | readonly [file: 'flow' | 'refusals' | 'ping' | 'foreign-clients' | 'client-assertion', title: string]
    | { readonly none: string };
}

const PUSH = { none: 'push is not offered: FAPI-CIBA 5.2.2 forbids it' } as const;
const SIGNED = { none: 'signed requests are not offered; one that comes is refused: refusals, request' } as const;

export const REQUIREMENTS: readonly Requirement[] = [
  {
    section: '4',
    says: 'the metadata name the modes, the endpoint and the grant type',
    test: ['refusals', 'the description says where everything is'],
  },
  {
    section: '4',
    says: 'no signing algorithms in the metadata: signed requests are not supported',
    test: ['refusals', 'the description says where everything is'],
  },
  {
    section: '4',
    says: 'backchannel_user_code_parameter_supported is false unless said otherwise',
    test: ['refusals', 'the description says where everything is'],
  },
  { section: '4', says: 'a client registers its mode', test: ['ping', 'a client that polls is not pinged'] },
  {
    section: '4',
    says: 'the notification endpoint is required for ping, and is HTTPS',
    test: {
      none: 'looked at where the operator registers it: http/authentications.test.ts, the notification endpoint',
    },
  },
  { section: '4', says: 'dynamic registration', test: { none: 'not offered: an operator registers a relying party' } },
  {
    section: '5',
    says: 'poll: the client gets the result at the token endpoint',
    test: ['flow', 'brings an access token and an ID token'],
  },
  {
    section: '5',
    says: 'ping: the client is told, and gets the result at the token endpoint',
    test: ['ping', 'gets its tokens after the ping'],
  },
  { section: '5', says: 'a ping client may poll as well', test: ['ping', 'may poll as well'] },
  { section: '5', says: 'push', test: PUSH },
  {
    section: '7',
    says: 'the client authenticates as at the token endpoint',
    test: ['refusals', 'wants the client to authenticate'],
  },
  {
    section: '7',
    says: 'the issuer as audience of private_key_jwt',
    test: ['client-assertion', 'is taken at both endpoints'],
  },
  {
    section: '7',
    says: 'the URL of the token endpoint or of the backchannel endpoint as audience of private_key_jwt',
    test: {
      none: 'refused: a client would sign for whoever describes such an endpoint as its own (RFC 7523bis: the issuer alone); client-assertion, for the endpoint',
    },
  },
  {
    section: '7',
    says: 'the claims of private_key_jwt (OpenID Connect Core 1.0, 9): iss and sub are the client_id, aud, jti, exp',
    test: ['client-assertion', 'of another issuer'],
  },
  { section: '7', says: 'a jti is used once', test: ['client-assertion', 'is taken at both endpoints'] },
  {
    section: '7',
    says: 'the method that is registered for the client, and one a request (RFC 6749, 2.3)',
    test: ['client-assertion', 'is one: with public keys'],
  },
  { section: '7.1', says: 'a POST of a form', test: ['refusals', 'takes forms alone'] },
  { section: '7.1', says: 'scope is required', test: ['refusals', 'no scope'] },
  { section: '7.1', says: 'scope has openid', test: ['refusals', 'a scope without openid'] },
  {
    section: '7.1',
    says: 'client_notification_token is required for ping, at most 1024 characters of a bearer token',
    test: ['ping', 'needs a client_notification_token'],
  },
  { section: '7.1', says: 'acr_values are a wish', test: ['refusals', 'nothing that it does not know'] },
  {
    section: '7.1',
    says: 'login_hint',
    test: ['flow', 'is the binding message, the code of the client, and who asks'],
  },
  { section: '7.1', says: 'login_hint_token', test: ['refusals', 'login_hint_token'] },
  { section: '7.1', says: 'id_token_hint', test: ['refusals', 'id_token_hint'] },
  { section: '7.1', says: 'exactly one hint', test: ['refusals', 'two hints'] },
  {
    section: '7.1',
    says: 'binding_message is shown on the authentication device',
    test: ['flow', 'is the binding message, the code of the client, and who asks'],
  },
  { section: '7.1', says: 'user_code', test: ['refusals', 'user_code'] },
  {
    section: '7.1',
    says: 'requested_expiry is a positive integer, which may be followed',
    test: ['flow', 'requested_expiry'],
  },
  {
    section: '7.1',
    says: 'no parameter twice; unknown ones are ignored',
    test: ['refusals', 'a parameter that is there twice'],
  },
  { section: '7.1.1', says: 'signed authentication requests', test: SIGNED },
  { section: '7.1.2', says: 'user codes', test: ['refusals', 'user_code'] },
  {
    section: '7.2',
    says: 'all of a request is validated, and an error is answered',
    test: ['refusals', 'the backchannel authentication endpoint refuses'],
  },
  {
    section: '7.3',
    says: '200, JSON, auth_req_id, expires_in, interval',
    test: ['flow', 'is acknowledged, and pending'],
  },
  {
    section: '7.3',
    says: 'the auth_req_id has 128 bits of entropy at least, 160 better',
    test: ['flow', 'is acknowledged, and pending'],
  },
  { section: '7.3', says: 'an auth_req_id expires', test: ['flow', 'is confirmed in time, and fetched until'] },
  {
    section: '7.4',
    says: 'the acknowledgement is validated',
    test: { none: 'asked of clients; openid-client does: foreign-clients' },
  },
  {
    section: '8',
    says: 'the person authenticates and consents on their own device',
    test: ['flow', 'what the phone shows'],
  },
  { section: '9', says: 'the endpoint takes pings with a bearer token', test: ['ping', 'is pinged once, at once'] },
  {
    section: '10.1',
    says: 'grant_type and auth_req_id; the client authenticates',
    test: ['refusals', 'the token endpoint refuses'],
  },
  {
    section: '10.1',
    says: 'an auth_req_id is of one client',
    test: ['flow', 'of one client is not there for another'],
  },
  {
    section: '10.1',
    says: 'a client that asks more often than the interval says is slowed down',
    test: ['flow', 'says slow_down'],
  },
  {
    section: '10.1',
    says: 'long polling',
    test: { none: 'may be offered, and is not: each question is answered at once' },
  },
  {
    section: '10.1.1',
    says: 'the tokens, of which an ID token by the rules of OpenID Connect Core',
    test: ['flow', 'brings an access token and an ID token'],
  },
  { section: '10.1.1', says: 'an auth_req_id brings its tokens once', test: ['flow', 'brings its tokens once'] },
  {
    section: '10.2',
    says: 'the ping is a POST of JSON with the auth_req_id, under the token of the client',
    test: ['ping', 'is pinged once, at once'],
  },
  { section: '10.2', says: 'redirects are not followed', test: ['ping', 'that answers %s is pinged again'] },
  { section: '10.2', says: '204 and 200 are an answer', test: ['ping', 'is pinged once, at once'] },
  { section: '10.3', says: 'push callback, with urn:openid:params:jwt:claim:auth_req_id in the ID token', test: PUSH },
  { section: '11', says: 'authorization_pending', test: ['flow', 'is acknowledged, and pending'] },
  { section: '11', says: 'slow_down: 5 s more', test: ['flow', 'says slow_down'] },
  { section: '11', says: 'expired_token', test: ['flow', 'nothing: the client hears expired_token'] },
  { section: '11', says: 'access_denied', test: ['flow', '%s: the client hears %s'] },
  {
    section: '11',
    says: 'invalid_grant for one that is unknown or of another client',
    test: ['refusals', 'an unknown auth_req_id'],
  },
  { section: '11', says: 'unauthorized_client of a client of push', test: PUSH },
  { section: '12', says: 'push error payload', test: PUSH },
  { section: '13', says: 'invalid_request', test: ['refusals', 'no hint'] },
  { section: '13', says: 'invalid_scope', test: ['refusals', 'a scope without openid'] },
  { section: '13', says: 'expired_login_hint_token', test: { none: 'login_hint_token is not taken' } },
  { section: '13', says: 'unknown_user_id', test: ['refusals', 'a name as login_hint'] },
  { section: '13', says: 'unauthorized_client', test: ['refusals', 'a client that may ask for no login'] },
  { section: '13', says: 'missing_user_code, invalid_user_code', test: { none: 'there are no user codes' } },
  { section: '13', says: 'invalid_binding_message', test: ['refusals', '41 octets'] },
  { section: '13', says: 'invalid_client is a 401', test: ['refusals', 'wants the client to authenticate'] },
  { section: '13', says: 'access_denied is a 403', test: ['refusals', 'a client that may ask for no login'] },
];
