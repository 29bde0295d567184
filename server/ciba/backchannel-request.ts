import { namesSomebody } from '../vocabulary/person-fields.ts';
import { OAuthError } from './oauth-error.ts';

/** The parameters of a request, by name. */
export type Parameters = Readonly<Record<string, string>>;

/** What a client asks for at the backchannel authentication endpoint (CIBA Core 1.0, 7.1). */
export interface BackchannelRequest {
  /** E.164 or an alias; perhaps of nobody. */
  readonly who: string;
  /** As the phone shows it. */
  readonly title: string;
  /** 0 to 9999, of which the phone asks for the last two digits; `undefined`: the service draws it. */
  readonly matchCode: number | undefined;
  /** Seconds the person has. */
  readonly ttl: number | undefined;
}

/** What the phone shows for a request without a binding message. */
const TITLE = 'Login';

/** The hints of which a request has exactly one (7.1). */
const HINTS = ['login_hint', 'login_hint_token', 'id_token_hint'];

/** What this provider does not take, and does not ignore either: somebody relies on it. */
const NOT_SUPPORTED: Readonly<Record<string, string>> = {
  login_hint_token: 'use login_hint, the number or alias',
  id_token_hint: 'use login_hint, the number or alias',
  user_code: 'backchannel_user_code_parameter_supported is false: the PIN is typed on the phone alone',
  request: 'signed requests are not taken: send the parameters themselves',
  request_uri: 'requests by reference are not taken: send the parameters themselves',
};

const SHORTEST_SECONDS = 30;
const LONGEST_SECONDS = 2_550;

/** @throws OAuthError */
export function readBackchannelRequest(parameters: Parameters): BackchannelRequest {
  const hints = HINTS.filter((name) => parameters[name] !== undefined);
  if (hints.length !== 1)
    throw new OAuthError('invalid_request', `expected one hint, login_hint; got ${hints.join(' and ') || 'none'}`);
  for (const [name, why] of Object.entries(NOT_SUPPORTED))
    if (parameters[name] !== undefined) throw new OAuthError('invalid_request', `${name}: ${why}`);
  checkScope(parameters['scope']);
  const who = parameters['login_hint'] ?? '';
  // Nothing is said here of who has a number or alias: it is neither.
  if (!namesSomebody(who)) {
    throw new OAuthError('unknown_user_id', 'login_hint: expected + and 7 to 15 digits, or an alias of 1 to 7 letters');
  }
  return { who, ...readMessage(parameters['binding_message']), ttl: readExpiry(parameters['requested_expiry']) };
}

function checkScope(scope: string | undefined): void {
  if (scope === undefined) throw new OAuthError('invalid_request', 'scope is missing: openid');
  if (!scope.split(' ').includes('openid')) throw new OAuthError('invalid_scope', 'scope: expected openid in it');
}

/** Four digits at the beginning are the code that the other screen shows; the rest is the title. */
function readMessage(message: string | undefined): Pick<BackchannelRequest, 'title' | 'matchCode'> {
  const [, code, rest] = /^([0-9]{4})(?: +(.*))?$/s.exec(message ?? '') ?? [];
  if (code === undefined) return { title: message ?? TITLE, matchCode: undefined };
  return { title: rest === undefined || rest === '' ? TITLE : rest, matchCode: Number(code) };
}

function readExpiry(expiry: string | undefined): number | undefined {
  if (expiry === undefined) return undefined;
  if (!/^[1-9][0-9]{0,8}$/.test(expiry))
    throw new OAuthError('invalid_request', 'requested_expiry: expected a whole number of seconds above zero');
  return Math.min(Math.max(Number(expiry), SHORTEST_SECONDS), LONGEST_SECONDS);
}

/** The token by which a client of ping mode knows its pings: a bearer token of at most 1024 characters (7.1). @throws OAuthError */
export function readNotificationToken(parameters: Parameters): string {
  const token = parameters['client_notification_token'];
  if (token !== undefined && token.length <= 1_024 && /^[\w.~+/-]+=*$/.test(token)) return token;
  throw new OAuthError(
    'invalid_request',
    'client_notification_token: expected a bearer token, at most 1024 characters',
  );
}
