import { z } from 'zod';
import { type Amount, hexOf, octetsOf } from '../../device/safe-mobile/index.ts';
import type { Authentication } from '../authentications/authentication.ts';
import type { AuthenticationOrder } from '../authentications/request.ts';
import {
  AUTHENTICATION_KINDS,
  AUTHENTICATION_STATES,
  type AuthenticationKind,
  type AuthenticationState,
} from '../vocabulary/authentication-states.ts';
import type { Ref } from '../vocabulary/ids.ts';
import { AmountBody, AmountView, KeyText, PageSize, PersonText, TimeText } from './amount-schema.ts';
import { RefText } from './payment-schemas.ts';
import { viewTime } from './views.ts';

const request = {
  key: KeyText.describe('Your key of this authentication: the same key with the same content is the same one'),
  who: PersonText,
  ttl: z.int().min(30).max(2550).optional().describe('Seconds the person has, rounded up to tens; default 120'),
};

const Sha256: z.ZodType<string> = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'expected 64 hexadecimal digits, in small letters');

export type AuthenticationBody = {
  readonly key: string;
  readonly who: string;
  readonly ttl?: number | undefined;
  readonly title: string;
} & (
  | { readonly kind: 'login' }
  | { readonly kind: 'sign'; readonly fullTitle: string; readonly documentHash: string }
  | { readonly kind: 'payment'; readonly payee: string; readonly amount: Amount }
);

export const AuthenticationBody: z.ZodType<AuthenticationBody> = z.discriminatedUnion('kind', [
  z.strictObject({
    ...request,
    kind: z.literal('login'),
    title: z.string().min(1).max(40).describe('What for, as the phone shows it: at most 40 octets of UTF-8'),
  }),
  z.strictObject({
    ...request,
    kind: z.literal('sign'),
    title: z.string().min(1).max(18).describe('What is signed, as the phone shows it: at most 18 octets of UTF-8'),
    fullTitle: z.string().min(1).max(400).describe('What is signed, in full'),
    documentHash: Sha256.describe('SHA-256 of the document'),
  }),
  z.strictObject({
    ...request,
    kind: z.literal('payment'),
    payee: z.string().min(1).max(49).describe('Who is paid, as the phone shows it'),
    amount: AmountBody,
    title: z
      .string()
      .min(1)
      .max(49)
      .describe('What for: payee, your short name and the title have at most 51 octets of UTF-8 together'),
  }),
]);

/** The request as the service takes it. */
export function orderOf(body: AuthenticationBody): AuthenticationOrder {
  if (body.kind === 'login') return body;
  if (body.kind === 'payment') {
    const { payee, amount, ...order } = body;
    return { ...order, payment: { payee, amount } };
  }
  const { fullTitle, documentHash, ...rest } = body;
  return { ...rest, document: { fullTitle, hash: octetsOf(documentHash) } };
}

export interface AuthenticationView {
  readonly id: string;
  readonly key: string;
  readonly kind: AuthenticationKind;
  readonly title: string;
  readonly fullTitle?: string | undefined;
  readonly documentHash?: string | undefined;
  readonly payee?: string | undefined;
  readonly amount?: Amount | undefined;
  readonly state: AuthenticationState;
  readonly ended: boolean;
  readonly reason?: string | undefined;
  readonly matchCode: string;
  readonly ttl: number;
  readonly createdAt: string;
  readonly expiresAt: string;
  readonly changedAt: string;
  readonly evidence?: string | undefined;
}

export const AuthenticationView: z.ZodType<AuthenticationView> = z
  .object({
    id: z.string().describe('16 hexadecimal digits'),
    key: z.string(),
    kind: z.enum(AUTHENTICATION_KINDS),
    title: z.string(),
    fullTitle: z.string().optional(),
    documentHash: z.string().optional(),
    payee: z.string().optional(),
    amount: AmountView.optional(),
    state: z
      .enum(AUTHENTICATION_STATES)
      .describe(
        'asked: no answer yet, which is also said of a number that nobody has; not-me: the person did not begin this; failed: wrong digits of the match code twice, or too many wrong PINs; reason says which',
      ),
    ended: z.boolean().describe('Nothing more happens'),
    reason: z.string().optional(),
    matchCode: z.string().describe('Four digits, for your screen: the phone shows them, or asks for the last two'),
    ttl: z.int().describe('Seconds'),
    createdAt: TimeText,
    expiresAt: TimeText,
    changedAt: TimeText,
    evidence: z
      .string()
      .optional()
      .describe('Of a confirmed one, when it is asked for by its id: what the service says of it, signed (JWS)'),
  })
  .meta({ id: 'Authentication' });

/** An authentication as its relying party sees it: why nobody is asked it does not hear. */
export function viewAuthentication(one: Authentication): AuthenticationView {
  const { id, key, kind, title, state, reason, ttl, createdAt, changedAt } = one;
  return {
    ...{ id, key, kind, title, state, ended: state !== 'asked' },
    ...(one.kind === 'sign' && { fullTitle: one.document.fullTitle, documentHash: hexOf(one.document.hash) }),
    ...(one.kind === 'payment' && one.payment),
    ...(state !== 'asked' && reason !== undefined && { reason }),
    matchCode: String(one.matchCode).padStart(4, '0'),
    ttl,
    createdAt: viewTime(createdAt),
    expiresAt: viewTime(createdAt + ttl * 1000),
    changedAt: viewTime(changedAt),
  };
}

export interface AuthenticationListView {
  readonly authentications: readonly AuthenticationView[];
  readonly next?: string | undefined;
}

export const AuthenticationListView: z.ZodType<AuthenticationListView> = z.object({
  authentications: z.array(AuthenticationView),
  next: z.string().optional().describe('There are more: give it as after'),
});

/** The id in a path. */
export const AuthenticationParams: z.ZodType<{ readonly id: Ref }> = z.object({ id: RefText });

/** Which part of the list is wanted. */
export const AuthenticationListQuery: z.ZodType<{ readonly after?: Ref | undefined; readonly limit: number }> =
  z.strictObject({
    after: RefText.optional().describe('Those after this one in the list: next of the answer before'),
    limit: PageSize,
  });
