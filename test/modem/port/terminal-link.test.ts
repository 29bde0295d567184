import { chmodSync, closeSync, mkdtempSync, readlinkSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { PortError } from '../../../modem/index.ts';
import { serialPort } from '../../../modem/port/serial.ts';
import { isLeftBehind, type TerminalLink, terminalLink } from '../../../modem/port/terminal-link.ts';
import { openPtyPair, type PtyPair } from '../../../sim/ports/libc.ts';

const newFolder = () => mkdtempSync(join(tmpdir(), 'terminal-link-'));

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** A pseudo terminal that is gone at the end of the test. */
function terminal(): PtyPair {
  const pair = openPtyPair();
  ends.push(() => closeSync(pair.master));
  return pair;
}

/** When a terminal was made; the system counts in steps of some ms. `undefined`: there is none of this name. */
const bornAt = (device: string) => statSync(device, { bigint: true, throwIfNoEntry: false })?.ctimeNs;

/**
 * Opens pseudo terminals until a younger one of this name is there: the system gives a free number to the next one.
 * @param born when the one of before was made
 */
function another(device: string, born: bigint | undefined): void {
  const isThere = () => bornAt(device) !== undefined && bornAt(device) !== born;
  for (let opened = 0; opened < 10_000 && !isThere(); opened += 1) {
    const pair = openPtyPair();
    if (pair.device === device && !isThere()) closeSync(pair.master);
    else ends.push(() => closeSync(pair.master));
  }
  expect(isThere()).toBe(true);
}

/** Opens a port. `lost` resolves to what it said when it was closed. */
async function open(port: ReturnType<typeof serialPort>) {
  const { promise: lost, resolve } = Promise.withResolvers<PortError | undefined>();
  await port.open({ data() {}, closed: resolve });
  ends.push(() => port.close());
  return { lost };
}

/** A program that was killed: its terminal is gone, its link is there, and the terminal's number is another's. */
async function leftBehind(linkTo: (device: string) => string) {
  const { master, device } = openPtyPair();
  const born = bornAt(device);
  const path = linkTo(device);
  const port = serialPort(path);
  const { lost } = await open(port);
  closeSync(master);
  expect(await lost).toMatchObject({ code: 'lost' });
  another(device, born);
  return { port, path, device };
}

function linkIn(folder: string, device: string): string {
  const path = join(folder, 'modem1');
  symlinkSync(device, path);
  return path;
}

describe('a serial port at a link to a pseudo terminal that was hung up', () => {
  test('does not open the next terminal of the same number, and opens when the link is made anew, to whatever number', async () => {
    const { port, path, device } = await leftBehind((target) => linkIn(newFolder(), target));
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      await expect(port.open({ data() {}, closed() {} })).rejects.toMatchObject({
        code: 'missing',
        message: `${path} leads to a terminal that is gone: is the program behind it running?`,
      });
    }
    rmSync(path);
    await expect(port.open({ data() {}, closed() {} })).rejects.toMatchObject({ code: 'missing' });
    symlinkSync(device, path);
    await open(port);
  });

  test('opens when another link was renamed to it', async () => {
    const { port, path, device } = await leftBehind((target) => linkIn(newFolder(), target));
    symlinkSync(device, `${path}.next`);
    renameSync(`${path}.next`, path);
    await open(port);
  });

  test('waits for the link behind a link too', async () => {
    const folder = newFolder();
    const { port, path, device } = await leftBehind((target) => {
      linkIn(folder, target);
      const outer = join(newFolder(), 'my-modem');
      symlinkSync(join('..', folder.slice(tmpdir().length + 1), 'modem1'), outer);
      return outer;
    });
    await expect(port.open({ data() {}, closed() {} })).rejects.toMatchObject({ code: 'missing' });
    rmSync(join(folder, 'modem1'));
    linkIn(folder, device);
    expect(readlinkSync(path)).toContain('modem1');
    await open(port);
  });

  test('without a link the number is the name, which is opened', async () => {
    const { port } = await leftBehind((device) => device);
    await open(port);
  });

  test('closed by its user, it is opened again by the same link, also when its mode was changed meanwhile', async () => {
    const { device } = terminal();
    const port = serialPort(linkIn(newFolder(), device));
    await open(port);
    chmodSync(device, 0o600);
    await port.close();
    await open(port);
  });
});

const BEFORE: TerminalLink = { links: 'a b', terminal: '8:100' };

test.each<[name: string, before: TerminalLink | undefined, now: TerminalLink | undefined, leftBehind: boolean]>([
  ['never hung up', undefined, BEFORE, false],
  ['the same terminal: it was hung up by vhangup(2), and its master is there', BEFORE, BEFORE, false],
  ['a younger terminal', BEFORE, { ...BEFORE, terminal: '8:200' }, true],
  ['no terminal', BEFORE, { links: 'a b', terminal: undefined }, true],
  ['a link made anew to a terminal of the same number', BEFORE, { links: 'c b', terminal: '8:200' }, false],
  ['a link to something else', BEFORE, undefined, false],
])('%s', (_name, before, now, expected) => {
  expect(isLeftBehind(before, now)).toBe(expected);
});

test.each<[name: string, make: (path: string) => void]>([
  ['nothing', () => {}],
  ['a link to a device of which the number does not change hands', (path) => symlinkSync('/dev/null', path)],
  ['a link to itself', (path) => symlinkSync(path, path)],
])('%s is no link to a pseudo terminal', async (_name, make) => {
  const path = join(newFolder(), 'modem1');
  make(path);
  expect(await terminalLink(path)).toBeUndefined();
});

test('a link to a number that no terminal has', async () => {
  const path = linkIn(newFolder(), '/dev/pts/999999');
  expect(await terminalLink(path)).toMatchObject({ terminal: undefined });
});
