import { describe, expect, test } from 'vitest';
import { createBench } from '../driver/bench.ts';
import { ok, PROMPT } from '../scripted-modem.ts';
import type { Slowness } from '../slow-line.ts';

/** "The first answer takes 1.2 to 10 s, from the line or from the modem" (bug reports, recordings of serial servers). */
const delays = [200, 600, 1_000, 1_200, 1_500, 2_500, 3_300, 5_000, 7_500, 10_000];

const kinds: readonly (readonly [where: string, slowness: (delayMs: number) => Slowness])[] = [
  ['in the line', (delayMs) => ({ lineMs: delayMs / 2 })],
  ['in the modem, for each command', (delayMs) => ({ commandMs: delayMs })],
  ['in the modem, for the first command', (delayMs) => ({ firstMs: delayMs })],
  ['in the line and in the modem', (delayMs) => ({ lineMs: delayMs / 4, commandMs: delayMs / 2 })],
];

const manners: readonly (readonly [manner: string, slowness: Slowness])[] = [
  ['no echo', {}],
  ['echo', { echo: true }],
  ['the first AT is not heard', { swallows: 1 }],
];

const cases = kinds.flatMap(([where, slowness]) =>
  manners.flatMap(([manner, more]) =>
    delays.map((delayMs) => [delayMs, where, manner, { ...slowness(delayMs), ...more }] as const),
  ),
);

const identity = { manufacturer: 'Cash Mobile', model: 'Bench', revision: '1.0', imei: '350123451234560' };

describe('every typed line owes a final code', () => {
  test.each(cases)('%i ms %s, %s: each answer is its own command’s', async (_delayMs, _where, _manner, slowness) => {
    const bench = createBench(undefined, slowness);
    bench.script.when('AT+CSQ', ok('+CSQ: 23,0')).when('AT+CSCA?', ok('+CSCA: "+391",145'));
    const modem = await bench.open();
    expect(modem.identity).toEqual(identity);
    expect(modem.state).toEqual({ kind: 'ready', registration: 'home' });
    const content = { kind: 'text', text: 'Hello' } as const;
    const asked = Promise.all([
      modem.signal(),
      modem.send({ id: '1', destination: '+393331234567', content }),
      modem.serviceCentre(),
    ]);
    expect(await bench.run(asked)).toEqual([{ dBm: -67, bitErrorRate: 0 }, { kind: 'sent', references: [1] }, '+391']);
    await modem.close();
  });
});

describe('waking', () => {
  const typedToWake = (typed: readonly string[]) => typed.slice(0, typed.indexOf('ATE0'));

  test.each<[what: string, slowness: Slowness, typed: readonly string[], ms: number]>([
    ['a fast modem', {}, ['AT'], 400],
    ['one that sleeps at first', { swallows: 1 }, ['ESC', 'AT'], 3_400],
    ['one that sleeps for long', { swallows: 2 }, ['ATQ0', 'AT'], 9_300],
    ['one behind a line of 2.5 s', { lineMs: 1_250 }, ['AT', 'ESC', 'AT'], 4_200],
    ['one that takes 1.5 s a command', { commandMs: 1_500 }, ['AT', 'ESC', 'AT'], 3_400],
    ['one that takes 5 s a command', { commandMs: 5_000 }, ['AT', 'ESC', 'AT', 'ATQ0'], 15_400],
  ])('%s', async (_what, slowness, typed, ms) => {
    const bench = createBench(undefined, slowness);
    const start = bench.clock.now();
    let wokenAt = 0;
    bench.script.when('ATE0', () => {
      wokenAt ||= bench.clock.now() - start;
      return ok();
    });
    await bench.open();
    expect(typedToWake(bench.script.typed)).toEqual(typed);
    expect([wokenAt <= ms + (slowness.commandMs ?? 0) + (slowness.lineMs ?? 0), wokenAt]).toEqual([true, wokenAt]);
  });

  test('gives up a silent port after 16 s', async () => {
    const bench = createBench();
    bench.script.when(/.*/, undefined);
    const start = bench.clock.now();
    await expect(bench.open()).rejects.toMatchObject({ name: 'ModemError', code: 'not-a-modem' });
    expect(bench.clock.now() - start).toBe(16_000);
    expect(bench.script.typed).toEqual(['AT', 'ESC', 'AT', 'ATQ0', 'ESC', 'AT', 'AT']);
  });

  test('leaves the prompt that another program has left open, without submitting anything', async () => {
    const bench = createBench();
    bench.script.say(PROMPT);
    expect((await bench.open()).state.kind).toBe('ready');
    expect(bench.script.typed.slice(0, 3)).toEqual(['ESC', 'AT', 'ATE0']);
  });

  test('goes well with a modem that takes ESC for a part of the command, and is asleep (oFono’s simulator)', async () => {
    const bench = createBench();
    let isDeaf = false;
    const { script } = bench;
    script.wire = (text) => (isDeaf ? '' : text);
    script.when('AT', undefined, () => {
      isDeaf = script.typed.at(-2) === 'ESC';
      return ok();
    });
    script.when('ATQ0', () => {
      isDeaf = false;
      return ok();
    });
    expect((await bench.open()).state.kind).toBe('ready');
    expect(script.typed.slice(0, 5)).toEqual(['AT', 'ESC', 'AT', 'ATQ0', 'AT']);
  });
});
