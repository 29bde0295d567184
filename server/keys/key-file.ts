import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { hexOf, octetsOf, type Primitives, type ServiceKeyPair, sameOctets } from '../../device/safe-mobile/index.ts';
import type { Random } from '../../modem/index.ts';
import { messageOf } from '../vocabulary/errors.ts';
import { hashApiKey } from './api-key.ts';

/** The keys of one service. All but the public halves are secrets that never enter the database. */
export interface ServiceKeys {
  /** `s/S`: seals both directions. */
  readonly sealing: ServiceKeyPair;
  /** `r/R`: signs receipts and commands. */
  readonly signing: { readonly seed: Uint8Array; readonly publicKey: Uint8Array };
  /** Public half of the offline key that signs announcements of new service keys. */
  readonly root: Uint8Array;
  /** Seals approval keys and evidence in the database, 32 octets. */
  readonly vault: Uint8Array;
  /** The key that takes its place while it is being changed. */
  readonly nextVault?: Uint8Array;
  /** Seed of Ed25519: signs the descriptors of the payment application. Phones take an update only from this key. Absent in older key files. */
  readonly suite?: Uint8Array;
  /** SHA-256 of the API key of an operator `admin` who is in no table: of a key file made before operators had names, or of a library. */
  readonly adminKeyHash?: Uint8Array;
}

/** The secrets that {@link createServiceKeys} returns once and the service does not keep. */
export interface NewServiceKeys {
  readonly keys: ServiceKeys;
  /** Seed of the root key; belongs offline. */
  readonly rootSeed: Uint8Array;
  readonly adminKey: string;
}

/** A key file that cannot be used; the message says what is wrong, without any content of the file. */
export class KeyFileError extends Error {
  override readonly name = 'KeyFileError';
}

/** Fresh keys for a new service. */
export function createServiceKeys(primitives: Primitives, random: Random): NewServiceKeys {
  const secretKey = random.bytes(32);
  const seed = random.bytes(32);
  const rootSeed = random.bytes(32);
  const adminKey = `cm_admin_${hexOf(random.bytes(32))}`;
  return {
    rootSeed,
    adminKey,
    keys: {
      sealing: { kid: 1, secretKey, publicKey: primitives.x25519PublicKey(secretKey) },
      signing: { seed, publicKey: primitives.ed25519PublicKey(seed) },
      root: primitives.ed25519PublicKey(rootSeed),
      vault: random.bytes(32),
      suite: random.bytes(32),
      adminKeyHash: hashApiKey(adminKey),
    },
  };
}

const octets32 = z.string().regex(/^[0-9a-f]{64}$/, 'expected 64 lower-case hexadecimal digits');

/** `keys.json`: hexadecimal, mode 0600. Public halves are derived on reading. */
const KeyFile = z.strictObject({
  kid: z.int().min(1).max(255),
  s: octets32,
  r: octets32,
  root: octets32,
  vault: octets32.optional(),
  nextVault: octets32.optional(),
  suite: octets32.optional(),
  adminKeyHash: octets32.optional(),
});

/** Writes the keys to a new file that only its owner reads. @throws KeyFileError when the file is already there */
export function writeKeyFile(path: string, keys: ServiceKeys): void {
  const file: z.infer<typeof KeyFile> = {
    kid: keys.sealing.kid,
    s: hexOf(keys.sealing.secretKey),
    r: hexOf(keys.signing.seed),
    root: hexOf(keys.root),
    vault: hexOf(keys.vault),
    ...(keys.nextVault !== undefined && { nextVault: hexOf(keys.nextVault) }),
    ...(keys.suite !== undefined && { suite: hexOf(keys.suite) }),
    ...(keys.adminKeyHash !== undefined && { adminKeyHash: hexOf(keys.adminKeyHash) }),
  };
  writeSecretFile(path, `${JSON.stringify(file, null, 2)}\n`);
}

/** Changes members of a key file, all or nothing; `undefined` takes one away. @throws KeyFileError */
export function changeKeyFile(
  path: string,
  changed: Readonly<Partial<Record<'vault' | 'nextVault', string | undefined>>>,
): void {
  const file = KeyFile.safeParse({ ...z.record(z.string(), z.unknown()).parse(parseFile(path)), ...changed });
  if (!file.success) throw new KeyFileError(`${path} is not a key file`);
  const next = `${path}.next`;
  rmSync(next, { force: true });
  writeSecretFile(next, `${JSON.stringify(file.data, null, 2)}\n`);
  renameSync(next, path);
}

/** Writes a new file of mode 0600, whole or not at all. @throws KeyFileError when the file is already there */
export function writeSecretFile(path: string, content: string): void {
  try {
    writeFileSync(path, content, { mode: 0o600, flag: 'wx', flush: true });
  } catch (error) {
    const reason = messageOf(error);
    if (reason.startsWith('EEXIST')) throw new KeyFileError(`${path} is there already and is never written over`);
    // A full disk leaves the beginning of a file.
    if (existsSync(path)) rmSync(path);
    throw new KeyFileError(`${path} cannot be written: ${reason}`);
  }
}

/**
 * Reads the keys back.
 * @param vault the vault key, when it is kept elsewhere; the file may have the same one
 * @throws KeyFileError when the file is missing or not a key file
 */
export function readKeyFile(path: string, primitives: Primitives, vault?: Uint8Array): ServiceKeys {
  return keysIn(parseFile(path), path, primitives, vault);
}

/** The keys in what a key file holds. @param name where the text comes from. @param vault as {@link readKeyFile} @throws KeyFileError */
export function readKeyText(text: string, name: string, primitives: Primitives, vault?: Uint8Array): ServiceKeys {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The message of the parser would show a part of the keys.
    throw new KeyFileError(`${name} is not JSON: give what is in keys.json`);
  }
  return keysIn(parsed, name, primitives, vault);
}

function keysIn(parsed: unknown, name: string, primitives: Primitives, elsewhere: Uint8Array | undefined): ServiceKeys {
  const file = KeyFile.safeParse(parsed);
  if (!file.success) {
    const [issue] = file.error.issues;
    throw new KeyFileError(`${name}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
  }
  const { kid, s, r, root, vault, nextVault, suite, adminKeyHash } = file.data;
  const secretKey = octetsOf(s);
  const seed = octetsOf(r);
  return {
    sealing: { kid, secretKey, publicKey: primitives.x25519PublicKey(secretKey) },
    signing: { seed, publicKey: primitives.ed25519PublicKey(seed) },
    root: octetsOf(root),
    vault: vaultKey(name, vault === undefined ? undefined : octetsOf(vault), elsewhere),
    ...(nextVault !== undefined && { nextVault: octetsOf(nextVault) }),
    ...(suite !== undefined && { suite: octetsOf(suite) }),
    ...(adminKeyHash !== undefined && { adminKeyHash: octetsOf(adminKeyHash) }),
  };
}

/** What was sealed with one key does not open with another, so they must not differ. */
function vaultKey(name: string, inFile: Uint8Array | undefined, elsewhere: Uint8Array | undefined): Uint8Array {
  const key = elsewhere ?? inFile;
  if (key === undefined) throw new KeyFileError(`${name} has no vault key, and none is given elsewhere`);
  if (inFile === undefined || sameOctets(inFile, key)) return key;
  throw new KeyFileError(`${name} has another vault key than the one that is given elsewhere: take the wrong one away`);
}

function parseFile(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      const folder = dirname(path);
      throw new KeyFileError(`there is no service in ${folder}: cash-server init --data ${folder} makes one`);
    }
    const reason = error instanceof SyntaxError ? 'it is not JSON' : messageOf(error);
    throw new KeyFileError(`${path} cannot be read: ${reason}; cash-server init makes it`);
  }
}
