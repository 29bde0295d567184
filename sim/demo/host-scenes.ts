import type { PaymentState } from '../../server/index.ts';
import type { PurseHost } from './purse-host.ts';
import { ask, type Scene } from './scene.ts';

/** How long the outcome may take whose first answer is lost: a card host is waited for 15 s, then the reversal travels, ms. */
const LOST_LIMIT_MS = 60_000;

/** What becomes of the two scenes at each host. */
const AT_HOST: Readonly<
  Record<
    PurseHost['name'],
    {
      readonly declined: string;
      readonly lost: {
        readonly plot: string;
        readonly outcome: PaymentState;
        readonly paid: number;
        readonly screen: string;
      };
    }
  >
> = {
  card: {
    declined: 'the customer approves, and the card host declines: 51, not enough money',
    lost: {
      plot: 'the card host books the charge and its answer is lost: the service takes the charge back (0400)',
      ...{ outcome: 'REVERSED', paid: 0, screen: 'Reversed' },
    },
  },
  paypal: {
    declined: 'the customer approves, and PayPal declines: INSTRUMENT_DECLINED',
    lost: {
      plot: 'PayPal captures and its answer is lost: its webhook says that it was paid, and nothing is captured twice',
      ...{ outcome: 'CAPTURED', paid: 900, screen: 'Paid' },
    },
  },
};

/** What only somebody else's host does, played after the other scenes. */
export function hostScenes(host: PurseHost): readonly Scene[] {
  const { declined, lost } = AT_HOST[host.name];
  return [
    {
      ...{ name: `${host.name}-declined`, plot: declined, outcome: 'DECLINED', sms: 3, paid: 0 },
      async play(stage) {
        const { txn } = await ask(stage, `scene-${host.name}-declined`, 800, 'Atlas');
        host.misbehave('declined');
        await stage.customer.approve();
        await stage.customer.read('Declined');
        return txn;
      },
    },
    {
      ...{ name: `${host.name}-answer-lost`, plot: lost.plot, outcome: lost.outcome, sms: 3, paid: lost.paid },
      async play(stage) {
        const { txn } = await ask(stage, `scene-${host.name}-answer-lost`, 900, 'Globe');
        host.misbehave('answer-lost');
        await stage.customer.approve();
        await stage.customer.read(lost.screen, LOST_LIMIT_MS);
        return txn;
      },
    },
  ];
}
