import { describe, expect, test } from 'vitest';
import { memoryPort, type Port } from '../../../modem/index.ts';
import { createBench, deliverPdus } from '../driver/bench.ts';
import { ok } from '../scripted-modem.ts';

const anna = '393330000001';

/** "The codes may come on another tty than the answers: open both" (serialport-gsm#32). */
describe('a modem whose codes come on another port than its answers', () => {
  test('is heard there', async () => {
    const bench = createBench();
    const { port, farEnd } = memoryPort('codes');
    const modem = await bench.open({ codePorts: [port] });
    modem.receive(bench.receiver);
    await bench.clock.advance(1_000);
    const [pdu = ''] = deliverPdus(anna, { kind: 'text', text: 'Ciao' });
    bench.stored.set(3, pdu);
    farEnd.write(Buffer.from('\r\n+CMTI: "SM",3\r\n'));
    await bench.clock.advance(1_000);
    expect(bench.messages).toMatchObject([{ originator: `+${anna}`, content: { text: 'Ciao' } }]);
    await bench.run(modem.close());
  });

  test('is opened again with both when the other one is lost', async () => {
    const bench = createBench();
    const { port, farEnd } = memoryPort('codes');
    const modem = await bench.open({ codePorts: [port] });
    const states: string[] = [];
    modem.onState(({ kind }) => states.push(kind));
    farEnd.hangUp();
    await bench.clock.advance(60_000);
    expect(states).toEqual(['lost', 'opening', 'identified', 'ready']);
    await bench.run(modem.close());
  });

  test('leaves it when it is closed, and when it cannot be opened', async () => {
    const { port } = memoryPort('codes');
    const isFree = async () => {
      await port.open({ data() {}, closed() {} });
      await port.close();
      return true;
    };
    const bench = createBench();
    const modem = await bench.open({ codePorts: [port] });
    await expect(isFree()).rejects.toMatchObject({ code: 'busy' });
    await bench.run(modem.close());
    expect(await isFree()).toBe(true);
    const locked = createBench();
    locked.script.when('AT+CPIN?', ok('+CPIN: SIM PUK'));
    await expect(locked.open({ codePorts: [port] })).rejects.toMatchObject({ code: 'locked' });
    expect(await isFree()).toBe(true);
  });

  test('cannot be opened without it', async () => {
    const bench = createBench();
    const { port } = memoryPort('codes');
    await port.open({ data() {}, closed() {} });
    const codePorts: readonly Port[] = [port];
    await expect(bench.open({ codePorts })).rejects.toMatchObject({ code: 'busy', port: 'codes' });
  });
});
