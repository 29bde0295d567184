import { expect, it } from 'vitest';
import { CUSTOMER, SERVICE_NUMBER } from '../../../sim/demo/cast.ts';
import { type Stage, setStage } from '../../../sim/demo/stage.ts';
import { latencyProfiles, VirtualClock } from '../../../sim/index.ts';

/** Plays on a stage with enrolled phones, in memory and on a virtual clock. */
async function onStage(play: (stage: Stage) => Promise<void>): Promise<void> {
  const clock = new VirtualClock();
  const profile = latencyProfiles['direct'];
  if (profile === undefined) throw new Error('there is no profile "direct"');
  const playing = (async () => {
    const stage = await setStage({
      clock,
      seed: 1,
      profile,
      lines: 'memory',
      pace: 0,
      hold: (promise) => clock.hold(promise),
    });
    try {
      await stage.enrol();
      await play(stage);
    } finally {
      await stage.close();
    }
  })();
  let over = false;
  const end = () => {
    over = true;
  };
  playing.then(end, end);
  await clock.runUntil(() => over, 3_600_000);
  await playing;
}

/** Asks for the balance in the phone's application. */
function lookUp({ phone }: Stage['customer']): void {
  for (const label of ['Menu', 'Applications', 'Cash-Mobile', 'Balance']) phone.select(label);
}

it('a customer pays and looks up the balance on the phone, by two SMS; a lost answer is asked for again', () =>
  onStage(async (stage) => {
    const { customer, till, world } = stage;
    const sms: string[] = [];
    world.log.listen((entry) => {
      if (entry.kind === 'accept') sms.push(entry.from);
    });

    lookUp(customer);
    await customer.read('Available: EUR 200.00');
    expect(sms).toEqual([CUSTOMER.number, SERVICE_NUMBER]);

    const amount = { minor: 1_250, currency: 'EUR' } as const;
    await till.requestPayment({ mref: 'balance', customer: CUSTOMER.number, amount, reference: 'Newspapers' });
    await customer.approve();
    await customer.read('Paid');
    lookUp(customer);
    await customer.read('Available: EUR 187.50');

    world.faults.add({ action: { kind: 'drop' }, from: SERVICE_NUMBER, to: CUSTOMER.number });
    lookUp(customer);
    await customer.phone.waitFor('No answer', 61_000);
    customer.phone.select('Ask again');
    await customer.read('Available: EUR 187.50');
    expect(await stage.customerBalance()).toBe(18_750);
  }));
