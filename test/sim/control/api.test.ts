import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  type ControlServer,
  latencyProfiles,
  openControl,
  openSimulation,
  type Simulation,
} from '../../../sim/index.ts';

const ALICE = '+393330000001';
const BOB = '+393330000002';

let simulation: Simulation;
let control: ControlServer;

beforeAll(async () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'control-')), 'modems');
  const profile = latencyProfiles['direct'];
  simulation = await openSimulation(
    { seed: 1, folder, clock: { pace: { kind: 'fast' } }, ...(profile && { profile }) },
    (world) => [ALICE, BOB].map((number) => world.addModem({ number })),
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
    ...(body === undefined
      ? {}
      : {
          headers: { 'content-type': 'application/json' },
          body: typeof body === 'string' ? body : JSON.stringify(body),
        }),
  });
  const text = await response.text();
  return { status: response.status, text, answer: JSON.parse(text.split('\n')[0] || 'null') };
}

const MISTAKES: readonly (readonly [method: string, path: string, body: unknown, status: number, error: RegExp])[] = [
  ['POST', '/deliver', { to: BOB, from: 'BANK' }, 400, /^body: give either text or data$/],
  ['POST', '/deliver', { to: BOB, from: 'A name too long', text: '' }, 400, /^from: must be a number, or at most 11/],
  ['POST', '/deliver', { to: 'Bob', from: 'BANK', text: 'x' }, 400, /^to: must be a number/],
  ['POST', '/deliver', { to: BOB, from: 'BANK', txt: 'x' }, 400, /^txt: is not known here/],
  ['POST', '/deliver', { from: 'BANK', text: 'x' }, 400, /^to: is missing$/],
  ['POST', '/deliver', { to: BOB, from: '1', data: 'F' }, 400, /^data: must be pairs of hex digits/],
  [
    'POST',
    '/deliver',
    { to: BOB, from: '1', text: 'x', class: 4 },
    400,
    /^class: must be a message class: 0, 1, 2 or 3/,
  ],
  ['POST', '/deliver', { to: BOB, from: '1', text: 'x', sourcePort: 1 }, 400, /^sourcePort: needs destinationPort/],
  ['POST', '/deliver', { to: BOB, from: '1', text: 'x', destinationPort: 65_536 }, 400, /^destinationPort: /],
  ['POST', '/deliver', { to: BOB, from: '1', text: 'x', wait: 'soon' }, 400, /^wait: must be a length of time/],
  ['POST', '/deliver', { to: BOB, from: '1', text: 'x', wait: '2h' }, 400, /^wait: must be 1h at most/],
  ['POST', '/deliver', { to: BOB, from: '1', text: 'ж', alphabet: 'gsm7' }, 400, /^TP-UD: /],
  ['POST', '/deliver', { to: '+399', from: '1', text: 'x' }, 404, /^Nobody has the number \+399/],
  ['POST', '/deliver', '{', 400, /JSON/],
  ['POST', '/deliver', '{\n\nx', 400, /JSON/],
  ['POST', '/send', { from: '+399', to: BOB, text: 'x' }, 404, /^No phone has the number \+399/],
  ['POST', '/send', { from: ALICE, to: BOB }, 400, /^body: give either text or data$/],
  ['GET', '/submitted', undefined, 400, /^from: is missing/],
  ['GET', '/submitted?from=%2B399', undefined, 404, /^Nobody has the number \+399/],
  ['GET', `/submitted?from=${ALICE.slice(1)}&count=0`, undefined, 400, /^count: must be 1 at least$/],
  ['GET', '/messages/99999', undefined, 404, /^There is no message 99999/],
  ['GET', '/log?after=-1', undefined, 400, /^after: /],
  ['POST', '/faults', { action: { kind: 'dorp' } }, 400, /action\.kind must be one of refuse, lose-answer, drop/],
  ['POST', '/faults', { action: { kind: 'spoof' } }, 400, /action\.sender is missing$/],
  ['POST', '/faults', { action: { kind: 'late', ms: 'x' } }, 400, /action\.ms:? must be a length of time/],
  ['POST', '/faults', { action: { kind: 'drop' }, nth: 0 }, 400, /nth/],
  ['POST', '/faults', { action: { kind: 'split' }, modem: '+999' }, 404, /^No phone has the number \+999/],
  ['POST', '/faults/fault-9', { on: true }, 404, /^There is no fault fault-9/],
  ['DELETE', '/faults/fault-9', undefined, 404, /^There is no fault fault-9/],
  ['POST', '/subscribers', { number: ALICE }, 409, /^The number \+393330000001 is taken/],
  ['POST', '/subscribers', { number: '1', pin: 'abcd' }, 400, /^pin: must be 4 to 8 digits/],
  ['POST', '/subscribers', { number: '1', personality: 'x' }, 400, /^personality: must be one of/],
  ['POST', '/subscribers', { number: 1 }, 400, /^number: must be a text$/],
  ['POST', '/subscribers', { number: '1', ratePerMinute: 1.5 }, 400, /^ratePerMinute: must be a whole number$/],
  ['POST', '/subscribers', { number: '1', ratePerMinute: 601 }, 400, /^ratePerMinute: must be 600 at most$/],
  ['POST', '/faults', { action: { kind: 'drop' }, contains: '' }, 400, /contains: must have 1 character at least$/],
  ['POST', '/subscribers/%2B399', { covered: true }, 404, /^There is no subscriber \+399/],
  ['POST', `/subscribers/${ALICE}`, { covered: 'yes' }, 400, /^covered: must be true or false$/],
  ['POST', `/modems/${ALICE}/unplug`, { for: 'ever' }, 400, /^for: must be a length of time/],
  ['POST', '/modems/%2B399/reboot', undefined, 404, /^No phone has the number \+399/],
  ['PUT', '/profile', { id: 'x' }, 400, /^id: must be one of/],
  ['PUT', '/clock', { pace: 'x0' }, 400, /^pace: must be real, stopped, fast, or x and a factor/],
  ['POST', '/clock/step', { by: '1 week' }, 400, /^by: must be a length of time/],
  ['POST', '/modems/%2B399/reboot', '', 404, /^No phone has the number \+399/],
  ['DELETE', '/faults/fault-9', '', 404, /^There is no fault fault-9/],
  ['DELETE', '/nowhere', '', 404, /^There is no DELETE \/nowhere here/],
  ['POST', '/deliver', '', 400, /^to: is missing/],
  ['GET', '/nowhere', undefined, 404, /^There is no GET \/nowhere here: see \/openapi.json/],
];

test.each(MISTAKES)('%s %s %j is answered with %i and one line', async (method, path, body, status, error) => {
  const { status: answered, answer } = await ask(method, path, body);
  expect(answer.error).toMatch(error);
  expect(answer.error).not.toContain('\n');
  expect(answered).toBe(status);
});

test('a message that is waited for says what became of it', async () => {
  const { answer } = await ask('POST', '/deliver', { to: BOB, from: 'BANK', text: 'a'.repeat(200), wait: '10s' });
  expect(answer).toMatchObject({
    over: true,
    messages: [
      { state: 'delivered', deliveries: 1 },
      { state: 'delivered', deliveries: 1 },
    ],
  });
});

test('a phone without coverage: the message waits, and is there when the phone is back', async () => {
  await ask('PUT', '/clock', { pace: 'stopped' });
  expect((await ask('POST', `/subscribers/${BOB}`, { covered: false })).answer).toMatchObject({ registered: false });
  const { sms } = (await ask('POST', '/deliver', { to: BOB, from: 'BANK', text: 'x' })).answer;
  await ask('POST', '/clock/step', { by: '30s' });
  expect((await ask('GET', `/messages/${sms[0]}`)).answer).toMatchObject({ state: 'waiting', reason: 'absent' });
  expect((await ask('GET', '/messages')).answer).toHaveLength(1);
  await ask('POST', `/subscribers/${BOB}`, { covered: true });
  expect((await ask('POST', '/clock/step', { by: '10s' })).answer).toMatchObject({ pace: 'stopped' });
  expect((await ask('GET', `/messages/${sms[0]}`)).answer).toMatchObject({ state: 'delivered' });
  await ask('PUT', '/clock', { pace: 'fast' });
});

test('a phone sends, and what it sent is read back in words', async () => {
  const waiting = ask('GET', `/submitted?from=${encodeURIComponent(ALICE)}&count=2&wait=10s`);
  const message = { from: ALICE, to: BOB, destinationPort: 16_001, statusReport: true };
  expect((await ask('POST', '/send', { ...message, text: 'Ciao è €' })).answer).toMatchObject([{ kind: 'accepted' }]);
  await ask('POST', '/send', { from: ALICE, to: BOB, data: '00FF', validity: '1h' });
  expect((await waiting).answer).toMatchObject([
    { to: BOB, text: 'Ciao è €', destinationPort: 16_001, sourcePort: 0, statusReport: true },
    { to: BOB, data: '00FF' },
  ]);
});

test('a long message is read back whole', async () => {
  const [text, number] = ['A text that needs three SMS. '.repeat(12), '+393330000020'];
  await ask('POST', '/subscribers', { number });
  for (const content of [{ text }, { text: 'short' }, { data: '00FF'.repeat(80) }]) {
    await ask('POST', '/send', { from: number, to: BOB, ...content });
  }
  const { answer } = await ask('GET', `/submitted?from=${encodeURIComponent(number)}&whole=true&count=3&wait=10s`);
  expect(answer).toMatchObject([{ text }, { text: 'short' }, { data: '00FF'.repeat(80) }]);
  expect(answer.map(({ tpdus }: { tpdus: readonly string[] }) => tpdus.length)).toEqual([3, 1, 2]);
});

test('a refused message says why', async () => {
  await ask('POST', '/faults', { action: { kind: 'refuse', cause: 50 }, from: ALICE });
  const { answer } = await ask('POST', '/send', { from: ALICE, to: BOB, text: 'x' });
  expect(answer).toMatchObject([{ kind: 'refused', cause: 50 }]);
});

test('a fault is switched off and on, and taken back', async () => {
  const { id } = (await ask('POST', '/faults', { action: { kind: 'drop' }, to: BOB, times: 100 })).answer;
  expect((await ask('POST', `/faults/${id}`, { on: false })).answer).toMatchObject({ id, on: false });
  const safe = await ask('POST', '/deliver', { to: BOB, from: '1', text: 'x', wait: '10s' });
  expect(safe.answer.messages).toMatchObject([{ state: 'delivered' }]);
  await ask('POST', `/faults/${id}`, { on: true });
  const lost = await ask('POST', '/deliver', { to: BOB, from: '1', text: 'x', wait: '10s' });
  expect(lost.answer.messages).toMatchObject([{ state: 'lost' }]);
  expect((await ask('DELETE', `/faults/${id}`)).answer).toEqual({ removed: id });
});

test('a new number has a phone, which can be switched off', async () => {
  const { answer } = await ask('POST', '/subscribers', { number: '4321', simCapacity: 5 });
  expect(answer).toMatchObject({ number: '4321', registered: true, powered: true });
  expect((await ask('POST', '/subscribers/4321', { powered: false })).answer).toMatchObject({ registered: false });
  expect((await ask('GET', '/subscribers/4321')).answer).toMatchObject({ powered: false, covered: true });
});

test('what a phone hears, its rate, its barring and its operator change', async () => {
  await ask('POST', '/subscribers', { number: '+393330000010', ratePerMinute: 30 });
  const change = (body: object) => ask('POST', '/subscribers/%2B393330000010', body);
  expect((await change({ reception: 'shadow', barred: true, ratePerMinute: 6 })).answer).toMatchObject({
    reception: 'shadow',
    barred: true,
    ratePerMinute: 6,
    reachable: false,
  });
  expect((await change({ reception: 'good', ratePerMinute: null, roaming: '00103' })).answer).toMatchObject({
    visited: '00103',
    operator: '00101',
  });
  expect((await change({ operator: '00102' })).answer).toMatchObject({ operator: '00102' });
});

test('a number moves to the SIM in another phone, or is copied to it', async () => {
  for (const number of ['+393330000011', '+393330000012', '+393330000013'])
    await ask('POST', '/subscribers', { number });
  const swapped = await ask('POST', '/subscribers/%2B393330000011/swap', { into: '+393330000012' });
  expect(swapped.answer).toMatchObject({ number: '+393330000011', sims: [expect.any(String)] });
  expect((await ask('GET', '/subscribers/%2B393330000012')).answer).toMatchObject({ sims: [], registered: false });
  const cloned = await ask('POST', '/subscribers/%2B393330000011/clone', { into: '+393330000013' });
  expect(cloned.answer.sims).toHaveLength(2);
  expect((await ask('POST', '/subscribers/%2B393330000012/fill')).status).toBe(404);
  expect((await ask('POST', '/subscribers/%2B393330000012', { covered: false })).status).toBe(409);
});

test('a full phone refuses, and the message that waits is deleted by the operator', async () => {
  await ask('POST', '/subscribers', { number: '+393330000014', simCapacity: 2, phoneCapacity: 1 });
  expect((await ask('POST', '/subscribers/%2B393330000014/fill')).answer).toMatchObject({ added: 3 });
  await ask('PUT', '/clock', { pace: 'stopped' });
  const { sms } = (await ask('POST', '/deliver', { to: '+393330000014', from: '1', text: 'x' })).answer;
  await ask('POST', '/clock/step', { by: '30s' });
  expect((await ask('GET', `/messages/${sms[0]}`)).answer).toMatchObject({ state: 'waiting', reason: 'full' });
  expect((await ask('DELETE', `/messages/${sms[0]}`)).answer).toEqual({ deleted: sms[0] });
  expect((await ask('DELETE', `/messages/${sms[0]}`)).status).toBe(409);
  await ask('PUT', '/clock', { pace: 'fast' });
});

test('a number of another operator has no phone here; operators and services are listed', async () => {
  const { answer } = await ask('POST', '/foreign-numbers', { number: '+447700900001', operator: '00103' });
  expect(answer).toMatchObject({ sims: [], operator: '00103' });
  expect((await ask('GET', '/operators')).answer).toContainEqual(expect.objectContaining({ code: '00103' }));
  expect((await ask('GET', '/services')).answer).toContainEqual(expect.objectContaining({ name: 'echo' }));
});

test('a modem is pulled out and put back, and comes back by itself', async () => {
  const press = (what: string, body?: object) => ask('POST', `/modems/${ALICE}/${what}`, body);
  expect((await press('unplug', {})).answer).toMatchObject({ plugged: false });
  expect((await press('unplug')).status).toBe(409);
  expect((await press('plug', { renamed: true })).answer).toMatchObject({ plugged: true });
  expect((await press('plug', {})).status).toBe(409);
  await press('unplug', { for: '5s' });
  const plugged = async () => (await ask('GET', '/modems')).answer[0].plugged;
  await expect.poll(plugged).toBe(true);
});

test('the log can be waited on', async () => {
  const { seq } = JSON.parse((await ask('GET', '/log')).text.trim().split('\n').at(-1) ?? '');
  const next = ask('GET', `/log?after=${seq}&wait=10s`);
  await ask('POST', '/deliver', { to: ALICE, from: '1', text: 'x' });
  expect((await next).answer).toMatchObject({ seq: seq + 1, kind: 'submit' });
});

test('the profile is changed', async () => {
  await ask('PUT', '/profile', { id: 'pt2008' });
  const { answer } = await ask('GET', '/profiles');
  expect(answer.filter(({ current }: { current: boolean }) => current)).toMatchObject([{ id: 'pt2008' }]);
});

test('every route is in the OpenAPI document, with what it wants', async () => {
  const { answer } = await ask('GET', '/openapi.json');
  expect(Object.keys(answer.paths)).toEqual(
    expect.arrayContaining(['/deliver', '/submitted', '/subscribers/{number}', '/faults/{id}', '/clock/step']),
  );
  const { properties } = answer.paths['/deliver'].post.requestBody.content['application/json'].schema;
  expect(Object.keys(properties)).toEqual(expect.arrayContaining(['to', 'from', 'text', 'class', 'wait']));
});

test('the URL itself says what there is', async () => {
  const response = await fetch(control.url);
  expect(await response.text()).toMatch(/^POST {3}\/deliver +Send a message into the network/m);
});
