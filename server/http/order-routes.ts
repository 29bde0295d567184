import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { AdminCommand } from '../../device/safe-mobile/index.ts';
import type { Service } from '../service/service.ts';
import { IdParams, PersonView } from './admin-schemas.ts';
import { actOf } from './auth.ts';
import { viewPerson } from './views.ts';

const tags = ['administration'];

const SUMMARIES: Readonly<Record<AdminCommand, string>> = {
  lock: "Lock a person's phone, as when it was stolen: from now on nothing is paid with it, and it is told so",
  unlock: "Unlock a person's phone: it is as it was before the lock, and it is told so",
  wipe: "Revoke a person's phone and let it erase its keys: only a new activation helps",
};

const OrderBody: z.ZodType<{ readonly device?: number | undefined } | null | undefined> = z
  .strictObject({
    device: z.int().min(1).max(0xffff_ffff).optional().describe('Which phone, where the person has had several'),
  })
  .nullish();

/** Routes for operators: orders to phones. */
export async function orderRoutes(app: FastifyInstance, service: Service): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  for (const command of ['lock', 'unlock', 'wipe'] as const) {
    routes.post(
      `/v1/people/:id/${command}`,
      {
        schema: { tags, summary: SUMMARIES[command], params: IdParams, body: OrderBody, response: { 200: PersonView } },
      },
      async (request) => {
        await service.phoneOrders.give(request.params.id, command, actOf(service, request), request.body?.device);
        return viewPerson(service, await service.person(request.params.id));
      },
    );
  }
}
