import { describe, expect, test } from 'vitest';
import { type PushMessage, PushMessages } from '../../../device/firmware/push-messages.ts';
import { type Flash, FlashError, memoryFlash } from '../../../device/index.ts';
import { VirtualClock } from '../../../sim/index.ts';

function message(port: number, text: string): PushMessage {
  return { suite: 'A', port, from: '+39340', sourcePort: 16_002, sentAt: 5_000, payload: { kind: 'text', text } };
}

/** The words of all messages that a phone would find after a power cut now. */
function stored(flash: Flash): readonly string[] {
  const left = new PushMessages(flash, new VirtualClock());
  return left.waitingFor('A').map((port) => textOf(left.take(port, 'A')));
}

function textOf(taken: PushMessage | undefined): string {
  return taken?.payload.kind === 'text' ? taken.payload.text : '';
}

describe('Messages that wait for applications', () => {
  test.each([
    ['text', message(1, 'ciao')],
    ['octets', { ...message(1, ''), payload: { kind: 'binary', data: Uint8Array.of(0, 0xab, 255) } }],
  ] as const)('survive a power cut as they are: %s', (_name, original) => {
    const flash = memoryFlash();
    new PushMessages(flash, new VirtualClock()).add(original);
    expect(new PushMessages(flash, new VirtualClock()).take(1, 'A')).toEqual(original);
  });

  test('are given out oldest first, each port for itself, each once', () => {
    const push = new PushMessages(memoryFlash(), new VirtualClock());
    for (const [port, words] of [
      [1, 'a'],
      [2, 'b'],
      [1, 'c'],
    ] as const)
      push.add(message(port, words));
    expect(push.waitingFor('A')).toEqual([1, 2, 1]);
    expect([1, 1, 1, 2].map((port) => textOf(push.take(port, 'A')))).toEqual(['a', 'c', '', 'b']);
    expect(push.waitingFor('A')).toEqual([]);
  });

  test('are for their suite alone; those of a flash of the first version are for whoever has the port', () => {
    const push = new PushMessages(memoryFlash(), new VirtualClock());
    const { suite: _suite, ...older } = message(1, 'older');
    push.add(message(1, 'for A'));
    push.add(older);
    expect(push.waiting.map(({ suite }) => suite)).toEqual(['A', undefined]);
    expect([push.waitingFor('A'), push.waitingFor('B')]).toEqual([[1, 1], [1]]);
    expect([push.take(1, 'B'), push.take(1, 'B'), push.take(1, 'A')].map(textOf)).toEqual(['older', '', 'for A']);
  });

  test('that were taken leave the flash only when the application has had its turn, though another came meanwhile', async () => {
    const [flash, clock] = [memoryFlash(), new VirtualClock()];
    const push = new PushMessages(flash, clock);
    push.add(message(1, 'taken'));
    push.take(1, 'A');
    expect(push.waitingFor('A')).toEqual([]);
    expect(stored(flash)).toEqual(['taken']);
    push.add(message(1, 'new'));
    expect(stored(flash)).toEqual(['taken', 'new']);
    await clock.advance(0);
    expect(stored(flash)).toEqual(['new']);
  });

  test('that cannot be forgotten because the flash fails do not stop the phone, and the next write leaves them out', async () => {
    const [inner, clock] = [memoryFlash(), new VirtualClock()];
    let fails = false;
    const flash: Flash = {
      read: inner.read,
      names: inner.names,
      write(name, value) {
        if (fails) throw new FlashError('failed', 'no');
        inner.write(name, value);
      },
    };
    const push = new PushMessages(flash, clock);
    push.add(message(1, 'taken'));
    push.take(1, 'A');
    fails = true;
    await clock.advance(0);
    expect(stored(flash)).toEqual(['taken']);
    fails = false;
    push.add(message(1, 'new'));
    expect(stored(flash)).toEqual(['new']);
  });

  test('of a suite are 30 at most and 40,000 octets: its oldest give way, those of another suite stay', () => {
    const flash = memoryFlash();
    const push = new PushMessages(flash, new VirtualClock());
    push.add({ ...message(2, 'of B'), suite: 'B' });
    for (let number = 1; number <= 32; number += 1) push.add(message(1, String(number)));
    expect([push.waitingFor('A').length, push.waitingFor('B').length]).toEqual([30, 1]);
    expect(textOf(push.take(1, 'A'))).toBe('3');
    push.add(message(1, 'x'.repeat(39_000)));
    push.add(message(1, '€'.repeat(300)));
    push.add({ ...message(1, ''), payload: { kind: 'binary', data: new Uint8Array(200) } });
    expect([textOf(push.take(1, 'A')).length, push.waitingFor('A').length]).toEqual([300, 1]);
    push.add(message(1, 'y'.repeat(50_000)));
    expect([textOf(push.take(1, 'A')).length, textOf(push.take(2, 'B'))]).toEqual([50_000, 'of B']);
  });

  test('that the flash did not take do not wait', () => {
    const push = new PushMessages(memoryFlash(10), new VirtualClock());
    expect(() => push.add(message(1, 'ciao'))).toThrow(expect.objectContaining({ code: 'full' }));
    expect(push.waitingFor('A')).toEqual([]);
  });
});
