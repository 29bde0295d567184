import type { Amount } from '../../device/safe-mobile/index.ts';

/** Somebody with a phone in the demonstration. */
export interface Role {
  readonly name: string;
  /** Fictitious, as all numbers of the simulated network. */
  readonly number: string;
  /** What this person would choose; a demonstration has to know it. */
  readonly pin: string;
}

/** The service's own number. */
export const SERVICE_NUMBER = '+393990000100';

/** Sells newspapers, on the web page and with a phone. */
export const MERCHANT: Role & { readonly payee: string } = {
  name: 'Mario',
  payee: 'Edicola Duomo',
  number: '+393400000001',
  pin: '73195',
};

/** Buys them. */
export const CUSTOMER: Role = { name: 'Anna', number: '+393400000002', pin: '48213' };

/** What the customer has to spend. */
export const POCKET_MONEY: Amount = { minor: 20_000, currency: 'EUR' };

/** What the customer may pay with: a prepaid account at the service, a card at its host, or PayPal. */
export const PURSES = ['ledger', 'card', 'paypal'] as const;

export type PurseName = (typeof PURSES)[number];
