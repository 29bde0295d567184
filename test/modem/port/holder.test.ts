import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeHolders, isPseudoTerminal, portHolders } from '../../../modem/port/holder.ts';

describe('who holds a port', () => {
  test.skipIf(process.platform !== 'linux')('another process that has the device open is named', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holder-'));
    const path = join(folder, 'ttyUSB0');
    // A plain file does: what counts is an open descriptor.
    const child = spawn('/bin/sh', ['-c', `exec 3>"$0"; echo ready; read end`, path], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    try {
      await once(child.stdout, 'data');
      expect(await portHolders(path)).toEqual([{ pid: child.pid, name: 'sh' }]);
    } finally {
      child.stdin.end('\n');
      await once(child, 'exit');
      rmSync(folder, { recursive: true });
    }
    expect(await portHolders(path)).toEqual([]);
  });

  test.each([
    ['/usr/sbin/ModemManager\0--debug\0', 'ModemManager'],
    ['node\0/usr/bin/gsm-modem\0probe\0', 'gsm-modem'],
    ['/usr/bin/python3.11\0/opt/gateway.py\0', 'gateway.py'],
    ['python\0-m\0serial\0', 'python'],
    ['perl\0smsd.pl\0', 'smsd.pl'],
    ['ruby\0sms.rb\0', 'sms.rb'],
    ['bash\0dial.sh\0', 'dial.sh'],
    ['node\0', 'node'],
    ['minicom\0/dev/ttyX\0', 'minicom'],
    ['', 'a process'],
  ])('goes by the name of what was started: %j is %s', async (commandLine, name) => {
    const root = mkdtempSync(join(tmpdir(), 'holder-'));
    const device = join(root, 'ttyX');
    const folders: [folder: string, open: string][] = [
      ['41', device],
      ['42', join(root, 'ttyY')],
      [`${process.pid}`, device],
      ['self', device],
    ];
    for (const [folder, open] of folders) {
      mkdirSync(join(root, folder, 'fd'), { recursive: true });
      symlinkSync('/dev/null', join(root, folder, 'fd', '0'));
      symlinkSync(open, join(root, folder, 'fd', '3'));
      writeFileSync(join(root, folder, 'cmdline'), commandLine);
    }
    expect(await portHolders(device, root)).toEqual([{ pid: 41, name }]);
    rmSync(root, { recursive: true });
  });

  test.each([
    [[], 'often ModemManager'],
    [[{ pid: 7, name: 'ModemManager' }], 'ModemManager (pid 7) holds the port: stop it (systemctl stop ModemManager)'],
    [
      [
        { pid: 7, name: 'ModemManager' },
        { pid: 8, name: 'minicom' },
      ],
      'ModemManager (pid 7) and minicom (pid 8) hold the port: stop it (systemctl stop ModemManager)',
    ],
    [[{ pid: 8, name: 'minicom' }], 'minicom (pid 8) holds the port: stop it, or use another port'],
  ])('%j in one line', (holders, words) => {
    const line = describeHolders(holders);
    expect(line).toContain(words);
    expect(line).not.toContain('\n');
  });

  test.each([
    ['/dev/pts/7', true],
    ['/dev/ttyUSB0', false],
    ['tcp://127.0.0.1:7000', false],
  ])('%s is a pseudo terminal, whose modem is a program: %s', async (path, isOne) => {
    expect(await isPseudoTerminal(path)).toBe(isOne);
  });
});
