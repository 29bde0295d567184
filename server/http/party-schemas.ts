import { z } from 'zod';
import type { RelyingParty } from '../parties/relying-parties.ts';
import { AUTHENTICATION_KINDS, type AuthenticationKind } from '../vocabulary/authentication-states.ts';
import { isNotificationEndpoint } from '../vocabulary/notification-endpoint.ts';

export interface PartyBody {
  readonly name: string;
  readonly shortName: string;
  readonly kinds: readonly AuthenticationKind[];
  readonly requestsADay: number;
}

const party = {
  name: z.string().min(1).max(64).describe('In full; people sign under it'),
  shortName: z
    .string()
    .min(1)
    .max(24)
    .describe('As phones show it, at most 24 octets of UTF-8; 14 for who may ask for signatures'),
  kinds: z.array(z.enum(AUTHENTICATION_KINDS)).min(1).describe('What it may ask for'),
  requestsADay: z.int().min(1).max(1_000_000).describe('Its budget: so many requests at once, as many more over a day'),
};

export const PartyBody: z.ZodType<PartyBody> = z.strictObject({
  ...party,
  kinds: party.kinds.default(['login']),
  requestsADay: party.requestsADay.default(1_000),
});

export interface PartyView extends PartyBody {
  readonly id: number;
  readonly suspended: boolean;
  readonly notificationEndpoint?: string | undefined;
  readonly tokenEndpointAuthMethod: 'client_secret_basic' | 'private_key_jwt';
}

/** The public keys of a relying party. What they must be: `readClientJwks`. */
export const JwksBody: z.ZodType<{ readonly jwks: unknown }> = z.strictObject({
  jwks: z
    .looseObject({ keys: z.array(z.unknown()) })
    .nullable()
    .describe('A JWK Set of public keys: RSA of 2048 to 4096 bits, or EC P-256; null: the API key is used'),
});

/** Where a relying party hears that a login by CIBA has ended. */
export const NotificationBody: z.ZodType<{ readonly url: string | null }> = z.strictObject({
  url: z
    .string()
    .max(400)
    .refine(isNotificationEndpoint, { error: 'expected an https URL, or http on this machine' })
    .nullable()
    .describe('Where pings go; null: it polls'),
});

const view = {
  id: z.int(),
  ...party,
  suspended: z
    .boolean()
    .describe('People said "not me" too often, or it was revoked: nobody can be asked until the operator has looked'),
  notificationEndpoint: z.string().optional().describe('Where it hears that a login by CIBA has ended'),
  tokenEndpointAuthMethod: z
    .enum(['client_secret_basic', 'private_key_jwt'])
    .describe('How CIBA knows it: by its API key, or by its public keys alone'),
};

export const PartyView: z.ZodType<PartyView> = z.object(view);

/** A relying party and its API key. */
export const PartyKeyView: z.ZodType<PartyView & { readonly apiKey: string }> = z.object({
  ...view,
  apiKey: z.string().describe('Shown this once'),
});

export const PartiesView: z.ZodType<{ readonly parties: readonly PartyView[] }> = z.object({
  parties: z.array(z.object(view)).describe('Oldest first'),
});

/** A relying party as the API shows it. */
export function viewParty(party: RelyingParty): PartyView {
  const { id, name, shortName, kinds, requestsADay, suspendedAt, notificationEndpoint, jwks } = party;
  return {
    ...{ id, name, shortName, kinds, requestsADay, suspended: suspendedAt !== undefined },
    ...(notificationEndpoint && { notificationEndpoint }),
    tokenEndpointAuthMethod: jwks === undefined ? 'client_secret_basic' : 'private_key_jwt',
  };
}
