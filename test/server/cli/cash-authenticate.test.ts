import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { sleep, systemClock } from '../../../modem/index.ts';
import { bank } from '../authentications/bank.ts';
import { CUSTOMER_NUMBER, PIN } from '../world.ts';

const PROGRAM = join(import.meta.dirname, '../../../server/cli/cash-authenticate.ts');
const NOBODY = '+393409999999';

/** Starts the program with these arguments and nothing else in its environment. */
function start(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const program = spawn(process.execPath, [PROGRAM, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = Promise.all([text(program.stdout), text(program.stderr), once(program, 'exit')]).then(
    ([out, err, [code]]) => ({ out, err, code }),
  );
  return { program, ended };
}

/** A service that listens, with the key of a relying party in `web1.key`. */
async function open() {
  const base = await bank();
  const server = await base.world.service.http.listen({ host: '127.0.0.1', port: 0 });
  const keys = mkdtempSync(join(tmpdir(), 'keys-'));
  writeFileSync(join(keys, 'web1.key'), `${base.partyKey}\n`, { mode: 0o640 });
  const where = ['--server', server, '--keys', keys];
  const ask = (who: string, ...more: readonly string[]) => [
    ...['--as', 'web1', '--who', who, '--title', 'login on web1', ...where, ...more],
  ];
  /** Runs the program while time goes by, and once that the phone is asked, `then` happens. */
  const run = async (args: readonly string[], then: (pid: number | undefined) => void = () => {}) => {
    const { program, ended } = start(args);
    let over = false;
    const { asked } = base.customer.phone;
    const before = asked.length;
    let answered = false;
    void ended.then(() => {
      over = true;
    });
    while (!over) {
      await sleep(systemClock, 20);
      await base.world.clock.advance(500);
      if (answered || asked.length === before) continue;
      answered = true;
      then(program.pid);
    }
    return ended;
  };
  return { ...base, server, keys, ask, run };
}

describe('cash-authenticate', () => {
  it.each<[string, string, (phone: Awaited<ReturnType<typeof open>>['customer']['phone']) => void, number]>([
    ['confirmed', 'Confirmed', (phone) => phone.approve(PIN), 0],
    ['refused', 'Not confirmed: refused', (phone) => phone.refuse(), 1],
    [
      'failed',
      'Not confirmed: the person typed wrong digits of the code twice',
      (phone) => phone.refuse('wrong-digits'),
      1,
    ],
    ['not-me', 'Not confirmed: the person did not begin this', (phone) => phone.refuse('not-me'), 1],
  ])('%s: shows the code, and says how it ended: %s', async (state, sentence, answer, code) => {
    const { ask, run, customer, party, world } = await open();
    const ended = await run(ask(CUSTOMER_NUMBER), () => answer(customer.phone));
    expect(ended).toEqual({
      out: expect.stringMatching(`^Code [0-9]{4}: the phone asks for its last two digits\n${sentence}\n$`),
      err: '',
      code,
    });
    const [asked] = await world.service.authentications.list(party, { limit: 2 });
    expect(asked).toMatchObject({ kind: 'login', title: 'login on web1', ttl: 120, state });
    expect(ended.out).toContain(`Code ${String(asked?.matchCode).padStart(4, '0')}:`);
  });

  it('prints JSON, and ends with 1 when nobody answers in time, as for a number that nobody has', async () => {
    const { ask, run } = await open();
    const { out, err, code } = await run(ask(NOBODY, '--ttl', '30', '--json'));
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect([err, code, lines]).toEqual([
      '',
      1,
      [
        { event: 'asked', id: expect.stringMatching(/^[0-9a-f]{16}$/), matchCode: expect.stringMatching(/^[0-9]{4}$/) },
        { event: 'ended', id: lines[0].id, state: 'expired' },
      ],
    ]);
  });

  it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
    '%s takes the question from the phone, and ends it with 1',
    async (signal) => {
      const { ask, run, world, party } = await open();
      const ended = await run(ask(CUSTOMER_NUMBER), (pid) => pid !== undefined && process.kill(pid, signal));
      expect([ended.code, ended.err, ended.out.split('\n')[1]]).toEqual([1, '', 'Not confirmed: taken back']);
      expect(await world.service.authentications.list(party, { limit: 1 })).toMatchObject([{ state: 'cancelled' }]);
    },
  );

  it('lets nobody in when the service refuses', async () => {
    const { ask, run, world, party } = await open();
    await world.service.parties.keys.revoke(party.id);
    expect(await run(ask(CUSTOMER_NUMBER))).toEqual({
      ...{ out: '', code: 1, err: 'cash-authenticate: This is not the API key of a relying party\n' },
    });
  });

  it('takes the key from the environment first', async () => {
    const { server, partyKey } = await open();
    const args = ['--as', 'web1', '--who', NOBODY, '--title', 'x\u202e', '--server', server, '--keys', '/nowhere'];
    const { err, code } = await start(args, { CASH_AUTHENTICATE_KEY: partyKey }).ended;
    expect([err, code]).toEqual([expect.stringMatching(/^cash-authenticate: title: .*\n$/), 2]);
  });

  it('is used wrongly: one line, exit code 2', async () => {
    const { ask, keys, run, server } = await open();
    writeFileSync(join(keys, 'open.key'), 'cm_1');
    chmodSync(join(keys, 'open.key'), 0o604);
    writeFileSync(join(keys, 'empty.key'), '\n', { mode: 0o600 });
    const changed = (option: string, value: string) => {
      const args = ask(CUSTOMER_NUMBER);
      return args.map((word, index) => (args[index - 1] === option ? value : word));
    };
    for (const [args, line] of [
      [[], "required option '--as <client>' not specified"],
      [changed('--as', 'nobody'), /^the key of nobody: .*nobody\.key: ENOENT/],
      [changed('--as', '../web1'), '--as ../web1: a client is letters, digits, - and _, as web1'],
      [changed('--as', 'open'), /open\.key: others may read it, or write it: chmod o= it$/],
      [changed('--as', 'empty'), 'The API key is empty, or has a space or a line break'],
      [changed('--server', 'web1'), /^web1 is not the URL of a service/],
      [
        changed('--title', 'x'.repeat(41)),
        /^option '--title <text>' argument 'x+' is invalid. Give 1 to 40 octets of UTF-8; these are 41\.$/,
      ],
      [changed('--title', ' '), /these are 1\.$/],
      [
        changed('--who', '0340'),
        /^option '--who <number>' .* Give an international number: \+ and 7 to 15 digits, or an alias of 1 to 7 letters\.$/,
      ],
      [ask(CUSTOMER_NUMBER, '--ttl', '29'), /^option '--ttl <seconds>' .* Give 30 to 2550 seconds\.$/],
      [ask(CUSTOMER_NUMBER, '--ttl', '2551'), /Give 30 to 2550 seconds\.$/],
      [ask(CUSTOMER_NUMBER, '--key', 'cm_1'), /^unknown option '--key'/],
    ] as const) {
      const { out, err, code } = await run(args);
      expect([out, code, err.split('\n').length], `${server} ${args.join(' ')}: ${err}`).toEqual(['', 2, 2]);
      expect(err.trim().replace('cash-authenticate: ', '')).toMatch(line);
    }
  });
});
