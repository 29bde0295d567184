import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import { customerTokens } from '../../../server/cli/customer-tokens.ts';
import { inProcess } from '../../in-process.ts';
import { temporaryFolder } from '../database.ts';

const ANNA = '+393400000001';
const BRUNO = '+393400000002';

const SETTINGS = {
  host: '127.0.0.1:1',
  variant: 'binary',
  tpdu: '6000010002',
  acquirer: '12345',
  merchant: 'MERCHANT1',
  terminals: ['TERM0001', 'TERM0002'],
  customers: 'customers.csv',
  statements: 'statements',
};

afterEach(() => vi.unstubAllEnvs());

/** Serves with this card file, but without a modem, which is said only when the card file is good. */
async function serveWith(content: string, customers = `${ANNA},9017\n`, macKey?: string) {
  const folder = temporaryFolder();
  const data = join(folder, 'data');
  await inProcess(cashServer, 'init', '--data', data);
  const file = join(folder, 'card.json');
  writeFileSync(file, content);
  writeFileSync(join(folder, 'customers.csv'), customers);
  vi.stubEnv('CASH_SERVER_CARD_MAC_KEY', macKey);
  const { code, out, err } = await inProcess(cashServer, 'serve', '--data', data, '--card', file);
  expect(code).toBe(2);
  expect(out).toBe('');
  return err.replaceAll(folder, '.');
}

describe('the file of the card host', () => {
  const good = 'cash-server: give the modem with --port, or --no-modem\n';

  it.each([
    ['as it should be', SETTINGS, undefined],
    [
      'with all that may be said',
      { ...SETTINGS, lengthCountsItself: true, reversals: 'advice', echoSeconds: 300, limits: { mostMinor: 1 } },
      '0123456789abcdefFEDCBA9876543210',
    ],
    ['of an address in IPv6', { ...SETTINGS, host: '[::1]:5000' }, undefined],
  ])('%s is taken', async (_, settings, macKey) => {
    expect(await serveWith(JSON.stringify(settings), undefined, macKey)).toBe(good);
  });

  it.each<readonly [string, Readonly<Record<string, unknown>>, string]>([
    ['no port', { host: 'acquirer.example' }, 'host: expected host:port'],
    ['another variant', { variant: 'ebcdic' }, 'variant: '],
    ['a TPDU that is too short', { tpdu: '600001' }, 'tpdu: expected 10 hexadecimal digits'],
    ['an acquirer in letters', { acquirer: 'Nexi' }, 'acquirer: expected 1 to 11 digits'],
    ['a merchant that is too long', { merchant: 'M'.repeat(16) }, 'merchant: expected 1 to 15 characters'],
    ['no terminal', { terminals: [] }, 'terminals'],
    ['a terminal that is too long', { terminals: ['TERM00001'] }, 'terminals.0: expected 1 to 8 characters'],
    ['a terminal twice', { terminals: ['T1', 'T1'] }, 'terminals: expected each one once'],
    ['echoes without a pause', { echoSeconds: 9 }, 'echoSeconds: '],
    ['no customers', { customers: undefined }, 'customers: '],
    ['a word that is not known', { pin: '1234' }, 'the file: '],
    [
      'limits that allow nothing',
      { limits: { leastMinor: 2, mostMinor: 1 } },
      'limits: leastMinor is more than mostMinor',
    ],
    [
      'a day that allows nothing',
      { limits: { leastMinor: 2, dayMinor: 1 } },
      'limits: leastMinor is more than dayMinor',
    ],
  ])('with %s is refused', async (_, change, words) => {
    const said = await serveWith(JSON.stringify({ ...SETTINGS, ...change }));
    expect(said).toMatch(/^cash-server: --card \.\/card\.json: [^\n]+\n$/);
    expect(said).toContain(words);
  });

  it('that is not JSON is refused', async () => {
    expect(await serveWith('host=x')).toMatch(/^cash-server: --card \.\/card\.json cannot be read: [^\n]+\n$/);
  });

  it('needs a key of 32 digits, which no message shows', async () => {
    const said = await serveWith(JSON.stringify(SETTINGS), undefined, 'abab');
    expect(said).toBe('cash-server: CASH_SERVER_CARD_MAC_KEY is no key: expected 32 hexadecimal digits\n');
  });

  it('needs the file of the customers', async () => {
    const said = await serveWith(JSON.stringify({ ...SETTINGS, customers: 'nowhere.csv' }));
    expect(said).toMatch(/^cash-server: the cards of customers cannot be read: ENOENT[^\n]+\n$/);
  });

  it.each([
    ['a number without +', '393400000001,9017', 1],
    ['a token in letters', `${ANNA},tok_9017`, 1],
    ['a token that is too long', `${ANNA},90170000000000000000`, 1],
    ['a third column', `${ANNA},9017,Anna`, 1],
    ['five last digits', `${ANNA},9017,14242`, 1],
    ['a fourth column', `${ANNA},9017,4242,1`, 1],
    ['no token', `${ANNA},9017\n${BRUNO}`, 2],
  ])('needs customers without %s', async (_, customers, line) => {
    const said = await serveWith(JSON.stringify(SETTINGS), customers);
    expect(said).toBe(
      `cash-server: ./customers.csv: line ${line} is not a number with +, a comma and a token of 1 to 19 digits, or these and the last four digits of the card\n`,
    );
  });

  it('needs customers who are there once', async () => {
    const said = await serveWith(JSON.stringify(SETTINGS), `${ANNA},9017\n${ANNA},9025\n`);
    expect(said).toBe(`cash-server: ./customers.csv: line 2 has ${ANNA} again\n`);
  });
});

const CARDS = { what: 'cards', form: /^[0-9]{1,19}$/, expected: 'a token of 1 to 19 digits', hasDigits: true };

describe('the cards of customers', () => {
  /** Cards in a file, which may be written anew at another time each. */
  function cards(content: string) {
    const file = join(temporaryFolder(), 'customers.csv');
    const told: string[] = [];
    let second = 1_000_000;
    const write = (text: string) => {
      writeFileSync(file, text);
      second += 1;
      utimesSync(file, second, second);
    };
    write(content);
    return { file, told, write, cardOf: customerTokens(file, CARDS, (what) => void told.push(what)) };
  }

  it('are read again when the file has changed', () => {
    const { told, write, cardOf } = cards(`${ANNA},9017\r\n\r\n`);
    expect([cardOf(ANNA), cardOf(BRUNO)]).toEqual([{ token: '9017' }, undefined]);
    write(`${BRUNO},9025,4242\n`);
    expect([cardOf(ANNA), cardOf(BRUNO)]).toEqual([undefined, { token: '9025', lastDigits: '4242' }]);
    expect(told).toEqual([]);
  });

  it('stay as they were while the file is wrong, which is said once, without a token', () => {
    const { file, told, write, cardOf } = cards(`${ANNA},9017\n`);
    write(`${ANNA} 9025\n`);
    expect([cardOf(ANNA)?.token, cardOf(ANNA)?.token]).toEqual(['9017', '9017']);
    expect(told).toEqual([
      expect.stringMatching(/^the cards of customers stay as they were: .*: line 1 is not a number/),
    ]);
    write(`${ANNA},9025\n`);
    expect(cardOf(ANNA)?.token).toBe('9025');
    rmSync(file);
    expect([cardOf(ANNA)?.token, cardOf(ANNA)?.token]).toEqual(['9025', '9025']);
    expect(told).toHaveLength(2);
    expect(told.join()).not.toMatch(/90(17|25)/);
  });
});
