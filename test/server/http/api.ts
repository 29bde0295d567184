import type { InjectOptions } from 'fastify';
import { WIDE_LIMITS } from '../wide-limits.ts';
import { CUSTOMER_NUMBER, shop } from '../world.ts';

/** A shop whose API is called as its merchant (`call`) and as the administrator (`admin`). */
export async function open() {
  const base = await shop(1, { limits: WIDE_LIMITS });
  const { world, apiKey } = base;
  const call = async (method: 'GET' | 'POST', url: string, body?: object, key: string = apiKey) => {
    const request: InjectOptions = {
      method,
      url,
      headers: { authorization: `Bearer ${key}` },
      ...(body === undefined ? {} : { payload: body }),
    };
    const response = await world.service.http.inject(request);
    return { status: response.statusCode, type: response.headers['content-type'], body: response.json() };
  };
  const admin = (method: 'GET' | 'POST', url: string, body?: object) => call(method, url, body, world.adminKey);
  const order = (changed: object = {}) => ({
    mref: 'order-1',
    customer: CUSTOMER_NUMBER,
    amount: { minor: 1_250, currency: 'EUR' },
    reference: 'scontrino',
    ...changed,
  });
  return { ...base, call, admin, order };
}
