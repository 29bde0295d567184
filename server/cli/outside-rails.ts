import { type Output, UsageError } from '../../modem/cli/program.ts';
import type { RemoteRail } from '../rails/rail.ts';
import { cardRailFrom } from './card-file.ts';
import { paypalRailFrom } from './paypal-file.ts';

/** The options of `cash-server serve` that name rails at somebody else's host. */
export interface RailOptions {
  /** The file of the card host. */
  readonly card?: string;
  /** The file of PayPal. */
  readonly paypal?: string;
  /** The rail of new payments, when there are several. */
  readonly newPayments?: 'card' | 'paypal';
}

/** The rails that the options name, the one for new payments first. @throws UsageError when a file is wrong, or it is not said which is first */
export function outsideRails({ card, paypal, newPayments }: RailOptions, output: Output): readonly RemoteRail[] {
  if (card !== undefined && paypal !== undefined && newPayments === undefined) {
    throw new UsageError('say with --new-payments whether new payments go by card or by paypal');
  }
  const rails = [
    ...(card === undefined ? [] : [cardRailFrom(card, output)]),
    ...(paypal === undefined ? [] : [paypalRailFrom(paypal, output)]),
  ];
  if (newPayments === undefined) return rails;
  const first = rails.filter(({ name }) => name === newPayments);
  if (first.length === 0) throw new UsageError(`--new-payments ${newPayments} needs --${newPayments}`);
  return [...first, ...rails.filter(({ name }) => name !== newPayments)];
}
