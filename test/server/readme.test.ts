import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { sleep, systemClock } from '../../modem/index.ts';
import { createWorld, openLines } from '../../sim/index.ts';
import { consented } from './authentications/consented.ts';
import { PIN, shop } from './world.ts';

const ROOT = join(import.meta.dirname, '../..');
const README = readFileSync(join(ROOT, 'server/README.md'), 'utf8');

/** The first example in TypeScript below a heading of the README. */
function exampleBelow(heading: string): string {
  const [, example] = /^```ts\n(.*?)^```$/ms.exec(README.slice(README.indexOf(`\n## ${heading}\n`))) ?? [];
  if (example === undefined) throw new Error(`no example below ${heading}`);
  return example.replaceAll(
    /'cash-mobile\/(\w+)'/g,
    (_, room: string) => `'${join(ROOT, ROOMS[room] ?? room, 'index.ts')}'`,
  );
}

const ROOMS: Readonly<Record<string, string>> = { client: 'server/client' };

it('the example of the library runs as it stands there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'readme-'));
  const world = createWorld({ seed: 1, clock: systemClock });
  world.addModem({ number: '+393330000001' });
  const lines = await openLines(world.modems, join(folder, 'modems'));
  const file = join(folder, 'example.ts');
  writeFileSync(file, exampleBelow('As a library').replace('/tmp/gsm/modem1', lines.lines[0]?.tcp ?? ''));
  try {
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    expect(stdout).toMatch(/^Anna types \S{8,9} into her phone/);
    expect(stdout).toContain('MIDlet-Name: Cash-Mobile');
    expect(stdout).toMatch(/\nServiceError: The customer cannot be asked: [^\n]*\n$/);
  } finally {
    await lines.close();
  }
});

it('the example of the client runs as it stands there, against a service whose customer answers', async () => {
  const { world, customer, apiKey } = await shop(1);
  const { apiKey: partyKey } = await world.service.parties.add({
    ...{ name: 'Banca', shortName: 'Banca', kinds: ['login'], requestsADay: 10 },
  });
  await consented(world);
  const url = await world.service.http.listen({ host: '127.0.0.1', port: 0 });
  const file = join(mkdtempSync(join(tmpdir(), 'client-')), 'example.ts');
  writeFileSync(file, exampleBelow('From a program in Node').replace('http://127.0.0.1:8080', url));
  const env = { ...process.env, MERCHANT_KEY: apiKey, PARTY_KEY: partyKey };
  let ended = false;
  const example = promisify(execFile)(process.execPath, [file], { env }).finally(() => {
    ended = true;
  });
  for (let answered = customer.phone.asked.length; !ended; ) {
    await sleep(systemClock, 20);
    await world.clock.advance(500);
    if (customer.phone.asked.length > answered) customer.phone.approve(PIN);
    answered = customer.phone.asked.length;
  }
  const { stdout } = await example;
  expect(stdout).toMatch(/^The customer sees the code \d{4}\nCAPTURED\nShow \d{4}\nconfirmed\n$/);
});
