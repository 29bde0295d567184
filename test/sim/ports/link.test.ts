import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readlinkSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openPtyPair } from '../../../sim/ports/libc.ts';
import { DeviceLink } from '../../../sim/ports/link.ts';

const newFolder = () => mkdtempSync(join(tmpdir(), 'link-'));

test('a link is made with its folders, leads elsewhere, and is removed', () => {
  const folder = newFolder();
  const path = join(folder, 'a', 'b', 'modem1');
  const link = new DeviceLink(path, '/dev/null');
  expect([link.path, readlinkSync(path)]).toEqual([path, '/dev/null']);
  symlinkSync('/nowhere', `${path}.next`);
  link.point('/dev/zero');
  expect(readlinkSync(path)).toBe('/dev/zero');
  expect(existsSync(`${path}.next`)).toBe(false);
  link.remove();
  expect(lstatSync(path, { throwIfNoEntry: false })).toBeUndefined();
  link.remove();
});

test('a link that is another’s meanwhile stays, and so does what is no link', () => {
  const path = join(newFolder(), 'modem1');
  const link = new DeviceLink(path, '/dev/null');
  unlinkSync(path);
  symlinkSync('/dev/zero', path);
  link.remove();
  expect(readlinkSync(path)).toBe('/dev/zero');
  unlinkSync(path);
  writeFileSync(path, '/dev/null');
  link.remove();
  expect(lstatSync(path).isFile()).toBe(true);
});

/** What is there already, and whether a link may take its place. */
test.each([
  ['a file', (path: string) => writeFileSync(path, ''), false],
  ['a link to a file', (path: string) => symlinkSync('/etc/hostname', path), false],
  ['a link to a device that is no terminal', (path: string) => symlinkSync('/dev/null', path), false],
  ['a link that leads nowhere', (path: string) => symlinkSync('/dev/pts/999999', path), true],
])('%s', (_name, make, may) => {
  const path = join(newFolder(), 'modem1');
  make(path);
  if (may) expect(readlinkSync(new DeviceLink(path, '/dev/null').path)).toBe('/dev/null');
  else
    expect(() => new DeviceLink(path, '/dev/zero')).toThrow(
      `${path} exists already: another simulation may be using it; stop that one, choose another folder, or delete ${path}`,
    );
});

/** What was done to a terminal after a link to it was made, and whether another link may take its place. */
test.each<[name: string, mode: number | undefined, may: boolean]>([
  ['nothing', undefined, false],
  ['a change of its mode, as for a program of another user', 0o666, false],
  ['as with a younger terminal of the same number', 0o620, true],
])('a link to a terminal that is there: %s', (_name, mode, may) => {
  const [served, made] = [openPtyPair(), openPtyPair()];
  try {
    for (const { device } of [served, made]) chmodSync(device, 0o620);
    const path = join(newFolder(), 'modem1');
    const link = new DeviceLink(path, served.device);
    // The time of a file goes in steps of some milliseconds.
    while (mode !== undefined && statSync(served.device).ctimeMs <= lstatSync(path).mtimeMs)
      chmodSync(served.device, mode);
    if (may) expect(readlinkSync(new DeviceLink(path, made.device).path)).toBe(made.device);
    else expect(() => new DeviceLink(path, made.device)).toThrow(`${path} exists already`);
    link.remove();
    expect(existsSync(path)).toBe(may);
  } finally {
    for (const { master } of [served, made]) closeSync(master);
  }
});

test('a folder that cannot be made is said', () => {
  expect(() => new DeviceLink('/proc/none/modem1', '/dev/null')).toThrow(
    'Cannot make the folder /proc/none: choose another one',
  );
  expect(() => new DeviceLink('/proc/modem1', '/dev/null')).toThrow(
    'Cannot make the link /proc/modem1: is the folder writable?',
  );
  const file = join(newFolder(), 'file');
  writeFileSync(file, '');
  expect(() => new DeviceLink(join(file, 'modem1'), '/dev/null')).toThrow(`Cannot make the folder ${file}`);
});
