import { execFile, spawnSync } from 'node:child_process';
import { createPublicKey, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { sleep, systemClock } from '../../../modem/index.ts';
import { CUSTOMER_NUMBER, PIN, type World } from '../world.ts';
import { client } from './client.ts';
import { EC, jwkOf } from './client-key.ts';
import { notificationEndpoint } from './notification-endpoint.ts';

/** A server whose URL is known before the service is there: what it gets goes to the service. */
async function front() {
  let world: World | undefined;
  const server = createServer(async (request, response) => {
    const { method, url = '/', headers } = request;
    const payload = await text(request);
    const answer = await world?.service.http.inject({
      ...{ method: method === 'POST' ? 'POST' : 'GET', url, headers: { ...headers, host: '127.0.0.1' }, payload },
    });
    response.writeHead(answer?.statusCode ?? 503, { 'content-type': String(answer?.headers['content-type']) });
    response.end(answer?.payload);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => server[Symbol.asyncDispose]());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const serve = (served: World) => {
    world = served;
  };
  return { issuer: `http://127.0.0.1:${address.port}`, serve };
}

/** Runs a client in a process of its own, while the person confirms what their phone asks. @returns the claims that it prints */
async function login(program: string, file: string, mode: 'poll' | 'ping' = 'poll', key?: KeyObject) {
  const { issuer, serve } = await front();
  const { world, customer, party, partyKey } = await client(1, { issuer });
  serve(world);
  const endpoint = await notificationEndpoint();
  if (mode === 'ping') await world.service.parties.notifyAt(party.id, endpoint.url);
  const ahead = world.clock.now() - systemClock.now();
  const args = [join(import.meta.dirname, file), issuer, String(party.id), CUSTOMER_NUMBER, String(ahead), mode];
  if (key !== undefined) await world.service.parties.setJwks(party.id, { keys: [jwkOf(createPublicKey(key))] });
  const known =
    key === undefined
      ? { CLIENT_SECRET: partyKey }
      : { CLIENT_KEY: key.export({ format: 'pem', type: 'pkcs8' }).toString() };
  const env = { ...process.env, ...known };
  let ended = false;
  const running = promisify(execFile)(program, args, { env });
  void endpoint.pinged.then(({ body }) => running.child.stdin?.end(body.auth_req_id));
  const run = running.finally(() => {
    ended = true;
  });
  for (let asked = customer.phone.asked.length; !ended; asked = customer.phone.asked.length) {
    await sleep(systemClock, 20);
    await world.clock.advance(Math.max(0, systemClock.now() + ahead - world.clock.now()));
    if (customer.phone.asked.length > asked) customer.phone.approve(PIN);
  }
  const { stdout } = await run;
  const sub = await world.service.parties.pairwise.of(party.id, customer.person.id);
  expect(JSON.parse(stdout)).toMatchObject({ iss: issuer, sub, aud: String(party.id) });
}

const hasPython = spawnSync('python3', ['--version']).status === 0;

describe('a login by', () => {
  it('openid-client, as it comes from npm', () => login(process.execPath, 'openid-client.mjs'));
  it('openid-client, known by its public key', () =>
    login(process.execPath, 'openid-client.mjs', 'poll', EC.privateKey));
  it('openid-client, in ping mode', () => login(process.execPath, 'openid-client.mjs', 'ping'));
  it.skipIf(!hasPython)('a client in Python without packages', () => login('python3', 'login.py'));
});
