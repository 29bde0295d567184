import { expect, test } from 'vitest';
import { addressOf, encodeTpdu } from '../../../modem/index.ts';
import { type Admission, type Operator, operators, type PhoneMessage } from '../../../sim/index.ts';
import { ALICE, BOB, HOUR, MINUTE, type Network, networkOf } from './network-of.ts';

const [, second, abroad, alone] = Object.values(operators);
if (second === undefined || abroad === undefined || alone === undefined) throw new Error('an operator is missing');
const DAY = 24 * HOUR;
const FOREIGN = '+393400000001';

/** Answers every message with TP-FCS, as a phone would. */
function refuses(network: Network, cause: number): void {
  network.world.subscriber(BOB)?.link?.insertInto({
    receive: () => ({ kind: 'refused', cause }),
    coverageChanged() {},
    setPowered() {},
  });
}

const away = ({ world }: Network) => world.subscriber(BOB)?.setReception('none');

/** How a TP-ST comes about: what happens before Alice sends, what she sends, and what happens then. */
interface Way {
  readonly before?: (network: Network) => unknown;
  readonly message?: Partial<PhoneMessage>;
  readonly after?: (network: Network, sms: number) => unknown;
}

const refused = (cause: number): Way => ({ before: (network) => refuses(network, cause) });
const toNumberOf = (operator: Operator): Way => ({
  before: ({ world }) => world.addForeignNumber(FOREIGN, operator),
  message: { to: FOREIGN },
});

/** Bob's number goes to another operator, whose phone is there again after a minute. */
function goesTo(operator: Operator): (network: Network) => Promise<void> {
  return async ({ world, pass }) => {
    world.subscriber(BOB)?.portTo(operator);
    await pass(MINUTE);
  };
}

/** What leads to each TP-ST. While the service centre still tries, the sender is told 20 to 25. */
const STATUSES: readonly (readonly [told: readonly number[], name: string, way: Way])[] = [
  [[0x00], 'the phone has it', {}],
  [[0x00], 'another operator that reports has it', toNumberOf(second)],
  [[0x01], 'an operator that does not report has it', toNumberOf(abroad)],
  [[0x01], 'the phone of a number that such an operator has now', { before: goesTo(abroad) }],
  [[0x00], 'the phone of a number that an operator that reports has now', { before: goesTo(second) }],
  [
    [0x22, 0x02],
    'a later one of its type took its place',
    {
      before: away,
      message: { pid: 0x42 },
      after: ({ send }) => send('y', { pid: 0x42, statusReport: false }),
    },
  ],
  [[0x21], 'the SIM application is busy', refused(0xd4)],
  [[0x22], 'the phone is away', { before: away }],
  [[0x25], 'the SIM is full', { before: ({ world }) => world.fillMemory(BOB) }],
  [[0x25], 'the phone has an error', refused(0xd2)],
  [[0x41], 'the phone refuses it for good', refused(0x90)],
  [[0x42], 'the recipient bars messages', { before: ({ world }) => world.subscriber(BOB)?.setBarred(true) }],
  [[0x42], 'an application in the phone refuses it', refused(0xe1)],
  [[0x43], 'nobody has the number', { message: { to: '+39333999' } }],
  [[0x45], 'an operator without an agreement has it', toNumberOf(alone)],
  [[0x45], 'the phone cannot do telematic interworking', refused(0x80)],
  [
    [0x22, 0x46],
    'its validity ended',
    { before: away, message: { validityMs: 5 * MINUTE }, after: ({ pass }) => pass(5 * MINUTE) },
  ],
  [
    [0x22, 0x48],
    'the operator deleted it',
    { before: away, after: ({ world }, sms) => expect(world.deleteWaiting(sms)).toBe(true) },
  ],
  ...[0x03, 0x1f, 0x20, 0x23, 0x24, 0x40, 0x44, 0x60, 0x61, 0x63, 0x64].map(
    (status) =>
      [
        [status],
        'a fault says so',
        { before: ({ world }: Network) => world.faults.add({ action: { kind: 'outcome', status } }) },
      ] as const,
  ),
];

test.each(STATUSES)('TP-ST %j: %s (3GPP TS 23.040, 9.2.3.15)', async (told, _name, { before, message, after }) => {
  const network = networkOf({ interimReports: true });
  await before?.(network);
  const sms = await network.send('x', message);
  await after?.(network, sms);
  await network.pass(1);
  expect(network.statuses()).toEqual(told);
});

test.each([
  [0x62, 'no phone answers', away],
  [0x65, 'the phone has an error', (network: Network) => refuses(network, 0xd2)],
])('TP-ST %i: it is to be tried once, and %s (3GPP TS 23.040, 9.2.3.12.3)', async (status, _name, before) => {
  const network = networkOf();
  before(network);
  const tpdu = encodeTpdu({
    type: 'SUBMIT',
    messageReference: 0,
    destination: addressOf(BOB),
    statusReportRequested: true,
    validity: { format: 'enhanced', singleShot: true, period: { kind: 'none' } },
    dcs: { group: 'general', alphabet: 'gsm7', automaticDeletion: false },
    userData: { kind: 'text', header: [], text: 'x' },
  });
  const sending = network.alice.outgoing.send(tpdu);
  await network.pass(1);
  expect(await sending).toMatchObject({ answer: { kind: 'accepted' } });
  expect(network.statuses()).toEqual([status]);
});

test('a temporary status is told once while it does not change, and not at all unless the world wants it', async () => {
  for (const [interimReports, expected] of [
    [true, [0x22, 0x25, 0x00]],
    [false, [0x00]],
  ] as const) {
    const network = networkOf({ interimReports });
    const { world, bob } = network;
    world.fillMemory(BOB);
    away(network);
    await network.send('x');
    await network.pass(10 * MINUTE);
    world.subscriber(BOB)?.setReception('good');
    await network.pass(MINUTE);
    bob.store('SM').delete(1);
    bob.incoming.roomMade();
    await network.pass(DAY);
    expect(network.statuses()).toEqual(expected);
  }
});

test('a message to a number that nobody has fails, and says so in the log; from outside it is refused', async () => {
  const network = networkOf();
  const sms = await network.send('x', { to: '+39333999', statusReport: false });
  expect(network.entries('fail')).toMatchObject([{ sms, to: '+39333999', status: 0x43 }]);
  const deliver = () => network.world.deliver({ to: '+39333999', from: ALICE, content: { kind: 'text', text: 'x' } });
  expect(deliver).toThrow('Nobody has the number +39333999');
});

const PLACES: readonly (readonly [operator: Operator, Admission])[] = [
  [second, 'roaming'],
  [abroad, 'roaming'],
  [alone, 'denied'],
];

test.each(PLACES)('a phone among the cells of $long is $1 there', async (operator, admission) => {
  const { world, pass } = networkOf();
  world.subscriber(BOB)?.roamTo(operator);
  await pass(MINUTE);
  expect(world.subscriber(BOB)?.link?.admission).toBe(admission);
  expect(world.subscriber(BOB)?.reachable).toBe(admission === 'roaming');
});
