import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { systemClock } from '../../modem/index.ts';
import { namesIn, strangers } from '../scenario/names.ts';
import { ScenarioRun } from '../scenario/scenario-run.ts';
import { scenarioSchema } from '../scenario/schema.ts';
import type { Simulation } from '../simulation.ts';
import { Refused } from '../vocabulary/refused.ts';
import { wait } from './schema.ts';
import { until } from './waiting.ts';

/** Scenarios that a simulation remembers, the last ones. */
const SCENARIOS = 100;

/** Scenarios played in the running world: its phones are joined by theirs; seed of the world, start and profile stay as they are. */
export function scenarioRoutes(instance: FastifyInstance, { world }: Simulation): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const runs = new Map<number, ScenarioRun>();
  let count = 0;

  app.post(
    '/scenarios',
    { schema: { summary: 'Play a scenario in this world', body: scenarioSchema } },
    async ({ body }) => {
      const names = namesIn(body);
      const [stranger] = strangers(body, names);
      if (stranger !== undefined) {
        const field = stranger.path.join('.');
        throw new Refused('wrong', `${field}: ${stranger.message}`, field);
      }
      const run = new ScenarioRun(world, body, names);
      run.start();
      count += 1;
      runs.set(count, run);
      runs.delete(count - SCENARIOS);
      return { id: count };
    },
  );

  app.get(
    '/scenarios/:id',
    {
      schema: {
        summary: 'How a scenario went, or goes',
        params: z.object({ id: z.coerce.number().pipe(z.int()) }),
        querystring: z.strictObject({
          wait: wait.describe('Answer only when it is over, or after this time').default(0),
        }),
      },
    },
    async ({ params, query }) => {
      const run = runs.get(params.id);
      if (run === undefined) throw new Refused('absent', `There is no scenario ${params.id}`, 'id');
      const timeUp = until(world.log, systemClock, () => run.over, query.wait);
      await Promise.race([timeUp, run.ended]);
      return { over: run.over, ...run.result() };
    },
  );
}
