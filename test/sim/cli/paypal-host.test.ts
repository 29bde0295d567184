import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { UsageError } from '../../../modem/cli/program.ts';
import { check, obey } from '../../../sim/cli/paypal-host-program.ts';
import { PAYPAL_FAULTS, PayPalHost, VirtualClock } from '../../../sim/index.ts';
import { Program } from '../../server/cli/program.ts';

const folder = mkdtempSync(join(tmpdir(), 'cash-mobile-paypal-host-'));

function fileOf(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('paypal:host', () => {
  it('says where it listens and what the service needs to know, and gives a token for that', async () => {
    const program = new Program('dist/sim/cli/paypal-host.js', ['--vault', 'a', 'b']);
    onTestFinished(() => void program.end('SIGKILL'));
    const { url, settings, secret } = await program.line('ready', 30_000);
    expect(settings).toEqual({
      clientId: 'client',
      webhookId: '4JH86294D6297924G',
      url,
      certificatesFrom: [url],
      customers: 'customers.csv',
    });
    const headers = { authorization: `Basic ${Buffer.from(`client:${secret}`).toString('base64')}` };
    const grant = { method: 'POST', headers, body: 'grant_type=client_credentials' };
    const answer: unknown = await (await fetch(`${url}/v1/oauth2/token`, grant)).json();
    const { access_token: token } = z.object({ access_token: z.string() }).parse(answer);
    const known = { headers: { authorization: `Bearer ${token}` } };
    const statuses = ['a', 'b', 'c'].map(
      async (id) => (await fetch(`${url}/v3/vault/payment-tokens/${id}`, known)).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 200, 404]);
  });

  it('is not started on a port that is none', async () => {
    const program = new Program('dist/sim/cli/paypal-host.js', ['--port', '65536']);
    expect(await program.ended()).toBe(2);
    expect(program.errors).toContain('65536 is not a port');
  });

  it.each<readonly [string, Partial<Parameters<typeof check>[0]>, RegExp | undefined]>([
    ['webhooks to what is no address', { webhooks: 'foo' }, /^--webhooks foo is no URL: expected one as http/],
    ['webhooks to what is not HTTP', { webhooks: 'ftp://a/b' }, /^--webhooks ftp:\/\/a\/b is no URL/],
    ['webhooks by HTTPS', { webhooks: 'https://a/b' }, undefined],
    ['a book in no folder', { book: '/nowhere/at/all' }, /^--book \/nowhere\/at\/all cannot be used: ENOENT/],
    ['a text', { book: fileOf('diary', 'Dear diary') }, /cannot be used: line 1 is no entry of a book: Dear diary$/],
    ['other JSON', { book: fileOf('json', '{"id":"C1"}\n{"a":1}\n') }, /line 2 is no entry of a book: \{"a":1\}$/],
    ['JSON of nothing', { book: fileOf('null', 'null') }, /line 1 is no entry of a book: null$/],
    ['a book that is empty', { book: fileOf('empty', '') }, undefined],
    ['a new book', { book: join(folder, 'new') }, undefined],
  ])('looks at what was typed before it listens: %s', (_, typed, line) => {
    const checked = () => check({ port: '0', ...typed });
    if (line === undefined) expect(checked).not.toThrow();
    else expect(checked).toThrow(UsageError);
    if (line !== undefined) expect(checked).toThrow(line);
  });

  it.each<readonly [string, boolean]>([
    ...PAYPAL_FAULTS.map((fault) => [`fault ${fault}`, true] as const),
    ['fault PAYER_CANNOT_PAY', true],
    ['decide moved', true],
    ['decide declined', true],
    ['fault of mine', false],
    ['decide', false],
    ['reverse C1', false],
    ['sing', false],
    ['', false],
  ])('reads a line: "%s" is a command: %s', (line, isCommand) => {
    const options = { clientId: 'c', secret: 's', webhookId: 'w', vault: [], address: 'http://host' };
    const host = new PayPalHost({ clock: new VirtualClock(), ...options });
    expect(obey(host, line)).toBe(isCommand);
  });
});
