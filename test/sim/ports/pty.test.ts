import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  rmSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { type Port, type PortEvents, serialPort, sleep, systemClock } from '../../../modem/index.ts';
import {
  createWorld,
  type LinesOptions,
  LinkError,
  type OpenLines,
  openLines,
  openPty,
  type World,
} from '../../../sim/index.ts';

const NUMBER = '+393330000001';
let opened: OpenLines | undefined;

afterEach(() => {
  opened?.close();
  opened = undefined;
});

async function served(
  count = 1,
  options: LinesOptions = {},
): Promise<{ folder: string; world: World; lines: OpenLines }> {
  const folder = join(mkdtempSync(join(tmpdir(), 'pty-')), 'modems');
  const world = createWorld({ seed: 1, clock: systemClock, responseMs: [0, 0] });
  for (let i = 0; i < count; i += 1) world.addModem({ number: `+39333000000${i + 1}` });
  opened = await openLines(world.modems, folder, options);
  return { folder, world, lines: opened };
}

/** Opens a port, asks, and closes it again. */
async function ask(port: Port, command: string, until = 'OK\r\n'): Promise<string> {
  let heard = '';
  const heardAll = Promise.withResolvers<string>();
  const closed = Promise.withResolvers<void>();
  const events: PortEvents = {
    data(octets) {
      heard += Buffer.from(octets).toString('latin1');
      if (heard.endsWith(until)) heardAll.resolve(heard);
    },
    closed: () => closed.resolve(),
  };
  await port.open(events);
  await port.write(new Uint8Array(Buffer.from(command)));
  const answer = await heardAll.promise;
  await port.close();
  await closed.promise;
  return answer;
}

/** What a descriptor has to read, once there is something. */
async function nextFrom(fd: number): Promise<string> {
  const octets = Buffer.alloc(200);
  for (;;) {
    try {
      return octets.toString('latin1', 0, readSync(fd, octets));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      await sleep(systemClock, 5);
    }
  }
}

test('a serial port client comes, goes and comes back, and loses nothing', async () => {
  const { lines } = await served();
  const port = serialPort(lines.lines[0]?.tty ?? '');
  for (let i = 0; i < 30; i += 1) expect(await ask(port, 'AT+CSQ\r')).toMatch(/\+CSQ: 23,0\r\n\r\nOK\r\n$/);
});

test('a client that sets nothing finds the line raw, and its answers are not echoed back', async () => {
  const { lines } = await served();
  const fd = openSync(lines.lines[0]?.tty ?? '', constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  writeSync(fd, 'ATE0\rAT+CGMM\r');
  const answer = 'ATE0\r\r\nOK\r\n\r\nVirtual GSM Modem\r\n\r\nOK\r\n';
  let heard = '';
  while (heard.length < answer.length) heard += await nextFrom(fd);
  expect(heard).toBe(answer);
  closeSync(fd);
});

test('what is written and closed at once still arrives, and nothing of it waits for the next client', async () => {
  const { lines, world } = await served();
  const tty = lines.lines[0]?.tty ?? '';
  const fd = openSync(tty, constants.O_RDWR | constants.O_NOCTTY);
  writeSync(fd, 'ATE0;+CMGF=1\r');
  closeSync(fd);
  while (world.modem(NUMBER)?.settings.messageFormat !== 'text') await sleep(systemClock, 5);
  expect(await ask(serialPort(tty), 'AT+CMGF?\r')).toBe('\r\n+CMGF: 1\r\n\r\nOK\r\n');
});

test('a client that does not read stops nobody', async () => {
  const { lines } = await served(2);
  const fd = openSync(lines.lines[0]?.tty ?? '', constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  for (let i = 0; i < 60; i += 1) {
    writeSync(fd, 'AT+CLAC\r');
    await sleep(systemClock, 2);
  }
  expect(await ask(serialPort(lines.lines[1]?.tty ?? ''), 'AT\r')).toContain('OK');
  closeSync(fd);
});

test('the link is removed at the end, and its folder', async () => {
  const { folder, lines } = await served();
  expect(readlinkSync(join(folder, 'modem1'))).toMatch(/^\/dev\/pts\/\d+$/);
  lines.close();
  expect(existsSync(folder)).toBe(false);
});

test('a folder that was there before stays', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pty-'));
  const world = createWorld({ seed: 1, clock: systemClock });
  world.addModem({ number: NUMBER });
  (await openLines(world.modems, folder)).close();
  expect(readdirSync(folder)).toEqual([]);
});

test('a link that exists is refused, one that leads nowhere is replaced', () => {
  const folder = mkdtempSync(join(tmpdir(), 'link-'));
  writeFileSync(join(folder, 'taken'), '');
  expect(() => openPty(join(folder, 'taken'))).toThrow(LinkError);
  expect(() => openPty(join(folder, 'taken', 'below'))).toThrow(/Cannot make the link|Cannot make the folder/);
  symlinkSync('/nowhere', join(folder, 'stale'));
  const line = openPty(join(folder, 'stale'));
  expect(readlinkSync(line.path)).toMatch(/^\/dev\/pts\//);
  line.hangUp();
});

test('a link whose terminal was given to another since is replaced, whichever terminal that is', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'link-')), 'modem1');
  /** Leaves a link behind as a simulation does that is killed: the next terminal gets the number, unless another program is faster. */
  const leaveLink = async () => {
    const killed = openPty();
    killed.hangUp();
    symlinkSync(killed.path, path);
    await sleep(systemClock, 20);
  };
  await leaveLink();
  const line = openPty(path);
  expect(readlinkSync(path)).toMatch(/^\/dev\/pts\/\d+$/);
  expect(() => openPty(path)).toThrow(/modem1 exists already/);
  line.hangUp();
  expect(existsSync(path)).toBe(false);

  await leaveLink();
  const other = openPty();
  const beside = openPty(path);
  expect(readlinkSync(path)).not.toBe(other.path);
  beside.hangUp();
  other.hangUp();
});

test('a link to a file is refused though the file is younger', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'link-'));
  symlinkSync('file', join(folder, 'modem1'));
  await sleep(systemClock, 20);
  writeFileSync(join(folder, 'file'), '');
  expect(() => openPty(join(folder, 'modem1'))).toThrow(LinkError);
});

test('a link that another has taken meanwhile stays at the end', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'link-')), 'modem1');
  const line = openPty(path);
  rmSync(path);
  symlinkSync('/dev/pts/another', path);
  line.hangUp();
  expect(readlinkSync(path)).toBe('/dev/pts/another');
});

test('a modem that is unplugged and comes back under another name is found there, and only there', async () => {
  const { folder, world, lines } = await served(1, { codePorts: true });
  const [modem] = world.modems;
  const [line] = lines.lines;
  const before = line?.tty ?? '';
  const client = openSync(before, constants.O_RDWR | constants.O_NOCTTY);
  modem?.unplug(50, true);
  expect(existsSync(before)).toBe(false);
  while (line?.tty === before) await sleep(systemClock, 10);
  closeSync(client);
  expect([line?.tty, line?.codes]).toEqual([join(folder, 'modem1-2'), join(folder, 'modem1-codes-2')]);
  expect(existsSync(before)).toBe(false);
  expect(await ask(serialPort(line?.tty ?? ''), 'AT\r')).toMatch(/OK/);
  modem?.unplug(10_000);
  opened?.close();
  modem?.plugIn();
  expect(existsSync(folder)).toBe(false);
});

test('a device whose place has been taken stays away, until there is room for it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pty-'));
  const line = openPty(join(folder, 'modems', 'modem1'));
  line.listen({ opened() {}, data() {}, closed() {} });
  line.hangUp();
  rmSync(join(folder, 'modems'), { recursive: true });
  writeFileSync(join(folder, 'modems'), '');
  const open = readdirSync('/proc/self/fd').length;
  for (let count = 0; count < 20; count += 1) line.plugIn(false);
  expect(readdirSync('/proc/self/fd').length).toBeLessThan(open + 10);
  rmSync(join(folder, 'modems'));
  expect(existsSync(line.path)).toBe(false);
  line.plugIn(false);
  expect(readlinkSync(line.path)).toMatch(/^\/dev\/pts\/\d+$/);
  line.hangUp();
});

test('codes come on the other tty, until the command port asks for them', async () => {
  const { world, lines } = await served(1, { codePorts: true });
  const { tty = '', codes = '' } = lines.lines[0] ?? {};
  expect(await ask(serialPort(tty), 'AT+CNMI=2,1\r')).toMatch(/OK/);
  const port = serialPort(codes);
  const heard = Promise.withResolvers<string>();
  const [modem] = world.modems;
  while (modem?.hostPresent === true) await sleep(systemClock, 10);
  await port.open({ data: (octets) => heard.resolve(Buffer.from(octets).toString()), closed() {} });
  while (modem?.hostPresent === false) await sleep(systemClock, 10);
  world.deliver({ to: NUMBER, from: '123', content: { kind: 'text', text: 'x' } });
  expect(await heard.promise).toBe('\r\n+CMTI: "SM",1\r\n');
  await port.close();
});

test('a client that does not read is no danger, and the modem is told', async () => {
  const line = openPty();
  const overflowed = Promise.withResolvers<void>();
  const came = Promise.withResolvers<void>();
  line.listen({ opened: () => came.resolve(), data() {}, closed() {}, overflowed: () => overflowed.resolve() });
  const client = openSync(line.path, constants.O_RDWR | constants.O_NOCTTY);
  await came.promise;
  for (let i = 0; i < 200; i += 1) line.write(new Uint8Array(1_024).fill(0x41));
  await overflowed.promise;
  closeSync(client);
  line.hangUp();
});

/** A pseudo terminal with a client that reads only when it is told to. */
async function withClient() {
  const line = openPty();
  const came = Promise.withResolvers<void>();
  let overflows = 0;
  line.listen({
    opened: () => came.resolve(),
    data() {},
    closed() {},
    overflowed() {
      overflows += 1;
    },
  });
  const client = openSync(line.path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  await came.promise;
  /** All that comes until nothing has come for 100 ms. */
  const readAll = async (): Promise<Buffer> => {
    const heard: Buffer[] = [];
    const octets = Buffer.alloc(4_096);
    for (let silentMs = 0; silentMs < 100; ) {
      try {
        heard.push(Buffer.from(octets.subarray(0, readSync(client, octets))));
        silentMs = 0;
      } catch {
        await sleep(systemClock, 5);
        silentMs += 5;
      }
    }
    return Buffer.concat(heard);
  };
  const close = () => {
    closeSync(client);
    line.hangUp();
  };
  return { line, readAll, close, overflows: () => overflows };
}

test('a client that reads late gets every octet once, as it was when it was written', async () => {
  const { line, readAll, close, overflows } = await withClient();
  // More than the terminal takes at a time.
  const octets = new Uint8Array(10_007);
  for (let count = 1; count <= 6; count += 1) line.write(octets.fill(count));
  octets.fill(0xff);
  const heard = await readAll();
  const wanted = Buffer.concat(Array.from({ length: 6 }, (_, index) => Buffer.alloc(10_007, index + 1)));
  expect([heard.length, heard.equals(wanted), overflows()]).toEqual([60_042, true, 0]);
  close();
});

test('the modem is told once each time that a client stops reading', async () => {
  const { line, readAll, close, overflows } = await withClient();
  for (const times of [1, 2]) {
    for (let count = 0; count < 200; count += 1) line.write(new Uint8Array(1_024));
    expect(overflows()).toBe(times);
    expect((await readAll()).length).toBeGreaterThanOrEqual(64 * 1_024);
  }
  close();
});

test('a modem that comes back under another name takes the next that is free', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pty-'));
  const path = join(folder, 'modem1');
  const line = openPty(path);
  line.listen({ opened() {}, data() {}, closed() {} });
  writeFileSync(`${path}-2`, '');
  line.hangUp();
  line.plugIn(true);
  expect([line.path, existsSync(path)]).toEqual([`${path}-3`, false]);
  line.hangUp();
  line.plugIn(false);
  expect(line.path).toBe(`${path}-3`);
  line.hangUp();
});

test('a refused link leaves no terminal open', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pty-'));
  writeFileSync(join(folder, 'taken'), '');
  const before = readdirSync('/proc/self/fd').length;
  for (let count = 0; count < 20; count += 1) expect(() => openPty(join(folder, 'taken'))).toThrow(LinkError);
  expect(readdirSync('/proc/self/fd').length).toBeLessThan(before + 10);
});

/** A pseudo terminal, and what its modem hears of clients. */
function heardPty() {
  const line = openPty();
  const heard: string[] = [];
  line.listen({ opened: () => heard.push('opened'), data() {}, closed: () => heard.push('closed') });
  const client = () => openSync(line.path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);
  return { line, heard, client };
}

test('a client of one terminal is heard though another was taken away', async () => {
  const [one, other] = [heardPty(), heardPty()];
  one.line.hangUp();
  const client = other.client();
  await expect.poll(() => other.heard).toEqual(['opened']);
  closeSync(client);
  other.line.hangUp();
});

test('a terminal is taken away once, and its client hears that; one that is there is not put back', async () => {
  const { line, heard, client } = heardPty();
  const fd = client();
  await expect.poll(() => heard).toEqual(['opened']);
  const { path } = line;
  line.plugIn(false);
  expect(line.path).toBe(path);
  line.hangUp();
  line.hangUp();
  expect(heard).toEqual(['opened', 'closed']);
  // EIO or the end: nobody is at the other end any more.
  await expect
    .poll(() => {
      try {
        return readSync(fd, Buffer.alloc(1));
      } catch (error) {
        return error instanceof Error && 'code' in error ? error.code : error;
      }
    })
    .not.toBe('EAGAIN');
  closeSync(fd);
});

test('what waited for a client that has left does not come to the next', async () => {
  const { line, heard, client } = heardPty();
  const first = client();
  await expect.poll(() => heard).toHaveLength(1);
  for (let count = 0; count < 60; count += 1) line.write(new Uint8Array(1_024).fill(0x41));
  closeSync(first);
  await expect.poll(() => heard).toHaveLength(2);
  const next = client();
  await expect.poll(() => heard).toHaveLength(3);
  line.write(Buffer.from('OK'));
  expect(await nextFrom(next)).toBe('OK');
  closeSync(next);
  line.hangUp();
});

test('a program that the simulation starts has none of its terminals', async () => {
  const { line, heard, client } = heardPty();
  const fd = client();
  await expect.poll(() => heard).toEqual(['opened']);
  expect(execFileSync('ls', ['-l', '/proc/self/fd'], { encoding: 'utf8' })).not.toContain('ptmx');
  closeSync(fd);
  line.hangUp();
});
