import { describe, it } from 'vitest';
import { railLaws } from '../../../sim/index.ts';
import { passingDatabase } from '../../server/database.ts';
import { paypalUnderTrial } from './paypal-trial.ts';

describe('the PayPal rail', () => {
  it.each(railLaws(paypalUnderTrial))('keeps the law: $name', async ({ run }) => run(await passingDatabase()));
});
