import { Command, InvalidArgumentError, Option } from 'commander';
import { outputOf, portNameOption } from '../../modem/cli/program.ts';
import { E164 } from '../vocabulary/person-fields.ts';
import {
  CARD_MAC_KEY_VARIABLE,
  DATABASE_VARIABLE,
  KEYS_VARIABLE,
  PAYPAL_SECRET_VARIABLE,
  PIN_VARIABLE,
  VAULT_KEY_VARIABLE,
} from './environment.ts';
import type { Listen } from './exposure.ts';
import type { ServeOptions } from './run-service.ts';
import { hostAndPort } from './settings-file.ts';
import { wholeNumberOption } from './whole-number.ts';

/** `cash-server serve`: the service on a modem, until SIGINT or SIGTERM. */
export function serveCommand(): Command {
  return new Command('serve')
    .option('--data <folder>', 'what "cash-server init" made')
    .addOption(
      new Option('--port <name>', 'the modem: a device path or tcp://host:port (again for more modems)')
        .env('GSM_MODEM_PORT')
        .argParser(portsOption),
    )
    .option('--no-modem', 'neither send nor receive: other processes on the same database do')
    .option('--no-http', 'no HTTP API: other processes on the same database have it')
    .option('--number <number>', "the service's own number with +, if no SIM knows it", numberOption)
    .addOption(
      new Option('--listen <host:port>', 'where the HTTP API listens')
        .argParser(listenOption)
        .default({ host: '127.0.0.1', port: 8080 }, '127.0.0.1:8080'),
    )
    .option(
      '--tls-cert <file>',
      'HTTPS: the certificate with its chain (PEM); needed when others than this machine reach it',
    )
    .option('--tls-key <file>', 'the key of the certificate (PEM)')
    .option('--behind-proxy', 'a proxy in front does TLS, and says in X-Forwarded-For who asks')
    .option('--host <name>', 'a name by which clients call it (again for more names)', hostsOption)
    .option(
      '--issuer <url>',
      'the URL by which relying parties know it, the same at all processes: iss of what it signs (default: where it listens)',
      issuerOption,
    )
    .option(
      '--four-eyes-above <minor>',
      'deposits above it for one person within a day, all currencies together, need a second operator (default: 100000)',
      wholeNumberOption,
    )
    .option('--card <file>', 'new payments go by card, to the host that this file names (JSON)')
    .option('--paypal <file>', 'new payments go by PayPal, to the account that this file names (JSON)')
    .addOption(
      new Option('--new-payments <rail>', 'the rail of new payments, when there are several').choices([
        'card',
        'paypal',
      ]),
    )
    .option('--ecr <file>', 'cash registers of shops connect (ECR17), as this file says (JSON)')
    .option('--vault-key-command <command>', 'prints the vault key, when it is not in keys.json (HSM, KMS)')
    .addHelpText(
      'after',
      [
        '',
        `The PIN of the SIMs, if they have one, is taken from ${PIN_VARIABLE}.`,
        `${DATABASE_VARIABLE}=postgres://user@host/database: this database instead of a file, for one or more processes;`,
        'its password comes from PGPASSWORD or ~/.pgpass.',
        `${KEYS_VARIABLE}: what is in keys.json, instead of the file; with both variables --data is not needed.`,
        `${VAULT_KEY_VARIABLE}: the vault key, when it is neither in keys.json nor printed by --vault-key-command.`,
        `${CARD_MAC_KEY_VARIABLE}: the key of the codes (X9.19) on messages to and from the card host, 32 hexadecimal digits.`,
        `${PAYPAL_SECRET_VARIABLE}: the secret of the client at PayPal.`,
      ].join('\n'),
    )
    .action(async (options: ServeOptions, command: Command) =>
      (await import('./run-service.ts')).runService(options, outputOf(command)),
    );
}

function portsOption(text: string, before: readonly string[] = []): readonly string[] {
  const name = portNameOption(text);
  if (!before.includes(name)) return [...before, name];
  throw new InvalidArgumentError('Name each modem once.');
}

function hostsOption(text: string, before: readonly string[] = []): readonly string[] {
  if (/^[a-z0-9.-]+$/i.test(text)) return [...before, text];
  throw new InvalidArgumentError('Give a name without scheme and port, as pay.example.org.');
}

/** An issuer has no query, no fragment, and is compared letter by letter (OpenID Connect Discovery 1.0, 3). */
function issuerOption(text: string): string {
  if (/^https?:\/\/[^/?#]+(\/[^?#]*[^/?#])?$/.test(text) && URL.canParse(text)) return text;
  throw new InvalidArgumentError('Give a URL without a slash at its end, as https://pay.example.org.');
}

function numberOption(text: string): string {
  if (E164.test(text)) return text;
  throw new InvalidArgumentError('Give an international number: + and 7 to 15 digits.');
}

function listenOption(text: string): Listen {
  const listen = hostAndPort(text);
  if (listen.host === '' || listen.port > 65_535) throw new InvalidArgumentError('Give host:port, as 127.0.0.1:8080.');
  return listen;
}
