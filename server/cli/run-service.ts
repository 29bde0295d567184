import type { Output } from '../../modem/cli/program.ts';
import { systemClock, systemRandom } from '../../modem/index.ts';
import { viewModem } from '../http/views.ts';
import { readKeyFile } from '../keys.ts';
import { servicePrimitives } from '../primitives.ts';
import { openService, type Service } from '../service.ts';
import { lockFile } from '../store/lock.ts';
import { dataFolder } from './data-folder.ts';
import { journalLine } from './journal-line.ts';
import { modemLine, openServiceModems, ownNumber } from './service-modems.ts';

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

/** Runs the service on its modems until SIGINT or SIGTERM. @throws PortError, ModemError, UsageError, StoreError */
export async function runService(options: ServeOptions, output: Output): Promise<void> {
  const stopped = stopSignal();
  const files = dataFolder(options.data);
  const primitives = servicePrimitives();
  const keys = readKeyFile(files.keys, primitives);
  const unlock = lockFile(files.lock);
  try {
    const modems = await openServiceModems(options.port);
    try {
      const service = await openService({
        database: files.database,
        keys,
        number: options.number ?? (await ownNumber(modems)),
        bearer: modems.bearer,
        modems: modems.named,
        clock: systemClock,
        random: systemRandom,
        primitives,
        log: (entry) =>
          output.print({ event: 'journal', seq: entry.seq, at: entry.at, entry: entry.event }, journalLine(entry)),
      });
      try {
        service.onModem((standing) => output.print({ event: 'modem', ...viewModem(standing) }, modemLine(standing)));
        announce(service, await listen(service, options.listen), output);
        await stopped;
      } finally {
        await modems.bearer.close();
        await service.close();
      }
    } finally {
      await modems.bearer.close();
    }
  } finally {
    unlock();
  }
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

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => resolve();
    process.once('SIGINT', stop).once('SIGTERM', stop);
  });
}

async function listen(service: Service, { host, port }: Listen): Promise<string> {
  try {
    return await service.http.listen({ host, port });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`the HTTP API cannot listen on ${host}:${port} (${reason}): choose another --listen`);
  }
}
