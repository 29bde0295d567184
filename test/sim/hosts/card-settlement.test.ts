import { expect, it } from 'vitest';
import { cardRail } from '../../../server/index.ts';
import { RailTrial } from '../../../sim/hosts/rail-trial.ts';
import { CardHost, memoryCardLine } from '../../../sim/index.ts';
import { passingDatabase } from '../../server/database.ts';

/** A service with a card rail whose acquirer sends these statements. */
async function trial() {
  const statements: string[] = [];
  const hosts: CardHost[] = [];
  const made = await RailTrial.open(
    (clock) => {
      const speech = { variant: 'ascii', lengthCountsItself: false, tpdu: false } as const;
      const host = new CardHost({ clock, merchant: 'MERCHANT1', speech });
      hosts.push(host);
      const rail = cardRail({
        open: memoryCardLine(host, clock),
        clock,
        dialect: { variant: 'ascii', framing: { lengthCountsItself: false } },
        acquirer: '12345',
        merchant: 'MERCHANT1',
        terminals: ['T1', 'T2'],
        reversals: 'request',
        cardOf: () => ({ token: '9017' }),
        statements: async () => statements.map((text, index) => ({ name: `${index}.csv`, text })),
      });
      return { rail, host };
    },
    await passingDatabase(),
  );
  const [host] = hosts;
  if (host === undefined) throw new Error('there is no host');
  return { trial: made, host, statements };
}

const HEADING = 'terminal,trace,reference,kind,minor,currency,time';

it('a settlement names a charge that was reversed here, and what the service does not know by its numbers', async () => {
  const { trial: made, host, statements } = await trial();
  host.misbehave('answer-lost');
  const txn = await made.pay();
  await made.expectState(txn, 'REVERSED');
  const [entry] = host.entries;
  const at = new Date(made.clock.now()).toISOString();
  const { trace, reference } = entry ?? { trace: '', reference: '' };
  const own = entry?.terminal.trimEnd();
  const other = own === 'T1' ? 'T2' : 'T1';
  statements.push(
    `${HEADING}\n${own},${trace},${reference},purchase,1250,978,${at}\n`,
    `${HEADING}\n${other},${trace},${reference},chargeback,1250,978,${at}\n${own},999998,${reference},chargeback-reversal,1,978,${at}\n`,
  );
  const lines = await made.settlement(made.clock.now(), made.clock.now() + 1);
  expect(lines.map(({ key }) => key)).toEqual([
    `${txn}:charge`,
    `${other}/${trace}/${reference}`,
    `${own}/999998/${reference}`,
  ]);
  expect(lines.map(({ isChargeback, isWonBack }) => [isChargeback, isWonBack])).toEqual([
    [undefined, undefined],
    [true, undefined],
    [undefined, true],
  ]);
  await made.close();
});

it('a settlement has of the statements what is of the time asked for', async () => {
  const { trial: made, statements } = await trial();
  const line = (at: string) => `T1,000001,0123456789AB,purchase,1250,978,${at}`;
  const times = [
    '2010-03-01T23:59:59.999Z',
    '2010-03-02T00:00:00Z',
    '2010-03-02T23:59:59.999Z',
    '2010-03-03T00:00:00Z',
  ];
  statements.push([HEADING, ...times.map(line)].join('\n'));
  const lines = await made.settlement(Date.UTC(2010, 2, 2), Date.UTC(2010, 2, 3));
  expect(lines.map(({ at }) => new Date(at).toISOString())).toEqual([
    '2010-03-02T00:00:00.000Z',
    '2010-03-02T23:59:59.999Z',
  ]);
  await made.close();
});
