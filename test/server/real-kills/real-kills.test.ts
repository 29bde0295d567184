import { describe, expect, it } from 'vitest';
import { sleep, systemClock } from '../../../modem/index.ts';
import type { PaymentAnswer } from './api.ts';
import { type HostOrder, judge } from './judge.ts';
import { openStage, type Stage, type StageRail } from './stage.ts';

/** How many kills there are in all, ten a seed; more than these few are for a quiet hour. */
const KILLS = Number(process.env['CASH_MOBILE_REAL_KILLS'] ?? 2);
const KILLS_A_STAGE = Math.min(10, KILLS);
const STAGES = Math.max(1, Math.round(KILLS / KILLS_A_STAGE));

const RAILS: readonly StageRail[] = ['reverse', 'ledger', 'inquire', 'repeat'];

/** The load: who asks the service at the same time, with which pauses, ms of the fast clock. */
const LOAD = KILLS > 2 ? { customers: 12, workers: 12, pauseMs: 2_000 } : { customers: 3, workers: 2, pauseMs: 6_000 };

/** A process is killed this long after it is ready at the latest, ms; one of five already while it starts. */
const LONGEST_LIFE_MS = KILLS > 2 ? 1_500 : 500;
const LONGEST_START_MS = 1_200;

/** How long everything may take to end, ms. */
const REST_MS = 60_000;

async function killAgainAndAgain({ service, load, setting, random }: Stage): Promise<void> {
  const chance = random.fork('kills');
  for (let kills = 0; kills < KILLS_A_STAGE; kills += 1) {
    await sleep(systemClock, chance.fraction() * LONGEST_LIFE_MS);
    await service.end('SIGKILL');
    service.begin(setting);
    if (kills < KILLS_A_STAGE - 1 && chance.fraction() < 0.2) {
      await sleep(systemClock, chance.fraction() * LONGEST_START_MS);
    } else {
      await service.ready();
      await load.busy();
    }
  }
}

/** Whether the order is that charge or refund of the payment of which the service does not know what became. */
function isInReview({ txn, state, refunds }: PaymentAnswer, { kind, of, minor }: HostOrder): boolean {
  if (of !== `${txn}:charge`) return false;
  if (state === 'REVIEW') return kind === 'charge';
  return kind === 'refund' && refunds.some((refund) => refund.state === 'review' && refund.amount.minor === minor);
}

/** Until nothing is open any more, the host decides what it left pending, and the operator looks into its book. */
async function comeToRest({ host, admin, till, evidence }: Stage): Promise<readonly string[]> {
  const begun = systemClock.now();
  for (;;) {
    host?.decide('moved');
    for (const payment of await admin.reviews()) {
      const order = host?.orders.find((known) => isInReview(payment, known));
      const body = { key: order?.key, moved: order?.state === 'moved', reason: 'the book of the host' };
      await admin.ask('POST', `/v1/payments/${payment.txn}/resolve`, body);
    }
    const isOver = systemClock.now() - begun > REST_MS;
    if (isOver || (await till.payments()).every(({ settled }) => settled)) {
      const complaints = await judge(evidence());
      if (isOver || complaints.length === 0) return complaints;
    }
    await sleep(systemClock, 1_000);
  }
}

describe('a service in a process of its own, killed under load', () => {
  it.each(
    Array.from({ length: STAGES }, (_, place) => ({
      rail: RAILS[place % RAILS.length] ?? 'ledger',
      seed: `stage ${place + 1}`,
    })),
  )(
    'loses nothing, charges nothing twice, and ends everything ($rail, $seed)',
    async ({ rail, seed }) => {
      const stage = await openStage({ rail, seed, customers: LOAD.customers });
      const { service, load, admin, till, evidence } = stage;
      try {
        const working = load.run(LOAD.workers, LOAD.pauseMs);
        await load.busy();
        await killAgainAndAgain(stage);
        load.calmDown();
        await working;
        expect(await comeToRest(stage)).toEqual([]);
        const payments = await till.payments();
        for (const { txn } of payments) await load.readReceipt(txn);
        await service.end('SIGTERM');
        if (KILLS > 2) {
          service.begin(stage.reconfigured);
          await service.ready();
          for (const { txn } of payments) await load.readReceipt(txn);
          expect(await judge(evidence())).toEqual([]);
          await service.end('SIGTERM');
        }
        expect(load.changedReceipts).toEqual([]);
        expect([...service.faults, ...admin.faults, ...till.faults]).toEqual([]);
      } finally {
        await service.abandon();
        await stage.close();
      }
    },
    60_000 + KILLS_A_STAGE * 30_000 + REST_MS,
  );
});
