import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { hashApiKey } from '../keys/api-key.ts';
import type { Merchant } from '../merchants/merchants.ts';
import type { Service } from '../service/service.ts';
import { ServiceError } from '../vocabulary/errors.ts';

/** The merchant whose API key the request carries. @throws ServiceError `unauthorized` */
export async function merchantOf(service: Service, request: FastifyRequest): Promise<Merchant> {
  const merchant = await service.merchantByApiKey(bearerKey(request));
  if (merchant === undefined) throw new ServiceError('unauthorized', 'This is not the API key of a merchant');
  return merchant;
}

/** Lets the administrator pass. @throws ServiceError `unauthorized` */
export function checkAdmin(adminKeyHash: Uint8Array, request: FastifyRequest): void {
  if (!timingSafeEqual(hashApiKey(bearerKey(request)), adminKeyHash)) {
    throw new ServiceError('unauthorized', 'This is not the API key of the administrator');
  }
}

function bearerKey(request: FastifyRequest): string {
  const [scheme, key, ...rest] = (request.headers.authorization ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || key === undefined || rest.length > 0) {
    throw new ServiceError('unauthorized', 'The request needs an API key: Authorization: Bearer <key>');
  }
  return key;
}
