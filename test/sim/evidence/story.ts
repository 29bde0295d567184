import { encodeTpdu, type Submit, toHex } from '../../../modem/index.ts';
import { latencyProfiles, type World, type WorldOptions } from '../../../sim/index.ts';
import { type Host, hostOf, quietWorld } from '../host.ts';

export const ALICE = '+393330000001';
export const BOB = '+393330000002';
const MINUTE_MS = 60_000;

/** Sends a SUBMIT from a host, `pdu` overriding a plain one to Bob, and says what the modem answered. */
async function submit(host: Host, pdu: Partial<Submit> = {}): Promise<void> {
  const tpdu = encodeTpdu({
    type: 'SUBMIT',
    messageReference: 0,
    destination: { type: 'international', plan: 'isdn', value: BOB.slice(1) },
    dcs: { group: 'general', alphabet: 'gsm7', automaticDeletion: false },
    userData: { kind: 'text', header: [], text: 'Ciao Bob, come stai?' },
    ...pdu,
  });
  await host.type(`AT+CMGS=${tpdu.length}\r`);
  await host.type(`00${toHex(tpdu)}\x1a`, 10_000);
}

const OCTETS = { group: 'general', alphabet: '8bit', automaticDeletion: false } as const;
const UNICODE = { group: 'general', alphabet: 'ucs2', automaticDeletion: false } as const;

/**
 * A story in which everything happens that the log can tell: text, Unicode, long, ports and reports; a phone that is
 * away, full, and back; losses, copies, refusals and answers that never come.
 */
export async function story(options: Partial<WorldOptions> = {}): Promise<World> {
  const profile = latencyProfiles['direct'];
  const { world, clock } = quietWorld({ ...(profile && { profile }), ...options });
  const [alice, bob] = [world.addModem({ number: ALICE }), world.addModem({ number: BOB, simCapacity: 4 })];
  const [a, b] = [await hostOf(alice, clock), await hostOf(bob, clock)];
  for (const host of [a, b]) await host.type('ATE0;+CNMI=2,1,0,1\r');
  await submit(a, { statusReportRequested: true });
  await submit(a, { dcs: UNICODE, userData: { kind: 'text', header: [], text: 'Ж, 你好\nsecond line' } });
  const ports = { kind: 'ports', width: 16, destination: 16001, source: 0 } as const;
  await submit(a, { dcs: OCTETS, userData: { kind: 'data', header: [ports], data: new Uint8Array(133) } });
  world.deliver({ to: BOB, from: 'BANK', content: { kind: 'text', text: 'A long one. '.repeat(20) } });
  await clock.advance(2 * MINUTE_MS);
  await b.type('AT+CMGD=1,4\r', 5_000);
  await submit(a, { userData: { kind: 'text', header: [], text: 'Now there is room again.' } });
  world.subscriber(BOB)?.setCovered(false);
  await submit(a, { statusReportRequested: true, validity: { format: 'relative', ms: 5 * MINUTE_MS } });
  await clock.advance(10 * MINUTE_MS);
  world.subscriber(BOB)?.setCovered(true);
  for (const kind of ['drop', 'duplicate', 'lose-answer', 'lose-acknowledgement', 'corrupt'] as const) {
    world.faults.add({ action: { kind }, from: ALICE });
    await submit(a, { userData: { kind: 'text', header: [], text: `This one meets ${kind}.` } });
    await clock.advance(2 * MINUTE_MS);
    await b.type('AT+CMGD=1,4\r');
  }
  world.faults.add({ action: { kind: 'refuse', cause: 38 }, from: ALICE });
  await submit(a);
  world.faults.add({ action: { kind: 'refuse', cause: 0xc0 }, from: ALICE });
  await submit(a);
  await a.type('AT+CUSD=1,"*100#"\r', 1_000);
  await a.type('AT+CFUN=1,1\r', 10_000);
  await b.close();
  bob.unplug(1_000);
  await clock.advance(10_000);
  return world;
}
