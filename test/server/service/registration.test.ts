import { describe, expect, it } from 'vitest';
import { shop } from '../world.ts';

describe('people and merchants are registered with', () => {
  it.each([
    ['a number without +', { number: '393400000009', name: 'Bea' }],
    ['a number of six digits', { number: '+393400', name: 'Bea' }],
    ['no name', { number: '+393400000009', name: ' ' }],
    ['a name of 65 octets', { number: '+393400000009', name: `${'é'.repeat(32)}a` }],
  ])('%s: a person is not', async (_, fields) => {
    const { world } = await shop();
    await expect(world.service.addPerson({ ...fields, language: 'it' })).rejects.toMatchObject({
      code: 'invalid-request',
    });
  });

  it.each([
    ['no name', ''],
    ['a name of 33 octets', `${'é'.repeat(16)}a`],
  ])('%s: a merchant is not', async (_, name) => {
    const { world } = await shop();
    await expect(world.service.addMerchant({ name, currency: 'EUR' })).rejects.toMatchObject({
      code: 'invalid-request',
    });
  });

  it('names of 64 and 32 octets', async () => {
    const { world } = await shop();
    const person = { number: '+393400000009', name: 'é'.repeat(32), language: 'it' } as const;
    expect((await world.service.addPerson(person)).name).toBe(person.name);
    const { merchant } = await world.service.addMerchant({ name: 'é'.repeat(16), currency: 'EUR' });
    expect(merchant.name).toBe('é'.repeat(16));
  });
});
