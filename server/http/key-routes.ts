import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ANNOUNCEMENT_OCTETS, hexOf, octetsOf } from '../../device/safe-mobile/index.ts';
import { type Generation, KEY_USES, type KeyUse } from '../keyring/generation.ts';
import type { KeyStanding } from '../keyring/rotation.ts';
import type { Service } from '../service/service.ts';
import { TimeText } from './amount-schema.ts';
import { actOf } from './auth.ts';
import { viewTime } from './views.ts';

const tags = ['administration'];

/** How long the key before counts unless the request says, s: 90 days. */
const KEPT_SECONDS = 90 * 24 * 3_600;
/** Ten years. */
const LONGEST_KEPT_SECONDS = 3_660 * 24 * 3_600;

interface KeyView {
  readonly key: KeyUse;
  readonly kid: number;
  readonly publicKey: string;
  readonly createdAt?: string | undefined;
  readonly beginsAt?: string | undefined;
  readonly endsAt?: string | undefined;
}

const keyFields = {
  key: z.enum(KEY_USES).describe('sealing: seals both directions; signing: signs receipts and orders'),
  kid: z.int().describe('Its number on the air'),
  publicKey: z.string(),
  createdAt: TimeText.optional().describe('Missing: it is that of the key file'),
  beginsAt: TimeText.optional().describe('Since when it is used; missing: root has not signed its announcement'),
  endsAt: TimeText.optional().describe('From when on it does not count any more; missing: it is the latest one'),
};

const KeyView: z.ZodType<KeyView> = z.object(keyFields).meta({ id: 'ServiceKey' });

const KeysView: z.ZodType<{ readonly keys: readonly (KeyView & { readonly phones: number })[] }> = z.object({
  keys: z.array(z.object({ ...keyFields, phones: z.int().describe('Phones that are known to have no later one') })),
});

const KeyBody: z.ZodType<{ readonly key: KeyUse }> = z.strictObject({ key: z.enum(KEY_USES) });

const AnnouncementBody: z.ZodType<{ readonly announcement: string; readonly keepOldForSeconds: number }> =
  z.strictObject({
    announcement: z
      .string()
      .regex(
        new RegExp(`^[0-9a-f]{${2 * ANNOUNCEMENT_OCTETS}}$`),
        `expected ${2 * ANNOUNCEMENT_OCTETS} hexadecimal digits`,
      )
      .describe('Signed by root'),
    keepOldForSeconds: z
      .int()
      .min(0)
      .max(LONGEST_KEPT_SECONDS)
      .default(KEPT_SECONDS)
      .describe('How long the key before still counts'),
  });

/** Routes for operators: the keys of the service. */
export async function keyRoutes(app: FastifyInstance, service: Service): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '/v1/keys',
    { schema: { tags, summary: 'The keys of the service, and how many phones use each', response: { 200: KeysView } } },
    async () => ({ keys: (await service.keys.list()).map(viewStanding) }),
  );

  routes.post(
    '/v1/keys',
    {
      schema: {
        tags,
        summary: 'Make the next key; it counts once root has signed its announcement',
        body: KeyBody,
        response: { 201: KeyView },
      },
    },
    async (request, reply) =>
      reply.code(201).send(viewKey(await service.keys.prepare(request.body.key, actOf(service, request)))),
  );

  routes.post(
    '/v1/keys/announcements',
    {
      schema: {
        tags,
        summary: 'From now on a key is used whose announcement root has signed, and phones are told so',
        body: AnnouncementBody,
        response: { 200: KeyView },
      },
    },
    async (request) => {
      const { announcement, keepOldForSeconds } = request.body;
      const act = actOf(service, request);
      return viewKey(await service.keys.announce(octetsOf(announcement), keepOldForSeconds * 1_000, act));
    },
  );
}

function viewKey({ use, kid, publicKey, createdAt, beginsAt, endsAt }: Generation): KeyView {
  return {
    ...{ key: use, kid, publicKey: hexOf(publicKey) },
    ...(createdAt !== 0 && { createdAt: viewTime(createdAt) }),
    ...(beginsAt !== undefined && beginsAt !== 0 && { beginsAt: viewTime(beginsAt) }),
    ...(endsAt !== undefined && { endsAt: viewTime(endsAt) }),
  };
}

function viewStanding(standing: KeyStanding): KeyView & { readonly phones: number } {
  return { ...viewKey(standing), phones: standing.phones };
}
