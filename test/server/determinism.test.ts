import { expect, it } from 'vitest';
import { PIN, shop } from './world.ts';

async function play(seed: number) {
  const { world, customer, merchant } = await shop(seed);
  await world.request(merchant, { mref: 'a' });
  await world.clock.advance(2_000);
  customer.phone.approve('11111');
  await world.clock.advance(2_500);
  customer.phone.approve(PIN);
  await world.clock.advance(2_500);
  await world.request(merchant, { mref: 'b' });
  await world.clock.advance(200_000);
  const frames = world.air.sent.map(({ content }) => (content.kind === 'data' ? Buffer.from(content.data) : ''));
  return JSON.stringify([world.journal, frames.map((frame) => frame.toString('hex'))]);
}

it('the same seed gives the same journal and the same frames, another seed others', async () => {
  const first = await play(1);
  expect(await play(1)).toBe(first);
  expect(await play(2)).not.toBe(first);
});
