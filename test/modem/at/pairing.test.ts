import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Chat } from '../../../modem/at/chat.ts';
import type { AtCommand, AtResult } from '../../../modem/at/command.ts';
import { memoryPort } from '../../../modem/index.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { line, ok, ScriptedModem } from '../scripted-modem.ts';
import { slowFarEnd } from '../slow-line.ts';

/** What a modem makes of one command. */
interface Treatment {
  /** `value`: an information line, then `OK`. */
  readonly answer: 'value' | 'ok' | 'error' | 'silence';
  /** The modem works so long on it, in ms, and what is typed meanwhile waits. */
  readonly takesMs: number;
  readonly code: string | undefined;
}

const treatment: fc.Arbitrary<Treatment> = fc.record({
  answer: fc.constantFrom('value', 'ok', 'error', 'silence'),
  takesMs: fc.constantFrom(0, 0, 0, 50, 900, 4_000, 9_900, 10_050, 11_000, 25_000),
  code: fc.constantFrom(undefined, '^RSSI: 20', 'RING', '+CREG: 1'),
});

const slowness = fc.record({
  lineMs: fc.constantFrom(0, 0, 40, 600, 1_250, 2_500, 5_000),
  commandMs: fc.constantFrom(0, 0, 30, 400, 1_500, 5_000, 10_000),
  firstMs: fc.constantFrom(0, 0, 1_300, 8_000),
  swallows: fc.constantFrom(0, 0, 1),
  echo: fc.boolean(),
});

/** Each command has a number, which its answer repeats. */
function answerTo(index: number, { answer, code }: Treatment): string | undefined {
  if (answer === 'silence') return undefined;
  const said = { value: ok(`+V: ${index}`), ok: ok(), error: line(`+CME ERROR: ${300 + index}`) }[answer];
  return (code === undefined ? '' : line(code)) + said;
}

const commandOf = (index: number, { answer }: Treatment): AtCommand => ({
  text: `AT+V${index}`,
  ...(answer === 'value' && { response: { prefix: '+V:' } }),
});

/** Whether the command got what the modem said to it, or nothing. */
function isEarned(index: number, { answer }: Treatment, result: AtResult): boolean {
  if (result.kind === 'ok') return answer === 'ok' || (answer === 'value' && result.lines[0]?.text === `+V: ${index}`);
  if (result.kind === 'error') return answer === 'error' && result.error.is('CME', 300 + index);
  return true;
}

test('no answer is given to a command that did not earn it, however slow modem and line are', async () => {
  await fc.assert(
    fc.asyncProperty(slowness, fc.array(treatment, { minLength: 1, maxLength: 12 }), async (slow, treatments) => {
      const clock = new VirtualClock();
      const { port, farEnd } = memoryPort();
      const takes = (typed: string) => treatments[Number(/^AT\+V(\d+)/.exec(typed)?.[1] ?? -1)]?.takesMs ?? 0;
      const modem = new ScriptedModem(slowFarEnd(farEnd, clock, { ...slow, takes }));
      modem.when('AT', ok());
      for (const [index, each] of treatments.entries()) modem.when(`AT+V${index}`, answerTo(index, each));
      const chat = await Chat.open(port, clock, { unsolicited() {}, ended() {} });
      const results: AtResult[] = [];
      const all = chat.wake(Array<string>(9).fill('AT')).then(async () => {
        for (const [index, each] of treatments.entries()) results.push(await chat.run(commandOf(index, each)));
      });
      await clock.runUntil(() => results.length === treatments.length, 7_200_000);
      await all;
      const wrong = results.filter((result, index) => {
        const each = treatments[index];
        return each === undefined || !isEarned(index, each, result);
      });
      expect(wrong).toEqual([]);
      await chat.close();
    }),
    { numRuns: 500 },
  );
});
