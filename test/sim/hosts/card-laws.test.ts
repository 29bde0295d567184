import { describe, it } from 'vitest';
import { cardRail } from '../../../server/index.ts';
import { CardHost, memoryCardLine, railLaws, type VirtualClock } from '../../../sim/index.ts';
import { passingDatabase } from '../../server/database.ts';

const MAC_KEY = Buffer.from('0123456789abcdeffedcba9876543210', 'hex');
const TPDU = Buffer.from('6000010002', 'hex');

describe.each([
  ['ascii', 'request', undefined, undefined],
  ['binary', 'advice', TPDU, MAC_KEY],
] as const)('the card rail (%s, reversals as %s)', (variant, reversals, tpdu, macKey) => {
  const make = (clock: VirtualClock) => {
    const lengthCountsItself = tpdu !== undefined;
    const host = new CardHost({
      clock,
      merchant: 'MERCHANT1',
      speech: { variant, lengthCountsItself, tpdu: tpdu !== undefined, ...(macKey && { macKey }) },
    });
    const rail = cardRail({
      open: memoryCardLine(host, clock),
      clock,
      dialect: { variant, framing: { lengthCountsItself, ...(tpdu && { tpdu }) }, ...(macKey && { macKey }) },
      // Laws take days, and each echo its time: a silence of a minute is tried by itself.
      silenceMs: 3_600_000,
      acquirer: '12345',
      merchant: 'MERCHANT1',
      terminals: ['TERM0001', 'TERM0002'],
      reversals,
      cardOf: () => ({ token: '9000000000000000017', lastDigits: '4242' }),
      statements: async (from, to) => [{ name: 'statement', text: host.statement(from, to) }],
    });
    return { rail, host };
  };
  it.each(railLaws(make))('keeps the law: $name', async ({ run }) => run(await passingDatabase()));
});
