import { type Modem, openModem } from 'cash-mobile/modem';
import { createWorld, VirtualClock } from 'cash-mobile/sim';
import { expect, test } from 'vitest';

const DESK = '+393330000001';
const ANNA = '+393330000002';

/** The software under test: who writes STOP gets a word. */
function answerStop(modem: Modem): void {
  modem.receive({
    async message({ originator, content }) {
      if (content.kind !== 'text' || content.text.trim() !== 'STOP') return;
      await modem.send({ id: originator, destination: originator, content: { kind: 'text', text: 'No more of us.' } });
    },
    report() {},
  });
}

test('who writes STOP gets a word, though the network is bad and the phone away for an hour', async () => {
  const clock = new VirtualClock();
  const world = createWorld({ seed: 1, clock });
  const desk = world.addModem({ number: DESK });
  world.addModem({ number: ANNA });
  world.faults.add({ action: { kind: 'delay', ms: 60_000 }, to: DESK });
  answerStop(await clock.run(openModem(desk.memoryPort(), { clock })));

  await clock.run(world.send({ from: ANNA, to: DESK, content: { kind: 'text', text: 'STOP' } }));
  world.subscriber(ANNA)?.setCovered(false);
  await clock.advance(3_600_000);
  expect(world.submitted(DESK)).toMatchObject([{ to: ANNA }]);
  expect(world.waitingFor(ANNA)).toBe(1);

  world.subscriber(ANNA)?.setCovered(true);
  await clock.advance(60_000);
  expect(world.modem(ANNA)?.store('MT').used).toBe(1);
});
