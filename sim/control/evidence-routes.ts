import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { capture } from '../evidence/capture.ts';
import { conversationOf } from '../evidence/conversation.ts';
import { figuresOf, latencyOf } from '../evidence/latency.ts';
import { latencyPlot } from '../evidence/latency-plot.ts';
import { mermaidOf } from '../evidence/mermaid.ts';
import { select } from '../evidence/selection.ts';
import { sequenceDiagram } from '../evidence/sequence-diagram.ts';
import type { LogEntry } from '../log.ts';
import type { Simulation } from '../simulation.ts';
import { sender } from '../vocabulary/numbers.ts';
import { defined } from '../vocabulary/optional.ts';
import { moment } from '../vocabulary/times.ts';

/** A parameter that may be given several times. */
function many<Value>(one: z.ZodType<Value, string>) {
  return z.union([one.transform((value) => [value]), z.array(one)]);
}

const message = z.string().pipe(z.coerce.number<string>()).pipe(z.int().min(1));
const selection = z.strictObject({
  number: many(sender).describe('Only what concerns this number; of several, what they say to one another').optional(),
  sms: many(message).describe('Only these messages, with their copies and reports').optional(),
  since: moment.describe('Not before').optional(),
  until: moment.describe('Before this moment').optional(),
});
const diagramQuery = selection.extend({
  format: z.enum(['svg', 'mermaid']).default('svg'),
  steps: z.coerce.number().pipe(z.int().min(1).max(10_000)).default(80),
});
const latencyQuery = selection.extend({ format: z.enum(['json', 'svg']).default('json') });

/** What can be made of the log: captures, diagrams, plots. */
export function evidenceRoutes(instance: FastifyInstance, { world }: Simulation): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const wanted = ({ number, sms, since, until }: z.output<typeof selection>): readonly LogEntry[] => {
    const numbers = number?.map((one) => world.resolve(one));
    return select(world.log.entries(), defined({ numbers, sms, since, until }));
  };

  app.get(
    '/pcap',
    { schema: { summary: 'What went over the air, as pcapng for Wireshark', querystring: selection } },
    async ({ query }, reply) =>
      reply
        .type('application/vnd.tcpdump.pcap')
        .header('content-disposition', 'attachment; filename="gsm-sim.pcapng"')
        .send(capture(wanted(query))),
  );
  app.get(
    '/diagram',
    { schema: { summary: 'A conversation as a sequence diagram', querystring: diagramQuery } },
    async ({ query }, reply) => {
      const conversation = conversationOf(wanted(query), { steps: query.steps });
      if (query.format === 'mermaid') return reply.type('text/plain; charset=utf-8').send(mermaidOf(conversation));
      return reply.type('image/svg+xml').send(sequenceDiagram(conversation));
    },
  );
  app.get(
    '/latency',
    { schema: { summary: 'How long messages took, by profile: figures, or a plot', querystring: latencyQuery } },
    async ({ query }, reply) => {
      const runs = latencyOf(wanted(query));
      if (query.format === 'json') return runs.map(figuresOf);
      return reply.type('image/svg+xml').send(latencyPlot(runs));
    },
  );
}
