import { beforeEach, describe, expect, test } from 'vitest';
import { answersAgain, resetModem } from '../../../modem/cli/reset.ts';
import { type ControlLines, type FarEnd, memoryPort, type Port, PortError } from '../../../modem/index.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { line, ok, ScriptedModem } from '../scripted-modem.ts';

let clock: VirtualClock;
let port: Port;
let farEnd: FarEnd;
let script: ScriptedModem;
/** The control lines that were set, and after how many ms. */
let lines: [ms: number, lines: ControlLines][];
let isOpen: boolean;
let start: number;

beforeEach(() => {
  clock = new VirtualClock();
  start = clock.now();
  ({ port, farEnd } = memoryPort('/dev/ttyX'));
  [lines, isOpen] = [[], false];
  const listen = farEnd.listen.bind(farEnd);
  script = new ScriptedModem({
    ...farEnd,
    listen: (events) =>
      listen({
        ...events,
        opened() {
          isOpen = true;
          events.opened();
        },
        closed() {
          isOpen = false;
          events.closed();
        },
        controlled: (set) => lines.push([clock.now() - start, set]),
      }),
  });
  script.when('AT', ok()).when('ATE0', ok()).when('AT+CMEE=1', ok());
});

async function ended<T>(work: Promise<T>): Promise<T | string> {
  const result = work.catch((error: Error) => error.message);
  let isOver = false;
  void result.then(() => {
    isOver = true;
  });
  await clock.runUntil(() => isOver, 600_000);
  await new Promise((resolve) => setImmediate(resolve));
  return result;
}

const resets = () => script.typed.filter((typed) => !/^(ESC|AT(E0|\+CMEE=1|Q0)?)$/.test(typed));

describe('a modem is reset', () => {
  const ALL = ['AT+CFUN=1,1', 'AT^RESET', 'AT+CRESET', 'AT#REBOOT', 'AT!RESET'];

  test.each(ALL.map((text, index) => [text, ALL.slice(0, index + 1)] as const))(
    'by %s, when it refuses those before',
    async (text, typed) => {
      script.when(text, ok());
      expect(await ended(resetModem(port, clock))).toBe(text);
      expect(resets()).toEqual(typed);
      expect(isOpen).toBe(false);
    },
  );

  test('when it resets before it answers', async () => {
    script.when('AT+CFUN=1,1', undefined);
    expect(await ended(resetModem(port, clock))).toBe('AT+CFUN=1,1');
    expect(resets()).toEqual(['AT+CFUN=1,1']);
  });

  test('when its port goes before it answers', async () => {
    script.when('AT+CFUN=1,1', () => {
      farEnd.hangUp();
      return undefined;
    });
    expect(await ended(resetModem(port, clock))).toBe('AT+CFUN=1,1');
  });

  test('after DTR and RTS were off for a second, before anything is typed', async () => {
    script.when('AT+CFUN=1,1', ok());
    const typedAt = script.typed;
    const work = resetModem(port, clock);
    await clock.advance(999);
    expect(typedAt).toEqual([]);
    await ended(work);
    expect(lines.slice(-2)).toEqual([
      [0, { dtr: false, rts: false }],
      [1_000, { dtr: true, rts: true }],
    ]);
  });

  test('not, when it refuses all commands: says so, and what to do', async () => {
    expect(await ended(resetModem(port, clock))).toBe(
      `/dev/ttyX: the modem refuses ${ALL.join(', ')}: switch its power off and on`,
    );
    expect(isOpen).toBe(false);
  });

  test('not, when it does not answer: says so, and what to do', async () => {
    script.when(/./, undefined);
    expect(await ended(resetModem(port, clock))).toBe(
      '/dev/ttyX: it does not answer AT, so that no command can reset it: unplug it, or switch its power off, and plug it in again',
    );
    expect(resets()).toEqual([]);
    expect(isOpen).toBe(false);
  });
});

describe('after the reset', () => {
  test('it is asked after 3 s, and answers', async () => {
    const work = answersAgain(port, clock);
    await clock.advance(2_999);
    expect(script.typed).toEqual([]);
    expect(await ended(work)).toBe(3);
    expect(isOpen).toBe(false);
  });

  test('it is asked again until its port is back', async () => {
    let failures = 4;
    const late: Port = {
      ...port,
      open(events) {
        failures -= 1;
        return failures < 0 ? port.open(events) : Promise.reject(new PortError('missing', port.name, 'no such port'));
      },
    };
    expect(await ended(answersAgain(late, clock))).toBe(15);
  });

  test('it is given up after 90 s, with the last reason', async () => {
    const gone: Port = { ...port, open: () => Promise.reject(new PortError('missing', port.name, 'no such port')) };
    expect(await ended(answersAgain(gone, clock))).toBe(
      '/dev/ttyX: the modem was reset and is not back after 90 s: no such port',
    );
    expect(clock.now() - start).toBe(90_000);
  });

  test('it is given up when it stays silent, and the port is closed each time', async () => {
    script.when(/./, undefined);
    expect(await ended(answersAgain(port, clock))).toMatch(
      /^\/dev\/ttyX: the modem was reset and is not back after 90 s: the modem does not answer AT/,
    );
    expect(isOpen).toBe(false);
  });

  test('an answer that it gives late counts its seconds', async () => {
    script.when(/./, (typed) => (clock.now() - start < 50_000 ? undefined : typed === 'AT' ? ok() : line('ERROR')));
    const seconds = await ended(answersAgain(port, clock));
    expect(seconds).toBeGreaterThanOrEqual(50);
    expect(seconds).toBeLessThan(75);
  });
});
