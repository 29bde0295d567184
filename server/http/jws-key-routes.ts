import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { type PublicJwk, publicJwk } from '../jws-keys/key-set.ts';
import { KEY_SET_KEPT_SECONDS } from '../jws-keys/stored-key.ts';
import type { Service } from '../service/service.ts';
import { NoBody, TimeText } from './amount-schema.ts';
import { actOf } from './auth.ts';
import { viewTime } from './views.ts';

const KeyView: z.ZodType<PublicJwk> = z.object({
  kty: z.literal('RSA'),
  use: z.literal('sig'),
  alg: z.literal('RS256'),
  kid: z.string().describe('RFC 7638 thumbprint'),
  n: z.string(),
  e: z.string(),
  exp: z.int().optional().describe('Of a key that another one has followed: it has signed nothing of a later time'),
});

/** The route of the public keys, without a key. */
export async function keySetRoute(app: FastifyInstance, service: Service): Promise<void> {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/.well-known/jwks.json',
    {
      schema: {
        tags: ['service'],
        summary: 'The keys that check what the service has signed for relying parties (JWK Set, RFC 7517)',
        response: { 200: z.object({ keys: z.array(KeyView) }) },
      },
    },
    async (_request, reply) => {
      const keys = (await service.parties.jwsKeys.list()).map(publicJwk);
      // Before the first signature there is none: whoever asks then must ask again.
      if (keys.length > 0) void reply.header('cache-control', `public, max-age=${KEY_SET_KEPT_SECONDS}`);
      return reply.type('application/jwk-set+json').send({ keys });
    },
  );
}

const JwsKeyView: z.ZodType<{ readonly kid: string; readonly beginsAt?: string | undefined }> = z.object({
  kid: z.string(),
  beginsAt: TimeText.optional().describe('From when on it signs; missing: now, it is the first one'),
});

/** The route for operators. */
export async function jwsKeyRoutes(app: FastifyInstance, service: Service): Promise<void> {
  app.withTypeProvider<ZodTypeProvider>().post(
    '/v1/jws-keys',
    {
      schema: {
        tags: ['administration'],
        summary: 'Make another key for what relying parties get signed',
        body: NoBody,
        response: { 201: JwsKeyView },
      },
    },
    async (request, reply) => {
      const { kid, beginsAt } = await service.parties.jwsKeys.rotate(actOf(service, request));
      return reply.code(201).send({ kid, ...(beginsAt > 0 && { beginsAt: viewTime(beginsAt) }) });
    },
  );
}
