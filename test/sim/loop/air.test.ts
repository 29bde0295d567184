import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { toHex } from '../../../modem/index.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { EventLog } from '../../../sim/log.ts';
import { Air } from '../../../sim/loop/air.ts';

const SERVICE = '+393400000000';
const ANNA = '+393400000001';
const FRAME = new Uint8Array(133).fill(7);
const HOUR_MS = 3_600_000;

function listening() {
  const clock = new VirtualClock(0);
  const log = new EventLog(clock);
  return { clock, log, air: new Air(log, SERVICE) };
}

const up = { sms: 1, from: ANNA, to: SERVICE };
const down = { sms: 2, from: SERVICE, to: ANNA };

it('knows the frames that came to the service by their digest, and no report', () => {
  const { log, air } = listening();
  log.add({ kind: 'deliver', ...up, tpdu: `640C91${toHex(FRAME)}` });
  log.add({ kind: 'deliver', ...up, sms: 3, tpdu: '0605' });
  expect([...air.came]).toEqual([[createHash('sha256').update(FRAME).digest('hex'), { from: ANNA, at: 0 }]]);
});

it('counts what the network has accepted of the service, and what has reached a phone', () => {
  const { log, air } = listening();
  log.add({ kind: 'accept', ...down });
  log.add({ kind: 'accept', ...up });
  log.add({ kind: 'deliver', ...down, tpdu: '04' });
  log.add({ kind: 'deliver', ...down, tpdu: '04' });
  expect(air.accepted).toEqual(new Map([[ANNA, 1]]));
  expect(air.reached).toEqual(new Map([[ANNA, 2]]));
});

it('knows the phones of which a message was spoilt', () => {
  const { log, air } = listening();
  log.add({ kind: 'fault', fault: 'f', action: 'delay', ...up, from: SERVICE });
  log.add({ kind: 'fault', fault: 'f', action: 'corrupt', ...up });
  expect([...air.spoilt]).toEqual([ANNA]);
});

it.each([
  [19, []],
  [21, [ANNA]],
])('a message that took %i hours: late are %j', async (hours, late) => {
  const { clock, log, air } = listening();
  log.add({ kind: 'submit', ...up, tpdu: '01' });
  await clock.advance(hours * HOUR_MS);
  log.add({ kind: 'deliver', ...up, tpdu: toHex(FRAME) });
  expect([...air.late]).toEqual(late);
});
