import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { personalities } from '../modem/personalities.ts';
import type { VirtualModem } from '../modem/virtual-modem.ts';
import type { Simulation } from '../simulation.ts';
import type { World } from '../world.ts';
import { number } from './fields.ts';
import { Refused } from './refused.ts';
import { type NewSubscriber, newSubscriber, type SubscriberChange, subscriberChange } from './schema.ts';

const ofNumber = z.object({ number });

/** The subscribers and their phones, and the modems that other programs open. */
export function subscriberRoutes(instance: FastifyInstance, { world, lines }: Simulation): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get('/subscribers', { schema: { summary: 'The numbers of the network' } }, async () =>
    world.modems.map((modem) => viewOf(world, modem)),
  );
  app.post(
    '/subscribers',
    { schema: { summary: 'A new number, with a phone that is switched on', body: newSubscriber } },
    async ({ body }) => viewOf(world, addSubscriber(world, body)),
  );
  app.get('/subscribers/:number', { schema: { summary: 'One number', params: ofNumber } }, async ({ params }) =>
    viewOf(world, phone(world, params.number)),
  );
  app.post(
    '/subscribers/:number',
    { schema: { summary: 'Coverage, power: what changes', params: ofNumber, body: subscriberChange } },
    async ({ params, body }) => {
      change(world, phone(world, params.number), body);
      return viewOf(world, phone(world, params.number));
    },
  );

  app.get('/modems', { schema: { summary: 'The modems, and where other programs open them' } }, async () =>
    world.modems.map((modem) => ({
      ...lines.lines.find((line) => line.number === modem.number),
      number: modem.number,
      personality: modem.personality.id,
      open: modem.hostPresent,
    })),
  );
  app.post(
    '/modems/:number/reboot',
    { schema: { summary: 'Switch a modem off and on again', params: ofNumber } },
    async ({ params }) => {
      phone(world, params.number).restart();
      return viewOf(world, phone(world, params.number));
    },
  );
}

/** A new subscriber with a phone. @throws Refused when the number is taken. */
export function addSubscriber(
  world: World,
  { number: wanted, personality, pin, simCapacity, phoneCapacity }: NewSubscriber,
): VirtualModem {
  if (world.subscriber(wanted) !== undefined) throw new Refused(409, `The number ${wanted} is taken`, 'number');
  const model = personality === undefined ? undefined : personalities[personality];
  return world.addModem({
    number: wanted,
    ...(model === undefined ? {} : { personality: model }),
    ...(pin === undefined ? {} : { pin }),
    ...(simCapacity === undefined ? {} : { simCapacity }),
    ...(phoneCapacity === undefined ? {} : { modemCapacity: phoneCapacity }),
  });
}

/** Changes what is known to change. */
export function change(world: World, modem: VirtualModem, { covered, powered }: SubscriberChange): void {
  if (covered !== undefined) world.subscriber(modem.number)?.setCovered(covered);
  if (powered !== undefined) modem.radio.setFunctionality(powered ? 1 : 0);
}

function phone(world: World, wanted: string): VirtualModem {
  const modem = world.modem(wanted);
  if (modem === undefined) throw new Refused(404, `There is no subscriber ${wanted}`, 'number');
  return modem;
}

function viewOf(world: World, modem: VirtualModem): object {
  const subscriber = world.subscriber(modem.number);
  return {
    number: modem.number,
    registered: modem.radio.registered,
    covered: subscriber?.covered ?? false,
    powered: modem.radio.functionality === 1,
    sim: modem.sim.state,
    stored: { SM: modem.store('SM').used, ME: modem.store('ME').used },
    waiting: world.waitingFor(modem.number),
  };
}
