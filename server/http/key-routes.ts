import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { z } from 'zod';
import { ANNOUNCEMENT_OCTETS, hexOf, octetsOf } from '../../device/safe-mobile/index.ts';
import { type Generation, KEY_USES, type KeyUse } from '../keyring/generation.ts';
import type { KeyStanding } from '../keyring/rotation.ts';
import type { VaultStanding } from '../keyring/vault-rotation.ts';
import type { Service } from '../service/service.ts';
import { TimeText } from './amount-schema.ts';
import { actOf } from './auth.ts';
import { viewTime } from './views.ts';

const tags = ['administration'];

interface KeyView {
  readonly key: KeyUse;
  readonly kid: number;
  readonly publicKey: string;
  readonly createdAt?: string | undefined;
  readonly beginsAt?: string | undefined;
  readonly endsAt?: string | undefined;
  readonly endAnnouncedAt?: string | undefined;
}

const keyFields = {
  key: z.enum(KEY_USES).describe('sealing: seals both directions; signing: signs receipts and orders'),
  kid: z.int().describe('Its number on the air'),
  publicKey: z.string(),
  createdAt: TimeText.optional().describe('Missing: it is that of the key file'),
  beginsAt: TimeText.optional().describe('Since when it is used; missing: root has not signed its announcement'),
  endsAt: TimeText.optional().describe('From when on it does not count any more; missing: it has no end'),
  endAnnouncedAt: TimeText.optional().describe(
    'When the announcement of its end came; missing: phones are not told of an end',
  ),
};

const KeyView: z.ZodType<KeyView> = z.object(keyFields).meta({ id: 'ServiceKey' });

const KeysView: z.ZodType<{ readonly keys: readonly (KeyView & { readonly phones: number })[] }> = z.object({
  keys: z.array(z.object({ ...keyFields, phones: z.int().describe('Phones that are known to have no later one') })),
});

const KeyBody: z.ZodType<{ readonly key: KeyUse }> = z.strictObject({ key: z.enum(KEY_USES) });

const AnnouncementBody: z.ZodType<{ readonly announcement: string }> = z.strictObject({
  announcement: z
    .string()
    .regex(
      new RegExp(`^[0-9a-f]{${2 * ANNOUNCEMENT_OCTETS}}$`),
      `expected ${2 * ANNOUNCEMENT_OCTETS} hexadecimal digits`,
    )
    .describe('Signed by root'),
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
        summary:
          'What root has signed: a new key is used from 10 s on, or an earlier one gets an end; phones are told so',
        body: AnnouncementBody,
        response: { 200: KeyView },
      },
    },
    async (request) =>
      viewKey(await service.keys.announce(octetsOf(request.body.announcement), actOf(service, request))),
  );
}

const VaultView: z.ZodType<{ readonly state: VaultStanding['state']; readonly moved: number; readonly proof: string }> =
  z.object({
    state: z
      .enum(['settled', 'changing', 'waiting'])
      .describe('changing: values are being sealed anew; waiting: for the end of activation codes of before'),
    moved: z.int().describe('Values that the last change has sealed anew'),
    proof: z.string().describe('Sealed under the present key, to tell which one it is'),
  });

/** Seals the next key under the present one: a nonce, the key, 16 octets. */
const WrappedKey: z.ZodType<{ readonly wrapped: string }> = z.strictObject({
  wrapped: z
    .string()
    .regex(/^[0-9a-f]{144}$/, 'expected 144 hexadecimal digits')
    .describe('The next key, sealed under the present one'),
});

/** Routes for operators: the vault key. */
export async function vaultKeyRoutes(app: FastifyInstance, service: Service): Promise<void> {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.get(
    '/v1/vault-key',
    { schema: { tags, summary: 'How far the last change of the vault key is', response: { 200: VaultView } } },
    async () => viewVault(await service.vaultKey.standing()),
  );

  routes.post(
    '/v1/vault-key',
    {
      schema: {
        tags,
        summary: 'Begin to change the vault key: what is sealed under the present one is sealed anew',
        body: WrappedKey,
        response: { 200: VaultView },
      },
    },
    async (request) => viewVault(await service.vaultKey.begin(octetsOf(request.body.wrapped), actOf(service, request))),
  );
}

function viewVault({ state, moved, proof }: VaultStanding): z.infer<typeof VaultView> {
  return { state, moved, proof: hexOf(proof) };
}

function viewKey({ use, kid, publicKey, createdAt, beginsAt, endsAt, endAnnouncedAt }: Generation): KeyView {
  return {
    ...{ key: use, kid, publicKey: hexOf(publicKey) },
    ...(createdAt !== 0 && { createdAt: viewTime(createdAt) }),
    ...(beginsAt !== undefined && beginsAt !== 0 && { beginsAt: viewTime(beginsAt) }),
    ...(endsAt !== undefined && { endsAt: viewTime(endsAt) }),
    ...(endAnnouncedAt !== 0 && { endAnnouncedAt: viewTime(endAnnouncedAt) }),
  };
}

function viewStanding(standing: KeyStanding): KeyView & { readonly phones: number } {
  return { ...viewKey(standing), phones: standing.phones };
}
