import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
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
    [[], 'often ModemManager'],
    [[{ pid: 7, name: 'ModemManager' }], 'ModemManager (pid 7) holds the port: stop it (systemctl stop ModemManager)'],
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
