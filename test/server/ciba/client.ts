import type { ServiceOptions } from '../../../server/index.ts';
import { bank } from '../authentications/bank.ts';
import { CUSTOMER_NUMBER } from '../world.ts';

export const NOBODY = '+393409999999';
export const GRANT = 'urn:openid:params:grant-type:ciba';

type Form = Readonly<Record<string, string>> | string;

/** The header of `client_secret_basic`. */
export function basic(id: number | string, key: string): string {
  return `Basic ${Buffer.from(`${id}:${key}`).toString('base64')}`;
}

/** A person with a phone, and a bank that is a client of the provider. */
export async function client(seed: number | string = 1, options: Partial<ServiceOptions> = {}) {
  const base = await bank(seed, options);
  const { world, party, partyKey } = base;
  const own = basic(party.id, partyKey);
  /** @param authorization `''`: none */
  const post = async (url: string, form: Form, authorization: string = own) => {
    const response = await world.service.http.inject({
      method: 'POST',
      url,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        ...(authorization !== '' && { authorization }),
      },
      payload: typeof form === 'string' ? form : new URLSearchParams(form).toString(),
    });
    return { status: response.statusCode, headers: response.headers, body: response.json() };
  };
  /** Asks for a login, and lets the SMS arrive. */
  const authorize = async (changed: Readonly<Record<string, string>> = {}) => {
    const form = { scope: 'openid', login_hint: CUSTOMER_NUMBER, binding_message: '4711 Conto online', ...changed };
    const answer = await post('/ciba/bc-authorize', form);
    await world.clock.advance(2_000);
    return answer;
  };
  const token = (authReqId: string, authorization?: string) =>
    post('/ciba/token', { grant_type: GRANT, auth_req_id: authReqId }, authorization);
  return { ...base, post, authorize, token };
}
