import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hexOf } from '../../../device/safe-mobile/index.ts';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import { writeKeyFile } from '../../../server/index.ts';
import { ROLES, type Role } from '../../../server/vocabulary/roles.ts';
import { type Ended, inProcess } from '../../in-process.ts';
import { temporaryFolder } from '../database.ts';
import { CUSTOMER_NUMBER, MERCHANT_NUMBER, type Subscriber, shop } from '../world.ts';

/** The command line of operators of each role at a service that listens, and the files of its keys. */
async function office() {
  const { world } = await shop('keys and orders');
  const lost = await world.subscriber('+393400000011');
  await world.service.addPerson({ number: MERCHANT_NUMBER, name: 'Without phone', language: 'en' });
  const url = await world.service.http.listen({ host: '127.0.0.1', port: 0 });
  const keys = new Map<Role, string>();
  for (const role of ROLES) keys.set(role, (await world.service.operators.add({ name: role, role })).apiKey);
  const data = temporaryFolder();
  const root = join(data, 'root-seed.txt');
  writeFileSync(root, `The root key\n${hexOf(world.rootSeed)}\n`);
  const noRoot = join(data, 'none.txt');
  writeFileSync(noRoot, 'nothing\n');
  writeKeyFile(join(data, 'keys.json'), world.keys);
  const as = (role: Role | 'nobody') => vi.stubEnv('CASH_SERVER_ADMIN_KEY', role === 'nobody' ? '' : keys.get(role));
  const run = (...args: readonly string[]) => inProcess(cashServer, ...args);
  const ask = (...args: readonly string[]) => run(...args, '--server', url);
  return { world, lost, url, as, run, ask, data, root, noRoot };
}

/** One line for a person: what the program is, and what is wrong; nothing on the standard output. */
function expectRefusal({ code, out, err }: Ended, expected: number, words: string): void {
  expect({ code, out }, err).toEqual({ code: expected, out: '' });
  expect(err).toMatch(/^cash-server: [^\n]+\n$/);
  expect(err).toContain(words);
}

let made: Awaited<ReturnType<typeof office>>;
beforeAll(async () => {
  made = await office();
}, 60_000);
afterAll(async () => {
  vi.unstubAllEnvs();
  await made.world.service.close();
});

describe('cash-server keys, used wrongly: one line, and 2', () => {
  it.each<readonly [args: readonly string[], words: string]>([
    [['rotate'], "required option '--key <key>' not specified"],
    [['rotate', '--key', 'root'], 'Allowed choices are service, receipt'],
    [['rotate', '--key', 'service', '--root', '/nowhere/root.txt'], '--root /nowhere/root.txt cannot be read'],
    [['rotate', '--key', 'service', '--root', 'NO-ROOT'], 'holds no root key: expected the file that "init" made'],
    [
      ['rotate', '--key', 'service', '--keep-old-for', 'soon'],
      "option '--keep-old-for <days>' argument 'soon' is invalid",
    ],
    [['rotate', '--key', 'service', '--keep-old-for', '-1'], "option '--keep-old-for <days>' argument '-1' is invalid"],
    [['show', '--bogus'], "unknown option '--bogus'"],
    [['sign', '--root', 'ROOT'], "missing required argument 'text'"],
    [['sign', '00'], "required option '--root <file>' not specified"],
    [['sign', 'zz', '--root', 'ROOT'], 'this is not what'],
    [['sign', '0'.repeat(86), '--root', 'ROOT'], 'this is not what'],
    [['announce'], "missing required argument 'announcement'"],
    [['rotate-vault'], "required option '--data <folder>' not specified"],
    [['rotate-jws', '--bogus'], "unknown option '--bogus'"],
    [['show', 'more'], 'too many arguments'],
  ])('%j: %s', async (args, words) => {
    made.as('admin');
    const given = args.map((arg) => (arg === 'ROOT' ? made.root : arg === 'NO-ROOT' ? made.noRoot : arg));
    expectRefusal(await made.run('keys', ...given), 2, words);
  });
});

describe('cash-server keys, refused: one line, and 1', () => {
  it.each<readonly [role: Role | 'nobody', args: readonly string[], words: string]>([
    ['treasurer', ['rotate', '--key', 'service'], 'treasurer has the role treasurer: this needs the role admin'],
    ['viewer', ['announce', '14'.repeat(107)], 'viewer has the role viewer: this needs the role admin'],
    ['admin', ['announce', '14'.repeat(107)], 'announced key 20 is not known'],
    ['admin', ['announce', 'zz'], 'announcement'],
    ['admin', ['rotate-vault', '--data', '/nowhere'], '/nowhere'],
    ['treasurer', ['rotate-jws'], 'this needs the role admin'],
  ])('%s, %j: %s', async (role, args, words) => {
    made.as(role);
    expectRefusal(await made.ask('keys', ...args), 1, words);
  });

  it('a clerk who rotates the vault key: neither the service nor the file has another one', async () => {
    made.as('clerk');
    const before = JSON.parse(readFileSync(join(made.data, 'keys.json'), 'utf8'));
    expectRefusal(await made.ask('keys', 'rotate-vault', '--data', made.data), 1, 'this needs the role admin');
    // The next key may lie there already: the same command by an admin goes on with it.
    expect(JSON.parse(readFileSync(join(made.data, 'keys.json'), 'utf8'))).toMatchObject({ vault: before.vault });
    expect(JSON.parse((await made.ask('keys', 'show', '--json')).out).vault).toMatchObject({
      state: 'settled',
      moved: 0,
    });
  });
});

describe.each<readonly [string, ...(readonly string[])]>([
  ['keys', 'show'],
  ['keys', 'rotate', '--key', 'receipt'],
  ['keys', 'announce', '14'.repeat(107)],
  ['person', 'lock', '--number', CUSTOMER_NUMBER],
  ['person', 'unlock', '--person', '1'],
  ['person', 'wipe', '--person', '1'],
])('%s %s', (...args) => {
  it('says in a line that no service is there, and that a key is missing or wrong', async () => {
    made.as('admin');
    expectRefusal(await made.run(...args, '--server', 'http://127.0.0.1:1'), 1, 'http://127.0.0.1:1');
    vi.stubEnv('CASH_SERVER_ADMIN_KEY', 'cm_operator_0');
    expectRefusal(await made.ask(...args), 1, 'This is not the API key of an operator');
    made.as('nobody');
    const { code, out, err } = await made.ask(...args);
    expect({ out, lines: err.split('\n').length }).toEqual({ out: '', lines: 2 });
    expect(err).toContain('CASH_SERVER_ADMIN_KEY');
    expect(code).toBeGreaterThan(0);
  });
});

describe('cash-server keys', () => {
  const KIDS = /^(service|receipt) key \d+: /;

  it('show: each key a line, and as JSON', async () => {
    made.as('viewer');
    const shown = await made.ask('keys', 'show');
    expect({ code: shown.code, err: shown.err }).toEqual({ code: 0, err: '' });
    const lines = shown.out.trimEnd().split('\n');
    expect(lines.filter((line) => KIDS.test(line))).toHaveLength(2);
    expect(lines.at(-1)).toBe('vault key: the first one');
    const { event, keys } = JSON.parse((await made.ask('keys', 'show', '--json')).out);
    expect([event, keys.map(({ key }: { key: string }) => key).toSorted()]).toEqual(['keys', ['sealing', 'signing']]);
    expect(shown.out).not.toContain(hexOf(made.world.keys.sealing.secretKey));
  });

  it('rotate --root: the key is used, and the command has not told the root key to anybody', async () => {
    made.as('admin');
    const rotated = await made.ask('keys', 'rotate', '--key', 'service', '--root', made.root);
    expect({ code: rotated.code, err: rotated.err }).toEqual({ code: 0, err: '' });
    expect(rotated.out).toMatch(/^The service key \d+ is used from /);
    for (const text of [rotated.out, JSON.stringify(made.world.journal)])
      expect(text).not.toContain(hexOf(made.world.rootSeed));
    const { keys } = JSON.parse((await made.ask('keys', 'show', '--json')).out);
    const sealing = keys.filter(({ key }: { key: string }) => key === 'sealing');
    expect(sealing).toHaveLength(2);
    expect(sealing.at(-1).beginsAt).toBeDefined();
  });

  it('rotate, sign and announce: nothing is used before root has signed, and a signature of another root is refused', async () => {
    made.as('admin');
    const waiting = JSON.parse((await made.ask('keys', 'rotate', '--key', 'receipt', '--json')).out);
    expect(waiting.event).toBe('key-made');
    const texts: readonly string[] = waiting.texts ?? [waiting.text];
    const shown = async () => {
      const { keys } = JSON.parse((await made.ask('keys', 'show', '--json')).out);
      return keys.filter(({ key }: { key: string }) => key === 'signing');
    };
    expect((await shown()).at(-1).beginsAt).toBeUndefined();
    const sign = async (root: string) => {
      // Needs no service: none is named, and no key of an operator is given.
      made.as('nobody');
      const { out } = await made.run('keys', 'sign', ...texts, '--root', root, '--json');
      made.as('admin');
      const signed = JSON.parse(out);
      expect(signed.event).toBe('key-signed');
      const announcements: readonly string[] = signed.announcements ?? [signed.announcement];
      return announcements;
    };
    // The end of a key that was made while the clock was ahead comes before its beginning.
    const [text = ''] = texts;
    const ended = [text.slice(0, -16), text.slice(-8), text.slice(-16, -8)].join('');
    const { code, out, err } = await made.run('keys', 'sign', ended, '--root', made.root, '--json');
    expect([code, JSON.parse(out).event]).toEqual([0, 'key-signed']);
    expect(err).toMatch(/^receipt key \d+, check [0-9a-f]{16}: never counts$/m);
    const other = join(made.data, 'other-root.txt');
    writeFileSync(other, `${'5a'.repeat(32)}\n`);
    expectRefusal(await made.ask('keys', 'announce', ...(await sign(other))), 1, 'root');
    expect((await shown()).at(-1).beginsAt).toBeUndefined();
    const announced = await made.ask('keys', 'announce', ...(await sign(made.root)));
    expect({ code: announced.code, err: announced.err }).toEqual({ code: 0, err: '' });
    expect(announced.out).toMatch(/^The receipt key \d+ is used from /);
    expect(
      (await shown()).filter(({ beginsAt }: { beginsAt?: string }) => beginsAt !== undefined).length,
    ).toBeGreaterThan(0);
  });

  it('rotate-vault: the file has the next key, the service uses it, and says how far it is', async () => {
    made.as('admin');
    const before = JSON.parse(readFileSync(join(made.data, 'keys.json'), 'utf8')).vault;
    let runs = true;
    const time = (async () => {
      while (runs) await made.world.clock.advance(1_000).then(() => new Promise(setImmediate));
    })();
    const rotated = await made.ask('keys', 'rotate-vault', '--data', made.data, '--json');
    runs = false;
    await time;
    expect(rotated).toMatchObject({ code: 0, err: '' });
    expect(JSON.parse(rotated.out)).toMatchObject({ event: 'vault-key', moved: expect.any(Number) });
    const after = JSON.parse(readFileSync(join(made.data, 'keys.json'), 'utf8'));
    expect([after.vault === before, 'nextVault' in after]).toEqual([false, false]);
    expect(rotated.out).not.toContain(after.vault);
    expect((await made.ask('keys', 'show')).out).toMatch(/^vault key: changed, \d+ values sealed anew/m);
  }, 60_000);
});

describe('cash-server keys rotate-jws', () => {
  it('says which key signs, and from when on', async () => {
    made.as('admin');
    const first = await made.ask('keys', 'rotate-jws');
    expect(first).toMatchObject({ code: 0, err: '' });
    expect(first.out).toMatch(/^The key [\w-]{43} signs from now on; all public keys: \/\.well-known\/jwks\.json\n$/);
    const { event, kid, beginsAt } = JSON.parse((await made.ask('keys', 'rotate-jws', '--json')).out);
    expect([event, Date.parse(beginsAt) > made.world.clock.now()]).toEqual(['jws-key', true]);
    expect(first.out).not.toContain(kid);
    const shown = (await made.ask('keys', 'show')).out;
    expect(shown).toContain(`JWS key ${kid}: checks what relying parties got signed\n`);
    expect(shown).toMatch(/^JWS key [\w-]{43}: signs until \d{4}-/m);
  });
});

describe('cash-server person lock, unlock and wipe', () => {
  it.each<readonly [args: readonly string[], code: number, words: string]>([
    [[], 2, 'give either --person or --number'],
    [['--person', '1', '--number', CUSTOMER_NUMBER], 2, 'give either --person or --number'],
    [['--person', 'Anna'], 2, "option '--person <id>' argument 'Anna' is invalid"],
    [['--number', '3400000001'], 2, 'Give an international number: + and 7 to 15 digits.'],
    [['--person', '1', '--bogus'], 2, "unknown option '--bogus'"],
    [['--person', '99'], 1, 'there is no person 99'],
    [['--number', '+393409999999'], 1, 'there is no person with the number +393409999999'],
    [['--number', MERCHANT_NUMBER], 1, 'has no '],
  ])('%j: %i, %s', async (args, code, words) => {
    made.as('admin');
    for (const order of ['lock', 'unlock', 'wipe'])
      expectRefusal(await made.ask('person', order, ...args), code, words);
  });

  it.each<readonly [order: string, below: Role, needed: Role]>([
    ['lock', 'viewer', 'clerk'],
    ['unlock', 'clerk', 'treasurer'],
    ['wipe', 'clerk', 'treasurer'],
  ])('%s: not by a %s', async (order, below, needed) => {
    made.as(below);
    const words = `${below} has the role ${below}: this needs the role ${needed}`;
    expectRefusal(await made.ask('person', order, '--person', '1'), 1, words);
    expect((await phones({ person: made.lost.person })).every(({ lockedAt }) => lockedAt === undefined)).toBe(true);
  });

  const phones = ({ person }: Pick<Subscriber, 'person'>) => made.world.service.devices(person.id);

  it('lock, unlock and wipe: what is so from now on, the phones of the person, and whether they have heard', async () => {
    const { lost, world } = made;
    const { id, name, number } = lost.person;
    const of = (order: string, ...more: readonly string[]) => made.ask('person', order, '--number', number, ...more);
    made.as('clerk');
    const locked = await of('lock');
    expect({ code: locked.code, err: locked.err }).toEqual({ code: 0, err: '' });
    const [first, phone] = locked.out.split('\n');
    expect(first).toBe(`The phone of person ${id}, ${name}, is locked: nothing is paid with it from now on`);
    expect(phone).toMatch(/^Phone \d+: active, locked since \S+, lock not confirmed yet$/);
    expect((await phones(lost))[0]?.lockedAt).toBe(world.clock.now());
    expect(JSON.parse((await of('lock', '--json')).out)).toMatchObject({ event: 'order', command: 'lock', id });
    made.as('treasurer');
    expect((await of('unlock')).out).toMatch(
      /^The phone of person \d+, [^\n]+, is unlocked\nPhone \d+: active, unlock not confirmed yet\n$/,
    );
    expect((await phones(lost))[0]?.lockedAt).toBeUndefined();
    const wiped = await of('wipe', '--json');
    expect(JSON.parse(wiped.out)).toMatchObject({ event: 'order', command: 'wipe', devices: [{ state: 'revoked' }] });
    made.as('clerk');
    expectRefusal(await of('lock'), 1, 'has no ');
    expect((await made.ask('person', 'show', '--number', number)).out).toContain('wipe not confirmed yet');
  });
});
