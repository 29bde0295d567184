import { describe, expect, it } from 'vitest';
import { sleep, systemClock } from '../../../modem/index.ts';
import { comeToRest, REST_MS } from './come-to-rest.ts';
import { judge } from './judge.ts';
import { MortalService } from './mortal-service.ts';
import { openStage, type Stage, type StageRail } from './stage.ts';

/** The clock of all processes is so many times as fast as the machine's. */
const SPEED = 40;

/** How many kills there are in all, ten a seed; more than one are for a quiet hour. */
const KILLS = Number(process.env['CASH_MOBILE_REAL_KILLS'] ?? 1);
const KILLS_A_STAGE = Math.min(10, KILLS);
const STAGES = Math.max(1, Math.round(KILLS / KILLS_A_STAGE));

const RAILS: readonly StageRail[] = ['reverse', 'ledger', 'inquire', 'repeat'];

/** The load: who asks the service at the same time, with which pauses, ms of the fast clock. */
const LOAD = KILLS > 1 ? { customers: 12, workers: 12, pauseMs: 2_000 } : { customers: 2, workers: 2, pauseMs: 6_000 };

/** A process is killed this long after it is ready at the latest, ms; one of five already while it starts. */
const LONGEST_LIFE_MS = KILLS > 1 ? 1_500 : 500;
const LONGEST_START_MS = 1_200;

async function killAgainAndAgain(service: MortalService, { load, setting, random }: Stage): Promise<void> {
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

describe('a service in a process of its own, killed under load', () => {
  it.each(
    Array.from({ length: STAGES }, (_, place) => ({
      rail: RAILS[place % RAILS.length] ?? 'ledger',
      seed: `stage ${place + 1}`,
    })),
  )(
    'loses nothing, charges nothing twice, and ends everything ($rail, $seed)',
    async ({ rail, seed }) => {
      const stage = await openStage({ rail, seed, customers: LOAD.customers, speed: SPEED });
      const { services, load, admin, till, evidence } = stage;
      const [service = new MortalService()] = services;
      try {
        const working = load.run(LOAD.workers, LOAD.pauseMs);
        await load.busy();
        await killAgainAndAgain(service, stage);
        load.calmDown();
        await working;
        expect(await comeToRest(stage)).toEqual([]);
        const payments = await till.payments();
        for (const { txn } of payments) await load.readReceipt(txn);
        await service.end('SIGTERM');
        if (KILLS > 1) {
          service.begin(stage.reconfigured);
          await service.ready();
          for (const { txn } of payments) await load.readReceipt(txn);
          expect(await judge(evidence())).toEqual([]);
          await service.end('SIGTERM');
        }
        expect(load.changedReceipts).toEqual([]);
        expect([...service.faults, ...admin.faults, ...till.faults]).toEqual([]);
      } finally {
        await stage.close();
      }
    },
    60_000 + KILLS_A_STAGE * 30_000 + REST_MS / SPEED,
  );
});
