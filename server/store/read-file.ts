import { Connection } from './connection.ts';
import { openSqliteFileToRead } from './sqlite-file.ts';
import type { ReadTx } from './store.ts';

/**
 * Reads the service's file without a service: all of `work` sees the file as it is at one moment, also while a service
 * writes to it. @param path a file. @throws StoreError when there is none, or it cannot be read
 */
export async function readFile<T>(path: string, work: (tx: ReadTx) => Promise<T>): Promise<T> {
  const connection = new Connection(openSqliteFileToRead(path), () => {});
  try {
    connection.exec('BEGIN');
    return await work(connection);
  } finally {
    connection.close();
  }
}
