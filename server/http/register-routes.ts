import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import type { Service } from '../service/service.ts';
import { PersonText, TimeText } from './amount-schema.ts';
import { merchantOf } from './auth.ts';
import { ProblemBody } from './problem.ts';

interface NextCustomer {
  readonly customer: string;
}

interface NamedView {
  readonly terminal: string;
  readonly customer: string;
  readonly until: string;
}

const TerminalParams: z.ZodType<{ readonly terminal: string }> = z.object({
  terminal: z.string().regex(/^[0-9]{8}$/, 'expected 8 digits'),
});

const NextCustomer: z.ZodType<NextCustomer> = z.strictObject({ customer: PersonText });

const NamedView: z.ZodType<NamedView> = z
  .object({ terminal: z.string(), customer: PersonText, until: TimeText })
  .meta({ id: 'NextCustomer' });

/** The route for a merchant's key about the merchant's cash registers. */
export async function registerRoutes(app: FastifyInstance, service: Service): Promise<void> {
  app.withTypeProvider<ZodTypeProvider>().post(
    '/v1/registers/:terminal/customer',
    {
      schema: {
        tags: ['payments'],
        summary: 'Who pays next at a cash register',
        description: 'For the next payment that this register asks for, within two minutes.',
        params: TerminalParams,
        body: NextCustomer,
        response: { 200: NamedView, 404: ProblemBody },
      },
    },
    async (request) => {
      const { terminal } = request.params;
      const { customer } = request.body;
      const { id } = await merchantOf(service, request);
      const until = await service.cashRegisters.name(id, terminal, customer);
      return { terminal, customer, until: new Date(until).toISOString() };
    },
  );
}
