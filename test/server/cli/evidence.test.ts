import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import { inProcess } from '../../in-process.ts';
import { bank } from '../authentications/bank.ts';
import { temporaryFolder } from '../database.ts';
import { CUSTOMER_NUMBER, PIN } from '../world.ts';

const README = readFileSync(join(import.meta.dirname, '../../../server/README.md'), 'utf8');

/** The first example in a language below the heading about evidence, as it stands there. */
function exampleOf(language: string): string {
  const below = README.slice(README.indexOf('\n### Evidence'));
  const [, example] = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'ms').exec(below) ?? [];
  if (example === undefined) throw new Error(`the README has no example in ${language}`);
  return example;
}

/** Files with the evidence of a login and of a signature, between which the service got another key, and with its key set. */
async function office() {
  const base = await bank();
  const { world, customer, party } = base;
  const folder = temporaryFolder();
  const confirm = async (id: string) => {
    customer.phone.approve(PIN);
    await world.clock.advance(3_000);
    return world.service.authentications.evidence(party, id);
  };
  const write = (name: string, content: string) => {
    const file = join(folder, name);
    writeFileSync(file, content);
    return file;
  };
  const login = await confirm((await base.ask()).id);
  await world.service.parties.jwsKeys.rotate();
  await world.clock.advance(10 * 60_000);
  const { authentication } = await world.service.authentications.request(party, {
    ...{ kind: 'sign', key: 's', who: CUSTOMER_NUMBER, title: 'Mutuo 2010/47' },
    document: { fullTitle: 'Contratto di mutuo', hash: new Uint8Array(32).fill(0xd0) },
  });
  await world.clock.advance(2_000);
  const signature = await confirm(authentication.id);
  const url = await world.service.http.listen({ host: '127.0.0.1', port: 0 });
  const jwks = `${url}/.well-known/jwks.json`;
  write('verify.py', exampleOf('python'));
  write('verify.sh', exampleOf('sh'));
  // As the API gives it, and as an editor leaves it.
  const files = { login: write('login.jws', login), signature: write('signature.jws', `${signature}\n`) };
  const keySet = write('jwks.json', await (await fetch(jwks)).text());
  return { ...base, folder, login, signature, files, keySet, jwks, write };
}

let made: Awaited<ReturnType<typeof office>>;
beforeAll(async () => {
  made = await office();
}, 60_000);
afterAll(() => made.world.service.close());

const verify = (...args: readonly string[]) => inProcess(cashServer, 'evidence', 'verify', ...args);

/** Bits of the evidence, in each of its three parts: the first, the last, and one in between. */
function changedBits(jws: string): readonly Buffer[] {
  const dots = [...jws.matchAll(/\./g)].map(({ index }) => index);
  const ends = [0, ...dots.map((dot) => dot + 1), jws.length + 1];
  const places = ends.slice(1).flatMap((end, part) => {
    const from = ends[part] ?? 0;
    return [from, Math.floor((from + end) / 2), end - 2];
  });
  return places.map((at, index) => {
    const changed = Buffer.from(jws);
    changed.writeUInt8(changed.readUInt8(at) ^ (1 << (index % 7)), at);
    return changed;
  });
}

describe('cash-server evidence verify', () => {
  it('says in words what it proves, of a service that answers or of a file with its keys', async () => {
    const { files, jwks, keySet } = made;
    const { code, out, err } = await verify(files.login, '--jwks', jwks);
    expect([code, err]).toEqual([0, '']);
    expect(
      out
        .replace(/[\w-]{43}/g, 'X')
        .replace(/\d{4}-\S+Z/, 'TIME')
        .replace(/[0-9a-f]{16}/, 'ID'),
    ).toBe(
      [
        'http://127.0.0.1:8080 says, signed with its key X:',
        'the person whom Banca di Torino S.p.A. (relying party 1) knows as X',
        'confirmed with the PIN on their own phone, TIME, what the phone showed (login ID):',
        '  BancaTorino',
        '  Conto online',
        'It is the word of this service: whoever has its keys can write the same.',
        '',
      ].join('\n'),
    );
    const signed = await verify(files.signature, '--jwks', keySet);
    expect(signed.out).toContain(
      `\nand so signed "Contratto di mutuo", the document with the SHA-256 ${'d0'.repeat(32)}\n`,
    );
    const json = JSON.parse((await verify(files.signature, '--jwks', keySet, '--json')).out);
    expect(json).toMatchObject({ event: 'evidence', kind: 'sign', amr: ['pin', 'swk', 'mfa'] });
  });

  it.each<readonly [args: () => readonly string[], code: number, words: string]>([
    [
      () => [made.files.login, '--jwks', made.write('none.json', '{"keys":[]}')],
      1,
      'the key set does not have its key',
    ],
    [() => [made.keySet, '--jwks', made.keySet], 1, 'it is no evidence'],
    [() => [made.files.login, '--jwks', made.files.login], 1, 'is no key set'],
    [() => [made.files.login, '--jwks', 'http://127.0.0.1:1/jwks.json'], 1, 'no key set comes from http://127.0.0.1:1'],
    [() => [made.files.login, '--jwks', `${made.jwks}x`], 1, 'it answered 404'],
    [() => ['/nowhere', '--jwks', made.keySet], 2, '/nowhere cannot be read'],
    [() => [made.files.login, '--jwks', '/nowhere'], 2, '/nowhere cannot be read'],
    [() => [], 2, "missing required argument 'file'"],
  ])('%s: %i, one line: %s', async (args, code, words) => {
    const ended = await verify(...args());
    expect({ code: ended.code, out: ended.out }, ended.err).toEqual({ code, out: '' });
    expect(ended.err).toMatch(/^cash-server: [^\n]+\n$/);
    expect(ended.err).toContain(words);
  });

  it('refuses one bit that was changed, in each part, with 1', async () => {
    for (const changed of changedBits(made.login)) {
      const ended = await verify(made.write('changed.jws', changed.toString('latin1')), '--jwks', made.keySet);
      expect(ended.code, changed.toString('latin1')).toBe(1);
    }
  });
});

/** The interpreter itself: a `python3` that only chooses one takes seconds to do so. `undefined`: there is none. */
const PYTHON =
  spawnSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).stdout?.trim() || undefined;

const SHELL = spawnSync('openssl', ['version']).status === 0 ? 'sh' : undefined;

/** Each change starts some processes. */
const CHANGES_MS = 240_000;

describe.each([
  ['ten lines of Python', PYTHON, 'verify.py'],
  ['openssl', SHELL, 'verify.sh'],
] as const)('the same with %s, as the README has it', (_, program, script) => {
  const there = program !== undefined;
  const run = (file: string, keySet: string) =>
    spawnSync(program ?? '', [join(made.folder, script), file, keySet], { cwd: made.folder, encoding: 'utf8' });

  it.skipIf(!there)('finds evidence right that was signed by the key of now, and by the one before', () => {
    for (const [file, kind] of [
      [made.files.login, 'login'],
      [made.files.signature, 'sign'],
    ] as const) {
      const { status, stdout, stderr } = run(file, made.keySet);
      expect(status, stderr).toBe(0);
      expect(JSON.parse(stdout.slice(stdout.indexOf('{')))).toMatchObject({ kind, name: 'Banca di Torino S.p.A.' });
    }
  });

  it.skipIf(!there)(
    'refuses one bit that was changed, in each part',
    () => {
      for (const changed of changedBits(made.login)) {
        const file = made.write('changed.jws', '');
        writeFileSync(file, Buffer.concat([changed, Buffer.from('\n')]));
        expect(run(file, made.keySet).status, changed.toString('latin1')).not.toBe(0);
      }
    },
    CHANGES_MS,
  );

  it.skipIf(!there)('refuses what another key has signed, and what was signed for another use', async () => {
    const { keys } = JSON.parse(readFileSync(made.keySet, 'utf8'));
    const [one, other] = keys;
    const swapped = {
      keys: [
        { ...one, n: other.n },
        { ...other, n: one.n },
      ],
    };
    expect(run(made.files.login, made.write('swapped.json', JSON.stringify(swapped))).status).not.toBe(0);
    const use = await made.world.service.parties.jwsKeys.sign('other+jwt', { iat: 1 });
    expect(run(made.write('use.jws', `${use}\n`), made.keySet).status).not.toBe(0);
  });
});

describe('the ten lines of Python', () => {
  it('are ten, and take nothing that does not come with Python', () => {
    const lines = exampleOf('python').trimEnd().split('\n');
    expect(lines).toHaveLength(10);
    expect(lines.filter((line) => line.includes('import'))).toEqual(['import base64, hashlib, json, sys']);
  });

  it.skipIf(PYTHON === undefined)('refuse what says that it was made after the end of its key', () => {
    const { keys } = JSON.parse(readFileSync(made.keySet, 'utf8'));
    const ended = made.write('ended.json', JSON.stringify({ keys: keys.map((key: object) => ({ ...key, exp: 1 })) }));
    const { status, stderr } = spawnSync(PYTHON ?? '', [join(made.folder, 'verify.py'), made.files.login, ended], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([1, 'this is no evidence\n']);
  });

  it.skipIf(PYTHON === undefined)('say in one line what is no evidence at all', () => {
    const text = made.write('no.jws', 'no evidence');
    const { status, stderr } = spawnSync(PYTHON ?? '', [join(made.folder, 'verify.py'), text, made.keySet], {
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^this is no evidence: .*\n$/)]);
  });
});
