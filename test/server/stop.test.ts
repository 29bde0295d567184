import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { StopSignal } from '../../server/cli/stop-signal.ts';
import { takenOverText } from '../../server/service/taken-over.ts';
import { VirtualClock } from '../../sim/index.ts';
import { shop } from './world.ts';

describe('a service that is to end', () => {
  it('answers those who wait, and refuses new requests', async () => {
    const { world, merchant, apiKey } = await shop('stop');
    const { txn } = await world.request(merchant);
    await world.clock.advance(2_000);
    const get = (url: string) => world.service.http.inject({ url, headers: { authorization: `Bearer ${apiKey}` } });
    const waiting = get(`/v1/payments/${txn}?wait=30`);
    while (world.service.unfinished.answers === 0) await new Promise((resolve) => setImmediate(resolve));
    await world.service.drain(6_000);
    expect((await waiting).json()).toMatchObject({ state: 'REQUESTED' });
    expect(world.service.unfinished).toEqual({ answers: 0, frames: 0 });
    const late = await get(`/v1/payments/${txn}`);
    expect(late.statusCode).toBe(503);
    expect(late.headers).toMatchObject({ 'retry-after': '10', connection: 'close' });
    expect(late.json()).toMatchObject({ type: 'urn:cash-mobile:problem:stopping' });
    await world.service.close();
  });

  it('does not wait for those who went away', async () => {
    const { world, merchant, apiKey } = await shop('stop');
    const { txn } = await world.request(merchant);
    const url = await world.service.http.listen({ host: '127.0.0.1', port: 0 });
    const client = new AbortController();
    const headers = { authorization: `Bearer ${apiKey}` };
    const answer = fetch(`${url}/v1/payments/${txn}?wait=60`, { headers, signal: client.signal });
    await vi.waitFor(() => expect(world.service.unfinished.answers).toBe(1));
    client.abort();
    await expect(answer).rejects.toThrow();
    await vi.waitFor(() => expect(world.service.unfinished.answers).toBe(0));
    await world.service.close();
  });

  it('waits for the outcomes of the frames at the modem, and no longer than it may', async () => {
    const { world, merchant } = await shop('stop');
    let finish = () => {};
    world.air.delay = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const payment = await world.request(merchant);
    await world.clock.advance(100);
    expect(world.service.unfinished.frames).toBe(1);
    let drained = false;
    const draining = world.service.drain(6_000).then(() => {
      drained = true;
    });
    await world.clock.advance(5_999);
    expect(drained).toBe(false);
    await world.clock.advance(1);
    await draining;
    expect(world.service.unfinished.frames).toBe(1);
    finish();
    await world.clock.advance(10);
    expect(world.service.unfinished.frames).toBe(0);
    await world.service.close();
    expect(payment.state).toBe('REQUESTED');
  });

  it('ends as soon as they have one, and hands over no more', async () => {
    const { world, merchant } = await shop('stop');
    let finish = () => {};
    world.air.delay = new Promise<void>((resolve) => {
      finish = resolve;
    });
    await world.request(merchant);
    await world.clock.advance(100);
    const draining = world.service.drain(6_000);
    finish();
    await draining;
    const sent = world.air.sent.length;
    await world.clock.advance(25_000);
    expect(world.air.sent.length).toBe(sent);
    await world.service.close();
  });

  it('says at its start what it takes over', async () => {
    const { world, merchant } = await shop('stop');
    expect(world.service.takenOver).toEqual({
      requests: 0,
      framesToSend: 0,
      framesToDealWith: 0,
      attempts: 0,
      timersOverdue: 0,
    });
    world.air.delay = new Promise(() => {});
    await world.request(merchant);
    await world.clock.advance(2_000);
    world.kill();
    await world.clock.advance(30_000);
    world.air.delay = undefined;
    await world.open();
    expect(world.service.takenOver).toEqual({
      requests: 1,
      framesToSend: 1,
      framesToDealWith: 0,
      attempts: 0,
      timersOverdue: 1,
    });
    expect(world.service.migrated).toBeUndefined();
    await world.service.close();
  });

  it.each([
    [{}, 'Taken over: nothing is open'],
    [{ requests: 1, framesToSend: 2 }, 'Taken over: 1 request without an answer, 2 frames to send'],
    [
      { framesToDealWith: 1, attempts: 2, timersOverdue: 3 },
      'Taken over: 1 frame to deal with, 2 orders at rails without an outcome, 3 timers overdue',
    ],
  ])('says %j in words', (some, line) => {
    const none = { requests: 0, framesToSend: 0, framesToDealWith: 0, attempts: 0, timersOverdue: 0 };
    expect(takenOverText({ ...none, ...some })).toBe(line);
  });
});

describe('the signal to end', () => {
  function signal() {
    const clock = new VirtualClock();
    const ended: string[] = [];
    const process = new EventEmitter();
    const stop = new StopSignal(clock, (line) => ended.push(line), process as never);
    return { clock, ended, process, stop };
  }

  it.each(['SIGINT', 'SIGTERM'])('%s ends the process after ten seconds, with what is left', async (name) => {
    const { clock, ended, process, stop } = signal();
    stop.left = () => '2 frames';
    await clock.advance(60_000);
    process.emit(name);
    await stop.wanted;
    await clock.advance(9_999);
    expect(ended).toEqual([]);
    await clock.advance(1);
    expect(ended).toEqual(['ended after 10 s; left for the next start: 2 frames']);
  });

  it('may be given without a signal', async () => {
    const { clock, ended, stop } = signal();
    stop.give();
    await stop.wanted;
    await clock.advance(10_000);
    expect(ended).toEqual(['ended after 10 s; left for the next start: nothing']);
  });

  it('does not, when all has ended before', async () => {
    const { clock, ended, process, stop } = signal();
    process.emit('SIGTERM');
    stop.done();
    await clock.advance(60_000);
    expect(ended).toEqual([]);
  });

  it('comes before work that lasts longer', async () => {
    const { process, stop } = signal();
    expect(await stop.before(Promise.resolve('done'))).toBe('done');
    const long = stop.before(new Promise(() => {}));
    process.emit('SIGTERM');
    expect(await long).toBeUndefined();
  });
});
