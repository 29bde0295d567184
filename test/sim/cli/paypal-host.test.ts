import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { obey } from '../../../sim/cli/paypal-host-program.ts';
import { PAYPAL_FAULTS, PayPalHost, VirtualClock } from '../../../sim/index.ts';
import { Program } from '../../server/cli/program.ts';

describe('paypal:host', () => {
  it('says where it listens and what the service needs to know, and gives a token for that', async () => {
    const program = new Program('sim/cli/paypal-host.ts', ['--vault', 'a', 'b']);
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
    const program = new Program('sim/cli/paypal-host.ts', ['--port', '65536']);
    expect(await program.ended()).toBe(2);
    expect(program.errors).toContain('65536 is not a port');
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
