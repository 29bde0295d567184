import { encodeAnnouncement, type KeyAnnouncement, type ServiceKeyPair } from '../../device/safe-mobile/index.ts';
import { servicePrimitives } from '../../server/index.ts';
import type { Generation, KeyUse } from '../../server/keyring/generation.ts';
import { BEGINS_AFTER_MS } from '../../server/keyring/key-ring.ts';
import { Vault } from '../../server/keys/vault.ts';
import type { World } from './world.ts';

const primitives = servicePrimitives();

export const DAY = 24 * 3_600_000;

/** Signs with the root key, as on a machine of its own. */
export function signed(world: World, announcement: KeyAnnouncement, seed: Uint8Array = world.rootSeed): Uint8Array {
  return encodeAnnouncement(announcement, (text) => primitives.ed25519Sign(seed, text));
}

/** Makes another key, lets root sign it and the end of those before, and lets the service use it. @param keepMs how long those before still count */
export async function rotate(world: World, use: KeyUse, keepMs: number = 90 * DAY) {
  const made = await world.service.keys.prepare(use);
  const announcement = signed(world, announcementOf(made));
  const key = await world.service.keys.announce(announcement);
  const before = (await world.service.keys.list()).filter((one) => one.use === use && one.kid !== made.kid);
  const ends: Uint8Array[] = [];
  for (const one of before) {
    const frame = signed(world, announcementOf(one, Math.floor((world.clock.now() + keepMs) / 1000)));
    await world.service.keys.announce(frame);
    ends.push(frame);
  }
  await world.clock.advance(BEGINS_AFTER_MS);
  return { key, announcement, ends };
}

/** What root signs about a key. */
export function announcementOf(
  { use, kid, publicKey, createdAt }: Generation,
  notAfter = 0xffff_ffff,
): KeyAnnouncement {
  const what = use === 'sealing' ? 1 : 2;
  return { what, kid, key: publicKey, notBefore: Math.floor(createdAt / 1000), notAfter };
}

/** The network says that everything has arrived that went out so far and asked for a report. */
export async function reportAll(world: World): Promise<void> {
  for (const sms of world.air.sent.filter(({ statusReport }) => statusReport === true))
    world.air.report(sms, 'delivered');
  await world.clock.advance(0);
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
