import { z } from 'zod';
import { OPERATOR_NAME } from '../operators/operator.ts';
import { ROLES, type Role } from '../vocabulary/roles.ts';
import { TimeText } from './amount-schema.ts';

const NameText: z.ZodType<string> = z
  .string()
  .regex(OPERATOR_NAME, 'expected a small letter, then up to 31 of a-z, 0-9, ".", "_", "-"');

/** The name of an operator in a path. */
export const NameParams: z.ZodType<{ readonly name: string }> = z.object({ name: NameText });

export interface OperatorBody {
  readonly name: string;
  readonly role: Role;
}

export const OperatorBody: z.ZodType<OperatorBody> = z.strictObject({
  name: NameText.describe('Given once, also when the operator is revoked'),
  role: z.enum(ROLES).describe('Each may do what those before it may'),
});

/** Whose key a request has. */
export const ActorView: z.ZodType<OperatorBody> = z.object({ name: z.string(), role: z.enum(ROLES) });

export const ConfirmationBody: z.ZodType<{ readonly fingerprint: string }> = z.strictObject({
  fingerprint: z
    .string()
    .regex(/^[0-9a-f]{16}$/, 'expected 16 hexadecimal digits')
    .describe('Of the present key, as the operator tells it'),
});

export interface OperatorView extends OperatorBody {
  readonly createdAt: string;
  readonly revokedAt?: string | undefined;
  readonly keyMadeBy?: string | undefined;
  readonly fingerprint: string;
}

const operatorFields = {
  name: z.string(),
  role: z.enum(ROLES),
  createdAt: TimeText,
  revokedAt: TimeText.optional().describe('Since when the key opens nothing'),
  keyMadeBy: z.string().optional().describe('Who may have a key of this operator, until another one confirms it'),
  fingerprint: z.string().describe('Names the present key'),
};

export const OperatorView: z.ZodType<OperatorView> = z.object(operatorFields).meta({ id: 'Operator' });

export interface OperatorsView {
  readonly operators: readonly OperatorView[];
}

export const OperatorsView: z.ZodType<OperatorsView> = z.object({
  operators: z.array(OperatorView).describe('Oldest first; those who were revoked as well'),
});

export interface OperatorKeyView extends OperatorView {
  readonly apiKey: string;
}

export const OperatorKeyView: z.ZodType<OperatorKeyView> = z.object({
  ...operatorFields,
  apiKey: z.string().describe('Shown this once'),
});
