import { copyFileSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import { readKeyFile, servicePrimitives } from '../../../server/index.ts';
import { lockFile } from '../../../server/store/lock.ts';
import { inProcess } from '../../in-process.ts';
import { temporaryFolder, write } from '../database.ts';
import { shop, World } from '../world.ts';

const KEY = /^cm_operator_[0-9a-f]{64}$/;

/** The command line of an operator at a service that listens. */
async function office() {
  const { world } = await shop('operators');
  const url = await world.service.http.listen({ host: '127.0.0.1', port: 0 });
  const as = (key: string) => vi.stubEnv('CASH_SERVER_ADMIN_KEY', key);
  const run = (...args: readonly string[]) => inProcess(cashServer, 'operator', ...args, '--server', url);
  return { world, as, run };
}

describe('cash-server init', () => {
  it('makes the first operator in the database, whose key it prints once; the key file has no key of an operator', async () => {
    const data = join(temporaryFolder(), 'data');
    const made = JSON.parse((await inProcess(cashServer, 'init', '--data', data, '--json')).out);
    expect(JSON.parse(readFileSync(join(data, 'keys.json'), 'utf8'))).not.toHaveProperty('adminKeyHash');
    const database = join(data, 'service.db');
    expect(statSync(database).mode & 0o777).toBe(0o600);
    const world = new World('after init');
    await world.open(database, { keys: readKeyFile(join(data, 'keys.json'), servicePrimitives()) });
    expect(await world.service.operators.byKey(made.adminKey)).toMatchObject({ name: 'admin', role: 'admin' });
    expect(await world.service.operators.byKey(world.adminKey)).toBeUndefined();
    await world.service.close();
  });
});

describe('cash-server operator', () => {
  let made: Awaited<ReturnType<typeof office>>;
  beforeAll(async () => {
    made = await office();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await made.world.service.close();
  });

  it('add, list, rotate and revoke', async () => {
    const { world, as, run } = made;
    as(world.adminKey);
    expect(await run('list')).toEqual({ code: 0, out: 'No operators but the admin of the key file.\n', err: '' });
    const since = new Date(world.clock.now()).toISOString();
    const added = await run('add', '--name', 'anna', '--role', 'clerk');
    const [line, keyLine = '', next] = added.out.split('\n');
    expect([line, next]).toEqual(['Operator anna, clerk', 'They change it first: cash-server operator rotate']);
    const apiKey = keyLine.replace('API key, shown this once: ', '');
    expect(apiKey).toMatch(KEY);
    const [bruno] = [JSON.parse((await run('add', '--name', 'bruno', '--role', 'viewer', '--json')).out)];
    expect(bruno).toEqual({
      ...{ event: 'operator', name: 'bruno', role: 'viewer', createdAt: since, keyMadeBy: 'admin' },
      ...{ apiKey: bruno.apiKey, fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) },
    });
    expect(await run('rotate')).toMatchObject({
      code: 1,
      err: 'cash-server: there is no operator admin in the database\n',
    });

    as(apiKey);
    expect(await run('list')).toEqual({
      code: 1,
      out: '',
      err: 'cash-server: anna has the role clerk: this needs the role admin\n',
    });
    const rotated = JSON.parse((await run('rotate', '--json')).out);
    expect(rotated).toMatchObject({ event: 'operator-key', name: 'anna', apiKey: expect.stringMatching(KEY) });
    expect(await run('rotate')).toMatchObject({ err: 'cash-server: This is not the API key of an operator\n' });

    as(world.adminKey);
    const ofBruno = await run('rotate', '--name', 'bruno');
    expect(ofBruno.out).toMatch(/^Operator bruno, viewer\nAPI key, shown this once: cm_operator_/);
    expect(ofBruno.out).not.toContain(bruno.apiKey);
    expect(await run('revoke', '--name', 'anna')).toEqual({ code: 0, out: 'Operator anna is revoked\n', err: '' });
    expect((await run('list')).out).toBe(
      `anna\tclerk\tsince ${since}\trevoked ${since}\nbruno\tviewer\tsince ${since}\tkey made by admin, not confirmed\n`,
    );
    expect(JSON.parse((await run('list', '--json')).out)).toMatchObject({
      event: 'operators',
      operators: [{ name: 'anna', revokedAt: since }, { name: 'bruno' }],
    });
  });

  it('rotate says what a third one has to run, and confirm is refused to whom it does not count from', async () => {
    const { world, as, run } = made;
    const { operators } = world.service;
    const anna = await operators.add({ name: 'admin-anna', role: 'admin' });
    await operators.add({ name: 'third', role: 'treasurer' });
    as(anna.apiKey);
    const added = JSON.parse((await run('add', '--name', 'dora', '--role', 'treasurer', '--json')).out);
    as(added.apiKey);
    const [, keyLine = '', third = '', last] = (await run('rotate')).out.split('\n');
    const fingerprint = /fingerprint ([0-9a-f]{16})$/.exec(third)?.[1] ?? '';
    const command = `cash-server operator confirm --name dora --fingerprint ${fingerprint}`;
    expect(third).toBe(`An operator who is not admin-anna confirms it: ${command}`);
    expect(last).toBe('When there is none: the same with --data FOLDER, by whoever has the machine of the service');
    const dora = keyLine.replace('API key, shown this once: ', '');
    const confirm = (...args: readonly string[]) => run('confirm', '--name', 'dora', '--fingerprint', ...args);
    const refused = async (key: string, digits: string) => {
      as(key);
      const { code, out, err } = await confirm(digits);
      return { code, out, err: err.replace('cash-server: ', '') };
    };
    const neither = 'admin-anna made the key of dora: an operator who is neither of them confirms it\n';
    for (const key of [anna.apiKey, dora]) {
      expect(await refused(key, fingerprint)).toEqual({ code: 1, out: '', err: neither });
    }
    const other = 'the key of dora has another fingerprint: ask dora, not admin-anna\n';
    expect(await refused(world.adminKey, added.fingerprint)).toEqual({ code: 1, out: '', err: other });
    expect(await refused(world.adminKey, 'x')).toMatchObject({ code: 1, out: '' });
    expect(await confirm(fingerprint)).toEqual({ code: 0, out: 'Operator dora is confirmed\n', err: '' });
    expect(JSON.parse((await confirm(fingerprint, '--json')).out)).toMatchObject({
      event: 'operator-confirmed',
      name: 'dora',
      fingerprint,
    });
    for (const name of ['dora', 'third']) await operators.revoke(name);
  });

  it.each([
    [['confirm', '--name', 'carla'], 2, "required option '--fingerprint <digits>' not specified"],
    [['confirm', '--name', 'nobody', '--fingerprint', '0'.repeat(16)], 1, 'there is no operator nobody'],
    [
      ['confirm', '--name', 'nobody', '--fingerprint', '0'.repeat(16), '--vault-key-command', 'true'],
      ...[2, '--vault-key-command goes with --data'],
    ],
    [['add', '--name', 'carla'], 2, "required option '--role <role>' not specified"],
    [['add', '--role', 'clerk'], 2, "required option '--name <name>' not specified"],
    [['add', '--name', 'carla', '--role', 'boss'], 2, 'Allowed choices are viewer, clerk, treasurer, admin'],
    [['add', '--name', 'Carla', '--role', 'clerk'], 1, 'name: expected a small letter'],
    [['revoke'], 2, "required option '--name <name>' not specified"],
    [['revoke', '--name', 'nobody'], 1, 'there is no operator nobody'],
    [['revoke', '--name', '../people'], 1, 'name: expected a small letter'],
  ])('%j: exit code %i', async (args, code, words) => {
    made.as(made.world.adminKey);
    const ended = await made.run(...args);
    expect({ code: ended.code, out: ended.out }).toEqual({ code, out: '' });
    expect(ended.err).toContain(words);
  });
});

describe('cash-server operator confirm --data: whoever has the machine', () => {
  /** Two admins, of whom one has changed the key of the other, who has changed it then: nobody is left who could confirm. */
  async function deadEnd() {
    const data = join(temporaryFolder(), 'data');
    await inProcess(cashServer, 'init', '--data', data);
    const world = new World('dead end');
    const database = join(data, 'service.db');
    const options = { keys: readKeyFile(join(data, 'keys.json'), servicePrimitives()) };
    const { operators } = await world.open(database, options);
    const anna = await operators.add({ name: 'anna', role: 'admin' });
    await operators.revoke('admin');
    await operators.add({ name: 'bruno', role: 'admin' });
    const ask = async (key: string, path: string, payload?: object) => {
      const headers = { authorization: `Bearer ${key}` };
      const request = { method: 'POST', url: path, headers, ...(payload && { payload }) } as const;
      return (await world.service.http.inject(request)).json();
    };
    const made = await ask(anna.apiKey, '/v1/operators/bruno/rotate-key');
    const confirm = (fingerprint: string, folder: string = data, ...more: readonly string[]) => {
      const whom = ['--name', 'bruno', '--fingerprint', fingerprint];
      return inProcess(cashServer, 'operator', 'confirm', ...whom, '--data', folder, ...more);
    };
    return { world, data, database, options, anna, made, ask, confirm };
  }

  it('is a way out of the dead end, and the audit log has it', async () => {
    const { world, data, database, options, anna, made, ask, confirm } = await deadEnd();
    const bruno = await ask(made.apiKey, '/v1/operator/rotate-key');
    expect(bruno.keyMadeBy).toBe('anna');
    const path = '/v1/operators/bruno/confirm';
    for (const key of [anna.apiKey, bruno.apiKey])
      expect((await ask(key, path, { fingerprint: bruno.fingerprint })).status).toBe(403);
    expect(await confirm(bruno.fingerprint, join(data, 'elsewhere'))).toMatchObject({ code: 1, out: '' });
    await world.service.close();
    expect(await confirm(made.fingerprint)).toEqual({
      ...{ code: 1, out: '' },
      err: 'cash-server: the key of bruno has another fingerprint: ask bruno, not anna\n',
    });
    expect(await confirm(bruno.fingerprint)).toEqual({ code: 0, out: 'Operator bruno is confirmed\n', err: '' });
    await world.open(database, options);
    expect((await ask(bruno.apiKey, '/v1/operators', { name: 'carla', role: 'clerk' })).name).toBe('carla');
    const listed = await inProcess(cashServer, 'audit', 'list', '--data', data, '--operator', '(machine)');
    expect(listed.out).toMatch(/\t\(machine\)\tadmin\tcash-server operator confirm --data\toperator:bruno\tdone\n$/);
    expect((await inProcess(cashServer, 'audit', 'verify', '--data', data)).code).toBe(0);
    await world.service.close();
  });

  it('takes the vault key from where serve takes it: --vault-key-command', async () => {
    const { world, data, made, ask, confirm } = await deadEnd();
    const { fingerprint } = await ask(made.apiKey, '/v1/operator/rotate-key');
    await world.service.close();
    const file = join(data, 'keys.json');
    const { vault, ...others } = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify(others));
    expect((await confirm(fingerprint)).err).toContain('has no vault key, and none is given elsewhere');
    const wrong = await confirm(fingerprint, data, '--vault-key-command', 'exit 3');
    expect(wrong).toEqual({ code: 1, out: '', err: 'cash-server: --vault-key-command gave no key: exit code 3\n' });
    const right = await confirm(fingerprint, data, '--vault-key-command', `echo ${vault}`);
    expect(right).toEqual({ code: 0, out: 'Operator bruno is confirmed\n', err: '' });
  });

  it('needs a key that the operator has made, the key file of this database, and a service that is stopped', async () => {
    const { world, data, made, confirm } = await deadEnd();
    const unlock = lockFile(join(data, 'service.lock'));
    expect((await confirm(made.fingerprint)).err).toContain('is held by another process: stop the other cash-server');
    unlock();
    await world.service.close();
    expect((await confirm(made.fingerprint)).err).toBe(
      'cash-server: bruno has the key that anna made: bruno changes it first, with "cash-server operator rotate"\n',
    );
    const other = join(temporaryFolder(), 'other');
    await inProcess(cashServer, 'init', '--data', other);
    copyFileSync(join(other, 'keys.json'), join(data, 'keys.json'));
    expect(await confirm(made.fingerprint)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('the keys are not those of the database: the digest of the given ones is'),
    });
    const keysAlone = join(temporaryFolder(), 'keys alone');
    mkdirSync(keysAlone);
    copyFileSync(join(other, 'keys.json'), join(keysAlone, 'keys.json'));
    expect((await confirm(made.fingerprint, keysAlone)).err).toContain('service.db is missing: is --data right?');
    expect(existsSync(join(keysAlone, 'service.db'))).toBe(false);
  });
});

describe('cash-server audit', () => {
  it('verify and list: beside the running service; 1 and the first row when the chain is broken', async () => {
    const data = join(temporaryFolder(), 'data');
    const { adminKey } = JSON.parse((await inProcess(cashServer, 'init', '--data', data, '--json')).out);
    const audit = (...args: readonly string[]) => inProcess(cashServer, 'audit', ...args, '--data', data);
    expect(await audit('verify')).toEqual({ code: 0, out: 'The audit log is whole: 0 rows.\n', err: '' });
    const world = new World('audit');
    const database = join(data, 'service.db');
    await world.open(database, { keys: readKeyFile(join(data, 'keys.json'), servicePrimitives()) });
    for (const name of ['anna', 'bruno']) {
      const headers = { authorization: `Bearer ${adminKey}` };
      const request = { method: 'POST', url: '/v1/operators', headers, payload: { name, role: 'viewer' } } as const;
      expect((await world.service.http.inject(request)).statusCode).toBe(201);
    }
    expect((await audit('verify')).out).toMatch(/^The audit log is whole: 2 rows\.\nLast hash: [0-9a-f]{64}\n$/);
    const time = new Date(world.clock.now()).toISOString();
    const line = (seq: number, name: string) =>
      `${seq}\t${time}\tadmin\tadmin\tPOST /v1/operators\toperator:${name}\tdone\n`;
    expect((await audit('list')).out).toBe(line(1, 'anna') + line(2, 'bruno'));
    expect((await audit('list', '--operator', 'anna')).out).toBe('');
    expect((await audit('list', '--operator', 'admin')).out).toBe(line(1, 'anna') + line(2, 'bruno'));
    const [first = ''] = (await audit('list', '--json')).out.split('\n');
    expect(JSON.parse(first)).toEqual({
      event: 'act',
      ...{ seq: 1, at: time, operator: 'admin', role: 'admin', route: 'POST /v1/operators', outcome: 'done' },
      subject: 'operator:anna',
      request: expect.stringMatching(/^[0-9a-f]{32}$/),
      bodyDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    await world.service.close();
    await write(database, 'DROP TRIGGER audit_is_not_changed', "UPDATE audit SET subject = 'operator:x' WHERE seq = 1");
    expect(await audit('verify')).toEqual({
      code: 1,
      out: 'The audit log is broken at row 1: it was changed, or the row before it\n',
      err: '',
    });
  });
});

describe('cash-server deposit above the limit of one operator', () => {
  it('pending, confirm and reject', async () => {
    const { world, customer } = await shop('operators', { limits: { fourEyesAbove: 1_000 } });
    const url = await world.service.http.listen({ host: '127.0.0.1', port: 0 });
    const run = async (...args: readonly string[]) => inProcess(cashServer, 'deposit', ...args, '--server', url);
    const { apiKey } = await world.service.operators.add({ name: 'anna', role: 'treasurer' });
    vi.stubEnv('CASH_SERVER_ADMIN_KEY', apiKey);
    const { name, number } = customer.person;
    const deposit = ['--person', '1', '--minor', '1001', '--reference'];
    expect((await run('pending')).out).toBe('No deposit waits.\n');
    expect((await run(...deposit, 'r')).out).toBe(
      `Not booked: 10.01 EUR for ${name}, ${number} waits for another operator (cash-server deposit confirm 1)\nBalance: 1000.00 EUR\n`,
    );
    expect((await run('add', ...deposit, 's')).out).toContain('confirm 2');
    const since = new Date(world.clock.now()).toISOString();
    expect((await run('pending')).out).toBe(
      `1\t10.01 EUR\tperson 1\tr\tasked by anna\t${since}\n2\t10.01 EUR\tperson 1\ts\tasked by anna\t${since}\n`,
    );
    expect(await run('confirm', '1')).toEqual({
      code: 1,
      out: '',
      err: 'cash-server: anna asked for this deposit of EUR 10.01: another operator confirms it\n',
    });
    vi.stubEnv('CASH_SERVER_ADMIN_KEY', world.adminKey);
    expect((await run('confirm', '1')).out).toBe('Deposit 1, 10.01 EUR, is booked\n');
    expect((await run('confirm', '1')).out).toBe('Deposit 1, 10.01 EUR, was booked before\n');
    expect(JSON.parse((await run('reject', '2', '--json')).out)).toMatchObject({ event: 'deposit-rejected', id: 2 });
    expect(await run('confirm', '2')).toMatchObject({
      code: 1,
      err: 'cash-server: no deposit 2 waits for a confirmation\n',
    });
    expect(await run('confirm', 'r')).toMatchObject({ code: 2 });
    vi.unstubAllEnvs();
    await world.service.close();
  });
});

describe('cash-server merchant', () => {
  it('rotate-key and revoke', async () => {
    const { world, apiKey, merchant } = await shop('operators');
    const url = await world.service.http.listen({ host: '127.0.0.1', port: 0 });
    vi.stubEnv('CASH_SERVER_ADMIN_KEY', world.adminKey);
    const run = (...args: readonly string[]) =>
      inProcess(cashServer, 'merchant', ...args, '--merchant', '1', '--server', url);
    const kept = (await run('rotate-key', '--keep-old-for', '60')).out;
    const second = /API key, shown this once: (cm_[0-9a-f]{32})\n/.exec(kept)?.[1] ?? '';
    expect(kept).toBe(
      `Merchant 1: ${merchant.name}\nAPI key, shown this once: ${second}\nThe key before works for 60 s more\nPage: ${url}/#key=${second}\n`,
    );
    const opens = async (key: string) => (await world.service.merchantByApiKey(key)) !== undefined;
    expect([await opens(apiKey), await opens(second)]).toEqual([true, true]);
    expect((await run('rotate-key')).out).toContain('The key before opens nothing any more');
    expect([await opens(apiKey), await opens(second)]).toEqual([false, false]);
    expect(await run('revoke')).toEqual({
      code: 0,
      out: 'Merchant 1 is revoked; the way back: merchant rotate-key --merchant 1, then merchant resume\n',
      err: '',
    });
    vi.unstubAllEnvs();
    await world.service.close();
  });
});
