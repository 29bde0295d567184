import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { UsageError } from '../../modem/cli/program.ts';
import type { HttpOptions, Tls } from '../gate/http-options.ts';
import { messageOf } from '../vocabulary/errors.ts';

/** Where the HTTP API listens. */
export interface Listen {
  readonly host: string;
  readonly port: number;
}

/** What `cash-server serve` is told of who may reach its API. */
export interface Exposure {
  readonly listen: Listen;
  /** Names by which clients may call. */
  readonly host?: readonly string[];
  /** Files of PEM. */
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly behindProxy?: true;
}

/** How the API meets its clients. @throws UsageError when others could read along, or the certificate cannot be used */
export function httpOptionsOf({ listen, host = [], tlsCert, tlsKey, behindProxy }: Exposure): HttpOptions {
  if ((tlsCert === undefined) !== (tlsKey === undefined)) {
    throw new UsageError('--tls-cert and --tls-key go together: give the certificate with its chain, and its key');
  }
  const tls = tlsCert === undefined || tlsKey === undefined ? undefined : readTls(tlsCert, tlsKey);
  if (tls === undefined && behindProxy !== true && !isLoopback(listen.host)) {
    throw new UsageError(
      `--listen ${listen.host} would send keys and payments over the network in clear text: give --tls-cert and --tls-key, or --behind-proxy when a proxy in front does TLS`,
    );
  }
  return { tls, behindProxy, hosts: [listen.host, ...host] };
}

/** The URL at which the API listens, without a slash at its end. @param port that it has got, where `--listen` asks for any (port 0) */
export function addressOf({ listen, tlsCert }: Exposure, port: number = listen.port): string {
  const { host } = listen;
  const name = host.includes(':') ? `[${host}]` : host;
  return `${tlsCert === undefined ? 'http' : 'https'}://${name}:${port}`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.[0-9]{1,3}){3}$/.test(host);
}

function readTls(certFile: string, keyFile: string): Tls {
  const tls = { cert: readPem('--tls-cert', certFile), key: readPem('--tls-key', keyFile) };
  try {
    createSecureContext(tls);
    return tls;
  } catch (error) {
    throw new UsageError(
      `--tls-cert ${certFile} and --tls-key ${keyFile} are no certificate and its key, in PEM: ${messageOf(error)}`,
    );
  }
}

function readPem(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${option} ${file} cannot be read: ${messageOf(error)}`);
  }
}
