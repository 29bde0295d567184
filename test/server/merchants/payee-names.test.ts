import { expect, it } from 'vitest';
import { shop } from '../world.ts';

it('the name of a payee has only letters of scripts in everyday use, and does not look like that of the application', async () => {
  const { world } = await shop('payees');
  const add = (name: string) => world.service.addMerchant({ name, currency: 'EUR' });
  for (const name of ['ꓚꓮꓢꓧ', 'ᏟᎪᏚᎻ', 'ᴄᴀꜱʜ', '🄲ash'])
    await expect(add(name), name).rejects.toThrow('is not taken, as it may look like another');
  for (const name of ['Cash-Mobile', 'CASH MOBILE', 'Cаsh‑MobiIe'])
    await expect(add(name), name).rejects.toThrow('name: it looks like Cash-Mobile');
  for (const name of [
    'Edicola Duomo',
    'Cash & Carry',
    'Кафе Мир',
    '茶館',
    'Ärzte €1',
    'Səbət',
    'Ɗan Ɓoye, ɗan kasuwa',
    'Ŋutɔ fe fiase',
  ])
    expect((await add(name)).merchant.name).toBe(name);
});
