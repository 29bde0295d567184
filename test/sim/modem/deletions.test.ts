import { expect, test } from 'vitest';
import { personalities, standardPersonality } from '../../../sim/index.ts';
import { hostOf, quietWorld } from '../host.ts';

const NUMBER = '+393330000001';
const LONG = { kind: 'text', text: 'x'.repeat(200) } as const;
const SUBMIT = Uint8Array.from(Buffer.from('01000C91933303000020000005E8329BFD06', 'hex'));

const deletesAll = Object.values(personalities).find(({ stores }) => stores.deletesSiblings);

/**
 * In the places 1 and 2 the parts of a message, in 3 a short one, in 4 and 5 another message of the same sender, in 6 and 7 one
 * of another sender, in 8 a SUBMIT, in 9 a status report.
 */
async function full(personality = standardPersonality) {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: NUMBER, personality, simCapacity: 20 });
  const host = await hostOf(modem, clock);
  await host.type('ATE0;+CMEE=1\r');
  world.deliver({ to: NUMBER, from: '123', content: LONG });
  world.deliver({ to: NUMBER, from: '123', content: { kind: 'text', text: 'x' } });
  world.deliver({ to: NUMBER, from: '123', content: LONG });
  world.deliver({ to: NUMBER, from: '124', content: LONG });
  await clock.advance(1_000);
  const store = modem.store('SM');
  const report = Buffer.from('0600049121439030406152000090304061520000', 'hex');
  store.add({ status: 2, smsc: Uint8Array.of(0), tpdu: SUBMIT });
  store.add({ status: 1, smsc: Uint8Array.of(0), tpdu: Uint8Array.from(report) });
  expect(store.entries().map(([index]) => index)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  return {
    async deletes(index: number) {
      const answer = await host.type(`AT+CMGD=${index}\r`);
      return [answer.trim(), store.entries().map(([place]) => place)];
    },
  };
}

test.each([
  [1, [3, 4, 5, 6, 7, 8, 9]],
  [2, [3, 4, 5, 6, 7, 8, 9]],
  [3, [1, 2, 4, 5, 6, 7, 8, 9]],
  [5, [1, 2, 3, 6, 7, 8, 9]],
  [6, [1, 2, 3, 4, 5, 8, 9]],
  [8, [1, 2, 3, 4, 5, 6, 7, 9]],
  [9, [1, 2, 3, 4, 5, 6, 7, 8]],
  [10, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
])('a modem that deletes a long message whole: +CMGD=%i leaves %j', async (index, left) => {
  const { deletes } = await full(deletesAll ?? expect.fail('no such modem'));
  expect(await deletes(index)).toEqual(['OK', left]);
});

test('messages to a port are no parts of one another', async () => {
  const { world, clock } = quietWorld();
  const modem = world.addModem({ number: NUMBER, personality: deletesAll ?? expect.fail('no such modem') });
  const host = await hostOf(modem, clock);
  await host.type('ATE0\r');
  for (let i = 0; i < 2; i += 1) {
    const ports = { destination: 16_001, source: 1 };
    world.deliver({ to: NUMBER, from: '123', ports, content: { kind: 'data', data: Uint8Array.of(1) } });
  }
  await clock.advance(1_000);
  await host.type('AT+CMGD=1\r');
  expect(
    modem
      .store('SM')
      .entries()
      .map(([index]) => index),
  ).toEqual([2]);
});

test('the standard modem deletes the place alone', async () => {
  const { deletes } = await full();
  expect(await deletes(2)).toEqual(['OK', [1, 3, 4, 5, 6, 7, 8, 9]]);
  expect(await deletes(0)).toEqual(['+CMS ERROR: 321', [1, 3, 4, 5, 6, 7, 8, 9]]);
  expect(await deletes(21)).toEqual(['+CMS ERROR: 321', [1, 3, 4, 5, 6, 7, 8, 9]]);
});

test('a modem that shows a report as the record of the SIM pads it, and no message (3GPP TS 51.011, 10.5.3)', async () => {
  const { world, clock } = quietWorld();
  const personality = personalities['record-reports'] ?? expect.fail('no such modem');
  const modem = world.addModem({ number: NUMBER, personality });
  const host = await hostOf(modem, clock);
  await host.type('ATE0;+CPMS="SM","SM","SM"\r');
  const report = Uint8Array.from(Buffer.from('060004912143903040615200009030406152000000', 'hex'));
  modem.store('SM').add({ status: 1, smsc: Uint8Array.of(0), tpdu: report });
  modem.store('SM').add({ status: 2, smsc: Uint8Array.of(0), tpdu: SUBMIT });
  const shown = async (index: number) => {
    const [, length, pdu = ''] = /(\d+)\r\n([0-9A-F]+)\r\n/.exec(await host.type(`AT+CMGR=${index}\r`)) ?? [];
    return [Number(length), pdu.length / 2, /(FF)*$/.exec(pdu)?.[0].length];
  };
  expect(await shown(1)).toEqual([174, 175, 2 * (175 - 1 - report.length)]);
  expect(await shown(2)).toEqual([SUBMIT.length, SUBMIT.length + 1, 0]);
});
