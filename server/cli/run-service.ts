import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { type Output, UsageError } from '../../modem/cli/program.ts';
import { systemClock, systemRandom } from '../../modem/index.ts';
import type { EcrDoor } from '../ecr/ecr-door.ts';
import { viewModem } from '../http/views.ts';
import { readKeyFile, readKeyText, type ServiceKeys } from '../keys/key-file.ts';
import { servicePrimitives } from '../keys/primitives.ts';
import { addSuiteKey } from '../keys/suite-key.ts';
import { openService } from '../open-service.ts';
import type { Service } from '../service/service.ts';
import { takenOverText } from '../service/taken-over.ts';
import type { Unfinished } from '../service/unfinished.ts';
import { lockFile } from '../store/lock.ts';
import { messageOf } from '../vocabulary/errors.ts';
import { applicationFile } from './application-file.ts';
import { databaseAddress, dataFolder } from './data-folder.ts';
import { openRegisters, readEcrFile } from './ecr-file.ts';
import { DATABASE_VARIABLE, KEYS_VARIABLE } from './environment.ts';
import { addressOf, type Exposure, httpOptionsOf, type Listen } from './exposure.ts';
import { journalLine } from './journal-line.ts';
import { narrow } from './narrow.ts';
import { outsideRails, type RailOptions } from './outside-rails.ts';
import { modemLine, openServiceModems, ownNumber, type ServiceModems } from './service-modems.ts';
import { StopSignal } from './stop-signal.ts';
import { vaultKeyElsewhere } from './vault-key.ts';

/** The options of `cash-server serve`. */
export interface ServeOptions extends Exposure, RailOptions {
  readonly data?: string;
  readonly port?: readonly [string, ...string[]];
  /** False: this process neither sends nor receives. */
  readonly modem: boolean;
  /** False: this process has no HTTP API. */
  readonly http: boolean;
  readonly number?: string;
  /** The URL by which relying parties know the service. */
  readonly issuer?: string;
  /** What operators alone may deposit for one person within a day, minor units of all currencies together. */
  readonly fourEyesAbove?: number;
  /** The file of the cash registers. */
  readonly ecr?: string;
  /** For the shell: prints the vault key. */
  readonly vaultKeyCommand?: string;
}

/** How long answers and frames at the modem may take once the service is to end, ms: the rest is for the modem and the database. */
const DRAIN_MS = 6_000;

/** Runs the service on its modems until SIGINT or SIGTERM. @throws PortError, ModemError, UsageError, StoreError, also when a newer version has changed the tables meanwhile */
export async function runService(options: ServeOptions, output: Output): Promise<void> {
  const stop = new StopSignal(systemClock, (line) => {
    process.stderr.write(`cash-server: ${line}\n`);
    process.exit(1);
  });
  const http = options.http ? httpOptionsOf(options) : undefined;
  const { database, keys, lock } = whereAndWhat(options, output);
  const rails = outsideRails(options, output);
  const ecr = options.ecr === undefined ? undefined : readEcrFile(options.ecr);
  const application = applicationFile();
  if (options.data !== undefined) {
    for (const line of narrow(options.data)) output.print({ event: 'narrowed', line }, line);
  }
  const unlock = lock === undefined ? () => {} : lockFile(lock);
  let canWrite = true;
  let overtaken: Error | undefined;
  try {
    const modems = await stop.before(openBearer(options));
    if (modems === undefined) leaveUnopened(output);
    try {
      const number = options.number ?? (await stop.before(ownNumber(modems.opened)));
      if (number === undefined) leaveUnopened(output);
      let address = addressOf(options);
      const service = await openService({
        database,
        mustHaveTables: true,
        keys,
        application,
        number,
        issuer: options.issuer ?? (() => address),
        processName: nameOf(modems),
        bearer: modems.bearer,
        modems: modems.named,
        clock: systemClock,
        random: systemRandom,
        ...(options.fourEyesAbove !== undefined && { limits: { fourEyesAbove: options.fourEyesAbove } }),
        primitives: servicePrimitives(),
        rails,
        http,
        log: (entry) =>
          output.print({ event: 'journal', seq: entry.seq, at: entry.at, entry: entry.event }, journalLine(entry)),
        onRoom: (hasRoom) => {
          canWrite = hasRoom;
          output.print({ event: 'disk', room: hasRoom }, roomLine(hasRoom));
        },
        onTrouble: (reason) => {
          canWrite = reason === undefined;
          output.print({ event: 'database', works: reason === undefined, reason }, troubleLine(reason));
        },
        onNewerTables: (error) => {
          overtaken = error;
          stop.give();
        },
      });
      stop.left = () => leftLine(service.unfinished);
      let registers: EcrDoor | undefined;
      try {
        service.modems.onChange((standing) =>
          output.print({ event: 'modem', ...viewModem(standing) }, modemLine(standing)),
        );
        tellBeginning(service, output);
        const url = http === undefined ? undefined : await listen(service, options.listen, http.tls !== undefined);
        if (url !== undefined && options.listen.port === 0) address = addressOf(options, Number(new URL(url).port));
        registers = ecr === undefined ? undefined : await openRegisters(service, ecr, output);
        announce(service, url, output);
        tellApplication(application, keys, output);
        await stop.wanted;
        if (!canWrite) output.print({ event: 'stopping', writes: false }, UNWRITTEN_AT_END);
        await service.drain(DRAIN_MS);
      } finally {
        await registers?.close();
        await modems.bearer?.close();
        await service.close();
      }
    } finally {
      await modems.bearer?.close();
    }
  } finally {
    unlock();
    stop.done();
  }
  if (overtaken !== undefined) throw overtaken;
}

/** Where the service keeps its data, and its keys. `lock`: of a file, which one process has for itself. */
interface WhereAndWhat {
  readonly database: string;
  readonly keys: ServiceKeys;
  readonly lock: string | undefined;
}

/** @throws UsageError when neither the data folder nor the environment says it; KeyFileError */
function whereAndWhat({ data, vaultKeyCommand }: ServeOptions, output: Output): WhereAndWhat {
  const primitives = servicePrimitives();
  const address = databaseAddress();
  const text = process.env[KEYS_VARIABLE] ?? '';
  if (data === undefined && (address === undefined || text === '')) {
    throw new UsageError(
      `give --data, the folder that "cash-server init" made (or ${DATABASE_VARIABLE} and ${KEYS_VARIABLE})`,
    );
  }
  const files = dataFolder(data ?? '');
  const vault = vaultKeyElsewhere(vaultKeyCommand);
  if (text === '' && addSuiteKey(files.keys, systemRandom) === 'added') {
    const line = `${files.keys} has a suite key now, which signs the application for phones: back the file up again`;
    output.print({ event: 'suite-key', keys: files.keys }, line);
  }
  const keys =
    text === '' ? readKeyFile(files.keys, primitives, vault) : readKeyText(text, KEYS_VARIABLE, primitives, vault);
  if (address !== undefined) return { database: address, keys, lock: undefined };
  if (!existsSync(files.database)) {
    throw new Error(
      `${files.database} is missing: put a backup of it there; a new service begins in another folder, with "cash-server init"`,
    );
  }
  return { database: files.database, keys, lock: files.lock };
}

/** Says why phones cannot download the application, or would not trust it. */
function tellApplication(application: Uint8Array | undefined, { suite }: ServiceKeys, output: Output): void {
  const trouble =
    application === undefined
      ? 'There is no application to download, only phones that have it built in can pay: "npm run build" makes it'
      : suite === undefined
        ? 'The application for phones is not signed: the keys have no "suite" (64 hexadecimal digits), and cannot be written'
        : undefined;
  if (trouble !== undefined) output.print({ event: 'application', trouble }, trouble);
}

type ModemsOrNone = Omit<ServiceModems, 'bearer'> & { readonly bearer: ServiceModems['bearer'] | undefined };

/** The modems that the options name, or none. @throws UsageError, PortError, ModemError */
async function openBearer({ port, modem, number }: ServeOptions): Promise<ModemsOrNone> {
  if (modem) {
    if (port === undefined) throw new UsageError('give the modem with --port, or --no-modem');
    return openServiceModems(port);
  }
  if (databaseAddress() === undefined) {
    throw new UsageError(`--no-modem is for several processes on one database: set ${DATABASE_VARIABLE}`);
  }
  if (number === undefined) throw new UsageError('--no-modem needs --number: no SIM tells it');
  return { named: [], opened: [], bearer: undefined };
}

/** For the operator, when this process is lost. */
function nameOf({ named }: ModemsOrNone): string {
  const modems = named.length === 0 ? 'no modem' : named.map(({ port }) => port).join(', ');
  return `${hostname()} pid ${process.pid} (${modems})`;
}

/** SIGTERM came while the modems were being opened, which nothing can interrupt. */
function leaveUnopened(output: Output): never {
  output.print({ event: 'stopped' }, 'Stopped while the modems were being opened');
  process.exit(0);
}

const UNWRITTEN_AT_END =
  'Stopping while nothing can be written: what is not written is done again at the next start, nothing is lost';

function roomLine(hasRoom: boolean): string {
  return hasRoom
    ? 'There is room on the disk again: requests are taken'
    : 'THE DISK IS FULL: requests are refused with 503 until there is room; nothing is lost';
}

function troubleLine(reason: string | undefined): string {
  return reason === undefined
    ? 'The database works again'
    : `THE DATABASE DOES NOT WORK: ${reason}; requests are refused with 503 until it does; nothing is lost`;
}

function leftLine({ answers, frames }: Unfinished): string {
  return `${answers} HTTP answers, ${frames} frames at the modem without an outcome`;
}

function tellBeginning(service: Service, output: Output): void {
  const { migrated, takenOver } = service;
  if (migrated !== undefined) {
    const { from, to, copy } = migrated;
    output.print(
      { event: 'migrated', from, to, copy },
      `The database was brought from version ${from} to ${to}; as it was, it is kept in ${copy}`,
    );
  }
  output.print({ event: 'taken-over', ...takenOver }, takenOverText(takenOver));
}

/** @param url where the API listens; `undefined` without one */
function announce(service: Service, url: string | undefined, output: Output): void {
  const { number } = service;
  const modems = service.modems.standings.map(viewModem);
  const api =
    url === undefined ? 'no HTTP API here' : `${url}/ is the merchant's page, ${url}/openapi.json describes the API`;
  output.print(
    {
      event: 'ready',
      pid: process.pid,
      ...(url !== undefined && { url, page: `${url}/`, openapi: `${url}/openapi.json` }),
      number,
      modems,
    },
    [`Ready: ${api}; phones send to ${number}`, ...modems.map(({ port, detail }) => `Modem ${port}: ${detail}`)].join(
      '\n',
    ),
  );
}

async function listen(service: Service, { host, port }: Listen, tls: boolean): Promise<string> {
  try {
    const url = await service.http.listen({ host, port });
    return tls ? url.replace(/^http:/, 'https:') : url;
  } catch (error) {
    const reason = messageOf(error);
    throw new Error(`the HTTP API cannot listen on ${host}:${port} (${reason}): choose another --listen`);
  }
}
