import { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { systemClock } from '../../modem/index.ts';
import { jsonChunks } from '../log.ts';
import { isOver, type MessageState } from '../message-states.ts';
import type { Submitted } from '../network/submitted.ts';
import type { Simulation } from '../simulation.ts';
import { contentOf } from '../vocabulary/content.ts';
import { defined } from '../vocabulary/optional.ts';
import { Refused } from '../vocabulary/refused.ts';
import { phoneOf } from '../vocabulary/subscribers.ts';
import { readableSubmit } from './readable.ts';
import { deliverBody, logQuery, sendBody, submittedQuery } from './schema.ts';
import { until } from './waiting.ts';
import { wholeMessages } from './whole-messages.ts';

const ofMessage = z.object({ sms: z.coerce.number().pipe(z.int()) });

/** Messages in and out, and what became of them. */
export function messageRoutes(instance: FastifyInstance, { world, messages }: Simulation): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.post(
    '/deliver',
    {
      schema: { summary: 'Send a message into the network, as another operator or a service would', body: deliverBody },
    },
    async ({ body }) => {
      const { to, from, wait = 0, validity: validityMs, pid, priority } = body;
      if (!world.has(to)) {
        throw new Refused(
          'absent',
          `Nobody has the number ${to}: gsm-sim subscribers lists those of the network`,
          'to',
        );
      }
      const sms = world.deliver({ to, from, ...contentOf(body), ...defined({ validityMs, pid, priority }) });
      const states = () => sms.map((id) => messages.get(id)).filter((state) => state !== undefined);
      const over = await until(world.log, systemClock, () => states().every(isOver), wait);
      return { sms, ...(wait === 0 ? {} : { over, messages: states().map(viewOf) }) };
    },
  );

  app.post(
    '/send',
    { schema: { summary: 'Send a message from one of the phones, as its user would', body: sendBody } },
    async ({ body }) => {
      const { from, to, statusReport, rejectDuplicates, validity: validityMs, pid } = body;
      const modem = phoneOf(world, from, 'from');
      const more = defined({ statusReport, rejectDuplicates, validityMs, pid });
      const sent = await world.send({ from: modem.number, to, ...contentOf(body), ...more });
      return sent.map(({ sms, reference, answer }) => ({ sms, reference, ...answer }));
    },
  );

  app.get(
    '/submitted',
    { schema: { summary: 'What the network took from a number, oldest first', querystring: submittedQuery } },
    async ({ query }) => {
      const { from, to, since = 0, count, whole, wait } = query;
      if (world.subscriber(from) === undefined) throw new Refused('absent', `Nobody has the number ${from}`, 'from');
      const wanted = to === undefined ? undefined : world.resolve(to);
      const taken = () => {
        const messages = world
          .submitted(from)
          .filter((message) => message.at >= since && (wanted === undefined || message.to === wanted));
        return whole ? wholeMessages(messages) : messages.map(readableSubmission);
      };
      await until(world.log, systemClock, () => taken().length >= count, wait);
      return taken();
    },
  );

  app.get('/messages', { schema: { summary: 'The messages that are on the way or wait' } }, async () =>
    messages.open().map(viewOf),
  );

  app.get(
    '/messages/:sms',
    { schema: { summary: 'What became of a message', params: ofMessage } },
    async ({ params }) => {
      const state = messages.get(params.sms);
      if (state === undefined) throw new Refused('absent', `There is no message ${params.sms}`);
      return viewOf(state);
    },
  );

  app.delete(
    '/messages/:sms',
    { schema: { summary: 'Delete a message that waits, as the operator would', params: ofMessage } },
    async ({ params }) => {
      if (!world.deleteWaiting(params.sms))
        throw new Refused('conflict', `Message ${params.sms} does not wait, or is on the air`);
      return { deleted: params.sms };
    },
  );

  app.get(
    '/log',
    { schema: { summary: 'What happened, one JSON line an event', querystring: logQuery } },
    async ({ query }, reply) => {
      await until(world.log, systemClock, () => world.log.seq > query.after, query.wait);
      const lines = Readable.from(jsonChunks(world.log.entries(query.after)));
      return reply.type('application/x-ndjson').send(lines);
    },
  );
}

/** An SMS with what it says. */
function readableSubmission({ at, from, to, tpdu }: Submitted): object {
  return { at: new Date(at).toISOString(), from, to, ...readableSubmit(tpdu), tpdu };
}

/** The state of a message with its times in ISO 8601. */
function viewOf(state: MessageState): object {
  const { sentAt, nextAttempt, endedAt, ...rest } = state;
  return {
    ...rest,
    sentAt: new Date(sentAt).toISOString(),
    ...(nextAttempt === undefined ? {} : { nextAttempt: new Date(nextAttempt).toISOString() }),
    ...(endedAt === undefined ? {} : { endedAt: new Date(endedAt).toISOString() }),
  };
}
