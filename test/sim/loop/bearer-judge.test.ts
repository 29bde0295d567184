import { expect, it } from 'vitest';
import { type SendOutcome, type SmsBearer, type SmsReceiver, toHex } from '../../../modem/index.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { EventLog, type WorldEvent } from '../../../sim/log.ts';
import { BearerJudge } from '../../../sim/loop/bearer-judge.ts';

const SERVICE = '+393400000000';
const ANNA = '+393400000001';
const FRAME = new Uint8Array(133).fill(7);
const OTHER = new Uint8Array(133).fill(8);
const down = { sms: 1, from: SERVICE, to: ANNA };
const SUBMIT = { kind: 'submit', ...down, tpdu: `0401${toHex(FRAME)}` } as const;
const ACCEPT = { kind: 'accept', ...down } as const;
const DELIVER = { kind: 'deliver', ...down, tpdu: `04${toHex(FRAME)}` } as const;
const SENT: SendOutcome = { kind: 'sent', references: [1] };
const UNKNOWN: SendOutcome = { kind: 'unknown', reason: 'the line was silent' };
const NOT_ACCEPTED = [`a message to ${ANNA} is called sent, and the network has not accepted it`];
const NOT_REACHED = ['message 1 is called delivered, and has not reached its phone'];
const TOO_OFTEN = [`a message to ${ANNA} left more often than it was to be sent`];

/** What the judge finds when a bearer sends a frame so often, the network has these events, and the bearer, or that of the next life, says this of it. */
async function found(
  happened: readonly WorldEvent[],
  said: {
    readonly outcome?: SendOutcome;
    readonly report?: 'delivered' | 'trying';
    readonly times?: number;
    readonly nextLife?: boolean;
  },
  frame = FRAME,
): Promise<readonly string[]> {
  const log = new EventLog(new VirtualClock(0));
  const told: string[] = [];
  let receiver: SmsReceiver | undefined;
  const far: SmsBearer = {
    async send() {
      return said.outcome ?? UNKNOWN;
    },
    receive(given) {
      receiver = given;
    },
    close: async () => {},
  };
  const judge = new BearerJudge(log, SERVICE, (text) => told.push(text));
  const near = judge.bearer(far);
  near.receive({ message: async () => {}, report() {} });
  if (said.nextLife) judge.bearer(far).receive({ message: async () => {}, report() {} });
  const content = { kind: 'data', data: frame, ports: { destination: 1, source: 1 } } as const;
  const sending = Array.from({ length: said.times ?? 1 }, () => near.send({ id: '1', destination: ANNA, content }));
  for (const event of happened) log.add(event);
  await Promise.all(sending);
  if (said.report) receiver?.report({ id: '1', outcome: said.report, status: 0, dischargedAt: 0 });
  return told;
}

it.each<readonly [string, readonly WorldEvent[], Parameters<typeof found>[1], readonly string[]]>([
  ['sent and accepted', [SUBMIT, ACCEPT], { outcome: SENT }, []],
  ['sent, and the network has refused it', [SUBMIT], { outcome: SENT }, NOT_ACCEPTED],
  ['sent, and it never left', [], { outcome: SENT }, NOT_ACCEPTED],
  ['sent twice, and accepted once', [SUBMIT, ACCEPT, SUBMIT], { outcome: SENT, times: 2 }, NOT_ACCEPTED],
  ['perhaps sent', [SUBMIT], { outcome: UNKNOWN }, []],
  ['sent again by itself', [SUBMIT, ACCEPT, SUBMIT, ACCEPT], { outcome: UNKNOWN }, TOO_OFTEN],
  ['sent again because it was to be', [SUBMIT, ACCEPT, SUBMIT, ACCEPT], { times: 2 }, []],
  ['delivered, and the phone has it', [SUBMIT, ACCEPT, DELIVER], { report: 'delivered' }, []],
  ['delivered, and the phone has it not', [SUBMIT, ACCEPT], { report: 'delivered' }, NOT_REACHED],
  ['delivered, in the next life', [SUBMIT, ACCEPT, DELIVER], { report: 'delivered', nextLife: true }, []],
  ['delivered and is not, in the next life', [SUBMIT], { report: 'delivered', nextLife: true }, NOT_REACHED],
  ['on its way', [SUBMIT, ACCEPT], { report: 'trying' }, []],
])('a message is %s', async (_, happened, said, words) => {
  expect(await found(happened, said)).toEqual(words);
});

it('what became of another message says nothing of this one', async () => {
  expect(await found([SUBMIT, ACCEPT, DELIVER], { outcome: SENT, report: 'delivered' }, OTHER)).toEqual([
    ...NOT_ACCEPTED,
    ...NOT_REACHED,
  ]);
});

it('the announcement of a key, which goes to all phones in the same octets, is not watched', async () => {
  expect(await found([], { outcome: SENT, report: 'delivered' }, new Uint8Array(107).fill(7))).toEqual([]);
});
