import { expect, test } from 'vitest';
import { readableSubmit } from '../../../sim/control/readable.ts';
import { wholeMessages } from '../../../sim/control/whole-messages.ts';

/** What the network took, and what is said of it. */
const TAKEN: readonly (readonly [why: string, tpdu: string, said: object])[] = [
  ['as it should be', '01000C91933303000020000005E8329BFD06', { text: 'hello' }],
  [
    'TP-UDL says more than there is',
    '01000C91933303000020000009E8329BFD06',
    { text: 'hello', deviations: ['TP-UD, octet 18: 5 octets of user data instead of 8'] },
  ],
  [
    'two things that the standard forbids',
    '41000C919333030000200004080500030702',
    {
      data: '',
      deviations: [expect.stringMatching(/^TP-UD, octet 18: \S/), expect.stringMatching(/^TP-UDHL, octet 13: \S/)],
    },
  ],
  [
    'ports and a part, and a report wanted',
    '61000C919333030000200004100B05040B8423F0000307020111223344',
    {
      data: '11223344',
      destinationPort: 2948,
      sourcePort: 9200,
      part: { reference: 7, total: 2, sequence: 1 },
      statusReport: true,
    },
  ],
  ['octets of an alphabet that is not text', '01000C9193330300002000040200FF', { data: '00FF' }],
  ['compressed', '01000C919333030000200020021234', { unreadable: expect.stringContaining('compress') }],
  ['a COMMAND', '0200000000040C9193330300002000', { unreadable: 'It is a COMMAND' }],
  ['cut inside the address', '01000C9193', { unreadable: expect.stringContaining('TP-DA') }],
];

test.each(TAKEN)('%s: %s', (_why, tpdu, said) => {
  expect(readableSubmit(tpdu)).toMatchObject(said);
});

test('of what is as it should be nothing more is said', () => {
  expect(readableSubmit('01000C91933303000020000005E8329BFD06')).toEqual({ text: 'hello' });
});

test('a long message says what is wrong with any of its parts', () => {
  const message = { at: 0, from: '+393330000001', to: '+393330000002' };
  const part = (number: string) => ({ ...message, tpdu: `41000C919333030000200004080500030702${number}AABB` });
  const [whole] = wholeMessages([part('01'), { ...part('02'), tpdu: `${part('02').tpdu}00` }]);
  expect(whole).toMatchObject({ data: 'AABBAABB', deviations: [expect.stringMatching(/^TP-UD/)] });
  expect(wholeMessages([part('01'), part('02')])[0]).not.toHaveProperty('deviations');
});

test('a long message whose parts were taken in the order 2, 1 is in the order of its parts, and as late as the last taken', () => {
  const taken = (number: string, at: number) => ({
    at,
    from: '+393330000001',
    to: '+393330000002',
    tpdu: `41000C919333030000200004080500030702${number}AA${number}`,
  });
  const [first, second] = [taken('01', 2_000), taken('02', 1_000)];
  expect(wholeMessages([second])).toEqual([]);
  expect(wholeMessages([second, first])).toEqual([
    {
      at: '1970-01-01T00:00:02.000Z',
      from: first.from,
      to: first.to,
      data: 'AA01AA02',
      tpdus: [first.tpdu, second.tpdu],
    },
  ]);
});
