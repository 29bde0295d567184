import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import { addressOf, type Exposure, httpOptionsOf } from '../../../server/cli/exposure.ts';
import { inProcess } from '../../in-process.ts';
import { temporaryFolder } from '../database.ts';
import { shop } from '../world.ts';
import { Program } from './program.ts';

/** A certificate for this machine, by openssl. */
function certificate() {
  const folder = temporaryFolder();
  const [tlsCert, tlsKey] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'],
      ...['-keyout', tlsKey, '-out', tlsCert],
    ],
    { stdio: 'ignore' },
  );
  return { folder, tlsCert, tlsKey };
}

const listen = (host: string) => ({ host, port: 8080 });

describe('where the HTTP API may listen', () => {
  it.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1'])('%s: within this machine, without TLS', (host) => {
    expect(httpOptionsOf({ listen: listen(host) })).toEqual({ tls: undefined, behindProxy: undefined, hosts: [host] });
  });

  it.each([
    '0.0.0.0',
    '::',
    '192.168.1.5',
    '128.0.0.1',
    'pay.example',
    '127.attacker.example',
    'localhost.example',
    '::2',
  ])('%s: with TLS or behind a proxy only', (host) => {
    expect(() => httpOptionsOf({ listen: listen(host) })).toThrow(
      `--listen ${host} would send keys and payments over the network in clear text`,
    );
    expect(httpOptionsOf({ listen: listen(host), behindProxy: true, host: ['a.example'] })).toEqual({
      tls: undefined,
      behindProxy: true,
      hosts: [host, 'a.example'],
    });
  });

  it.each([
    ['127.0.0.1', undefined, 'http://127.0.0.1:8080'],
    ['pay.example', 'cert.pem', 'https://pay.example:8080'],
    ['::1', undefined, 'http://[::1]:8080'],
  ])('%s, with the certificate %s, is %s', (host, tlsCert, url) => {
    expect(addressOf({ listen: listen(host), ...(tlsCert !== undefined && { tlsCert }) })).toBe(url);
  });

  it('with TLS anywhere', () => {
    const { tlsCert, tlsKey } = certificate();
    const { tls } = httpOptionsOf({ listen: listen('0.0.0.0'), tlsCert, tlsKey });
    expect(String(tls?.cert)).toContain('BEGIN CERTIFICATE');
    expect(String(tls?.key)).toContain('PRIVATE KEY');
  });

  it('with a certificate and its key, both there and of each other', () => {
    const [{ folder, tlsCert, tlsKey }, other] = [certificate(), certificate()];
    const text = join(folder, 'text');
    writeFileSync(text, 'no certificate');
    const wrong: readonly (readonly [Partial<Exposure>, string])[] = [
      [{ tlsCert }, '--tls-cert and --tls-key go together'],
      [{ tlsKey }, '--tls-cert and --tls-key go together'],
      [{ tlsCert: `${tlsCert}x`, tlsKey }, `--tls-cert ${tlsCert}x cannot be read`],
      [{ tlsCert, tlsKey: `${tlsKey}x` }, `--tls-key ${tlsKey}x cannot be read`],
      [{ tlsCert: text, tlsKey }, 'are no certificate and its key'],
      [{ tlsCert, tlsKey: other.tlsKey }, 'are no certificate and its key'],
    ];
    for (const [given, words] of wrong) {
      expect(() => httpOptionsOf({ listen: listen('127.0.0.1'), ...given }), words).toThrow(words);
    }
  });
});

it.each([
  [
    ['--listen', '0.0.0.0:8080'],
    '--listen 0.0.0.0 would send keys and payments over the network in clear text: give --tls-cert and --tls-key, or --behind-proxy when a proxy in front does TLS',
  ],
  [['--tls-cert', 'c.pem'], '--tls-cert and --tls-key go together: give the certificate with its chain, and its key'],
  [
    ['--host', 'https://pay.example'],
    "option '--host <name>' argument 'https://pay.example' is invalid. Give a name without scheme and port, as pay.example.org.",
  ],
  ...['https://pay.example/', 'pay.example', 'https://pay.example?a'].map((url): [string[], string] => [
    ['--issuer', url],
    `option '--issuer <url>' argument '${url}' is invalid. Give a URL without a slash at its end, as https://pay.example.org.`,
  ]),
])('serve %j: one line, and 2', async (args, words) => {
  const run = await inProcess(cashServer, 'serve', '--data', 'd', '--port', '/dev/null', ...args);
  expect(run).toEqual({ code: 2, out: '', err: `cash-server: ${words}\n` });
});

it('cash-server administers over HTTPS, and says what is wrong with a certificate', async () => {
  const { tlsCert, tlsKey } = certificate();
  const { world } = await shop(1, { http: httpOptionsOf({ listen: listen('127.0.0.1'), tlsCert, tlsKey }) });
  const url = (await world.service.http.listen({ host: '127.0.0.1', port: 0 })).replace(/^http:/, 'https:');
  const list = (environment: NodeJS.ProcessEnv) =>
    new Program('dist/server/cli/cash-server.js', ['person', 'list', '--server', url], {
      CASH_SERVER_ADMIN_KEY: world.adminKey,
      ...environment,
    });
  const [trusting, wary] = [list({ NODE_EXTRA_CA_CERTS: tlsCert }), list({})];
  expect([await trusting.ended(), trusting.errors]).toEqual([0, '']);
  expect(JSON.stringify(trusting.lines)).toContain('+393400000001');
  expect(await wary.ended()).toBe(1);
  expect(wary.errors).toMatch(
    /"the certificate of https:\/\/127\.0\.0\.1:\d+ is not accepted \(self-signed certificate\): .*NODE_EXTRA_CA_CERTS"/,
  );
  await world.service.close();
}, 60_000);
