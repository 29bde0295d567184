import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decodeTpdu, fromHex, systemClock } from '../../modem/index.ts';
import { createWorld, latencyProfiles, type OpenLines, openLines, type World } from '../../sim/index.ts';

const run = promisify(execFile);
const GAMMU = 'gammu';
const missing = spawnSync(GAMMU, ['--version']).error !== undefined && process.env['CASH_MOBILE_SKIP_NOTHING'] !== '1';
const withGammu = test.skipIf(missing);
const ALICE = '+393330000001';
const BOB = '+393330000002';

let world: World;
let lines: OpenLines;
let configurations: readonly string[];

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gammu-'));
  const profile = latencyProfiles['none'];
  world = createWorld({ seed: 1, clock: systemClock, responseMs: [0, 0], ...(profile && { profile }) });
  for (const number of [ALICE, BOB]) world.addModem({ number });
  lines = await openLines(world.modems, join(folder, 'modems'));
  configurations = lines.lines.map(({ tty }, i) => {
    const path = join(folder, `gammurc${i + 1}`);
    writeFileSync(path, `[gammu]\nport = ${tty}\nconnection = at115200\n`);
    return path;
  });
});

afterAll(() => lines.close());

async function gammu(modem: 1 | 2, ...args: readonly string[]): Promise<string> {
  // gammu reads and prints in the character set of the locale.
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  const { stdout } = await run(GAMMU, ['-c', configurations[modem - 1] ?? '', ...args], { timeout: 60_000, env });
  return stdout;
}

function submittedTexts(): readonly string[] {
  return world.submitted(ALICE).map(({ tpdu }) => {
    const submit = decodeTpdu(fromHex(tpdu), 'mobile-originated');
    return submit.type === 'SUBMIT' && submit.userData.kind === 'text' ? submit.userData.text : '';
  });
}

const SLOW = 120_000;

withGammu('gammu identifies the modem', { timeout: SLOW }, async () => {
  const said = await gammu(1, 'identify');
  expect(said).toMatch(/Manufacturer +: Cash-Mobile/);
  expect(said).toMatch(/IMEI +: \d{15}/);
  expect(said).toMatch(/SIM IMSI +: \d{15}/);
});

withGammu('gammu sends text, Unicode and a long text', { timeout: SLOW }, async () => {
  const long = 'A long text that needs two SMS. '.repeat(8);
  await gammu(1, 'sendsms', 'TEXT', BOB, '-text', 'hello');
  await gammu(1, 'sendsms', 'TEXT', BOB, '-unicode', '-text', 'Ciao è € Ж');
  await gammu(1, 'sendsms', 'TEXT', BOB, '-len', '400', '-text', long);
  const [first, second, ...parts] = submittedTexts();
  expect([first, second]).toEqual(['hello', 'Ciao è € Ж']);
  expect(parts).toHaveLength(2);
  expect(parts.join('').trim()).toBe(long.trim());
});

withGammu('gammu reads what came, joins what is long, and deletes it', { timeout: SLOW }, async () => {
  world.deliver({ to: BOB, from: 'BANK', content: { kind: 'text', text: 'Your balance is 10 €' } });
  const read = await gammu(2, 'getallsms');
  for (const text of ['hello', 'Ciao è € Ж', 'A long text that needs two SMS.', 'Your balance is 10 €', '"BANK"']) {
    expect(read).toContain(text);
  }
  await gammu(2, 'deleteallsms', '1');
  expect(await gammu(2, 'getallsms')).toContain('0 SMS parts in 0 SMS sequences');
});
