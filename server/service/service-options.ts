import type { Primitives } from '../../device/safe-mobile/index.ts';
import type { Clock, Random, SmsBearer } from '../../modem/index.ts';
import type { HttpOptions } from '../gate/http-options.ts';
import type { JournalListener } from '../journal/journal.ts';
import type { ServiceKeys } from '../keys/key-file.ts';
import type { StaticSecrets } from '../keys/static-secrets.ts';
import type { Limits, STANDARD_LIMITS } from '../limits/limits.ts';
import type { Rail } from '../rails/rail.ts';
import type { NewerTablesError, StoreProbe } from '../store/store.ts';
import type { NamedModem } from './modems.ts';

/** For relying parties on the same machine. */
export const DEFAULT_ISSUER = 'http://127.0.0.1:8080';

/** What a service is opened with. */
export interface ServiceOptions {
  /** A file, made when it is missing; `:memory:` keeps nothing; `postgres://user@host:port/database` may be shared by several processes. */
  readonly database: string;
  /** No other process uses the database, so nothing looks for what others leave. Default: false for PostgreSQL, true for a file. */
  readonly alone?: boolean;
  /** An empty database of PostgreSQL is refused. Default: it gets its tables. */
  readonly mustHaveTables?: boolean;
  /** A name of this process for people, who hear of it when it is lost. Default: `service`. */
  readonly processName?: string;
  readonly keys: ServiceKeys;
  /** The JAR of the payment application, which phones download. Default: none, for phones that have it built in. */
  readonly application?: Uint8Array | undefined;
  /** The service's own number, E.164: what phones are told to send to. */
  readonly number: string;
  /** The caller's: it is not closed with the service. Without one, other processes on the same database send and receive. */
  readonly bearer?: SmsBearer | undefined;
  readonly clock: Clock;
  readonly random: Random;
  /** Default: the fastest this machine has. */
  readonly primitives?: Primitives;
  /** Makes an RSA key, PKCS #8, which the service wipes. Default: of 3072 bits, drawn by Node. */
  readonly newJwsKey?: () => Promise<Uint8Array>;
  /** Phones whose static secret is kept in memory, 32 octets each: see {@link StaticSecrets}. Default: 10,000. */
  readonly keptSecrets?: number;
  /** Who may cause how many SMS, where it is not as {@link STANDARD_LIMITS} says. */
  readonly limits?: Partial<Limits>;
  /** What moves the money: the first one for new payments, the others for payments of earlier. Default: prepaid accounts in the service's own ledger. */
  readonly rails?: readonly Rail[];
  /** The modems behind the bearer, to be watched: while none is ready, nothing is handed to the bearer. Default: none is watched. */
  readonly modems?: readonly NamedModem[];
  /** Keeps a virtual clock still while the database works: the clock's `hold`. */
  readonly hold?: (work: Promise<unknown>) => void;
  /** What a test sees of the database, and may spoil. */
  readonly probe?: StoreProbe;
  /** Hears once that the disk is full, and once that there is room again. */
  readonly onRoom?: (hasRoom: boolean) => void;
  /** Hears once that PostgreSQL cannot be reached or cannot write, with the reason, and `undefined` once it works again. */
  readonly onTrouble?: (reason: string | undefined) => void;
  /**
   * Hears once that a newer version of the program has changed the tables of PostgreSQL while this process was stopped: from then on it
   * writes and reads nothing, requests are refused with 503, and it should be closed.
   */
  readonly onNewerTables?: (error: NewerTablesError) => void;
  /**
   * The URL by which relying parties know the service, without a slash at its end: `iss` of what it signs. As a function it is asked for when it is
   * needed: the port may be known only when the API listens. Default {@link DEFAULT_ISSUER}.
   */
  readonly issuer?: string | (() => string);
  /** How the HTTP API meets its clients. */
  readonly http?: HttpOptions | undefined;
  /** Called with each entry of the journal that this process writes, after it is on disk. */
  readonly log?: JournalListener;
}
