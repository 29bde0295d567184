import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { AdminCommand } from '../../device/safe-mobile/index.ts';
import type { Service } from '../service/service.ts';
import { IdParams, PersonView } from './admin-schemas.ts';
import { NoBody } from './amount-schema.ts';
import { actOf } from './auth.ts';
import { viewPerson } from './views.ts';

const tags = ['administration'];

const SUMMARIES: Readonly<Record<AdminCommand, string>> = {
  lock: "Lock a person's phone, as when it was stolen: from now on nothing is paid with it, and it is told so",
  unlock: "Unlock a person's phone: it is as it was before the lock, and it is told so",
  wipe: "Revoke a person's phone and let it erase its keys: only a new activation helps",
};

/** Routes for operators: orders to phones. */
export async function orderRoutes(app: FastifyInstance, service: Service): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  for (const command of ['lock', 'unlock', 'wipe'] as const) {
    routes.post(
      `/v1/people/:id/${command}`,
      { schema: { tags, summary: SUMMARIES[command], params: IdParams, body: NoBody, response: { 200: PersonView } } },
      async (request) => {
        await service.phoneOrders.give(request.params.id, command, actOf(service, request));
        return viewPerson(service, await service.person(request.params.id));
      },
    );
  }
}
