import { Command, InvalidArgumentError, Option } from 'commander';
import { type Output, outputOf } from '../../modem/cli/program.ts';
import { systemClock, systemRandom } from '../../modem/index.ts';
import { readKeyFile } from '../keys.ts';
import { E164 } from '../people/people.ts';
import { servicePrimitives } from '../primitives.ts';
import { openService, type Service } from '../service.ts';
import { lockFile } from '../store/lock.ts';
import { dataFolder } from './data-folder.ts';
import { journalLine } from './journal-line.ts';
import { modemLine, openServiceModems, ownNumber, PIN_VARIABLE } from './service-modems.ts';

interface Listen {
  readonly host: string;
  readonly port: number;
}

interface ServeOptions {
  readonly data: string;
  readonly port: readonly [string, ...string[]];
  readonly number?: string;
  readonly listen: Listen;
}

/** `cash-server serve`: the service on a modem, until SIGINT or SIGTERM. */
export function serveCommand(): Command {
  return new Command('serve')
    .requiredOption('--data <folder>', 'what "cash-server init" made')
    .addOption(
      new Option('--port <name>', 'the modem: a device path or tcp://host:port (again for more modems)')
        .argParser((name: string, before: readonly string[] = []) => [...before, name])
        .makeOptionMandatory(),
    )
    .option('--number <number>', "the service's own number with +, if no SIM knows it", numberOption)
    .addOption(
      new Option('--listen <host:port>', 'where the HTTP API listens')
        .argParser(listenOption)
        .default({ host: '127.0.0.1', port: 8080 }, '127.0.0.1:8080'),
    )
    .addHelpText('after', `\nThe PIN of the SIMs, if they have one, is taken from ${PIN_VARIABLE}.`)
    .action((options: ServeOptions, command: Command) => serve(options, outputOf(command)));
}

async function serve(options: ServeOptions, output: Output): Promise<void> {
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
        service.onModem((standing) => output.print({ event: 'modem', ...standing }, modemLine(standing)));
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
  const { number, modems } = service;
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

function numberOption(text: string): string {
  if (E164.test(text)) return text;
  throw new InvalidArgumentError('Give an international number: + and 7 to 15 digits.');
}

function listenOption(text: string): Listen {
  const [, host, port] = /^(.+):([0-9]{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) throw new InvalidArgumentError('Give host:port, as 127.0.0.1:8080.');
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}
