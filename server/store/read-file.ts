import { openSqliteFileToRead } from './sqlite-file.ts';
import { SqliteSnapshot } from './sqlite-snapshot.ts';

/**
 * Reads the service's file without a service: all of `work` sees the file as it is at one moment, also while a service
 * writes to it. @param path a file. @throws StoreError when there is none, or it cannot be read
 */
export async function readFile<T>(path: string, work: (snapshot: SqliteSnapshot) => Promise<T>): Promise<T> {
  const snapshot = new SqliteSnapshot(openSqliteFileToRead(path), () => {});
  try {
    snapshot.exec('BEGIN');
    return await work(snapshot);
  } finally {
    snapshot.close();
  }
}
