import { closeSync, constants, mkdtempSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { until } from '../../../sim/control/waiting.ts';
import { wholeMessages } from '../../../sim/control/whole-messages.ts';
import {
  type ControlServer,
  EventLog,
  latencyProfiles,
  openControl,
  openSimulation,
  type Simulation,
  VirtualClock,
} from '../../../sim/index.ts';
import { faultKinds } from '../../../sim/network/fault-kinds.ts';
import { operators } from '../../../sim/network/operators.ts';
import { services } from '../../../sim/network/services.ts';

const ONE = '+393330000001';
const TWO = '+393330000002';
const START = Date.UTC(2010, 2, 1, 9);

let simulation: Simulation;
let control: ControlServer;

/** Nothing takes time, and time stands still but for `POST /clock/step`. */
beforeAll(async () => {
  const profile = latencyProfiles['none'];
  const folder = join(mkdtempSync(join(tmpdir(), 'routes-')), 'm');
  simulation = await openSimulation(
    {
      ...{ seed: 1, folder, clock: { start: START, pace: { kind: 'stopped' } }, responseMs: [0, 0] },
      ...(profile && { profile }),
    },
    (world) => [ONE, TWO].map((number) => world.addModem({ number })),
  );
  control = await openControl(simulation);
});
afterAll(async () => {
  await control.close();
  simulation.close();
});

async function ask(method: string, path: string, body?: unknown) {
  const response = await fetch(`${control.url}${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const type = response.headers.get('content-type');
  return { status: response.status, text, type, disposition: response.headers.get('content-disposition') };
}
const json = async (method: string, path: string, body?: unknown) => JSON.parse((await ask(method, path, body)).text);

test('a message is read back with all that was asked for it', async () => {
  await json('POST', `/subscribers/${ONE}`, { covered: false });
  const message = { to: ONE, from: 'BANK', text: 'x', pid: 65, validity: '1h', priority: true, class: 2 };
  const { sms } = await json('POST', '/deliver', message);
  expect(await json('GET', `/messages/${sms[0]}`)).toEqual({
    ...{ sms: sms[0], isReport: false, from: 'BANK', to: ONE, state: 'waiting', reason: 'absent' },
    ...{ deliveries: 0, reports: [], sentAt: '2010-03-01T09:00:00.000Z', nextAttempt: '2010-03-01T09:01:00.000Z' },
  });
  const second = await json('POST', '/deliver', { ...message, text: 'replaces it', wait: '10ms' });
  expect(second).toMatchObject({ over: false, messages: [{ state: 'waiting' }] });
  expect(await json('GET', `/messages/${sms[0]}`)).toMatchObject({ state: 'replaced' });
  // An hour later nobody tries any more.
  expect(await json('POST', '/clock/step', { by: '1h' })).toEqual({ now: '2010-03-01T10:00:00.000Z', pace: 'stopped' });
  expect(await json('GET', `/messages/${second.sms[0]}`)).toMatchObject({
    ...{ state: 'failed', status: 0x46, endedAt: '2010-03-01T10:00:00.000Z' },
  });
  expect(await json('GET', '/messages')).toEqual([]);
  await json('POST', `/subscribers/${ONE}`, { covered: true });
  await json('POST', '/clock/step', { by: '1m' });
});

test('a message that is not waited for is answered at once, without its fate', async () => {
  expect(Object.keys(await json('POST', '/deliver', { to: ONE, from: '1', text: 'x' }))).toEqual(['sms']);
});

test('a phone sends a second one of the same, which is refused while the first is held', async () => {
  await json('POST', `/subscribers/${TWO}`, { covered: false });
  const message = {
    from: ONE,
    to: TWO,
    text: 'x',
    rejectDuplicates: true,
    pid: 65,
    validity: '1h',
    statusReport: true,
  };
  const [first] = await json('POST', '/send', message);
  expect(first).toEqual({ sms: expect.any(Number), reference: 0, kind: 'accepted' });
  const at = simulation.clock.now();
  expect(await json('GET', `/submitted?from=${encodeURIComponent(ONE)}`)).toEqual([
    {
      ...{ at: new Date(at).toISOString(), from: ONE, to: TWO, text: 'x', statusReport: true },
      tpdu: expect.stringMatching(/^35000C919333030000204100/),
    },
  ]);
  for (const [query, count] of [
    [`to=${encodeURIComponent(TWO)}`, 1],
    [`to=${TWO.slice(3)}`, 1],
    [`to=${encodeURIComponent(ONE)}`, 0],
    [`since=${new Date(at).toISOString()}`, 1],
    [`since=${new Date(at + 1).toISOString()}`, 0],
  ] as const) {
    expect(await json('GET', `/submitted?from=${encodeURIComponent(ONE)}&${query}`)).toHaveLength(count);
  }
  await json('POST', `/subscribers/${TWO}`, { covered: true });
  await json('POST', '/clock/step', { by: '1m' });
});

test('one of priority comes before those that wait longer', async () => {
  await json('POST', `/subscribers/${ONE}`, { covered: false });
  const [first, second] = [
    (await json('POST', '/deliver', { to: ONE, from: '1', text: 'x' })).sms[0],
    (await json('POST', '/deliver', { to: ONE, from: '1', text: 'x', priority: true })).sms[0],
  ];
  const { seq } = simulation.world.log;
  await json('POST', `/subscribers/${ONE}`, { covered: true });
  await json('POST', '/clock/step', { by: '5m' });
  const delivered = simulation.world.log.entries(seq).flatMap((entry) => (entry.kind === 'deliver' ? entry.sms : []));
  expect(delivered).toEqual([second, first]);
});

test('it is over when every SMS of a message is', async () => {
  await json('POST', '/faults', { action: { kind: 'delay', ms: '1h' }, to: ONE, nth: 2 });
  const long = await json('POST', '/deliver', { to: ONE, from: '1', text: 'x'.repeat(200), wait: '30ms' });
  expect(long).toMatchObject({ over: false, messages: [{ state: 'delivered' }, { state: 'on-the-way' }] });
  await json('POST', '/clock/step', { by: '1h' });
});

test('evidence is what was asked for, in its type', async () => {
  const types = [
    ['/pcap', 'application/vnd.tcpdump.pcap', '\n'],
    ['/diagram', 'image/svg+xml', '<svg'],
    ['/diagram?format=mermaid', 'text/plain; charset=utf-8', 'sequenceDiagram'],
    ['/latency', 'application/json; charset=utf-8', '[{"profile":"none","sms":'],
    ['/latency?format=svg', 'image/svg+xml', '<svg'],
    ['/log', 'application/x-ndjson', '{"seq":1,"at":"2010-03-01T09:00:00.000Z","kind":"start"'],
    ['/', 'text/plain; charset=utf-8', 'Control of a simulated GSM network: gsm-sim --help.'],
  ] as const;
  for (const [path, type, beginning] of types) {
    const answer = await ask('GET', path);
    expect([answer.type, answer.text.slice(0, beginning.length)]).toEqual([type, beginning]);
  }
  expect((await ask('GET', '/pcap')).disposition).toBe('attachment; filename="gsm-sim.pcapng"');
  const steps = async (query: string) =>
    (await ask('GET', `/diagram?format=mermaid&${query}`)).text.match(/^ {4}(p\d-|Note over p\d: )/gm)?.length;
  expect(await steps('sms=1&steps=1')).toBe(1);
  expect(await steps('sms=1&sms=2&steps=2')).toBe(2);
  expect(await steps('sms=1&sms=2')).toBeGreaterThan((await steps('sms=1')) ?? 0);
  expect(await steps('')).toBe(await steps('steps=80'));
  // Of several numbers, whichever comes first, what they say to one another.
  for (const both of [
    ['BANK', ONE],
    [ONE, 'BANK'],
  ]) {
    const numbers = both.map((number) => `number=${encodeURIComponent(number)}`).join('&');
    expect((await ask('GET', `/diagram?format=mermaid&${numbers}`)).text).not.toContain(TWO);
  }
  // A number is found however it is written.
  for (const written of [TWO, TWO.slice(3), `00${TWO.slice(1)}`]) {
    expect(await json('GET', `/latency?number=${encodeURIComponent(written)}`), written).toMatchObject([{ sms: 1 }]);
  }
  const until = new Date(START).toISOString();
  expect(await json('GET', `/latency?until=${until}`)).toEqual([]);
  expect(await json('GET', `/latency?since=${new Date(START + 7_200_000).toISOString()}`)).toEqual([]);
  expect((await ask('GET', '/diagram?steps=0')).status).toBe(400);
  expect((await ask('GET', '/diagram?steps=10000')).status).toBe(200);
  expect((await ask('GET', '/diagram?steps=10001')).status).toBe(400);
  expect((await ask('GET', '/latency?sms=0')).status).toBe(400);
});

test('the log after an event is only that', async () => {
  const { seq } = simulation.world.log;
  expect((await ask('GET', `/log?after=${seq - 1}`)).text).toMatch(new RegExp(`^{"seq":${seq},[^\n]+\n$`));
  expect((await ask('GET', `/log?after=${seq}&wait=5ms`)).text).toBe('');
});

test('the route of each error says so, in one line and with its field', async () => {
  const mistakes = [
    ['POST', `/modems/${ONE}/plug`, {}, 409, 'number', /^The modem of \+393330000001 is plugged in$/],
    ['POST', '/modems/+399/plug', {}, 404, 'number', /^No phone has the number \+399$/],
    ['POST', '/subscribers/+399/swap', { into: ONE }, 404, 'number', /^There is no subscriber \+399$/],
    ['POST', `/subscribers/${ONE}/clone`, { into: '+399' }, 404, 'into', /^No phone has the number \+399$/],
    ['POST', '/deliver', { to: '+399', from: '1', text: 'x' }, 404, 'to', /gsm-sim subscribers lists those/],
    ['POST', '/foreign-numbers', { number: '+398', operator: 'x' }, 400, 'operator', /must be one of 00101/],
    ['POST', '/faults/fault-77', { on: 1 }, 400, 'on', /^on: must be true or false$/],
    ['DELETE', '/messages/9999', undefined, 409, undefined, /^Message 9999 does not wait, or is on the air$/],
    ['GET', '/scenarios/1', undefined, 404, 'id', /^There is no scenario 1$/],
    ['PUT', '/clock', { pace: 'slow', more: 1 }, 400, 'pace', /\(and 1 more\)$/],
    ['POST', '/faults', { action: { kind: 'late' }, modem: '+399' }, 404, 'modem', /^No phone has the number/],
  ] as const;
  for (const [method, path, body, status, field, error] of mistakes) {
    const answer = await ask(method, path, body);
    expect([answer.status, JSON.parse(answer.text)], path).toEqual([
      status,
      { error: expect.stringMatching(error), ...(field === undefined ? {} : { field }) },
    ]);
  }
});

test.each([
  [{ statusReport: true }, [0]],
  [{ statusReport: false }, []],
  [{}, []],
])('the sender of a message with %j is sent the reports %j', async (more, reports) => {
  const [{ sms }] = await json('POST', '/send', { from: ONE, to: TWO, text: 'x', ...more });
  await json('POST', '/clock/step', { by: '1m' });
  expect(await json('GET', `/messages/${sms}`)).toMatchObject({ state: 'delivered', reports });
});

test.each([
  [-1, 400],
  [0, 200],
  [255, 200],
  [256, 400],
])('TP-PID %i is answered with %i, by whoever sends', async (pid, status) => {
  expect((await ask('POST', '/deliver', { to: ONE, from: '1', text: 'x', pid })).status).toBe(status);
  expect((await ask('POST', '/send', { from: TWO, to: ONE, text: 'x', pid })).status).toBe(status);
});

test('a modem is listed with all that is known of it, and what is done to it is answered with the same', async () => {
  const one = async () => (await json('GET', '/modems'))[0];
  const there = await one();
  expect(there).toEqual({
    ...simulation.lines.lines[0],
    ...{ number: ONE, personality: 'standard', registered: true, plugged: true, open: false },
  });
  expect(await json('POST', `/modems/${ONE}/reboot`)).toMatchObject({ number: ONE, registered: false });
  await json('POST', '/clock/step', { by: '1m' });
  expect(await one()).toEqual(there);
  for (const renamed of [false, true]) {
    expect(await json('POST', `/modems/${ONE}/unplug`, {})).toEqual({ ...there, plugged: false, registered: false });
    const back = await json('POST', `/modems/${ONE}/plug`, { renamed });
    expect([back.plugged, back.tty === there.tty]).toEqual([true, !renamed]);
    await json('POST', '/clock/step', { by: '1m' });
  }
});

test('one list says what each other route takes', async () => {
  expect(await json('GET', '/operators')).toEqual(Object.values(operators));
  expect(await json('GET', '/fault-kinds')).toEqual(JSON.parse(JSON.stringify(faultKinds)));
  expect(await json('GET', '/services')).toEqual(
    services.map(({ number, name, sentence }) => ({ number, name, sentence })),
  );
  const current = async () =>
    (await json('GET', '/profiles')).flatMap((one: { id: string; current: boolean }) => (one.current ? [one.id] : []));
  expect(await current()).toEqual(['none']);
  expect(await json('PUT', '/profile', { id: 'us02' })).toEqual(latencyProfiles['us02']);
  expect(await current()).toEqual(['us02']);
  await json('PUT', '/profile', { id: 'none' });
  const { id } = await json('POST', '/faults', { action: { kind: 'drop' }, to: '+399', nth: 7 });
  expect(await json('GET', '/faults')).toContainEqual({
    ...{ id, on: true, matched: 0, struck: 0 },
    ...{ action: { kind: 'drop' }, to: '+399', nth: 7 },
  });
  await json('DELETE', `/faults/${id}`);
  const numbers = async () => (await json('GET', '/subscribers')).map(({ number }: { number: string }) => number);
  expect(await numbers()).toEqual(simulation.world.subscribers.map(({ number }) => number));
});

test('a request has 4 MiB at most', async () => {
  const statusOf = async (octets: number) =>
    (await ask('POST', '/clock/step', { by: 'x'.repeat(octets - '{"by":""}'.length) })).status;
  expect(await statusOf(4 * 1024 * 1024)).toBe(400);
  expect(await statusOf(4 * 1024 * 1024 + 1)).toBe(413);
});

test('a scenario is played in the running world, and what is wrong with it is said', async () => {
  const scenario = {
    name: 'one message',
    phones: [{ name: 'anna', number: '+393330000077' }],
    steps: [{ at: '1s', deliver: { to: 'anna', from: 'BANK', text: 'x', as: 'it' } }],
    expect: [{ message: 'it', state: 'delivered' }],
  };
  const stranger = { ...scenario, expect: [{ message: 'none', state: 'lost' }] };
  expect(await json('POST', '/scenarios', stranger)).toEqual({
    error: 'expect.0.message: no step sends a message as "none": there is it',
    field: 'expect.0.message',
  });
  expect(await json('POST', '/scenarios', { ...scenario, steps: [] })).toMatchObject({ field: 'steps' });
  expect(await json('POST', '/scenarios', scenario)).toEqual({ id: 1 });
  expect(await json('GET', '/scenarios/1')).toMatchObject({ over: false, name: 'one message', ok: false });
  const waiting = json('GET', '/scenarios/1?wait=1h');
  await json('POST', '/clock/step', { by: '10s' });
  expect(await waiting).toMatchObject({ over: true, ok: true, sms: 1, judgements: [{ ok: true }] });
  expect(await json('GET', '/subscribers/+393330000077')).toMatchObject({ registered: true });
});

test('the end of a scenario is told though nothing happens in the network then', async () => {
  const scenario = { name: 'x', phones: [{ name: 'a', number: ONE }], steps: [{ at: '5s', read: 'a' }] };
  const { id } = await json('POST', '/scenarios', scenario);
  const waiting = json('GET', `/scenarios/${id}?wait=1h`);
  expect(await json('GET', `/scenarios/${id}`)).toMatchObject({ over: false });
  const { seq } = simulation.world.log;
  await json('POST', '/clock/step', { by: '10s' });
  expect(simulation.world.log.seq).toBe(seq);
  expect(await waiting).toMatchObject({ over: true, ok: true, lastedMs: 7_000 });
});

test('of scenarios the last hundred are remembered', async () => {
  const scenario = { name: 'x', phones: [{ name: 'a', number: '4' }], steps: [{ at: 0, read: 'a' }] };
  let id = 0;
  const first = (await json('POST', '/scenarios', scenario)).id;
  while (id < first + 100) ({ id } = await json('POST', '/scenarios', scenario));
  expect((await ask('GET', `/scenarios/${first}`)).status).toBe(404);
  expect((await ask('GET', `/scenarios/${first + 1}`)).status).toBe(200);
});

test('what is there already is answered at once, however long the client would wait', async () => {
  const number = '+393330000003';
  await json('POST', '/subscribers', { number });
  await json('POST', '/clock/step', { by: '1m' });
  expect(await json('GET', `/submitted?from=${number.slice(3)}&wait=1ms`)).toEqual([]);
  await json('POST', '/send', { from: number, to: ONE, text: 'x' });
  expect(await json('GET', `/submitted?from=${number.slice(3)}&wait=1h`)).toHaveLength(1);
  expect((await ask('GET', '/log?wait=1h')).status).toBe(200);
});

test('a modem is open while a program has its tty, and comes back by itself under the name that was asked for', async () => {
  const one = async () => (await json('GET', '/modems'))[0];
  const { tty } = await one();
  const program = openSync(tty, constants.O_RDWR | constants.O_NOCTTY);
  await expect.poll(async () => (await one()).open).toBe(true);
  closeSync(program);
  await expect.poll(async () => (await one()).open).toBe(false);
  for (const renamed of [undefined, true]) {
    const before = (await one()).tty;
    await json('POST', `/modems/${ONE}/unplug`, { for: '5s', renamed });
    await json('POST', '/clock/step', { by: '4999ms' });
    expect((await one()).plugged).toBe(false);
    await json('POST', '/clock/step', { by: '1ms' });
    const back = await one();
    expect([back.plugged, back.tty === before]).toEqual([true, renamed !== true]);
  }
  await json('POST', '/clock/step', { by: '1m' });
});

test('who waits for an answer does not keep the control API open', async () => {
  const other = await openControl(simulation);
  const waiting = fetch(`${other.url}/log?after=${simulation.world.log.seq}&wait=1h`).then(
    () => 'answered',
    () => 'cut off',
  );
  expect((await fetch(`${other.url}/clock`)).status).toBe(200);
  await other.close();
  expect(await waiting).toBe('cut off');
});

test('what is waited for: asked shortly after an event, and when the time is up', async () => {
  const clock = new VirtualClock();
  const log = new EventLog(clock);
  let holds = false;
  let asked = 0;
  const answers: boolean[] = [];
  const wait = (ms: number) =>
    until(
      log,
      clock,
      () => {
        asked += 1;
        return holds;
      },
      ms,
    ).then((held) => answers.push(held));
  await wait(0);
  expect([answers, asked]).toEqual([[false], 1]);
  const first = wait(1_000);
  log.add({ kind: 'attach', number: '1' });
  log.add({ kind: 'attach', number: '1' });
  await clock.advance(2);
  // Once for both events.
  expect([answers.length, asked]).toEqual([1, 3]);
  log.add({ kind: 'attach', number: '1' });
  holds = true;
  await clock.advance(2);
  await first;
  expect(answers).toEqual([false, true]);
  expect(clock.next).toBeUndefined();
  await wait(1_000);
  expect(answers).toEqual([false, true, true]);
  holds = false;
  const last = wait(1_000);
  await clock.advance(999);
  expect(answers).toHaveLength(3);
  log.add({ kind: 'attach', number: '1' });
  await clock.advance(1);
  await last;
  expect(answers.at(-1)).toBe(false);
  // Nothing is asked any more.
  expect(clock.next).toBeUndefined();
  const before = asked;
  log.add({ kind: 'attach', number: '1' });
  await clock.advance(10);
  expect(asked).toBe(before);
});

test('long messages of one reference to two numbers, of two totals, and twice, are told apart', () => {
  const part = (total: number, sequence: number, more: object = {}) => ({
    ...{
      at: 0,
      from: ONE,
      to: TWO,
      tpdu: `41000C9193330300002000040705000307020${sequence}AA`.replace('0702', `070${total}`),
    },
    ...more,
  });
  const count = (...parts: readonly ReturnType<typeof part>[]) => wholeMessages(parts).map(({ tpdus }) => tpdus.length);
  expect(count(part(2, 1), part(2, 2, { to: ONE }))).toEqual([]);
  expect(count(part(2, 1), part(2, 2, { from: TWO }))).toEqual([]);
  expect(count(part(2, 1), part(3, 2))).toEqual([]);
  expect(count(part(2, 1), part(2, 2), part(2, 1))).toEqual([2]);
  expect(count(part(2, 1), part(2, 1), part(2, 2))).toEqual([2]);
  expect(count(part(2, 1), part(2, 2), part(2, 1), part(2, 2))).toEqual([2, 2]);
});
