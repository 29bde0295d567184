import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');

/** What each room, or closed folder of a room, may import of others: their index, and nothing else. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  modem: [],
  'device/safe-mobile': [],
  'device/midp': [],
  'device/cash-mobile': ['device/safe-mobile', 'device/midp'],
  'device/suite': ['device/safe-mobile', 'device/midp'],
  device: ['modem', 'device/safe-mobile', 'device/midp', 'device/cash-mobile', 'device/suite'],
  'server/pages': [],
  server: ['modem', 'device/safe-mobile', 'device/suite'],
  sim: ['modem', 'device/safe-mobile', 'device', 'server'],
};

/** The floors of sim/ that are built on its world, from the lowest: a folder imports from lower floors only. */
const FLOORS_OF_SIM = ['vocabulary', 'evidence', 'scenario', 'control', 'view', 'demo', 'loop', 'cli'];

/**
 * The floors of server/, from the lowest: a file imports from its own folder and from lower floors, not from its neighbours.
 * `.` is what lies in server/ itself.
 */
const FLOORS_OF_SERVER: readonly (readonly string[])[] = [
  ['vocabulary', 'pages', 'limits', 'gate'],
  ['store', 'keys'],
  ['journal', 'keyring'],
  ['time'],
  ['api-keys'],
  ['people', 'merchants', 'parties', 'operators', 'ledger', 'processes'],
  ['outgoing', 'rails', 'jws-keys'],
  ['attempts', 'intake'],
  ['approvals'],
  ['payments', 'authentications', 'enrolment', 'pin-change', 'reconciliation', 'upkeep'],
  ['queries', 'orders', 'ciba'],
  ['service'],
  ['http', 'ecr'],
  ['client'],
  ['.'],
  ['cli'],
];

/** What every executable may use of the first room beside its index. */
const FOR_EXECUTABLES = [
  'modem/cli/executable.ts',
  'modem/cli/hearing.ts',
  'modem/cli/program.ts',
  'modem/cli/node-version.ts',
];

/** A second door of a room, apart from its index: what draws, what reads files, clock, chance or the codec alone, the gate of a web server, the client, for who needs no more. */
const SIDE_DOORS = [
  'device/terminal/index.ts',
  'modem/clock.ts',
  'modem/pdu/index.ts',
  'modem/portrait/index.ts',
  'modem/package-file.ts',
  'modem/random.ts',
  'server/client/index.ts',
  'server/gate/index.ts',
];

const rooms = Object.keys(MAY_IMPORT).toSorted((a, b) => b.length - a.length);

function roomOf(file: string): string {
  const room = rooms.find((candidate) => file.startsWith(`${candidate}/`));
  if (room === undefined) throw new Error(`${file} is in no room`);
  return room;
}

const files = globSync('{modem,device,server,sim}/**/*.{ts,tsx}', { cwd: ROOT }).toSorted();

function importsOf(file: string): readonly string[] {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const specifiers = Array.from(source.matchAll(/(?:from|import|import\()\s*'(\.[^']+)'/g), (match) => match[1] ?? '');
  return specifiers.map((specifier) => relative(ROOT, normalize(join(ROOT, dirname(file), specifier))));
}

function trespasses(file: string): readonly string[] {
  const room = roomOf(file);
  const allowed = MAY_IMPORT[room] ?? [];
  return importsOf(file)
    .filter((imported) => !(FOR_EXECUTABLES.includes(imported) && file.includes('/cli/')))
    .filter((imported) => {
      const other = roomOf(imported);
      const throughADoor = imported === `${other}/index.ts` || SIDE_DOORS.includes(imported);
      return other !== room && !(allowed.includes(other) && throughADoor);
    })
    .map((imported) => `${file} imports ${imported}`);
}

describe('the house', () => {
  it('has rooms to look at', () => {
    expect(new Set(files.map(roomOf))).toEqual(new Set(rooms));
  });

  it('a room imports only what its floor may, through the front door', () => {
    expect(files.flatMap(trespasses)).toEqual([]);
  });

  it('a folder of sim/ imports only from the floors below it', () => {
    const floorOf = (file: string) => FLOORS_OF_SIM.findIndex((folder) => file.startsWith(`sim/${folder}/`));
    const climbs = files.flatMap((file) =>
      importsOf(file)
        .filter((imported) => floorOf(imported) > floorOf(file) && file !== 'sim/index.ts')
        .map((imported) => `${file} imports ${imported}`),
    );
    expect(climbs).toEqual([]);
  });

  it('a folder of server/ imports only from the floors below it', () => {
    const folderOf = (file: string) => dirname(file).split('/')[1] ?? '.';
    const floorOf = (file: string) => FLOORS_OF_SERVER.findIndex((floor) => floor.includes(folderOf(file)));
    const own = files.filter((file) => file.startsWith('server/'));
    const folders = FLOORS_OF_SERVER.flat();
    expect(new Set(own.map(folderOf)), 'every folder has a floor').toEqual(new Set(folders));
    const climbs = own.flatMap((file) =>
      importsOf(file)
        .filter((imported) => imported.startsWith('server/') && folderOf(imported) !== folderOf(file))
        .filter((imported) => floorOf(imported) >= floorOf(file))
        .map((imported) => `${file} imports ${imported}`),
    );
    expect(climbs).toEqual([]);
  });

  it('a file is one idea: at most 350 lines', () => {
    const long = files.filter((file) => readFileSync(join(ROOT, file), 'utf8').split('\n').length > 350);
    expect(long).toEqual([]);
  });

  it('a file has a name that says what it is', () => {
    expect(files.filter((file) => /\b(utils?|helpers?|managers?|common|misc)\b/.test(file))).toEqual([]);
  });
});
