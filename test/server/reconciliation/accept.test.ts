import { describe, expect, it } from 'vitest';
import { DAY_MS, dayOf } from '../../../server/time/days.ts';
import { ref } from '../../../server/vocabulary/ids.ts';
import { approved } from '../rails/approved.ts';
import { ScriptedRail } from '../rails/scripted-rail.ts';

const amount = (minor: number) => ({ minor, currency: 'EUR' }) as const;

/** A payment by card that the settlement has with another amount, and twice. */
async function differing() {
  const rail = new ScriptedRail();
  rail.charges = [{ kind: 'done', approvalCode: 4711 }];
  const { world, txn } = await approved(rail);
  const [key, at] = [`${txn}:charge`, world.clock.now()];
  const settle = (...minors: number[]) => {
    rail.lines = minors.map((minor) => ({ key, at, amount: amount(minor) }));
  };
  const day = dayOf(at);
  const run = async () => {
    await world.clock.advance(10);
    const [report] = await world.service.reconciliations.compare({ rail: 'card', from: day, to: day });
    return { open: report?.findings.map(({ kind }) => kind), accepted: report?.accepted.map(({ kind }) => kind) };
  };
  const told = () =>
    world.journal
      .map(({ event }) => event)
      .filter(({ kind }) => ['alarm', 'difference-accepted', 'difference-ended'].includes(kind))
      .map((event) => (event.kind === 'alarm' ? event.alarm : event));
  const accept = (change = {}) =>
    world.service.reconciliations.accept({ rail: 'card', key, reason: 'a fee', ...change });
  return { world, key, settle, run, told, accept };
}

describe('a difference that is accepted', () => {
  it('is not open any more, and no alarm, as long as the same is seen', async () => {
    const { key, settle, run, told, accept } = await differing();
    settle(1_200);
    expect(await run()).toEqual({ open: ['other-amount'], accepted: [] });
    expect(await accept()).toBe('other-amount');
    expect(await run()).toEqual({ open: [], accepted: ['other-amount'] });
    expect(await run()).toEqual({ open: [], accepted: ['other-amount'] });
    const accepted = { kind: 'difference-accepted', rail: 'card', key, difference: 'other-amount', reason: 'a fee' };
    expect(told()).toEqual(['settlement-other-amount', accepted]);
    settle(1_100);
    expect(await run()).toEqual({ open: ['other-amount'], accepted: [] });
    expect(await run()).toEqual({ open: ['other-amount'], accepted: [] });
    expect(told()).toEqual(['settlement-other-amount', accepted, 'settlement-other-amount']);
    settle(1_000);
    expect(await run()).toEqual({ open: ['other-amount'], accepted: [] });
    expect(told()).toHaveLength(3);
  });

  it('ends when it is gone', async () => {
    const { key, settle, run, told, accept } = await differing();
    settle(1_200);
    await run();
    await accept();
    settle(1_250);
    expect(await run()).toEqual({ open: [], accepted: [] });
    expect(told().at(-1)).toEqual({ kind: 'difference-ended', rail: 'card', key, difference: 'other-amount' });
    await expect(accept()).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is one of several: the kind says which', async () => {
    const { settle, run, accept } = await differing();
    settle(1_200, 1_200);
    expect((await run()).open?.toSorted()).toEqual(['duplicate', 'other-amount']);
    await expect(accept()).rejects.toThrow('several differences, say which: duplicate, other-amount');
    expect(await accept({ kind: 'duplicate' })).toBe('duplicate');
    expect(await run()).toEqual({ open: ['other-amount'], accepted: ['duplicate'] });
    await expect(accept({ kind: 'duplicate' })).rejects.toMatchObject({ code: 'not-found' });
    expect(await accept()).toBe('other-amount');
  });

  it.each([
    ['of another rail', { rail: 'bank' }],
    ['of another key', { key: `${ref('0123456789abcdef')}:charge` }],
    ['of another kind', { kind: 'only-there' }],
  ])('must be there: not one %s', async (_, change) => {
    const { settle, run, told, accept } = await differing();
    settle(1_200);
    await run();
    await expect(accept(change)).rejects.toMatchObject({ code: 'not-found' });
    expect(await run()).toEqual({ open: ['other-amount'], accepted: [] });
    expect(told()).toHaveLength(1);
  });

  it('is not compared again by the daily run', async () => {
    const { world, settle, run, told, accept } = await differing();
    settle(1_200);
    await run();
    await world.clock.advance(3 * DAY_MS);
    const compared = told().length;
    await accept();
    settle(1_100);
    await world.clock.advance(2 * DAY_MS);
    expect(told().slice(compared)).toEqual([expect.objectContaining({ kind: 'difference-accepted' })]);
  });
});
