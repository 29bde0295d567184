import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { cashServer } from '../../../server/cli/cash-server-program.ts';
import type { RemoteRail } from '../../../server/index.ts';
import { DAY_MS } from '../../../server/time/days.ts';
import { inProcess } from '../../in-process.ts';
import { ScriptedRail } from '../rails/scripted-rail.ts';
import { PIN, shop } from '../world.ts';

const ends: (() => unknown)[] = [];
afterAll(async () => {
  vi.unstubAllEnvs();
  for (const end of ends) await end();
});

/** A shop whose card rail says nothing unless it is told to, and the administrator's command line. */
async function office(rail: RemoteRail & ScriptedRail = new ScriptedRail({ retryMs: [] })) {
  const base = await shop('operator', { rails: [rail] });
  const { world, customer, merchant } = base;
  const url = await world.service.http.listen({ host: '127.0.0.1', port: 0 });
  ends.push(() => world.service.close());
  vi.stubEnv('CASH_SERVER_ADMIN_KEY', world.adminKey);
  const run = (...args: readonly string[]) => inProcess(cashServer, ...args, '--server', url);
  const pay = async (mref: string) => {
    const { txn } = await world.request(merchant, { mref });
    await world.clock.advance(2_000);
    customer.phone.approve(PIN);
    await world.clock.advance(2_500);
    return txn;
  };
  const today = new Date(world.clock.now()).toISOString().slice(0, 10);
  return { ...base, rail, run, pay, today };
}

const jsonLines = (out: string) =>
  out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('what is in review', () => {
  it('is listed without a person, latest first, also a refund; and resolved with a reason', async () => {
    const { world, rail, run, pay } = await office();
    expect(await run('payments', '--state', 'REVIEW')).toEqual({ code: 0, out: 'No payments.\n', err: '' });
    const first = await pay('a');
    rail.charges = [{ kind: 'done', approvalCode: 1 }];
    const second = await pay('b');
    await world.service.refund(second, { key: 'r', amount: { minor: 250, currency: 'EUR' } }, 0);
    await world.clock.advance(1_000);
    rail.charges = [{ kind: 'done', approvalCode: 2 }];
    await pay('c');
    const listed = (await run('payments', '--state', 'REVIEW')).out.trimEnd().split('\n');
    expect(listed).toEqual([
      expect.stringContaining(`${second}\t12.50 EUR\tEdicola Città\tREFUNDING, refund of 2.50 EUR in review\tb`),
      expect.stringContaining(`${first}\t12.50 EUR\tEdicola Città\tREVIEW`),
    ]);
    expect((await run('payments', '--state', 'REVIEW', '--limit', '1')).out).toContain(
      `There are more: --after ${second}`,
    );
    expect((await run('payments', '--state', 'REVIEW', '--after', second)).out).toContain(first);
    const [json] = jsonLines((await run('payments', '--state', 'REVIEW', '--json')).out);
    expect(json).not.toHaveProperty('person');
    expect(json.payments).toHaveLength(2);
    expect((await run('payments', '--state', 'REVIEW', '--person', '1')).out).not.toContain(second);

    expect(await run('payment', 'resolve', first, '--moved', '--reason', 'statement 7')).toEqual({
      code: 0,
      out: `Payment ${first} is CAPTURED\n`,
      err: '',
    });
    const resolved = await run('payment', 'resolve', second, '--not-moved', '--reason', 'never sent', '--json');
    expect(JSON.parse(resolved.out)).toMatchObject({ event: 'resolved', txn: second, state: 'CAPTURED' });
    expect(world.journal.map(({ event }) => event).filter(({ kind }) => kind === 'resolved')).toEqual([
      { kind: 'resolved', txn: first, key: `${first}:charge`, moved: true, reason: 'statement 7' },
      { kind: 'resolved', txn: second, key: `${second}:refund-1`, moved: false, reason: 'never sent' },
    ]);
    expect((await run('payments', '--state', 'REVIEW')).out).toBe('No payments.\n');
    expect(await run('payment', 'resolve', first, '--moved', '--reason', 'again')).toMatchObject({
      code: 1,
      err: `cash-server: payment ${first} is CAPTURED: nothing of it is in review\n`,
    });
  });
});

describe('used wrongly', () => {
  let run: Awaited<ReturnType<typeof office>>['run'];
  beforeAll(async () => {
    ({ run } = await office());
  });

  it.each([
    [['payment', 'resolve', '0123456789abcdef', '--reason', 'r'], 2, 'give either --moved or --not-moved'],
    [['payment', 'resolve', '0123456789abcdef', '--moved', '--not-moved', '--reason', 'r'], 2, 'give either'],
    [['payment', 'resolve', '0123456789abcdef', '--moved'], 2, "required option '--reason <text>' not specified"],
    [['payment', 'resolve', '0123456789abcdef', '--moved', '--reason', ' '], 1, 'reason'],
    [['payment', 'resolve', '0123456789abcdef', '--moved', '--reason', 'r'], 1, 'there is no payment 0123456789abcdef'],
    [['payment', 'resolve', '../people', '--moved', '--reason', 'r'], 1, '16 hexadecimal digits'],
    [['payments', '--state', 'CAPTURED'], 2, 'give either --person or --number'],
    [['payments', '--state', 'REVIEW', '--mref', 'a'], 2, 'give either --person or --number'],
    [['payments', '--state', 'REVIEW', '--after', '0123456789abcdef'], 1, 'there is no payment 0123456789abcdef'],
    [['reconcile', '--rail', 'bank'], 1, 'the service runs without the rail bank: it has card, ledger'],
    [['reconcile', 'accept', 'a:charge', '--reason', 'r'], 2, 'give --rail: the one whose settlement differs'],
    [['reconcile', 'accept', 'a:charge', '--rail', 'card'], 2, "required option '--reason <text>'"],
    [['reconcile', '--from', '2026-02-30'], 2, 'Give a day as 2026-11-30.'],
    [['reconcile', '--from', '2026-11-02', '--to', '2026-11-01'], 1, 'from is a later day than to'],
    [['reconcile', '--from', '2026-10-01', '--to', '2026-11-01'], 1, '32 days: at most 31 are compared in one go'],
  ])('%j: exit code %i', async (args, code, words) => {
    const ended = await run(...args);
    expect({ code: ended.code, out: ended.out }).toEqual({ code, out: '' });
    expect(ended.err).toContain(words);
  });
});

describe('cash-server reconcile', () => {
  it('0 when all is matched, 1 with a line for each difference', async () => {
    const { world, rail, run, pay, today } = await office();
    rail.charges = [1, 2, 3].map((approvalCode) => ({ kind: 'done', approvalCode }));
    const [same, late, lost] = [await pay('a'), await pay('b'), await pay('c')];
    const at = world.clock.now();
    const amount = { minor: 1_250, currency: 'EUR' } as const;
    await world.clock.advance(DAY_MS);
    rail.lines = [
      { key: `${same}:charge`, at, amount },
      { key: `${late}:charge`, at: at + DAY_MS, amount },
    ];
    const day = ['--from', today, '--to', today];
    const lines = [
      `card only-here    ${lost}:charge: here EUR 12.50 moved on ${today}, the settlement does not have it`,
      `card other-day    ${late}:charge: settled on ${new Date(at + DAY_MS).toISOString().slice(0, 10)}, here it moved on ${today}`,
      `card, ${today} to before ${new Date(at + DAY_MS).toISOString().slice(0, 10)} 00:00 UTC: 1 matched, 1 settled on another day, 1 differences`,
      '',
    ];
    expect(await run('reconcile', '--rail', 'card', ...day)).toEqual({ code: 1, out: lines.join('\n'), err: '' });
    // Without days: the seven up to yesterday.
    const week = await run('reconcile', '--json');
    expect(week.code, 'the ledger rail is all matched, the card is not').toBe(1);
    const [finding, , summary, ledger] = jsonLines(week.out);
    expect(finding).toEqual({
      event: 'finding',
      rail: 'card',
      kind: 'only-here',
      key: `${lost}:charge`,
      at: expect.stringMatching(/Z$/),
      here: amount,
      detail: expect.any(String),
    });
    expect(summary).toEqual({
      event: 'reconciled',
      rail: 'card',
      from: new Date(Date.parse(today) - 6 * DAY_MS).toISOString(),
      to: new Date(Date.parse(today) + DAY_MS).toISOString(),
      matched: 1,
      otherDay: 1,
      differences: 1,
      accepted: 0,
    });
    expect(ledger).toMatchObject({ event: 'reconciled', rail: 'ledger', matched: 0, differences: 0 });
    const accept = ['reconcile', 'accept', `${lost}:charge`, '--rail', 'card', '--reason', 'letter of 3 May'];
    expect(await run(...accept, '--kind', 'duplicate')).toMatchObject({
      code: 1,
      err: `cash-server: there is no open difference duplicate of ${lost}:charge at card\n`,
    });
    expect(await run(...accept, '--kind', 'odd')).toMatchObject({ code: 2, out: '' });
    expect(await run(...accept)).toEqual({ code: 0, out: `card only-here ${lost}:charge is accepted\n`, err: '' });
    const after = await run('reconcile', '--rail', 'card', ...day);
    expect([after.code, after.out.split('\n').at(-2)]).toEqual([
      0,
      expect.stringMatching(/1 matched, 1 settled on another day, 0 differences, 1 accepted$/),
    ]);
    rail.lines.push({ key: `${lost}:charge`, at, amount });
    expect((await run('reconcile', '--rail', 'card', ...day)).out).toMatch(/0 differences$/m);
  });

  it('says why a rail gives no settlement', async () => {
    const { rail, run } = await office();
    vi.spyOn(rail, 'settlement').mockRejectedValue(new Error('connection refused'));
    expect(await run('reconcile', '--rail', 'card')).toMatchObject({
      code: 1,
      err: 'cash-server: card did not give its settlement: connection refused\n',
    });
    expect((await run('reconcile', '--rail', 'ledger')).code).toBe(0);
  });
});
