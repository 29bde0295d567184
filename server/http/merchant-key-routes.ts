import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { LONGEST_KEPT_MS } from '../api-keys/client-keys.ts';
import type { Service } from '../service/service.ts';
import { IdParams } from './admin-schemas.ts';
import { NoBody } from './amount-schema.ts';
import { actOf } from './auth.ts';
import { MerchantView } from './payment-schemas.ts';
import { viewMerchant } from './views.ts';

const tags = ['administration'];

type RotationBody = { readonly keepOldForSeconds?: number | undefined } | null | undefined;

export const RotationBody: z.ZodType<RotationBody> = z
  .strictObject({
    keepOldForSeconds: z
      .int()
      .min(0)
      .max(LONGEST_KEPT_MS / 1_000)
      .optional()
      .describe('How long the key before goes on working'),
  })
  .nullish();

const MerchantKeyView: z.ZodType<MerchantView & { readonly apiKey: string }> = z.object({
  id: z.int(),
  name: z.string(),
  currency: z.string(),
  suspended: z.boolean(),
  apiKey: z.string().describe('Shown this once'),
});

/** How long the key before goes on working, ms. */
export function keepMsOf(body: RotationBody): number {
  return (body?.keepOldForSeconds ?? 0) * 1_000;
}

/** Routes for operators: the API keys of merchants. */
export async function merchantKeyRoutes(app: FastifyInstance, service: Service): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.post(
    '/v1/merchants/:id/rotate-key',
    {
      schema: {
        tags,
        summary: 'Another API key for a merchant, also one whose key was revoked',
        params: IdParams,
        body: RotationBody,
        response: { 200: MerchantKeyView },
      },
    },
    async (request) => {
      const keepMs = keepMsOf(request.body);
      const rotated = await service.merchantKeys.rotate(request.params.id, keepMs, actOf(service, request));
      return { ...viewMerchant(rotated.client), apiKey: rotated.apiKey };
    },
  );

  routes.post(
    '/v1/merchants/:id/revoke',
    {
      schema: {
        tags,
        summary: "From now on the merchant's keys open nothing, and it may ask nobody",
        params: IdParams,
        body: NoBody,
        response: { 200: MerchantView },
      },
    },
    async (request) => viewMerchant(await service.merchantKeys.revoke(request.params.id, actOf(service, request))),
  );
}
