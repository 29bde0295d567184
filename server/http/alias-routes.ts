import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Service } from '../service/service.ts';
import { ALIAS } from '../vocabulary/person-fields.ts';
import { IdParams, PersonView } from './admin-schemas.ts';
import { actOf } from './auth.ts';
import { ProblemBody } from './problem.ts';
import { viewPerson } from './views.ts';

const AliasBody: z.ZodType<{ readonly alias: string | null }> = z.strictObject({
  alias: z.string().regex(ALIAS, 'expected 1 to 7 letters').nullable().describe('null: none any more'),
});

/** The route for operators about the alias of a person. */
export async function aliasRoutes(app: FastifyInstance, service: Service): Promise<void> {
  app.withTypeProvider<ZodTypeProvider>().post(
    '/v1/people/:id/alias',
    {
      schema: {
        tags: ['administration'],
        summary: 'Give a person an alias, which merchants and relying parties may say in the place of the number',
        description:
          '409: it is, was or looks like the alias of somebody else. An alias is never given to somebody else again.',
        params: IdParams,
        body: AliasBody,
        response: { 200: PersonView, 409: ProblemBody },
      },
    },
    async (request) => {
      const { id } = request.params;
      await service.aliases.set(id, request.body.alias ?? undefined, actOf(service, request));
      return viewPerson(service, await service.person(id));
    },
  );
}
