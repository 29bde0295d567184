import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import { inProcess } from '../../in-process.ts';
import { temporaryFolder } from '../database.ts';

const ANNA = '+393400000001';

const SETTINGS = { clientId: 'client', webhookId: '4JH86294D6297924G', customers: 'customers.csv' };

const CARD = {
  host: '127.0.0.1:1',
  variant: 'ascii',
  acquirer: '1',
  merchant: 'M',
  terminals: ['T'],
  customers: 'cards.csv',
  statements: '.',
};

afterEach(() => vi.unstubAllEnvs());

/** Serves with these options, but without a modem, which is said only when the files are good. */
async function serveWith(
  settings: object,
  { customers = `${ANNA},8kk8451t\n`, secret = 'secret', options = ['--paypal', 'paypal.json'] } = {},
) {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  await inProcess(cashServer, 'init', '--data', data);
  writeFileSync(join(folder, 'paypal.json'), JSON.stringify(settings));
  writeFileSync(join(folder, 'customers.csv'), customers);
  writeFileSync(join(folder, 'card.json'), JSON.stringify(CARD));
  writeFileSync(join(folder, 'cards.csv'), `${ANNA},9017\n`);
  vi.stubEnv('CASH_SERVER_PAYPAL_SECRET', secret);
  const args = options.map((option) => (option.endsWith('.json') ? join(folder, option) : option));
  const { code, out, err } = await inProcess(cashServer, 'serve', '--data', data, ...args);
  expect(code).toBe(2);
  expect(out).toBe('');
  return err.replaceAll(folder, '.');
}

const GOOD = 'cash-server: give the modem with --port, or --no-modem\n';

describe('the file of PayPal', () => {
  it.each([
    ['as it should be', SETTINGS],
    [
      'of the sandbox',
      { ...SETTINGS, url: 'https://api-m.sandbox.paypal.com', certificatesFrom: ['https://api.sandbox.paypal.com'] },
    ],
    [
      'of a double on this machine',
      { ...SETTINGS, url: 'http://127.0.0.1:8090', certificatesFrom: ['http://localhost:8090'] },
    ],
  ])('%s is taken', async (_, settings) => {
    expect(await serveWith(settings)).toBe(GOOD);
  });

  it.each<readonly [string, object, string]>([
    ['an address without TLS', { url: 'http://api-m.paypal.com' }, 'url: expected https:// and a host, without a path'],
    ['an address with a path', { url: 'https://api-m.paypal.com/v2' }, 'url: expected https://'],
    ['an address that begins as this machine', { url: 'http://127.0.0.1.example' }, 'url: expected https://'],
    [
      'certificates without TLS',
      { certificatesFrom: ['http://api.paypal.com'] },
      'certificatesFrom.0: expected https://',
    ],
    ['certificates from nowhere', { certificatesFrom: [] }, 'certificatesFrom: '],
    ['no client', { clientId: '' }, 'clientId: '],
    ['no webhook', { webhookId: undefined }, 'webhookId: '],
    ['no customers', { customers: undefined }, 'customers: '],
    ['a secret, which belongs into the environment', { secret: 's' }, 'the file: '],
  ])('with %s is refused', async (_, change, words) => {
    const said = await serveWith({ ...SETTINGS, ...change });
    expect(said).toMatch(/^cash-server: --paypal \.\/paypal\.json: [^\n]+\n$/);
    expect(said).toContain(words);
  });

  it('needs the secret', async () => {
    expect(await serveWith(SETTINGS, { secret: '' })).toBe(
      'cash-server: --paypal needs CASH_SERVER_PAYPAL_SECRET, the secret of the client at PayPal\n',
    );
  });

  it('needs payment tokens of customers', async () => {
    expect(await serveWith(SETTINGS, { customers: `${ANNA},8kk 8451t\n` })).toBe(
      'cash-server: ./customers.csv: line 1 is not a number with +, a comma and a payment token of letters, digits, _ and -\n',
    );
  });
});

describe('new payments', () => {
  const both = ['--card', 'card.json', '--paypal', 'paypal.json'];
  it.each<readonly [string, readonly string[], string]>([
    ['go where it is said', [...both, '--new-payments', 'paypal'], GOOD],
    [
      'need it said with two rails',
      both,
      'cash-server: say with --new-payments whether new payments go by card or by paypal\n',
    ],
    [
      'need the rail that is said',
      ['--paypal', 'paypal.json', '--new-payments', 'card'],
      'cash-server: --new-payments card needs --card\n',
    ],
    ['need no rail', ['--new-payments', 'card'], 'cash-server: --new-payments card needs --card\n'],
  ])('%s', async (_, options, said) => {
    expect(await serveWith(SETTINGS, { options: [...options] })).toBe(said);
  });
});
