import { existsSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type FarEndEvents, memoryPort, readRecording } from '../../../modem/index.ts';
import { recorded } from '../../../sim/ports/recorded.ts';
import { openHost, quietWorld } from '../host.ts';

test('what passes on a line is kept as the driver keeps its own recordings, and no PIN is in it', async () => {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: '+393330000001', pin: '1234' });
  const path = join(mkdtempSync(join(tmpdir(), 'recorded-')), 'modem1.jsonl');
  const { port, farEnd } = memoryPort();
  modem.attach(recorded(farEnd, path, clock));
  const host = await openHost(port, clock);
  await host.type('AT+CPIN=1234\r');
  await host.close();
  const events = readRecording(readFileSync(path, 'utf8'));
  expect(events.map(({ kind }) => kind)).toEqual(['opened', 'sent', 'received', 'received', 'closed']);
  const text = events.map((event) => ('octets' in event ? Buffer.from(event.octets).toString('latin1') : ''));
  // What people write to each other is for the owner alone.
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(text.join('')).toBe('AT+CPIN=****\rAT+CPIN=****\r\r\nOK\r\n');
});

test.skipIf(!existsSync('/dev/full'))('a recording that cannot be written ends, and the line goes on', async () => {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: '+393330000001' });
  const { port, farEnd } = memoryPort();
  modem.attach(recorded(farEnd, '/dev/full', clock));
  const host = await openHost(port, clock);
  expect(await host.type('AT+CGSN\r')).toContain('OK');
});

test('a modem hears through a recording that its octets were lost', () => {
  const { clock } = quietWorld();
  const heard: string[] = [];
  const { farEnd } = memoryPort();
  const listen = ({ overflowed }: FarEndEvents) => overflowed?.();
  const path = join(mkdtempSync(join(tmpdir(), 'recorded-')), 'x.jsonl');
  recorded({ ...farEnd, listen }, path, clock).listen({
    ...{ opened() {}, data() {}, closed() {} },
    overflowed: () => heard.push('overflowed'),
  });
  expect(heard).toEqual(['overflowed']);
});

test('a recording whose file cannot be made is refused at once', () => {
  const { farEnd } = memoryPort();
  const { clock } = quietWorld();
  expect(() => recorded(farEnd, join(tmpdir(), 'no-such-folder', 'x.jsonl'), clock)).toThrow('ENOENT');
});

test('a line that is recorded is hung up and plugged in as without', () => {
  const { clock } = quietWorld();
  const done: string[] = [];
  const { farEnd } = memoryPort();
  const path = join(mkdtempSync(join(tmpdir(), 'recorded-')), 'x.jsonl');
  const hangUp = () => void done.push('hung up');
  const plugIn = (renamed: boolean) => void done.push(`plugged in, renamed: ${renamed}`);
  const line = recorded({ ...farEnd, hangUp, plugIn }, path, clock);
  line.hangUp();
  line.plugIn?.(true);
  line.plugIn?.(false);
  expect(done).toEqual(['hung up', 'plugged in, renamed: true', 'plugged in, renamed: false']);
});
