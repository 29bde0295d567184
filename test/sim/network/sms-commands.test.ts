import { expect, test } from 'vitest';
import { addressOf, addressText, decodeTpdu, encodeTpdu, fromHex, type StatusReport } from '../../../modem/index.ts';
import { BOB, HOUR, MINUTE, type Network, networkOf } from './network-of.ts';

const ENQUIRE = 0;
const CANCEL_REPORT = 1;
const DELETE = 2;
const ENABLE_REPORT = 3;
/** TP-MR of Alice's first message, and of the COMMAND that follows it. */
const [MESSAGE, COMMAND] = [0, 1];

/** Alice sends a COMMAND about her first message; says what her phone is told. */
async function command({ alice, pass }: Network, type: number, statusReportRequested = false, about = MESSAGE) {
  const sending = alice.outgoing.send(
    encodeTpdu({
      type: 'COMMAND',
      messageReference: 0,
      commandType: type,
      messageNumber: about,
      destination: addressOf(BOB),
      statusReportRequested,
      data: new Uint8Array(),
    }),
  );
  await pass(0);
  return (await sending).answer;
}

function reports({ entries }: Network): readonly StatusReport[] {
  return entries('deliver').flatMap(({ tpdu }) => {
    const read = decodeTpdu(fromHex(tpdu), 'mobile-terminated');
    return read.type === 'STATUS-REPORT' ? [read] : [];
  });
}

/** A message of Alice's that waits, since Bob is away. */
async function waiting(statusReport = false): Promise<Network> {
  const network = networkOf();
  network.world.subscriber(BOB)?.setReception('none');
  await network.send('x', { statusReport });
  return network;
}

const ACCEPTED = { kind: 'accepted' };
const CANNOT_BE_CARRIED_OUT = { kind: 'refused', cause: 0xa0 };

test('an enquiry is answered with a report under TP-MR of the message (3GPP TS 23.040, 9.2.2.3, note 3)', async () => {
  const network = await waiting();
  await network.pass(MINUTE);
  expect(await command(network, ENQUIRE)).toEqual(ACCEPTED);
  const [report] = reports(network);
  expect(report).toMatchObject({ messageReference: MESSAGE, status: 0x22, answersCommand: true });
  expect(report && addressText(report.recipient)).toBe(BOB);
  // TP-SCTS is the message's, TP-DT that of its state.
  expect((report?.dischargeTime.at ?? 0) - (report?.timestamp.at ?? 0)).toBe(MINUTE);
  network.world.subscriber(BOB)?.setReception('good');
  await network.pass(MINUTE);
  await command(network, ENQUIRE);
  expect(reports(network).at(-1)).toMatchObject({ messageReference: MESSAGE, status: 0x00 });
});

test('an enquiry about a message on its way says that it was not tried yet; about none, TP-ST 49', async () => {
  const network = networkOf();
  network.world.faults.add({ action: { kind: 'delay', ms: HOUR } });
  await network.send('x', { statusReport: false });
  await command(network, ENQUIRE);
  await command(network, ENQUIRE, false, 77);
  expect(reports(network)).toMatchObject([
    { messageReference: MESSAGE, status: 0x30 },
    { messageReference: 77, status: 0x49 },
  ]);
});

test('a message that waits is deleted, and its sender told TP-ST 47', async () => {
  const network = await waiting(true);
  expect(await command(network, DELETE)).toEqual(ACCEPTED);
  expect(network.entries('command')).toMatchObject([{ command: DELETE, about: 1 }]);
  expect(network.entries('fail')).toMatchObject([{ sms: 1, status: 0x47 }]);
  expect(reports(network)).toMatchObject([{ messageReference: MESSAGE, status: 0x47, answersCommand: false }]);
  network.world.subscriber(BOB)?.setReception('good');
  await network.pass(HOUR);
  expect(network.entries('attempt').filter(({ to }) => to === BOB)).toEqual([]);
  expect(await command(network, DELETE)).toEqual(CANNOT_BE_CARRIED_OUT);
});

test('a message is deleted on its way too', async () => {
  const network = networkOf();
  network.world.faults.add({ action: { kind: 'delay', ms: HOUR } });
  await network.send('x', { statusReport: false });
  expect(await command(network, DELETE, true)).toEqual(ACCEPTED);
  expect(reports(network)).toMatchObject([{ messageReference: COMMAND, status: 0x47, answersCommand: true }]);
  await network.pass(2 * HOUR);
  expect(network.entries('attempt').filter(({ to }) => to === BOB)).toEqual([]);
});

test('a message that is on the air is not deleted any more', async () => {
  const network = networkOf();
  network.world.subscriber(BOB)?.setRate(6);
  await network.send('x', { statusReport: false });
  await network.pass(5_000);
  expect(await command(network, DELETE)).toEqual(CANNOT_BE_CARRIED_OUT);
  await network.pass(MINUTE);
  expect(network.entries('deliver').filter(({ to }) => to === BOB)).toHaveLength(1);
});

test('a report is cancelled, and enabled', async () => {
  for (const [type, asked, told] of [
    [CANCEL_REPORT, true, 0],
    [ENABLE_REPORT, false, 1],
  ] as const) {
    const network = await waiting(asked);
    expect(await command(network, type)).toEqual(ACCEPTED);
    network.world.subscriber(BOB)?.setReception('good');
    await network.pass(MINUTE);
    expect(network.statuses()).toHaveLength(told);
    expect(await command(network, type)).toEqual(CANNOT_BE_CARRIED_OUT);
  }
});

test('a COMMAND that there is not is refused with TP-FCS A1, one about nothing with A0', async () => {
  const network = networkOf();
  expect(await command(network, 9)).toEqual({ kind: 'refused', cause: 0xa1 });
  expect(await command(network, DELETE)).toEqual(CANNOT_BE_CARRIED_OUT);
});

test('a COMMAND about nothing that wants a report hears TP-ST 49 under its own TP-MR', async () => {
  const network = networkOf();
  expect(await command(network, DELETE, true, 77)).toEqual(ACCEPTED);
  expect(reports(network)).toMatchObject([{ messageReference: 0, status: 0x49, answersCommand: true }]);
});

test('the log says what a COMMAND and its report are about, 0 for nothing, and that it was taken', async () => {
  const network = await waiting();
  await command(network, ENQUIRE);
  await command(network, ENQUIRE, false, 77);
  expect(network.entries('command').map(({ about }) => about)).toEqual([1, 0]);
  expect(network.entries('report').map(({ about }) => about)).toEqual([1, 0]);
  expect(network.entries('accept').map(({ sms }) => sms)).toEqual([1, 2, 4]);
});
