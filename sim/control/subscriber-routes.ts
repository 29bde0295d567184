import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { VirtualModem } from '../modem/virtual-modem.ts';
import { operators } from '../network/operators.ts';
import { services } from '../network/services.ts';
import type { Simulation } from '../simulation.ts';
import { number } from '../vocabulary/numbers.ts';
import { foreignNumber, newSubscriber, subscriberChange } from '../vocabulary/phones.ts';
import {
  addForeignNumber,
  addSubscriber,
  changeSubscriber,
  phoneOf,
  subscriberOf,
  viewOf,
} from '../vocabulary/subscribers.ts';
import type { World } from '../world.ts';
import { intoBody } from './schema.ts';

const ofNumber = z.object({ number });

/** What puts a number into the SIM of another phone. */
const SIM_CHANGES: readonly {
  readonly name: string;
  readonly summary: string;
  put(world: World, number: string, phone: VirtualModem): void;
}[] = [
  {
    name: 'swap',
    summary: 'The number moves to the SIM of the phone that has the number `into`; the SIM that had it is dead',
    put: (world, number, phone) => world.swapSim(number, phone),
  },
  {
    name: 'clone',
    summary: 'The SIM of the phone that has the number `into` becomes a copy: two phones with one number',
    put: (world, number, phone) => world.cloneSim(number, phone),
  },
];

/** The subscribers and what happens to them, and the numbers that the operator answers itself. */
export function subscriberRoutes(instance: FastifyInstance, { world }: Simulation): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const view = (wanted: string) => viewOf(world, subscriberOf(world, wanted));

  app.get('/subscribers', { schema: { summary: 'The numbers of the network' } }, async () =>
    world.subscribers.map((subscriber) => viewOf(world, subscriber)),
  );
  app.post(
    '/subscribers',
    { schema: { summary: 'A new number, with a phone that is switched on', body: newSubscriber } },
    async ({ body }) => view(addSubscriber(world, body).number),
  );
  app.post(
    '/foreign-numbers',
    { schema: { summary: 'A number of another operator, which has no phone here', body: foreignNumber } },
    async ({ body }) => viewOf(world, addForeignNumber(world, body)),
  );
  app.get('/subscribers/:number', { schema: { summary: 'One number', params: ofNumber } }, async ({ params }) =>
    view(params.number),
  );
  app.post(
    '/subscribers/:number',
    { schema: { summary: 'What changes: coverage, power, operator ...', params: ofNumber, body: subscriberChange } },
    async ({ params, body }) => viewOf(world, changeSubscriber(world, params.number, body)),
  );
  for (const { name, summary, put } of SIM_CHANGES) {
    app.post(
      `/subscribers/:number/${name}`,
      { schema: { summary, params: ofNumber, body: intoBody } },
      async ({ params, body }) => {
        subscriberOf(world, params.number);
        put(world, params.number, phoneOf(world, body.into, 'into'));
        return view(params.number);
      },
    );
  }
  app.post(
    '/subscribers/:number/fill',
    { schema: { summary: 'Fill SIM and phone with old messages, so that the next is refused', params: ofNumber } },
    async ({ params }) => {
      phoneOf(world, params.number);
      const added = world.fillMemory(params.number);
      return { ...view(params.number), added };
    },
  );

  app.get(
    '/operators',
    { schema: { summary: 'The operators that a phone can roam to and a number move to' } },
    async () => Object.values(operators),
  );
  app.get('/services', { schema: { summary: 'The numbers that the operator answers itself' } }, async () =>
    services.map(({ number: of, name, sentence }) => ({ number: of, name, sentence })),
  );
}
