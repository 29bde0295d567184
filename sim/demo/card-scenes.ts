import type { CardHost } from '../hosts/card-host.ts';
import { ask, type Scene } from './scene.ts';

/** A charge is given up after 15 s without an answer; then the reversal travels, ms. */
const REVERSAL_LIMIT_MS = 60_000;

/** What only a card host does, played after the other scenes. */
export function cardScenes(host: CardHost): readonly Scene[] {
  return [
    {
      name: 'card-declined',
      plot: 'the customer approves, and the card host declines: 51, not enough money',
      outcome: 'DECLINED',
      sms: 3,
      paid: 0,
      async play(stage) {
        const { txn } = await ask(stage, 'scene-card-declined', 800, 'Atlas');
        host.misbehave('declined');
        await stage.customer.approve();
        await stage.customer.read('Declined');
        return txn;
      },
    },
    {
      name: 'card-answer-lost',
      plot: 'the card host books the charge and its answer is lost: the service takes the charge back (0400)',
      outcome: 'REVERSED',
      sms: 3,
      paid: 0,
      async play(stage) {
        const { txn } = await ask(stage, 'scene-card-answer-lost', 900, 'Globe');
        host.misbehave('answer-lost');
        await stage.customer.approve();
        await stage.customer.read('Reversed', REVERSAL_LIMIT_MS);
        return txn;
      },
    },
  ];
}
