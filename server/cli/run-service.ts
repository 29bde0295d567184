import type { Output } from '../../modem/cli/program.ts';
import { systemClock, systemRandom } from '../../modem/index.ts';
import { viewModem } from '../http/views.ts';
import { readKeyFile } from '../keys/key-file.ts';
import { servicePrimitives } from '../keys/primitives.ts';
import { openService } from '../open-service.ts';
import type { Service, Unfinished } from '../service/service.ts';
import { takenOverText } from '../service/taken-over.ts';
import { lockFile } from '../store/lock.ts';
import { messageOf } from '../vocabulary/errors.ts';
import { dataFolder } from './data-folder.ts';
import { journalLine } from './journal-line.ts';
import { modemLine, openServiceModems, ownNumber } from './service-modems.ts';
import { StopSignal } from './stop-signal.ts';

/** Where the HTTP API listens. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** The options of `cash-server serve`. */
export interface ServeOptions {
  readonly data: string;
  readonly port: readonly [string, ...string[]];
  readonly number?: string;
  readonly listen: Listen;
}

/** How long answers and frames at the modem may take once the service is to end, ms: the rest is for the modem and the database. */
const DRAIN_MS = 6_000;

/** Runs the service on its modems until SIGINT or SIGTERM. @throws PortError, ModemError, UsageError, StoreError */
export async function runService(options: ServeOptions, output: Output): Promise<void> {
  const stop = new StopSignal(systemClock, (line) => {
    process.stderr.write(`cash-server: ${line}\n`);
    process.exit(1);
  });
  const files = dataFolder(options.data);
  const primitives = servicePrimitives();
  const keys = readKeyFile(files.keys, primitives);
  const unlock = lockFile(files.lock);
  try {
    const opening = openServiceModems(options.port);
    const modems = await stop.before(opening);
    if (modems === undefined) leaveUnopened(output);
    try {
      const number = options.number ?? (await stop.before(ownNumber(modems)));
      if (number === undefined) leaveUnopened(output);
      const service = await openService({
        database: files.database,
        keys,
        number,
        bearer: modems.bearer,
        modems: modems.named,
        clock: systemClock,
        random: systemRandom,
        primitives,
        log: (entry) =>
          output.print({ event: 'journal', seq: entry.seq, at: entry.at, entry: entry.event }, journalLine(entry)),
        onRoom: (hasRoom) => output.print({ event: 'disk', room: hasRoom }, roomLine(hasRoom)),
      });
      stop.left = () => leftLine(service.unfinished);
      try {
        service.onModem((standing) => output.print({ event: 'modem', ...viewModem(standing) }, modemLine(standing)));
        tellBeginning(service, output);
        announce(service, await listen(service, options.listen), output);
        await stop.wanted;
        await service.drain(DRAIN_MS);
      } finally {
        await modems.bearer.close();
        await service.close();
      }
    } finally {
      await modems.bearer.close();
    }
  } finally {
    unlock();
    stop.done();
  }
}

/** SIGTERM came while the modems were being opened, which nothing can interrupt. */
function leaveUnopened(output: Output): never {
  output.print({ event: 'stopped' }, 'Stopped while the modems were being opened');
  process.exit(0);
}

function roomLine(hasRoom: boolean): string {
  return hasRoom
    ? 'There is room on the disk again: requests are taken'
    : 'THE DISK IS FULL: requests are refused with 503 until there is room; nothing is lost';
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

function announce(service: Service, url: string, output: Output): void {
  const { number } = service;
  const modems = service.modems.map(viewModem);
  output.print(
    { event: 'ready', pid: process.pid, url, page: `${url}/`, openapi: `${url}/openapi.json`, number, modems },
    [
      `Ready: ${url}/ is the merchant's page, ${url}/openapi.json describes the API; phones send to ${number}`,
      ...modems.map(({ port, detail }) => `Modem ${port}: ${detail}`),
    ].join('\n'),
  );
}

async function listen(service: Service, { host, port }: Listen): Promise<string> {
  try {
    return await service.http.listen({ host, port });
  } catch (error) {
    const reason = messageOf(error);
    throw new Error(`the HTTP API cannot listen on ${host}:${port} (${reason}): choose another --listen`);
  }
}
