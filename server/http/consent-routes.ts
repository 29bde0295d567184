import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Consent } from '../parties/consents.ts';
import type { Service } from '../service/service.ts';
import { IdParams } from './admin-schemas.ts';
import { TimeText } from './amount-schema.ts';
import { actOf } from './auth.ts';

const tags = ['administration'];

interface ConsentView {
  readonly party: number;
  readonly givenAt?: string | undefined;
  readonly quietUntil?: string | undefined;
}

interface ConsentsView {
  readonly consents: readonly ConsentView[];
}

const ConsentsView: z.ZodType<ConsentsView> = z.object({
  consents: z.array(
    z.object({
      party: z.int(),
      givenAt: TimeText.optional().describe('Since when it may ask; not there: it may not'),
      quietUntil: TimeText.optional().describe('Until when the person is not even asked whether it may'),
    }),
  ),
});

const PartyBody: z.ZodType<{ readonly party: number }> = z.strictObject({
  party: z.int().min(1).describe('The relying party'),
});

/** Routes for operators: which relying parties may ask a person. */
export async function consentRoutes(app: FastifyInstance, service: Service): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const { consents } = service.parties;

  routes.get(
    '/v1/people/:id/consents',
    {
      schema: {
        tags,
        summary: 'The relying parties that have asked a person, and whether they may',
        params: IdParams,
        response: { 200: ConsentsView },
      },
    },
    async (request) => viewConsents(await consents.list(request.params.id)),
  );

  routes.post(
    '/v1/people/:id/consents/revoke',
    {
      schema: {
        tags,
        summary: 'A person takes back that a relying party may ask them',
        params: IdParams,
        body: PartyBody,
        response: { 200: ConsentsView },
      },
    },
    async (request) =>
      viewConsents(await consents.revoke(request.params.id, request.body.party, actOf(service, request))),
  );

  routes.post(
    '/v1/people/:id/consents/lift-refusal',
    {
      schema: {
        tags,
        summary: 'A person lets a relying party, which they have refused, ask again whether it may ask them',
        params: IdParams,
        body: PartyBody,
        response: { 200: ConsentsView },
      },
    },
    async (request) =>
      viewConsents(await consents.liftRefusal(request.params.id, request.body.party, actOf(service, request))),
  );
}

function viewConsents(consents: readonly Consent[]): ConsentsView {
  const timeOf = (at: number) => new Date(at).toISOString();
  return {
    consents: consents.map(({ partyId: party, givenAt, quietUntil }) => ({
      party,
      ...(givenAt !== undefined && { givenAt: timeOf(givenAt) }),
      ...(givenAt === undefined && quietUntil > 0 && { quietUntil: timeOf(quietUntil) }),
    })),
  };
}
