import { existsSync, mkdirSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { hexOf } from '../../device/safe-mobile/index.ts';
import { systemClock, systemRandom } from '../../modem/index.ts';
import { hashApiKey } from '../keys/api-key.ts';
import { KeyFileError, type NewServiceKeys, writeKeyFile, writeSecretFile } from '../keys/key-file.ts';
import { addOperator, allOperators } from '../operators/operator.ts';
import { openStore } from '../store/open-store.ts';
import { type ReadTx, type Store, StoreError } from '../store/store.ts';
import { DATABASE_VARIABLE, KEYS_VARIABLE } from './environment.ts';
import { narrow } from './narrow.ts';

/** Where a new service gets its files and its database. */
export interface NewPlaces {
  readonly folder: string;
  readonly keys: string;
  readonly rootSeed: string;
  /** The file, when there is no address. */
  readonly database: string;
  /** Of a database of PostgreSQL. */
  readonly address: string | undefined;
}

/**
 * Makes a service, or nothing: when anything fails, every file and folder that was made is removed again. The database comes first,
 * because what can be wrong with it (address, password, another service's data) is wrong more often. Its empty tables may stay on PostgreSQL.
 * @throws KeyFileError, StoreError
 */
export async function makeService(places: NewPlaces, { keys, rootSeed, adminKey }: NewServiceKeys): Promise<void> {
  for (const path of [places.keys, places.rootSeed]) {
    if (existsSync(path)) throw new KeyFileError(`${path} is there already and is never written over`);
  }
  const { adminKeyHash = hashApiKey(adminKey), ...inFile } = keys;
  const undo: (() => void)[] = [];
  let store: Store | undefined;
  try {
    makeFolder(places.folder, undo);
    store = await openNew(places, undo);
    writeSecretFile(places.rootSeed, rootSeedText(rootSeed));
    undo.push(() => rmSync(places.rootSeed));
    writeKeyFile(places.keys, inFile);
    undo.push(() => rmSync(places.keys));
    const first = { name: 'admin', role: 'admin' } as const;
    await store.transaction('first operator', (tx) => addOperator(tx, first, adminKeyHash, systemClock.now()));
    await store.close();
  } catch (error) {
    await store?.close();
    for (const step of undo.toReversed()) step();
    throw error;
  } finally {
    rootSeed.fill(0);
  }
}

/** A folder that is open to its owner only; those above it that are missing are made too. */
function makeFolder(folder: string, undo: (() => void)[]): void {
  const highest = mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (highest !== undefined) undo.push(() => removeEmpty(resolve(folder), resolve(highest)));
  narrow(folder);
}

/** Another program may have put something in meanwhile, which stays. */
function removeEmpty(folder: string, highest: string): void {
  try {
    rmdirSync(folder);
    if (folder !== highest) removeEmpty(dirname(folder), highest);
  } catch {}
}

/** @throws StoreError when it cannot be opened, or is the database of a service already */
async function openNew({ database, address }: NewPlaces, undo: (() => void)[]): Promise<Store> {
  if (address === undefined && !existsSync(database)) {
    undo.push(() => {
      for (const end of ['', '-wal', '-shm']) rmSync(`${database}${end}`, { force: true });
    });
  }
  const { store } = await openStore({ database: address ?? database, clock: systemClock, random: systemRandom });
  try {
    if (await store.read(isTaken)) throw new StoreError(takenText(address === undefined ? database : undefined));
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Whether a service has begun on it: it has an operator, or it was started with keys made before operators had names. */
async function isTaken(tx: ReadTx): Promise<boolean> {
  const vault = await tx.get('SELECT id FROM vault WHERE id = 1', (row) => row.integer('id'));
  return vault !== undefined || (await allOperators(tx)).length > 0;
}

/** @param file `undefined` on PostgreSQL */
function takenText(file: string | undefined): string {
  return file === undefined
    ? `the database in ${DATABASE_VARIABLE} has a service already: take the keys.json that its first "cash-server init" made (or set ${KEYS_VARIABLE} to what is in it), and start "cash-server serve"`
    : `${file} is the database of a service already: put its keys.json beside it, and start "cash-server serve"`;
}

function rootSeedText(rootSeed: Uint8Array): string {
  return [
    'Seed of the root key (Ed25519, hexadecimal). Phones pin its public half and accept new service keys only with its',
    'signature. It does not belong on this machine: print it or copy it to a medium that stays offline, then delete this file.',
    hexOf(rootSeed),
    '',
  ].join('\n');
}
