import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { fileFlash } from '../../../device/index.ts';
import { enrolled, PIN } from './cash-bench.ts';

/** Octets that were written to the disk. */
const written = vi.hoisted(() => ({ octets: 0 }));

vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  return {
    ...real,
    writeSync: (file: number, octets: Buffer, from: number, length: number, at: number) => {
      const done = real.writeSync(file, octets, from, length, at);
      written.octets += done;
      return done;
    },
  };
});

test('a payment writes its records into a flash file, and not the whole flash: as much for the tenth as for the first', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'written-'));
  try {
    const cash = await enrolled({ flash: fileFlash(join(folder, 'phone.json')) });
    const payments: number[] = [];
    for (let number = 0; number < 10; number += 1) {
      written.octets = 0;
      const { txn } = await cash.request();
      await cash.select('Approve');
      await cash.type(PIN);
      await cash.select('Confirm');
      await cash.send(cash.service.receipt(txn, 'paid'));
      await cash.select('OK');
      payments.push(written.octets);
    }
    // Lines that are added, and blanks over what they replace; before, each write was the whole file: 36,000 octets and more.
    // A change of what a payment writes is to be seen here: a record more is a hundred octets or more.
    expect(payments).toEqual([4481, 4481, 4486, 4487, 4487, 4487, 4487, 4489, 4494, 4494]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
