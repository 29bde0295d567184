import { Command, InvalidArgumentError, Option } from 'commander';
import { type Output, outputOf, UsageError } from '../../modem/cli/program.ts';
import {
  describeState,
  type Modem,
  openModem,
  systemClock,
  systemRandom,
  textIn,
  valuesOf,
} from '../../modem/index.ts';
import { readKeyFile } from '../keys.ts';
import { E164 } from '../people/people.ts';
import { servicePrimitives } from '../primitives.ts';
import { openService, type Service } from '../service.ts';
import { lockFile } from '../store/lock.ts';
import { dataFolder } from './data-folder.ts';
import { journalLine } from './journal-line.ts';

/** Where the SIM's PIN is looked for: never on the command line, which every user of the machine can read. */
const PIN_VARIABLE = 'GSM_MODEM_PIN';

interface Listen {
  readonly host: string;
  readonly port: number;
}

interface ServeOptions {
  readonly data: string;
  readonly port: string;
  readonly number?: string;
  readonly listen: Listen;
}

/** `cash-server serve`: the service on a modem, until SIGINT or SIGTERM. */
export function serveCommand(): Command {
  return new Command('serve')
    .requiredOption('--data <folder>', 'what "cash-server init" made')
    .requiredOption('--port <name>', 'the modem: a device path or tcp://host:port')
    .option('--number <number>', "the service's own number with +, if the SIM does not know it", numberOption)
    .addOption(
      new Option('--listen <host:port>', 'where the HTTP API listens')
        .argParser(listenOption)
        .default({ host: '127.0.0.1', port: 8080 }, '127.0.0.1:8080'),
    )
    .addHelpText('after', `\nThe SIM's PIN, if it has one, is taken from ${PIN_VARIABLE}.`)
    .action((options: ServeOptions, command: Command) => serve(options, outputOf(command)));
}

async function serve(options: ServeOptions, output: Output): Promise<void> {
  const stopped = stopSignal();
  const files = dataFolder(options.data);
  const primitives = servicePrimitives();
  const keys = readKeyFile(files.keys, primitives);
  const unlock = lockFile(files.lock);
  try {
    const modem = await openServiceModem(options.port);
    try {
      const service = await openService({
        database: files.database,
        keys,
        number: options.number ?? (await ownNumber(modem)),
        bearer: modem,
        clock: systemClock,
        random: systemRandom,
        primitives,
        log: (entry) =>
          output.print({ event: 'journal', seq: entry.seq, at: entry.at, entry: entry.event }, journalLine(entry)),
      });
      try {
        const url = await listen(service, options.listen);
        output.print(
          { event: 'ready', url, page: `${url}/`, openapi: `${url}/openapi.json`, number: service.number },
          `Ready: ${url}/ is the merchant's page, ${url}/openapi.json describes the API; phones send to ${service.number}`,
        );
        await stopped;
      } finally {
        await modem.close();
        await service.close();
      }
    } finally {
      await modem.close();
    }
  } finally {
    unlock();
  }
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => resolve();
    process.once('SIGINT', stop).once('SIGTERM', stop);
  });
}

async function openServiceModem(port: string): Promise<Modem> {
  const pin = process.env[PIN_VARIABLE];
  const modem = await openModem(port, {
    ...(pin !== undefined && pin !== '' && { pin }),
    log: ({ kind, text }) => {
      if (kind !== 'state') process.stderr.write(`${port}: ${text}\n`);
    },
  });
  modem.onState((state) => {
    if (state.kind !== 'closed') process.stderr.write(`${port}: ${describeState(state)}\n`);
  });
  return modem;
}

/** The number that the SIM tells (3GPP TS 27.007, 7.1, `+CNUM`). @throws UsageError when it tells none */
async function ownNumber(modem: Modem): Promise<string> {
  const answer = await modem.run({ text: 'AT+CNUM', response: { prefix: '+CNUM:', many: true } });
  const lines = answer.kind === 'ok' ? answer.lines : [];
  const numbers = lines.map(({ text }) => textIn(valuesOf(text)[1]) ?? '').filter((number) => E164.test(number));
  const [number] = numbers;
  if (number === undefined) throw new UsageError('the SIM does not tell its number: give it with --number +39…');
  return number;
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
