import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import serialportGsm from 'serialport-gsm';
import { decodeTpduFromHex, openModem } from '../../modem/index.ts';
import { type Contest, perSecond } from './comparison.ts';
import type { VirtualNetwork } from './virtual-network.ts';

/** A number outside the network, so that what is sent does not come back as work for the modem. */
const DESTINATION = '+393990009999';

const TEXTS = Array.from({ length: 30 }, (_, index) => `Message ${index + 1}: the same text through either driver`);

/** Messages a second from the first send to the last answer, all waiting at once; opening the modem is not counted. */
export function throughputContest(network: VirtualNetwork): Contest {
  return {
    name: 'throughput',
    peer: 'serialport-gsm',
    ours: () => checked(network, () => runOurs(network.tty)),
    theirs: () => checked(network, () => runSerialportGsm(network.tty)),
  };
}

/** Runs, then looks at what the network took: each text once, in order. */
async function checked(network: VirtualNetwork, run: () => Promise<number>): Promise<number> {
  const before = (await network.submitted()).length;
  const rate = await run();
  const taken = (await network.submitted()).slice(before);
  deepStrictEqual(taken.map(textOf), TEXTS);
  return rate;
}

async function runOurs(tty: string): Promise<number> {
  const modem = await openModem(tty);
  const start = process.hrtime.bigint();
  const outcomes = await Promise.all(
    TEXTS.map((text, index) =>
      modem.send({ id: `${index}`, destination: DESTINATION, content: { kind: 'text', text } }),
    ),
  );
  const rate = perSecond(TEXTS.length, start);
  await modem.close();
  for (const { kind } of outcomes) strictEqual(kind, 'sent');
  return rate;
}

/** Through its public interface, with all that costs it time switched off. */
async function runSerialportGsm(tty: string): Promise<number> {
  const modem = serialportGsm.Modem();
  await modem.open(tty, { baudRate: 115_200, incomingCallIndication: false, incomingSMSIndication: false });
  await modem.initializeModem();
  await modem.setModemMode(undefined, 'PDU');
  const start = process.hrtime.bigint();
  const results = await Promise.all(TEXTS.map((text) => modem.sendSMS(DESTINATION, text, false)));
  const rate = perSecond(TEXTS.length, start);
  await modem.close();
  for (const { status } of results) strictEqual(status, 'success');
  return rate;
}

function textOf(hex: string): string | undefined {
  const tpdu = decodeTpduFromHex(hex, 'mobile-originated');
  return tpdu.type === 'SUBMIT' && tpdu.userData.kind === 'text' ? tpdu.userData.text : undefined;
}
