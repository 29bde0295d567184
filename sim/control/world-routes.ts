import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { faultKinds } from '../network/fault-kinds.ts';
import { latencyProfiles } from '../network/profiles.ts';
import { paceText } from '../pace.ts';
import type { Simulation } from '../simulation.ts';
import { faultBody } from '../vocabulary/faults.ts';
import { Refused } from '../vocabulary/refused.ts';
import { phoneOf } from '../vocabulary/subscribers.ts';
import type { WorldClock } from '../world-clock.ts';
import { clockBody, profileBody, stepBody, switchBody } from './schema.ts';

const ofFault = z.object({ id: z.string() });

/** What the whole world has one of: clock, profile, faults. */
export function worldRoutes(instance: FastifyInstance, { world, clock }: Simulation): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.get('/clock', { schema: { summary: 'What time it is, and how it goes' } }, async () => timeOf(clock));
  app.put('/clock', { schema: { summary: 'Go on at another pace', body: clockBody } }, async ({ body }) => {
    clock.pace = body.pace;
    return timeOf(clock);
  });
  app.post(
    '/clock/step',
    { schema: { summary: 'Move on at once; then the pace is as before', body: stepBody } },
    async ({ body }) => {
      await clock.step(body.by);
      return timeOf(clock);
    },
  );

  app.get('/profiles', { schema: { summary: 'The profiles of latency and loss' } }, async () =>
    Object.values(latencyProfiles).map((profile) => ({ ...profile, current: profile.id === world.profile.id })),
  );
  app.put('/profile', { schema: { summary: 'Another profile from now on', body: profileBody } }, async ({ body }) => {
    const profile = latencyProfiles[body.id];
    if (profile === undefined) throw new Refused('absent', `There is no profile ${body.id}`, 'id');
    world.profile = profile;
    return profile;
  });

  app.get('/faults', { schema: { summary: 'The faults that are arranged' } }, async () => world.faults.list());
  app.post('/faults', { schema: { summary: 'Arrange a fault', body: faultBody } }, async ({ body }) => {
    if ('modem' in body && body.modem !== undefined) phoneOf(world, body.modem, 'modem');
    return { id: world.faults.add(body) };
  });
  app.get(
    '/fault-kinds',
    { schema: { summary: 'The faults that there are, and who saw them' } },
    async () => faultKinds,
  );
  app.post(
    '/faults/:id',
    { schema: { summary: 'Switch a fault off, or on again', params: ofFault, body: switchBody } },
    async ({ params, body }) => {
      if (!world.faults.switch(params.id, body.on)) throw new Refused('absent', `There is no fault ${params.id}`, 'id');
      return world.faults.list().find(({ id }) => id === params.id);
    },
  );
  app.delete('/faults/:id', { schema: { summary: 'Take a fault back', params: ofFault } }, async ({ params }) => {
    if (!world.faults.remove(params.id)) throw new Refused('absent', `There is no fault ${params.id}`, 'id');
    return { removed: params.id };
  });
}

function timeOf(clock: WorldClock): object {
  return { now: new Date(clock.now()).toISOString(), pace: paceText(clock.pace) };
}
