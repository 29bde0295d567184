import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { LONGEST_KEPT_MS } from '../api-keys/client-keys.ts';
import type { ClientKeys } from '../service/client-keys.ts';
import type { Service } from '../service/service.ts';
import { IdParams, ReasonBody } from './admin-schemas.ts';
import { NoBody } from './amount-schema.ts';
import { actOf } from './auth.ts';
import { PartyKeyView, PartyView, viewParty } from './party-schemas.ts';
import { MerchantView } from './payment-schemas.ts';
import { viewMerchant } from './views.ts';

const tags = ['administration'];

type RotationBody = { readonly keepOldForSeconds?: number | undefined } | null | undefined;

const RotationBody: z.ZodType<RotationBody> = z
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

type ClientView = MerchantView | PartyView;

/** One kind of clients, as the API shows it. */
interface Kind<Client extends { readonly id: number }> {
  /** Where the kind is in the API: `/v1/merchants`. */
  readonly path: string;
  /** In the summaries: "a merchant". */
  readonly one: string;
  /** Who may have said "not me": "customers". */
  readonly people: string;
  readonly keys: ClientKeys<Client>;
  readonly view: (client: Client) => ClientView;
  readonly schema: z.ZodType<ClientView>;
  readonly withKey: z.ZodType<ClientView & { readonly apiKey: string }>;
}

/** Routes for operators: the API keys of merchants and of relying parties, and whether they may ask. */
export async function clientKeyRoutes(app: FastifyInstance, service: Service): Promise<void> {
  routesOf(app, service, {
    ...{ path: '/v1/merchants', one: 'a merchant', people: 'customers' },
    ...{ keys: service.merchantKeys, view: viewMerchant, schema: MerchantView, withKey: MerchantKeyView },
  });
  routesOf(app, service, {
    ...{ path: '/v1/parties', one: 'a relying party', people: 'people' },
    ...{ keys: service.parties.keys, view: viewParty, schema: PartyView, withKey: PartyKeyView },
  });
}

function routesOf<Client extends { readonly id: number }>(
  app: FastifyInstance,
  service: Service,
  { path, one, people, keys, view, schema, withKey }: Kind<Client>,
): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.post(
    `${path}/:id/rotate-key`,
    {
      schema: {
        tags,
        summary: `Another API key for ${one}, also one whose key was revoked`,
        params: IdParams,
        body: RotationBody,
        response: { 200: withKey },
      },
    },
    async (request) => {
      const keepMs = (request.body?.keepOldForSeconds ?? 0) * 1_000;
      const { client, apiKey } = await keys.rotate(request.params.id, keepMs, actOf(service, request));
      return { ...view(client), apiKey };
    },
  );

  routes.post(
    `${path}/:id/revoke`,
    {
      schema: {
        tags,
        summary: `From now on the keys of ${one} open nothing, and it may ask nobody`,
        params: IdParams,
        body: NoBody,
        response: { 200: schema },
      },
    },
    async (request) => view(await keys.revoke(request.params.id, actOf(service, request))),
  );

  routes.post(
    `${path}/:id/resume`,
    {
      schema: {
        tags,
        summary: `Let ${one} ask again that was suspended, also the ${people} who said "not me"`,
        params: IdParams,
        body: ReasonBody,
        response: { 200: schema },
      },
    },
    async (request) => view(await keys.resume(request.params.id, request.body.reason, actOf(service, request))),
  );
}
