import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, test } from 'vitest';
import { decodeTpdu, fromHex, type Submit, systemClock } from '../../modem/index.ts';
import {
  createWorld,
  latencyProfiles,
  type OpenLines,
  type OutsideMessage,
  openLines,
  type World,
} from '../../sim/index.ts';

const run = promisify(execFile);
const GAMMU = 'gammu';
const missing = spawnSync(GAMMU, ['--version']).error !== undefined && process.env['CASH_MOBILE_SKIP_NOTHING'] !== '1';
// gammu waits most of its time: each test has a modem of its own, and they run side by side.
const withGammu = test.skipIf(missing).concurrent;
const ALICE = '+393330000001';
const BOB = '+393330000002';
const CAROL = '+393330000003';
const DAVE = '+393330000004';
const ERIN = '+393330000005';
const LONG = 'A long text that needs two SMS. '.repeat(6).trim();
const ROUNDS = [1, 2, 3, 4, 5];

let world: World;
let lines: OpenLines;
let folder: string;
let configurations: readonly string[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gammu-'));
  const profile = latencyProfiles['none'];
  world = createWorld({ seed: 1, clock: systemClock, responseMs: [0, 0], ...(profile && { profile }) });
  for (const number of [ALICE, BOB, CAROL, DAVE, ERIN]) world.addModem({ number });
  lines = await openLines(world.modems, join(folder, 'modems'));
  configurations = lines.lines.map(({ tty }, i) => {
    const path = join(folder, `gammurc${i + 1}`);
    writeFileSync(path, `[gammu]\nport = ${tty}\nconnection = at115200\n`);
    return path;
  });
});

afterAll(() => lines.close());

/** The number of a modem in the network, from 1. */
type ModemIndex = 1 | 3 | 4 | 5;

async function gammu(modem: ModemIndex, ...args: readonly string[]): Promise<string> {
  // gammu reads and prints in the character set of the locale.
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  const { stdout } = await run(GAMMU, ['-c', configurations[modem - 1] ?? '', ...args], { timeout: 90_000, env });
  return stdout;
}

/** What gammu said at a modem until it had said `enough`, and was interrupted. */
async function interrupted(modem: ModemIndex, enough: RegExp, ...args: readonly string[]): Promise<string> {
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  const child = spawn(GAMMU, ['-c', configurations[modem - 1] ?? '', ...args], { env });
  const ended = once(child, 'exit');
  let said = '';
  for await (const text of child.stdout) {
    said += text;
    if (enough.test(said)) break;
  }
  child.kill('SIGINT');
  await ended;
  return said;
}

/** Several commands on one connection. */
async function batch(modem: ModemIndex, commands: readonly string[]): Promise<string> {
  const file = join(folder, `batch${modem}`);
  writeFileSync(file, `${commands.join('\n')}\n`);
  return gammu(modem, 'batch', file);
}

function submits(number: string): readonly Submit[] {
  return world.submitted(number).map(({ tpdu }) => {
    const submit = decodeTpdu(fromHex(tpdu), 'mobile-originated');
    if (submit.type !== 'SUBMIT') throw new Error(`${submit.type} where a SUBMIT was expected`);
    return submit;
  });
}

const textOf = ({ userData }: Submit) => (userData.kind === 'text' ? userData.text : '');
const SLOW = 120_000;

withGammu('gammu identifies the modem, and sees the network', { timeout: SLOW }, async ({ expect }) => {
  const said = await batch(4, ['identify', 'networkinfo', 'getsmsc']);
  expect(said).toMatch(/Manufacturer +: Cash-Mobile/);
  expect(said).toMatch(/IMEI +: \d{15}/);
  expect(said).toMatch(/SIM IMSI +: \d{15}/);
  expect(said).toMatch(/Network +: 001 01/);
  expect(said).toContain('+393990000001');
});

withGammu('gammu asks a service, and sees its menu of several lines', { timeout: SLOW }, async ({ expect }) => {
  // A menu asks for an answer, and gammu waits for it until it is interrupted.
  expect(await interrupted(5, /2 Number/, 'getussd', '*123#')).toMatch(/1 Balance\s+2 Number/);
});

withGammu(
  'gammu sends 20: text, with report, Unicode, long, binary to a port',
  { timeout: SLOW },
  async ({ expect }) => {
    // Reports are to be stored, where gammu finds them.
    const port = world.modem(ALICE)?.memoryPort();
    await port?.open({ data() {}, closed() {} });
    await port?.write(new Uint8Array(Buffer.from('AT+CNMI=2,1,0,2\r')));
    await port?.close();
    await batch(
      1,
      ROUNDS.flatMap((i) => [
        `sendsms TEXT ${BOB} -report -text "hello ${i}"`,
        `sendsms TEXT ${BOB} -unicode -text "Ciao è € Ж ${i}"`,
        `sendsms TEXT ${BOB} -len 400 -text "${LONG} ${i}"`,
        `sendsms WAPINDICATOR ${BOB} http://example.com/${i} Title`,
      ]),
    );
    const sent = submits(ALICE);
    expect(sent).toHaveLength(25);
    for (const [round, i] of ROUNDS.entries()) {
      const [report, unicode, first, second, push] = sent.slice(round * 5);
      expect(report).toMatchObject({ statusReportRequested: true, userData: { text: `hello ${i}` } });
      expect(unicode && textOf(unicode)).toBe(`Ciao è € Ж ${i}`);
      expect(first && second && textOf(first) + textOf(second)).toBe(`${LONG} ${i}`);
      expect(push?.userData.header).toContainEqual({ kind: 'ports', width: 16, destination: 2948, source: 9200 });
    }
    const reports = await gammu(1, 'getallsms');
    expect(reports.match(/SMS status report/g)).toHaveLength(5);
    expect(reports.match(/Delivered/g)).toHaveLength(5);
  },
);

withGammu('gammu reads 20 that came, joins what is long, and deletes them', { timeout: SLOW }, async ({ expect }) => {
  const content = (i: number): readonly Pick<OutsideMessage, 'content' | 'ports'>[] => [
    { content: { kind: 'text', text: `plain ${i}` } },
    { content: { kind: 'text', text: `Ciao è € Ж ${i}` } },
    { content: { kind: 'text', text: `${LONG} ${i}` } },
    { content: { kind: 'data', data: Uint8Array.of(i, 0, 0x1a, 0xff) }, ports: { destination: 16_001, source: 0 } },
  ];
  for (const message of ROUNDS.flatMap(content)) world.deliver({ to: CAROL, from: 'BANK', ...message });
  const read = await gammu(3, 'geteachsms');
  expect(read).toContain('25 SMS parts in 20 SMS sequences');
  for (const i of ROUNDS) {
    for (const text of [`plain ${i}`, `Ciao è € Ж ${i}`, `${LONG} ${i}`]) expect(read).toContain(text);
  }
  expect(read.match(/8 bit/gi)?.length ?? 0).toBeGreaterThanOrEqual(5);
  await gammu(3, 'deleteallsms', '1');
  expect(await gammu(3, 'getallsms')).toContain('0 SMS parts in 0 SMS sequences');
});
