import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { octetsOf } from '../../../device/safe-mobile/index.ts';

const octets = z.string().transform(octetsOf);
const pair = z.object({ d: octets, D: octets });

/** The vectors of Safe-Mobile version 1, made by an implementation that shares no code with this one. */
const schema = z.object({
  keys: z.object({
    kid: z.number(),
    s: octets,
    S: octets,
    r_seed: octets,
    R: octets,
    root_seed: octets,
    root: octets,
    customer: pair,
    merchant: pair,
    approvalSeed: octets,
    A: octets,
    newApprovalSeed: octets,
    newA: octets,
  }),
  camouflage: z.object({
    pin: z.string(),
    salt: octets,
    kdf: z.object({ N: z.number(), r: z.number(), p: z.number() }),
    C: octets,
  }),
  frames: z.array(
    z.object({
      name: z.string(),
      direction: z.enum(['up', 'down', 'enrol']),
      deviceId: z.number(),
      phone: z.enum(['customer', 'merchant']),
      ephemeralSecret: octets,
      plaintext: octets,
      frame: octets,
      signedText: octets.optional(),
    }),
  ),
  keyAnnouncement: z.object({ signedText: octets, frame: octets }),
});

export type Vectors = z.infer<typeof schema>;
export type FrameVector = Vectors['frames'][number];

export const vectors: Vectors = schema.parse(
  JSON.parse(readFileSync(new URL('vectors.json', import.meta.url), 'utf8')),
);

/** The frame vector of that name. */
export function frameVector(name: string): FrameVector {
  const found = vectors.frames.find((vector) => vector.name === name);
  if (found === undefined) throw new Error(`no vector is named ${name}`);
  return found;
}
