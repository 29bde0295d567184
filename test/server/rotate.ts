import { encodeAnnouncement, type KeyAnnouncement, type ServiceKeyPair } from '../../device/safe-mobile/index.ts';
import { servicePrimitives } from '../../server/index.ts';
import type { KeyUse } from '../../server/keyring/generation.ts';
import { Vault } from '../../server/keys/vault.ts';
import type { World } from './world.ts';

const primitives = servicePrimitives();

export const DAY = 24 * 3_600_000;

/** Signs with the root key, as on a machine of its own. */
export function signed(world: World, announcement: KeyAnnouncement, seed: Uint8Array = world.rootSeed): Uint8Array {
  return encodeAnnouncement(announcement, (text) => primitives.ed25519Sign(seed, text));
}

/** Makes another key, lets root sign it, and lets the service use it. */
export async function rotate(world: World, use: KeyUse, keepMs: number = 90 * DAY) {
  const made = await world.service.keys.prepare(use);
  const announcement = signed(world, {
    ...{ what: use === 'sealing' ? 1 : 2, kid: made.kid, key: made.publicKey },
    ...{ notBefore: Math.floor(made.createdAt / 1000), notAfter: 0xffff_ffff },
  });
  return { key: await world.service.keys.announce(announcement, keepMs), announcement };
}

/** The secret half of a sealing key that was rotated, which only the service has. */
export async function secretOf(world: World, kid: number): Promise<ServiceKeyPair> {
  const vault = new Vault(world.keys.vault, primitives, world.random);
  const secretKey = await world.look((tx) =>
    tx.get(
      "SELECT sealed_secret FROM service_key WHERE use = 'sealing' AND kid = ?",
      (row) => vault.open('sealing key', `sealing ${kid}`, row.octets('sealed_secret')),
      kid,
    ),
  );
  if (secretKey === undefined) throw new Error(`there is no sealing key ${kid}`);
  return { kid, secretKey, publicKey: primitives.x25519PublicKey(secretKey) };
}
