import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Simulation } from '../simulation.ts';
import { number } from './fields.ts';
import { phoneOf, subscriberOf, viewOf } from './subscribers.ts';

/** The modems that other programs open. */
export function modemRoutes(instance: FastifyInstance, { world, linesOf }: Simulation): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get('/modems', { schema: { summary: 'The modems, and where other programs open them' } }, async () =>
    world.modems.map((modem) => ({
      ...linesOf(modem),
      number: modem.number,
      personality: modem.personality.id,
      registered: modem.radio.registered,
      open: modem.hostPresent,
    })),
  );
  app.post(
    '/modems/:number/reboot',
    { schema: { summary: 'Switch a modem off and on again', params: z.object({ number }) } },
    async ({ params }) => {
      phoneOf(world, params.number).reboot();
      return viewOf(world, subscriberOf(world, params.number));
    },
  );
}
