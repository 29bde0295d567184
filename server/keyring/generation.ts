import type { Row } from '../store/row.ts';
import type { ReadTx, Tx } from '../store/store.ts';

/** What a key of the service is for: `sealing` (S) seals both directions, `signing` (R) signs receipts, orders and the time. */
export const KEY_USES = ['sealing', 'signing'] as const;
export type KeyUse = (typeof KEY_USES)[number];

/** One key of the service, one after another. The first ones are those of the key file. */
export interface Generation {
  readonly use: KeyUse;
  /** On the air, 1 to 255. A number names one key for ever. */
  readonly kid: number;
  /** 32 octets. */
  readonly publicKey: Uint8Array;
  /** Under the vault key; `undefined` for the key of the key file. */
  readonly sealedSecret: Uint8Array | undefined;
  /** ms since 1970; 0 for the key of the key file. */
  readonly createdAt: number;
  /** Since when it is used, ms since 1970; `undefined` until root has signed its announcement. */
  readonly beginsAt: number | undefined;
  /** From when on it does not count any more, ms since 1970; `undefined` for the latest one. */
  readonly endsAt: number | undefined;
  /** The announcement that root has signed, 107 octets; `undefined` for the key of the key file. */
  readonly announcement: Uint8Array | undefined;
  /** The announcement of its end, likewise; `undefined` until root has signed one. */
  readonly endAnnouncement: Uint8Array | undefined;
  /** When that came, ms since 1970; 0 without one. */
  readonly endAnnouncedAt: number;
}

/** The keys that were rotated, and those of the key file once another one has followed them. */
export function storedGenerations(tx: ReadTx): Promise<Generation[]> {
  return tx.all('SELECT * FROM service_key ORDER BY kid', readGeneration);
}

/** One transaction after another changes keys. The row is there since the first start. */
export async function lockKeys(tx: Tx): Promise<void> {
  await tx.get('SELECT id FROM vault WHERE id = 1 FOR UPDATE', (row) => row.integer('id'));
}

/** The `notAfter` of a key without an end, unix seconds. */
export const ENDLESS = 0xffff_ffff;

/** The last second in which a key counts, by its announcement, unix seconds. */
export function notAfterOf(announcement: Uint8Array): number {
  return new DataView(announcement.buffer, announcement.byteOffset).getUint32(39);
}

/** Whether a key was ended before its beginning, because it was made while the clock of the service was ahead: it is never used. */
export function neverBegins({ beginsAt, endsAt }: Generation): boolean {
  return beginsAt !== undefined && endsAt !== undefined && endsAt <= beginsAt;
}

function readGeneration(row: Row): Generation {
  return {
    use: row.oneOf('use', KEY_USES),
    kid: row.integer('kid'),
    publicKey: row.octets('public_key'),
    sealedSecret: row.optionalOctets('sealed_secret'),
    createdAt: row.integer('created_at'),
    beginsAt: row.optionalInteger('begins_at'),
    endsAt: row.optionalInteger('ends_at'),
    announcement: row.optionalOctets('announcement'),
    endAnnouncement: row.optionalOctets('end_announcement'),
    endAnnouncedAt: row.optionalInteger('end_announced_at') ?? 0,
  };
}
