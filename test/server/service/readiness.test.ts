import { describe, expect, it } from 'vitest';
import type { ModemState } from '../../../modem/index.ts';
import { Modems } from '../../../server/service/modems.ts';
import { ServiceReadiness } from '../../../server/service/readiness.ts';
import { VirtualClock } from '../../../sim/index.ts';
import { FakeModem, LOST, READY } from '../fake-modem.ts';

/** A process that watches modems in these states. @param hasBearer false: it neither sends nor receives */
function withModems(states: readonly ModemState[], hasBearer = true) {
  const modems = states.map((_, place) => new FakeModem(`/dev/ttyUSB${place}`));
  const readiness = new ServiceReadiness(new Modems(modems, new VirtualClock()), hasBearer);
  for (const [place, state] of states.entries()) modems[place]?.become(state);
  return { readiness, modems };
}

describe('a process is', () => {
  const BEARER = 'an unwatched bearer';
  const NONE = 'no modem';
  it.each([
    [[READY, READY], 0, 'ok', 2],
    [[READY, LOST], 0, 'degraded', 1],
    [[READY, LOST], 3, 'degraded', 1],
    [[LOST, LOST], 0, 'no-modem', 0],
    [[LOST, LOST], 1, 'degraded', 0],
    [BEARER, 0, 'ok', 1],
    [NONE, 0, 'no-modem', 0],
    [NONE, 1, 'ok', 0],
  ] as const)('with modems %j and %i elsewhere: %s, and tells others of %i', (here, elsewhere, status, told) => {
    const { readiness } = withModems(typeof here === 'string' ? [] : here, here !== NONE);
    readiness.readyElsewhere(elsewhere);
    expect([readiness.status, readiness.readyHere, readiness.elsewhere]).toEqual([status, told, elsewhere]);
  });

  it('not ready while the database does not work, or its disk is full, whatever its modems are', () => {
    const { readiness } = withModems([READY]);
    const seen: string[] = [];
    readiness.onChange(() => seen.push(readiness.status));
    readiness.database(false);
    readiness.room(false);
    readiness.database(true);
    readiness.room(true);
    expect(seen).toEqual(['no-database', 'no-database', 'no-room', 'ok']);
  });

  it('watched until the watcher has enough', () => {
    const { readiness, modems } = withModems([READY, READY]);
    const seen: string[] = [];
    const end = readiness.onChange(() => seen.push(readiness.status));
    modems[0]?.become(LOST);
    readiness.readyElsewhere(1);
    end();
    modems[1]?.become(LOST);
    expect(seen).toEqual(['degraded', 'degraded']);
  });
});
