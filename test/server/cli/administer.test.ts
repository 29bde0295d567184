import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { wholeProgram } from '../../../modem/cli/executable.ts';
import { UsageError } from '../../../modem/cli/program.ts';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import { consented } from '../authentications/consented.ts';
import { EC, jwkOf } from '../ciba/client-key.ts';
import { temporaryFolder } from '../database.ts';
import { CUSTOMER_NUMBER, PIN, shop } from '../world.ts';

/** The link to a descriptor. */
const LINK = /^http:\/\/127\.0\.0\.1:\d+\/d\/[0-9a-f]{32}\.jad$/;

const ends: (() => unknown)[] = [];
afterEach(async () => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  for (const end of ends.splice(0)) await end();
});

/** Runs the command line in this process. @returns what it printed. @throws what it throws */
async function cash(...args: readonly string[]): Promise<string> {
  let printed = '';
  const write = vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
  try {
    await (await wholeProgram(cashServer)).parseAsync(['node', 'cash-server', ...args]);
    return printed.trimEnd();
  } finally {
    write.mockRestore();
  }
}

/** A shop whose service listens, and the administrator's command line to it. */
async function office() {
  const base = await shop();
  const url = await base.world.service.http.listen({ host: '127.0.0.1', port: 0 });
  ends.push(() => base.world.service.close());
  vi.stubEnv('CASH_SERVER_ADMIN_KEY', base.world.adminKey);
  const run = (...args: readonly string[]) => cash(...args, '--server', url);
  return { ...base, url, run };
}

/** A server that answers everything with this. @returns its URL */
async function answering(status: number, body: string): Promise<string> {
  const server = createServer((_request, response) => response.writeHead(status).end(body));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ends.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server does not listen');
  return `http://127.0.0.1:${address.port}`;
}

describe('person', () => {
  it('add prints the code and until when it is good; activate prints another, and the one before is dead', async () => {
    const { world, run } = await office();
    const added = await run('person', 'add', '--number', '+393400000077', '--name', 'Anna', '--activate');
    expect(added).toMatch(
      /^Person 2: Anna, \+393400000077\nInstall http:\/\/127.0.0.1:\d+\/d\/[0-9a-f]{32}\.jad and type /,
    );
    const until = new Date(world.clock.now() + 24 * 3_600_000).toISOString();
    expect(added).toContain(`The code is good until ${until.slice(0, 10)} ${until.slice(11, 16)} UTC`);
    const again = await run('person', 'activate', '--number', '+393400000077');
    const codes = [added, again].map((text) => /type (\S+)/.exec(text)?.[1]);
    expect(codes[0]).not.toBe(codes[1]);
    expect(again).toContain(`The code is good until ${until.slice(0, 10)}`);
    expect(await run('person', 'show', '--person', '2')).toMatch(
      /Phone \d+: revoked\nPhone \d+: registered\nBalance: nothing$/,
    );
  });

  it('activate in JSON says everything', async () => {
    const { run, customer } = await office();
    const { descriptor, ...rest } = JSON.parse(await run('person', 'activate', '--person', '1', '--json'));
    expect(rest).toMatchObject({
      event: 'activation',
      personId: customer.person.id,
      deviceId: expect.any(Number),
      activationCode: expect.stringMatching(/^\S{4}-\S{4}$/),
      expiresAt: expect.stringMatching(/Z$/),
    });
    expect(descriptor).toMatch(LINK);
    expect((await fetch(descriptor)).status).toBe(200);
  });

  it('add --activate in JSON has the whole URL of the descriptor', async () => {
    const { run } = await office();
    const args = ['--number', '+393400000077', '--name', 'Anna', '--activate', '--json'];
    const { activation } = JSON.parse(await run('person', 'add', ...args));
    expect(activation.descriptor).toMatch(LINK);
  });

  it('list goes on where it stopped', async () => {
    const { world, run } = await office();
    await world.service.addPerson({ number: '+393400000077', name: 'Anna', language: 'en' });
    expect(await run('person', 'list', '--limit', '1')).toBe(
      `1\t${CUSTOMER_NUMBER}\tPerson 1\t1000.00 EUR\nThere are more: --after 1`,
    );
    expect(await run('person', 'list', '--after', '1')).toBe('2\t+393400000077\tAnna\tnothing');
    expect(await run('person', 'list', '--after', '2')).toBe('Nobody.');
  });
});

describe('money', () => {
  it.each([
    ['EUR', '5000', '50.00 EUR', '1050.00 EUR'],
    ['EUR', '5', '0.05 EUR', '1000.05 EUR'],
    ['JPY', '5000', '5000 JPY', '5000 JPY'],
    ['KWD', '5000', '5.000 KWD', '5.000 KWD'],
  ])(
    'a deposit in %s of %s minor units is %s, and is booked once a reference',
    async (currency, minor, said, balance) => {
      const { run } = await office();
      const args = ['deposit', '--person', '1', '--minor', minor, '--currency', currency, '--reference', 'r'];
      expect(await run(...args)).toBe(`Deposited ${said} for Person 1, ${CUSTOMER_NUMBER}\nBalance: ${balance}`);
      const again = `Reference r was booked before: nothing was booked again\nBalance: ${balance}`;
      expect(await run(...args)).toBe(again);
      expect(JSON.parse(await run(...args, '--json'))).toMatchObject({ event: 'deposit', repeated: true });
    },
  );

  it('balance prints every currency', async () => {
    const { world, run, customer } = await office();
    await world.service.deposit(customer.person.id, { minor: 7, currency: 'JPY' }, 'r');
    expect(await run('balance', '--number', CUSTOMER_NUMBER)).toBe(`Person 1, ${CUSTOMER_NUMBER}: 1000.00 EUR, 7 JPY`);
  });

  it('payments prints what a person was asked to pay', async () => {
    const { world, run, customer, merchant } = await office();
    const { txn } = await world.request(merchant, { mref: 'a', amount: { minor: 200_000, currency: 'EUR' } });
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(2_000);
    const second = await world.request(merchant, { mref: 'b' });
    const line = `\t${txn}\t2000.00 EUR\tEdicola Città\tDECLINED (insufficient-funds)\ta`;
    expect(await run('payments', '--person', '1', '--state', 'DECLINED')).toContain(line);
    expect(await run('payments', '--person', '1', '--mref', 'b')).toContain(second.txn);
    expect(await run('payments', '--person', '1', '--limit', '1')).toContain(`There are more: --after ${second.txn}`);
    expect(await run('payments', '--person', '1', '--after', second.txn)).toContain(txn);
    expect(await run('payments', '--person', '1', '--state', 'REFUSED')).toBe('No payments.');
  });
});

describe('merchant add', () => {
  it('with a key of its own is repeated without harm', async () => {
    const { url, run } = await office();
    const args = ['merchant', 'add', '--name', 'Bar Sport', '--idempotency-key', 'm-1'];
    const first = await run(...args);
    expect(first).toMatch(
      /^Merchant 2: Bar Sport\nAPI key, shown again by the same --idempotency-key: cm_[0-9a-f]{32}\n/,
    );
    expect(first).toContain(`Page: ${url}/#key=cm_`);
    expect(await run(...args)).toBe(first);
    expect(await run('merchant', 'add', '--name', 'Bar Sport')).toContain(
      'Merchant 3: Bar Sport\nAPI key, shown this once',
    );
    await expect(run('merchant', 'add', '--name', 'Bar', '--idempotency-key', 'm-1')).rejects.toThrow(
      'another merchant',
    );
  });
});

describe('party', () => {
  it('is registered, listed, gets another key, is revoked and let ask again', async () => {
    const { world, run } = await office();
    const added = await run(
      ...['party', 'add', '--name', 'Banca di Torino', '--short-name', 'BancaTorino', '--kinds', 'sign,login'],
    );
    const [, key = ''] =
      /^Relying party 1: Banca di Torino\nAPI key, shown this once: (cm_[0-9a-f]{32})$/.exec(added) ?? [];
    expect((await world.service.parties.byApiKey(key))?.kinds).toEqual(['login', 'sign']);
    await run(...['party', 'add', '--name', 'Comune', '--short-name', 'Comune', '--requests-a-day', '9']);
    expect(await run('party', 'revoke', '--party', '2')).toBe(
      'Relying party 2 is revoked; the way back: party rotate-key --party 2, then party resume',
    );
    expect(await run('party', 'notify', '--party', '2', '--at', 'https://comune.example/ping')).toBe(
      'Relying party 2 is told at https://comune.example/ping',
    );
    expect(await run('party', 'notify', '--party', '2', '--poll')).toBe('Relying party 2 polls');
    expect(await run('party', 'list')).toBe(
      '1  Banca di Torino (BancaTorino)  login, sign  1000 a day\n2  Comune (Comune)  login  9 a day  suspended',
    );
    expect(await run('party', 'rotate-key', '--party', '2', '--keep-old-for', '60')).toMatch(
      /^Relying party 2: Comune\nAPI key, shown this once: cm_[0-9a-f]{32}\nThe key before works for 60 s more$/,
    );
    expect(await run('party', 'rotate-key', '--party', '2')).toContain('The key before opens nothing any more');
    expect(await run('party', 'resume', '--party', '2', '--reason', 'asked')).toBe(
      'Relying party 2, Comune, may ask again',
    );
    expect((await world.service.parties.list()).map(({ suspendedAt }) => suspendedAt)).toEqual([undefined, undefined]);
  });
});

describe('party jwks', () => {
  /** A file with this content. */
  const file = (content: object) => {
    const path = join(temporaryFolder(), 'keys.json');
    writeFileSync(path, JSON.stringify(content));
    return path;
  };

  it('says by which public keys CIBA knows a party, and takes them away', async () => {
    const { world, run } = await office();
    await run(...['party', 'add', '--name', 'Comune', '--short-name', 'Comune']);
    const keys = [jwkOf(EC.publicKey)];
    expect(await run(...['party', 'jwks', '--party', '1', '--file', file({ keys })])).toBe(
      'CIBA knows relying party 1 by 1 public key, and not by its API key any more',
    );
    expect((await world.service.parties.list())[0]?.jwks).toEqual({ keys });
    expect(await run('party', 'list')).toBe('1  Comune (Comune)  login  1000 a day  public keys (private_key_jwt)');
    expect(await run(...['party', 'jwks', '--party', '1', '--none'])).toBe('CIBA knows relying party 1 by its API key');
    expect((await world.service.parties.list())[0]?.jwks).toBeUndefined();
  });

  it('sends no private key, and nothing that is no key set', async () => {
    const { run } = await office();
    const jwks = (...more: string[]) => run('party', 'jwks', '--party', '1', ...more);
    const path = file({ keys: [jwkOf(EC.privateKey)] });
    const wrong = jwks('--file', path);
    await expect(wrong).rejects.toThrow(UsageError);
    await expect(wrong).rejects.toThrow(`--file ${path}: jwks: key 1 is a private or shared key`);
    await expect(jwks('--file', file([]))).rejects.toThrow('expected {"keys":[…]}');
    const pem = file([]);
    writeFileSync(pem, EC.publicKey.export({ format: 'pem', type: 'spki' }));
    await expect(jwks('--file', pem)).rejects.toThrow(`--file ${pem} cannot be read: it is PEM, and JSON is expected`);
    await expect(jwks('--file', '/nowhere')).rejects.toThrow('--file /nowhere cannot be read');
    await expect(jwks()).rejects.toThrow('give --file PATH, or --none');
  });
});

describe('person alias', () => {
  it('gives a person an alias, shows it, and takes it away', async () => {
    const { run } = await office();
    const alias = (...more: string[]) => run('person', 'alias', '--person', '1', ...more);
    expect(await alias('--alias', 'Anna')).toBe('Person 1 is ANNA');
    expect(await run('person', 'show', '--person', '1')).toContain(`${CUSTOMER_NUMBER}, ANNA\n`);
    expect(await alias('--none')).toBe('Person 1 has no alias');
    await expect(alias()).rejects.toThrow('give --alias LETTERS, or --none');
    await expect(alias('--alias', 'ANNA1')).rejects.toThrow('expected 1 to 7 letters');
  });
});

describe('person consents', () => {
  it('says which parties may ask a person, and takes a consent back', async () => {
    const { world, run } = await office();
    expect(await run('person', 'consents', '--person', '1')).toBe('None.');
    await run(...['party', 'add', '--name', 'Comune', '--short-name', 'Comune']);
    await consented(world);
    const since = new Date(world.clock.now()).toISOString();
    expect(await run('person', 'consents', '--person', '1')).toBe(`Relying party 1 may ask since ${since}`);
    expect(await run('person', 'revoke-consent', '--person', '1', '--party', '1')).toBe(
      'Relying party 1 may not ask person 1 any more',
    );
    const until = new Date(world.clock.now() + 30 * 86_400_000).toISOString();
    expect(await run('person', 'consents', '--person', '1')).toBe(
      `Relying party 1 may not ask, and not for consent before ${until}`,
    );
    expect(await run('person', 'lift-refusal', '--person', '1', '--party', '1')).toBe(
      'Relying party 1 may ask person 1 again whether it may',
    );
    expect(await run('person', 'consents', '--person', '1')).toBe('Relying party 1 may not ask before it has consent');
    await expect(run('person', 'lift-refusal', '--person', '1', '--party', '1')).rejects.toThrow(
      'person 1 has refused nothing to relying party 1',
    );
    await expect(run('person', 'revoke-consent', '--person', '1', '--party', '9')).rejects.toThrow(
      'relying party 9 has never asked person 1',
    );
  });
});

describe('what the administrator does wrong', () => {
  it.each([
    [['person', 'activate', '--person', '77'], 'there is no person 77'],
    [['balance', '--number', '+393409999999'], 'there is no person with the number +393409999999'],
    [['person', 'add', '--number', CUSTOMER_NUMBER, '--name', 'B'], 'registered already, to person 1'],
    [['payments', '--person', '1', '--after', '0123456789abcdef'], 'there is no payment 0123456789abcdef'],
    [['deposit', '--person', '1', '--minor', '7', '--reference', 'first'], 'first was used for another deposit'],
    [['merchant', 'add', '--name', 'A', '--person', '77'], 'there is no person 77'],
    [['party', 'add', '--name', 'A', '--short-name', 'è'.repeat(13)], 'expected 1 to 24 octets of UTF-8, got 26'],
    [
      ['party', 'add', '--name', 'A', '--short-name', 'A', '--kinds', 'deposit'],
      'Give one or more of login, sign, payment',
    ],
    [['party', 'add', '--name', 'A', '--short-name', 'A', '--kinds', 'login,login'], 'each once'],
    [['party', 'revoke', '--party', '77'], 'there is no relying party 77'],
    [['balance'], 'give either --person or --number'],
    [['balance', '--person', '1', '--number', CUSTOMER_NUMBER], 'give either --person or --number'],
    [['balance', '--number', '0340'], 'Give an international number'],
    [['balance', '--person', '0'], 'Give a whole number above zero'],
    [['deposit', '--person', '1', '--minor', '5', '--currency', 'XXX', '--reference', 'r'], 'Allowed choices are AUD'],
  ])('%j', async (args, sentence) => {
    const { run } = await office();
    await expect(run(...args)).rejects.toThrow(sentence);
  });

  it.each(['cm_admin_…', 'cm admin', 'cm\nadmin'])('the key %j is no key', async (key) => {
    vi.stubEnv('CASH_SERVER_ADMIN_KEY', key);
    const asked = cash('balance', '--person', '1');
    await expect(asked).rejects.toThrow(UsageError);
    await expect(asked).rejects.toThrow('CASH_SERVER_ADMIN_KEY holds no key');
  });

  it('the key of somebody else', async () => {
    const { run, apiKey } = await office();
    vi.stubEnv('CASH_SERVER_ADMIN_KEY', `${apiKey}\n`);
    await expect(run('balance', '--person', '1')).rejects.toThrow('This is not the API key of an operator');
  });

  it.each(['localhost:8080', 'ftp://127.0.0.1', 'http://', ''])(
    '--server %j is no URL of a service',
    async (server) => {
      vi.stubEnv('CASH_SERVER_ADMIN_KEY', 'x');
      await expect(cash('balance', '--person', '1', '--server', server)).rejects.toThrow(UsageError);
    },
  );

  it.each([
    [200, '<html>'],
    [200, '{"id":1}'],
    [502, 'Bad Gateway'],
    [404, '{"message":"no"}'],
  ])('a server that is not cash-server answers %i %s', async (status, body) => {
    vi.stubEnv('CASH_SERVER_ADMIN_KEY', 'x');
    const server = await answering(status, body);
    const sentence = `${server} answered ${status}, but not as cash-server does`;
    await expect(cash('balance', '--person', '1', '--server', server)).rejects.toThrow(sentence);
  });
});
