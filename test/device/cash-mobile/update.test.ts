import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { buildSuite } from '../../../device/cli/suite-build.ts';
import type { PayRequest } from '../../../device/safe-mobile/index.ts';
import { jarAttributes, writeDescriptor, writeJar } from '../../../device/suite/index.ts';
import { type AirBench, airBench, besideThePhone, FakeServer, JAR_TYPE } from '../firmware/over-the-air.ts';
import { primitives, SEED, SIGNER } from '../suite/built-suite.ts';
import { attach, type CashBench, enrol, PIN, wordsOf } from './cash-bench.ts';
import { FakeService } from './fake-service.ts';

const FOLDER = join(import.meta.dirname, '../../../device/cash-mobile');
const { content } = await buildSuite(FOLDER, mkdtempSync(join(tmpdir(), 'cash-mobile-')), primitives, SEED);

/** A version of the payment application as its service gives it to one phone. */
function filesOf(version: string, service: FakeService): Parameters<FakeServer['offer']>[0] {
  const { script, resources, descriptor } = content;
  const ofSuite = Object.entries(descriptor.attributes).filter(([name]) => !/^MIDlet-(Jar-|Signature)/.test(name));
  const attributes = { ...Object.fromEntries(ofSuite), 'MIDlet-Version': version };
  const jar = writeJar({ attributes, script, resources });
  const ofPhone = Array.from(service.jad().matchAll(/^(Safe-Mobile-[\w-]+): (.*)$/gm), ([, name = '', value = '']) => [
    name,
    value,
  ]);
  const all = { ...attributes, ...jarAttributes(jar, 'chat.jar', primitives), ...Object.fromEntries(ofPhone) };
  return { jad: new Uint8Array(Buffer.from(writeDescriptor(all, primitives, SEED))), jar };
}

interface Updated {
  readonly air: AirBench;
  readonly cash: CashBench;
  /** The owner loads version 2.0 and chooses whether to start it. */
  update(then: 'Start' | 'Later'): Promise<void>;
}

/** A phone that has loaded version 1.0 over the air and may pay; its service has version 2.0. */
async function phone(options: { readonly askBeforeOpening?: boolean } = {}): Promise<Updated> {
  const server = new FakeServer();
  const air = airBench({ ...options, server, scripts: besideThePhone, trustedKeys: [SIGNER] });
  const service = new FakeService(air.clock);
  const cash = attach(air, service);
  server.offer(filesOf('1.0', service));
  await air.install();
  await air.select('Start');
  await enrol(cash);
  air.phone.press('power');
  await cash.settle();
  service.heard.length = 0;
  server.offer(filesOf('2.0', service));
  const update = async (then: 'Start' | 'Later') => {
    await air.install();
    await air.select(then);
    expect(air.handset.applications.map(({ descriptor }) => descriptor.version)).toEqual(['2.0']);
  };
  return { air, cash, update };
}

const TYPED_HALF = async (cash: CashBench) => {
  await cash.select('Approve');
  await cash.type('48');
};

/** What the owner has done with the request before the update. */
const BEFORE: readonly (readonly [
  what: string,
  options: { askBeforeOpening?: true },
  does: (cash: CashBench) => Promise<void>,
])[] = [
  ['is left on the screen', {}, async () => {}],
  ['was opened for its PIN, of which two digits were written', {}, TYPED_HALF],
  ['waits unopened', { askBeforeOpening: true }, async (cash) => cash.select('Later')],
];

describe.each(BEFORE)('A request that %s while its owner updates the application', (_what, options, before) => {
  async function updatedWith(then: 'Start' | 'Later') {
    const { air, cash, update } = await phone(options);
    const { txn } = await cash.request();
    await before(cash);
    if (air.phone.screen.kind !== 'idle') air.phone.press('power');
    await cash.settle();
    await update(then);
    return { air, cash, txn };
  }

  test('is on the screen of the new version, is paid with the PIN of before, and is in the history', async () => {
    const { air, cash, txn } = await updatedWith('Start');
    expect(wordsOf(cash)).toContain('Pay to: Edicola Duomo');
    expect(air.phone.screen.indicator).toEqual({ kind: 'trusted', text: '✓ Cash-Mobile' });
    expect(cash.service.heard).toEqual([]);
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    expect(cash.service.heard).toMatchObject([{ type: 'APPROVE' }]);
    await cash.send(cash.service.receipt(txn, 'paid'));
    expect(air.phone.screen.title).toBe('Paid');
    await cash.select('OK');
    await cash.clock.advance(3_600_000);
    expect([air.phone.screen.kind, cash.service.heard.length]).toEqual(['idle', 1]);
  });

  test('is refused in the new version, and its receipt is kept', async () => {
    const { air, cash, txn } = await updatedWith('Start');
    await cash.select('Refuse');
    await cash.select('It is not mine');
    expect(cash.service.heard).toMatchObject([{ type: 'REFUSE' }]);
    await cash.send(cash.service.receipt(txn, 'refused'));
    for (const state of [air, air.reboot()]) {
      state.phone.press('power');
      await state.select('Menu', 'Applications', 'Cash-Mobile', 'History');
      expect(state.phone.screen.items.map(({ label }) => label).join()).toContain('Edicola Duomo');
    }
  });

  test('expires, when nobody answers it: the new version says so, refuses it, and keeps the receipt', async () => {
    const { air, cash, txn } = await updatedWith('Later');
    if (options.askBeforeOpening !== true) {
      await cash.clock.advance(30_000);
      expect(wordsOf(cash)).toContain('Pay to: Edicola Duomo');
      air.phone.press('power');
    }
    await cash.clock.advance(120_000);
    if (options.askBeforeOpening === true) await air.select('Menu', 'Applications', 'Cash-Mobile');
    expect(wordsOf(cash).join()).toContain('This request has expired.');
    expect(cash.service.heard).toMatchObject([{ type: 'REFUSE', reason: 'expired' }]);
    await cash.send(cash.service.receipt(txn, 'expired'));
    await cash.select('OK');
    await cash.clock.advance(3_600_000);
    expect([air.phone.screen.kind, cash.service.heard.length]).toEqual(['idle', 1]);
  });
});

test('An answer that is on its way while its owner updates the application: the receipt comes to the new version', async () => {
  const { air, cash, update } = await phone();
  const { txn } = await cash.request();
  await cash.select('Approve');
  await cash.type(PIN);
  await cash.select('Confirm');
  air.phone.press('power');
  await cash.settle();
  await update('Later');
  await cash.send(cash.service.receipt(txn, 'paid'));
  expect(air.phone.screen).toMatchObject({ title: 'Paid', indicator: { kind: 'trusted' } });
  expect(cash.service.heard).toHaveLength(1);
});

/** A request comes at some moment of the update; after it the owner waits for the download. */
const MOMENTS: readonly (readonly [when: string, comes: (phone: Updated) => Promise<PayRequest>])[] = [
  [
    'its owner is asked whether to install the new version',
    async ({ air, cash }) => {
      await air.openLink();
      const request = await cash.request();
      expect(air.phone.screen).toMatchObject({ title: 'Install?', ticker: 'Cash-Mobile waits' });
      await air.select('Install');
      return request;
    },
  ],
  [
    'the new version is loaded',
    async ({ air, cash }) => {
      const { jar } = filesOf('2.0', cash.service);
      let comeAll = () => {};
      air.server.answerJar(
        () =>
          new Promise((resolve) => {
            comeAll = () => resolve({ kind: 'content', type: JAR_TYPE, octets: jar });
          }),
      );
      await air.install();
      const request = await cash.request();
      comeAll();
      await cash.settle();
      return request;
    },
  ],
];

test.each(MOMENTS)(
  'A request that comes while %s is answered in the version of before; the update follows it',
  async (_when, comes) => {
    const updated = await phone();
    const { air, cash } = updated;
    const { txn } = await comes(updated);
    expect(wordsOf(cash)).toContain('Pay to: Edicola Duomo');
    expect(air.handset.applications.map(({ descriptor }) => descriptor.version)).toEqual(['1.0']);
    await cash.select('Approve');
    await cash.type(PIN);
    await cash.select('Confirm');
    await cash.send(cash.service.receipt(txn, 'paid'));
    await cash.select('OK');
    expect(air.phone.screen.title).toBe('Installed');
    await air.select('Start');
    await air.select('History');
    expect(air.phone.screen.items.map(({ label }) => label).join()).toContain('Edicola Duomo');
    expect(air.handset.applications.map(({ descriptor }) => descriptor.version)).toEqual(['2.0']);
  },
);
