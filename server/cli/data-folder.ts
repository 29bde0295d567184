import { join } from 'node:path';

/** The files of a service's data folder. */
export interface DataFolder {
  readonly keys: string;
  /** Seed of the root key, to be taken offline. */
  readonly rootSeed: string;
  readonly database: string;
  readonly lock: string;
}

/** Where everything is in a data folder. */
export function dataFolder(path: string): DataFolder {
  return {
    keys: join(path, 'keys.json'),
    rootSeed: join(path, 'root-seed.txt'),
    database: join(path, 'service.db'),
    lock: join(path, 'service.lock'),
  };
}
