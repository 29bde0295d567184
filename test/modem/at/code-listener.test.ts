import { beforeEach, describe, expect, test } from 'vitest';
import { CodeListener } from '../../../modem/at/code-listener.ts';
import type { UnsolicitedCode } from '../../../modem/at/unsolicited.ts';
import { type FarEnd, memoryPort, PortError } from '../../../modem/index.ts';
import type { ControlLines } from '../../../modem/port/port.ts';
import { VirtualClock } from '../../../sim/index.ts';

let clock: VirtualClock;
let farEnd: FarEnd;
let listener: CodeListener;
let codes: UnsolicitedCode[];
let ended: PortError[];

beforeEach(async () => {
  clock = new VirtualClock();
  const line = memoryPort('/dev/ttyUSB2');
  farEnd = line.farEnd;
  codes = [];
  ended = [];
  listener = await CodeListener.open(line.port, clock, {
    unsolicited: (code) => codes.push(code),
    ended: (reason) => ended.push(reason),
  });
});

async function hear(...chunks: readonly string[]): Promise<void> {
  for (const chunk of chunks) farEnd.write(Buffer.from(chunk, 'latin1'));
  await new Promise((resolve) => setImmediate(resolve));
}

describe('a port that is only listened to', () => {
  test.each<[name: string, chunks: readonly string[], heard: readonly UnsolicitedCode[]]>([
    [
      'one line each',
      ['\r\n^RSSI:12\r\n\r\n+CMTI: "SM",3\r\n'],
      [
        { prefix: '^RSSI', line: '^RSSI:12' },
        { prefix: '+CMTI', line: '+CMTI: "SM",3' },
      ],
    ],
    [
      'a message at once, in pieces',
      ['\r\n+CMT: ,24\r\n07911326', '040000F0040B911346610089F60000208062917314080CC8\r\n'],
      [{ prefix: '+CMT', line: '+CMT: ,24', pdu: '07911326040000F0040B911346610089F60000208062917314080CC8' }],
    ],
    [
      'a text of several lines, in which nothing is a code',
      ['\r\n+CUSD: 0,"Menu\r\n> 1\r\nRING', '\r\n2",15\r\n\r\nRING\r\n'],
      [
        { prefix: '+CUSD', line: '+CUSD: 0,"Menu\n> 1\nRING\n2",15' },
        { prefix: 'RING', line: 'RING' },
      ],
    ],
    [
      'a code that is longer than any',
      [`\r\n+CMTI: "${'S'.repeat(5_000)}"\r\nRING\r\n`],
      [{ prefix: 'RING', line: 'RING' }],
    ],
    ['a PDU that nothing has announced', ['\r\n07911326040000F0\r\n'], []],
    ['an answer meant for the other port', ['\r\nOK\r\n\r\n> '], []],
  ])('%s', async (_name, chunks, heard) => {
    await hear(...chunks);
    expect(codes).toEqual(heard);
  });

  describe('a message at once whose PDU is damaged', () => {
    const damaged = '\r\n+CMT: ,24\r\n079X\r\n';

    test('is told 2 s after its header, with the line that came', async () => {
      await hear(damaged);
      await clock.advance(1_999);
      expect(codes).toEqual([]);
      await clock.advance(1);
      expect(codes).toEqual([{ prefix: '+CMT', line: '+CMT: ,24', pdu: '079X' }]);
    });

    test('is not made of an answer, nor of a code', async () => {
      await hear('\r\n+CMT: ,24\r\n', '\r\nOK\r\n', '\r\nRING\r\n');
      await clock.advance(10_000);
      expect(codes).toEqual([{ prefix: 'RING', line: 'RING' }]);
    });

    test.each([
      ['the port is closed', () => listener.close()],
      ['the port is lost', () => farEnd.hangUp()],
    ])('is not told after %s', async (_what, end) => {
      await hear(damaged);
      await end();
      await hear();
      await clock.advance(10_000);
      expect(codes).toEqual([]);
    });
  });

  describe('a text without its closing quote', () => {
    const begun = '\r\n+CUSD: 0,"Credito\r\n';
    const announced = '\r\n+CMTI: "SM",3\r\n';
    const heard = () => codes.map(({ line }) => line);

    test('is told 5 s after its last octet, with what came meanwhile', async () => {
      await hear(begun);
      await clock.advance(2_000);
      await hear(announced);
      await clock.advance(4_999);
      expect(heard()).toEqual([]);
      await clock.advance(1);
      expect(heard()).toEqual(['+CUSD: 0,"Credito', '+CMTI: "SM",3']);
    });

    test.each([
      ['the port is closed', () => listener.close()],
      ['the port is lost', () => farEnd.hangUp()],
    ])('is not told after %s', async (_what, end) => {
      await hear(begun);
      await end();
      await hear();
      await clock.advance(10_000);
      expect(heard()).toEqual([]);
    });
  });

  test.each(['open', 'setLines'] as const)('does not open when %s of the port fails', async (verb) => {
    const other = memoryPort('/dev/ttyUSB3');
    const failure = new PortError('failed', '/dev/ttyUSB3', '/dev/ttyUSB3: no such line');
    const port = { ...other.port, [verb]: () => Promise.reject(failure) };
    const opening = CodeListener.open(port, clock, { unsolicited() {}, ended() {} });
    await expect(opening).rejects.toBe(failure);
  });

  test('raises DTR and RTS, without which some modems say nothing', async () => {
    const set: ControlLines[] = [];
    const other = memoryPort('/dev/ttyUSB3');
    other.farEnd.listen({ opened() {}, closed() {}, data() {}, controlled: (lines) => set.push(lines) });
    await CodeListener.open(other.port, clock, { unsolicited() {}, ended() {} });
    expect(set).toEqual([{ dtr: true, rts: true }]);
  });

  test('says when it is gone, but not when it is closed', async () => {
    await listener.close();
    farEnd.hangUp();
    await hear();
    expect(ended).toEqual([]);
    const other = memoryPort('/dev/ttyUSB3');
    await CodeListener.open(other.port, clock, { unsolicited() {}, ended: (reason) => ended.push(reason) });
    other.farEnd.hangUp();
    await hear();
    expect(ended.map(({ code }) => code)).toEqual(['lost']);
  });
});
