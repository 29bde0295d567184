import type { SmsBearer } from '../../modem/index.ts';
import { Approvals } from '../approvals/approvals.ts';
import { DUE_CHALLENGES } from '../approvals/challenge.ts';
import { AttemptEngine } from '../attempts/engine.ts';
import { authenticationDue, DUE_AUTHENTICATIONS } from '../authentications/expiry.ts';
import { DUE_PINGS, Pings } from '../ciba/ping.ts';
import { type Application, readApplication } from '../enrolment/application.ts';
import { Inbox } from '../intake/inbox.ts';
import { Journal } from '../journal/journal.ts';
import { JwsKeys } from '../jws-keys/jws-keys.ts';
import { newRsaKey } from '../jws-keys/rsa-key.ts';
import { KeyRing } from '../keyring/key-ring.ts';
import { openWithKeys } from '../keyring/same-keys.ts';
import { servicePrimitives } from '../keys/primitives.ts';
import { Vault } from '../keys/vault.ts';
import { checkAtStart } from '../ledger/start-check.ts';
import { STANDARD_LIMITS } from '../limits/limits.ts';
import { atOnceOf } from '../outgoing/bearer-room.ts';
import type { Context } from '../outgoing/context.ts';
import { Outbox } from '../outgoing/outbox.ts';
import { repeatUnconfirmed } from '../outgoing/receipts.ts';
import { attemptListener } from '../payments/conclude.ts';
import type { PaymentContext } from '../payments/context.ts';
import { unblockDevice } from '../people/unblock.ts';
import { pinChangeOver } from '../pin-change/pin-change.ts';
import { Processes } from '../processes/processes.ts';
import { LedgerRail } from '../rails/ledger-rail.ts';
import { type Rail, type RailRuntime, Rails } from '../rails/rail.ts';
import { DailyReconciliation } from '../reconciliation/daily.ts';
import { openStore } from '../store/open-store.ts';
import type { Migrated } from '../store/sqlite-file.ts';
import type { Store } from '../store/store.ts';
import { Timers } from '../time/timers.ts';
import { takeBackMoments } from '../upkeep/clock-ahead.ts';
import { Retention } from '../upkeep/retention.ts';
import { ALARM_ADVICE } from '../vocabulary/alarms.ts';
import { ref } from '../vocabulary/ids.ts';
import { Modems } from './modems.ts';
import { messageHandlers } from './phone-messages.ts';
import { purposesOf } from './purposes.ts';
import { ServiceReadiness } from './readiness.ts';
import { DEFAULT_ISSUER, type ServiceOptions } from './service-options.ts';
import { type TakenOver, takenOver } from './taken-over.ts';
import { walkThroughVault } from './vault-key-change.ts';

/** Phones whose static secret is kept in memory. */
const KEPT_SECRETS = 10_000;

/** Of a process that neither sends nor receives. */
const NO_BEARER: Pick<SmsBearer, 'send'> = {
  send: async () => ({ kind: 'unknown', reason: 'this process has no modem' }),
};

/** The running parts of a service: inbox, outbox, timers. */
export interface Running {
  readonly store: Store;
  readonly context: PaymentContext;
  readonly jwsKeys: JwsKeys;
  /** The URL by which relying parties know the service. */
  readonly issuer: () => string;
  readonly modems: Modems;
  readonly readiness: ServiceReadiness;
  readonly migrated: Migrated | undefined;
  readonly takenOver: TakenOver;
  readonly application: Application | undefined;
  /** Stops the parts, waits for the outcomes of frames that the bearer has, and closes the database. */
  stop(): Promise<void>;
}

/**
 * Builds the parts and starts them in the order that is right after a crash: first the frames that were stored and not
 * dealt with, and the charges whose answer was lost; then the timers. So an answer that came in time is dealt with before
 * its time-out.
 */
export async function startRunning(options: ServiceOptions): Promise<Running> {
  const { clock, random, keys, bearer } = options;
  const primitives = options.primitives ?? servicePrimitives();
  const application = options.application && readApplication(options.application, primitives);
  const modems = new Modems(options.modems ?? [], clock);
  const readiness = new ServiceReadiness(modems, bearer !== undefined);
  const { store: opened, migrated } = await openStore({
    ...options,
    onRoom: (hasRoom) => {
      readiness.room(hasRoom);
      options.onRoom?.(hasRoom);
    },
    onTrouble: (reason) => {
      readiness.database(reason === undefined);
      options.onTrouble?.(reason);
    },
  });
  const journal = new Journal(clock);
  const { processName = 'service', onNewerTables } = options;
  const processes = new Processes(opened, clock, journal, processName, readiness, onNewerTables);
  const store = processes.leased;
  const timers = new Timers(store, clock, journal, [DUE_CHALLENGES, DUE_AUTHENTICATIONS, DUE_PINGS]);
  const rails = railsOf(options.rails ?? [], new LedgerRail(store, clock));
  const attempts = new AttemptEngine(store, clock, timers, journal, rails);
  const vault = new Vault(keys.vault, primitives, random, ...(keys.nextVault === undefined ? [] : [keys.nextVault]));
  await store.transaction('vault', (tx) => openWithKeys(tx, keys, vault, clock));
  const keptSecrets = options.keptSecrets ?? KEPT_SECRETS;
  const ring = new KeyRing({ keys, vault, primitives, clock, keptSecrets });
  const withPhones: Context = {
    clock,
    random,
    primitives,
    keys,
    ring,
    vault,
    journal,
    timers,
    outbox: new Outbox(store, clock, bearer ?? NO_BEARER, timers, journal, processes, {
      canSend: () => bearer !== undefined && modems.reachability !== 'no-modem',
      atOnce: atOnceOf(options.modems?.length ?? 0),
    }),
    limits: { ...STANDARD_LIMITS, ...options.limits },
  };
  const approvals = new Approvals(withPhones);
  const context: PaymentContext = { ...withPhones, approvals, rails, attempts };
  approvals.fill(purposesOf(context));
  attempts.listen(attemptListener(context));
  if (options.log !== undefined) journal.subscribeHere(options.log);
  const pings = new Pings({ store, clock, vault, timers, hold: options.hold });
  journal.subscribeHere(({ event }) => pings.hear(event));
  const inbox = new Inbox(store, context, messageHandlers(context));
  const retention = new Retention(store, clock, journal, timers);
  const daily = new DailyReconciliation({ store, clock, journal }, rails, timers);

  const open = await store.read((tx) => takenOver(tx, clock.now()));
  await checkAtStart(store, journal);
  const stopRails = startRails(rails, store, journal);
  await processes.start(context.outbox);
  journal.listenElsewhere(store);
  await context.outbox.start();
  modems.onChange(() => context.outbox.look());
  await inbox.readAll();
  await store.transaction('daily work', async (tx) => {
    await takeBackMoments(tx, context);
    await retention.plan(tx);
    await daily.plan(tx);
  });
  await timers.start(
    {
      challenge: (tx, challenge) => approvals.due(tx, ref(challenge)),
      authentication: (tx, id) => authenticationDue(tx, context, id),
      'ciba-ping': (tx, id) => pings.due(tx, id),
      attempt: (tx, key) => attempts.takeUp(tx, key),
      'receipt-repeat': (tx, subject) => repeatUnconfirmed(tx, context, subject),
      'outbox-retry': (tx, id) => context.outbox.retry(tx, id),
      'inbox-retry': (tx, id) => inbox.retry(tx, id),
      reconciliation: (tx) => daily.fire(tx),
      'device-unblock': (tx, device) => unblockDevice(tx, journal, Number(device)),
      'pin-change': (tx, change) => pinChangeOver(tx, change),
      'vault-walk': (tx) => walkThroughVault(tx, context),
      retention: (tx) => retention.fire(tx),
    },
    (tx) => takeBackMoments(tx, context),
  );
  bearer?.receive(inbox);
  const { issuer = DEFAULT_ISSUER } = options;
  return {
    store,
    context,
    jwsKeys: new JwsKeys({ store, vault, clock, newKey: options.newJwsKey ?? newRsaKey }),
    issuer: typeof issuer === 'string' ? () => issuer : issuer,
    modems,
    readiness,
    migrated,
    takenOver: open,
    application,
    async stop() {
      modems.close();
      await timers.stop();
      stopRails();
      await retention.stop();
      await context.outbox.stop();
      await processes.stop();
      await store.close();
      ring.close();
    },
  };
}

/** Rails that keep a connection open it before they are asked for anything. @returns what ends it */
function startRails(rails: Rails, store: Store, journal: Journal): () => void {
  const stops = [...rails.all].flatMap((rail) =>
    rail.local ? [] : (rail.start?.(runtimeOf(rail, store, journal)) ?? []),
  );
  return () => {
    for (const stop of stops) stop();
  };
}

function runtimeOf({ name }: Rail, store: Store, journal: Journal): RailRuntime {
  return {
    read: (work) => store.read(work),
    totalsDiffer: (day, detail) =>
      store.transaction('totals of a rail', (tx) => {
        const alarm = 'totals-differ';
        const advice = `${detail}. ${ALARM_ADVICE[alarm]}`;
        return journal.record(tx, { kind: 'alarm', alarm, ref: `${name} ${day}`, detail: advice });
      }),
  };
}

/** The first of the given rails is for new payments; the ledger is there in any case, for what was paid with it. */
function railsOf(given: readonly Rail[], ledger: Rail): Rails {
  return new Rails(given[0] ?? ledger, [...given, ledger]);
}
