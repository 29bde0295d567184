import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { VirtualModem } from '../modem/virtual-modem.ts';
import type { Simulation } from '../simulation.ts';
import { number } from '../vocabulary/numbers.ts';
import { Refused } from '../vocabulary/refused.ts';
import { phoneOf } from '../vocabulary/subscribers.ts';
import { plugBody, unplugBody } from './schema.ts';

const ofNumber = z.object({ number });

/** The modems that other programs open. */
export function modemRoutes(instance: FastifyInstance, { world, linesOf }: Simulation): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  const view = (modem: VirtualModem) => ({
    ...linesOf(modem),
    number: modem.number,
    personality: modem.personality.id,
    registered: modem.radio.registered,
    plugged: modem.plugged,
    open: modem.hostPresent,
  });

  app.get('/modems', { schema: { summary: 'The modems, and where other programs open them' } }, async () =>
    world.modems.map(view),
  );
  app.post(
    '/modems/:number/reboot',
    { schema: { summary: 'Switch a modem off and on again', params: ofNumber } },
    async ({ params }) => {
      const modem = phoneOf(world, params.number);
      modem.reboot();
      return view(modem);
    },
  );
  app.post(
    '/modems/:number/unplug',
    { schema: { summary: 'Pull a modem out of its host', params: ofNumber, body: unplugBody } },
    async ({ params, body }) => {
      const modem = phoneOf(world, params.number);
      if (!modem.plugged) throw new Refused('conflict', `The modem of ${params.number} is not plugged in`, 'number');
      modem.unplug(body.for, body.renamed);
      return view(modem);
    },
  );
  app.post(
    '/modems/:number/plug',
    { schema: { summary: 'Put it back', params: ofNumber, body: plugBody } },
    async ({ params, body }) => {
      const modem = phoneOf(world, params.number);
      if (modem.plugged) throw new Refused('conflict', `The modem of ${params.number} is plugged in`, 'number');
      modem.plugIn(body.renamed);
      return view(modem);
    },
  );
}
