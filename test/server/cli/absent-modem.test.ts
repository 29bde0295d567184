import { describe, expect, it } from 'vitest';
import { type Modem, type ModemState, PortError, type SmsReceiver } from '../../../modem/index.ts';
import { openServiceModems } from '../../../server/cli/service-modems.ts';
import { VirtualClock } from '../../../sim/index.ts';

const READY: ModemState = { kind: 'ready', registration: 'home' };
const SMS = { id: '1', destination: '+39340', content: { kind: 'text', text: 'a' } } as const;

/** A modem of which the pool sees what it needs. */
function fakeModem() {
  const listeners: ((state: ModemState) => void)[] = [];
  const seen = { closed: 0, receivers: [] as SmsReceiver[], sent: 0 };
  const modem = {
    state: READY,
    onState: (listener: (state: ModemState) => void) => {
      listeners.push(listener);
      return () => {};
    },
    send: async () => {
      seen.sent += 1;
      return { kind: 'sent', references: [1] } as const;
    },
    receive: (receiver: SmsReceiver) => seen.receivers.push(receiver),
    close: async () => {
      seen.closed += 1;
    },
  };
  return {
    modem: modem as unknown as Modem,
    seen,
    become: (state: ModemState) => listeners.map((tell) => tell(state)),
  };
}

/** Two ports, of which the second cannot be opened until a test says so. */
async function twoPorts() {
  const clock = new VirtualClock();
  const [first, second] = [fakeModem(), fakeModem()];
  const port = { tries: 0, opens: false };
  const modems = await openServiceModems(
    ['/dev/a', '/dev/b'],
    async (name) => {
      if (name === '/dev/a') return first.modem;
      port.tries += 1;
      if (!port.opens) throw new Error('no such device');
      return second.modem;
    },
    clock,
  );
  return { clock, first, second, port, modems };
}

describe('the modems of a service', () => {
  it('are used without the one that cannot be opened, which is tried again until it opens', async () => {
    const { clock, first, second, port, modems } = await twoPorts();
    expect(modems.opened).toEqual([first.modem]);
    expect(modems.named.map((named) => [named.port, named.modem.state.kind])).toEqual([
      ['/dev/a', 'ready'],
      ['/dev/b', 'absent'],
    ]);
    const receiver: SmsReceiver = { message: async () => {}, report: () => {} };
    modems.bearer.receive(receiver);
    const states: ModemState['kind'][] = [];
    modems.named[1]?.modem.onState((state) => states.push(state.kind));
    await clock.advance(9_999);
    expect(port.tries).toBe(1);
    await clock.advance(20_001);
    expect(port.tries).toBe(4);
    port.opens = true;
    await clock.advance(10_000);
    expect(modems.named[1]?.modem.state).toEqual(READY);
    expect(states).toEqual(['ready']);
    expect(second.seen.receivers).toEqual([receiver]);
    await Promise.all([modems.bearer.send(SMS), modems.bearer.send(SMS)]);
    expect([first.seen.sent, second.seen.sent]).toEqual([1, 1]);
    second.become({ kind: 'lost', reason: 'unplugged' });
    expect(states).toEqual(['ready', 'lost']);
    await clock.advance(60_000);
    expect(port.tries).toBe(5);
    await modems.bearer.close();
    expect([first.seen.closed, second.seen.closed]).toEqual([1, 1]);
  });

  it('are not tried any more after the end, and one that opens then is closed', async () => {
    const { clock, second, port, modems } = await twoPorts();
    await modems.bearer.close();
    port.opens = true;
    await clock.advance(60_000);
    expect([port.tries, second.seen.closed]).toEqual([1, 0]);

    const late = fakeModem();
    const laterClock = new VirtualClock();
    let opened = (_: Modem) => {};
    let tries = 0;
    const again = await openServiceModems(
      ['/dev/a', '/dev/b'],
      (name) => {
        if (name === '/dev/a') return Promise.resolve(fakeModem().modem);
        tries += 1;
        if (tries === 1) return Promise.reject(new Error('no such device'));
        return new Promise((resolve) => {
          opened = resolve;
        });
      },
      laterClock,
    );
    await laterClock.advance(10_000);
    await again.bearer.close();
    opened(late.modem);
    await laterClock.advance(1);
    expect(late.seen.closed).toBe(1);
  });

  it.each([
    ['none can be opened', ['/dev/b', '/dev/c'], 'no such device'],
    ['the only one cannot be opened', ['/dev/b'], 'no such device'],
    ['a name is no name of a port', ['/dev/a', 'tcp:'], 'tcp: is no port'],
  ] as const)('are not used when %s, and none stays open', async (_, ports, message) => {
    const first = fakeModem();
    const open = async (name: string) => {
      if (name === '/dev/a') return first.modem;
      throw name === 'tcp:' ? new PortError('misnamed', name, 'tcp: is no port') : new Error('no such device');
    };
    await expect(openServiceModems([...ports], open, new VirtualClock())).rejects.toThrow(message);
    expect(first.seen.closed).toBe(ports[0] === '/dev/a' ? 1 : 0);
  });

  it('are the modem itself when there is one', async () => {
    const { modem } = fakeModem();
    expect((await openServiceModems(['/dev/a'], async () => modem, new VirtualClock())).bearer).toBe(modem);
  });
});
