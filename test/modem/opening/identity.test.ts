import { beforeEach, describe, expect, test } from 'vitest';
import {
  devicePort,
  type FarEnd,
  findModems,
  type ListedPort,
  type Modem,
  memoryPort,
  openModem,
  type Port,
  PortError,
} from '../../../modem/index.ts';
import { createWorld, VirtualClock, type World } from '../../../sim/index.ts';
import { line, ok, ScriptedModem } from '../scripted-modem.ts';

const stick = { vendorId: '12d1', productId: '1001', serialNumber: 'A1', pnpId: 'usb-HUAWEI-if00-port0' };
const anna = '+393330000001';

/** A machine with USB ports, in memory. */
class Machine {
  readonly ports = new Map<string, { readonly listed: ListedPort; readonly port: Port; readonly farEnd: FarEnd }>();

  plug(path: string, device: Omit<ListedPort, 'path'> = stick): FarEnd {
    const { port, farEnd } = memoryPort(path);
    this.ports.set(path, { listed: { path, ...device }, port, farEnd });
    return farEnd;
  }

  unplug(path: string): void {
    this.ports.get(path)?.farEnd.hangUp();
    this.ports.delete(path);
  }

  readonly list = async (): Promise<readonly ListedPort[]> => [...this.ports.values()].map(({ listed }) => listed);

  readonly at = (path: string): Port => {
    const missing: Port = {
      name: path,
      open: () => Promise.reject(new PortError('missing', path, `${path}: there is no such port`)),
      write: () => Promise.reject(new PortError('closed', path, `${path} is closed`)),
      setLines: async () => {},
      close: async () => {},
    };
    return this.ports.get(path)?.port ?? missing;
  };
}

let clock: VirtualClock;
let world: World;
let machine: Machine;
let states: string[];
beforeEach(() => {
  clock = new VirtualClock();
  world = createWorld({ seed: 1, clock });
  machine = new Machine();
  states = [];
});

async function run<T>(work: Promise<T>): Promise<T> {
  let isDone = false;
  const done = () => {
    isDone = true;
  };
  work.then(done, done);
  await clock.runUntil(() => isDone, 3_600_000);
  return work;
}

async function open(): Promise<Modem> {
  const modem = await run(openModem(devicePort('/dev/ttyUSB0', machine), { clock }));
  await clock.runUntil(() => modem.state.kind === 'ready', 60_000);
  modem.onState((state) => states.push(state.kind));
  return modem;
}

describe('a modem that was unplugged', () => {
  test('is absent, and found again under another path', async () => {
    const device = world.addModem({ number: anna });
    device.attach(machine.plug('/dev/ttyUSB0'));
    const modem = await open();
    machine.unplug('/dev/ttyUSB0');
    await clock.advance(300_000);
    expect(states).toEqual(['lost', 'opening', 'absent']);
    machine.plug('/dev/ttyUSB5', { ...stick, serialNumber: 'B2' });
    machine.plug('/dev/ttyUSB6', { ...stick, pnpId: 'usb-HUAWEI-if01-port0' });
    device.attach(machine.plug('/dev/ttyUSB7'));
    await clock.runUntil(() => modem.state.kind === 'ready', 60_000);
    expect(states.slice(3)).toEqual(['identified', 'ready']);
    const content = { kind: 'text', text: 'I am back' } as const;
    expect(await run(modem.send({ id: '1', destination: anna, content }))).toMatchObject({ kind: 'sent' });
    await modem.close();
  });

  test('is not mistaken for another that looks the same: its IMEI tells, before the SIM is touched', async () => {
    const device = world.addModem({ number: anna });
    const other = world.addModem({ number: '+393330000002', pin: '1234' });
    const { serialNumber: _, ...nameless } = stick;
    device.attach(machine.plug('/dev/ttyUSB0', nameless));
    const modem = await open();
    const { imei } = modem.identity;
    machine.unplug('/dev/ttyUSB0');
    other.attach(machine.plug('/dev/ttyUSB0', nameless));
    await clock.advance(60_000);
    expect(modem.state).toMatchObject({ kind: 'lost', reason: expect.stringContaining('another modem') });
    device.attach(machine.plug('/dev/ttyUSB1', nameless));
    await clock.runUntil(() => modem.state.kind === 'ready', 120_000);
    expect(modem.identity.imei).toBe(imei);
    expect(other.sim.triesLeft.pin).toBe(3);
    await modem.close();
  });

  test('is known by its path alone when the system lists nothing', async () => {
    const device = world.addModem({ number: anna });
    device.attach(machine.plug('/dev/ttyUSB0'));
    const list = () => Promise.reject(new Error('udevadm is missing'));
    const modem = await run(openModem(devicePort('/dev/ttyUSB0', { list, at: machine.at }), { clock }));
    machine.ports.get('/dev/ttyUSB0')?.farEnd.hangUp();
    await clock.runUntil(() => modem.state.kind === 'lost', 60_000);
    await clock.runUntil(() => modem.state.kind === 'ready', 60_000);
    expect(modem.state.kind).toBe('ready');
    await modem.close();
  });
});

describe('finding the port of a stick that takes commands', () => {
  test('tells it from a silent one, from one that says OK to everything, and from one in use', async () => {
    machine.plug('/dev/ttyUSB0');
    new ScriptedModem(machine.plug('/dev/ttyUSB1')).when(/.*/, ok());
    world.addModem({ number: anna }).attach(machine.plug('/dev/ttyUSB2'));
    machine.plug('/dev/ttyUSB3');
    await machine.at('/dev/ttyUSB3').open({ data() {}, closed() {} });
    const found = await run(findModems({ list: machine.list, at: machine.at, clock }));
    expect(found).toEqual([
      expect.objectContaining({ kind: 'other', reason: 'it does not answer AT' }),
      expect.objectContaining({ kind: 'other', reason: expect.stringContaining('does not say what modem') }),
      expect.objectContaining({ kind: 'modem', identity: expect.objectContaining({ model: 'Virtual GSM Modem' }) }),
      expect.objectContaining({ kind: 'other', reason: '/dev/ttyUSB3 is already open' }),
    ]);
    expect(found.map(({ port }) => port.path)).toEqual([0, 1, 2, 3].map((n) => `/dev/ttyUSB${n}`));
  });

  test('a modem that says nothing of itself before its PIN is given is one all the same', async () => {
    new ScriptedModem(machine.plug('/dev/ttyUSB0')).when('AT', ok()).when(/^AT\+CG/, line('+CME ERROR: 11'));
    new ScriptedModem(machine.plug('/dev/ttyUSB1')).when('AT', ok()).when(/^AT\+CG/, line('+CME ERROR: 4'));
    const found = await run(findModems({ list: machine.list, at: machine.at, clock }));
    expect(found.map(({ kind }) => kind)).toEqual(['modem', 'other']);
  });

  test('holds all ports of a device open while it asks, one port after the other', async () => {
    const events: string[] = [];
    const watched = (path: string): Port => {
      const port = machine.at(path);
      return {
        name: port.name,
        open: (listener) => {
          events.push(`open ${path}`);
          return port.open(listener);
        },
        write: (octets) => {
          events.push(`write ${path}`);
          return port.write(octets);
        },
        setLines: (lines) => port.setLines(lines),
        close: () => {
          events.push(`close ${path}`);
          return port.close();
        },
      };
    };
    for (const path of ['a', 'b']) {
      new ScriptedModem(machine.plug(path)).when('AT', ok()).when('AT+CGMI', ok('Maker'));
    }
    const found = await run(findModems({ list: machine.list, at: watched, clock }));
    expect(found.map(({ kind }) => kind)).toEqual(['modem', 'modem']);
    const order = events.filter((event, at) => event !== events[at - 1]);
    expect(order).toEqual(['open a', 'open b', 'write a', 'write b', 'close a', 'close b']);
  });

  test('listens to a device with several ports for as long as it is told, to one with one not at all', async () => {
    const start = clock.now();
    new ScriptedModem(machine.plug('/dev/ttyUSB0')).when('AT', ok()).when('AT+CGMI', ok('Maker'));
    await run(findModems({ list: machine.list, at: machine.at, clock, listenMs: 60_000 }));
    expect(clock.now() - start).toBeLessThan(10_000);
    new ScriptedModem(machine.plug('/dev/ttyUSB1')).when('AT', ok()).when('AT+CGMI', ok('Maker'));
    await run(findModems({ list: machine.list, at: machine.at, clock, listenMs: 60_000 }));
    expect(clock.now() - start).toBeGreaterThanOrEqual(60_000);
  });

  test('one that is pulled out while it is asked is told with the others', async () => {
    for (const path of ['/dev/ttyUSB0', '/dev/ttyUSB1']) {
      new ScriptedModem(machine.plug(path))
        .when('AT', ok())
        .when('AT+CGMI', ok('Maker'))
        .when('AT+CGMM', () => {
          if (path === '/dev/ttyUSB0') machine.unplug(path);
          return ok('Model');
        });
    }
    const found = await run(findModems({ list: machine.list, at: machine.at, clock }));
    expect(found.map(({ kind, port }) => [kind, port.path])).toEqual([
      ['other', '/dev/ttyUSB0'],
      ['modem', '/dev/ttyUSB1'],
    ]);
  });

  test('says on which one the codes come', async () => {
    const codes = machine.plug('/dev/ttyUSB0');
    world.addModem({ number: anna }).attach(machine.plug('/dev/ttyUSB1'));
    clock.after(2_500, () => codes.write(Buffer.from('\r\n^RSSI:12\r\n\r\n^RSSI:13\r\n')));
    const found = await run(findModems({ list: machine.list, at: machine.at, clock }));
    expect(found).toEqual([
      expect.objectContaining({ kind: 'other', reason: 'it does not answer AT', codes: ['^RSSI'] }),
      expect.objectContaining({ kind: 'modem', codes: [] }),
    ]);
  });
});
