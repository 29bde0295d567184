import type { Context } from './context.ts';
import { expireEnrolment } from './enrolment/confirm.ts';
import { resendAuthRequest } from './enrolment/enrol.ts';
import { ref } from './ids.ts';
import { Journal } from './journal.ts';
import { Ledger } from './ledger/ledger.ts';
import { Inbox } from './messaging/inbox.ts';
import { Outbox } from './messaging/outbox.ts';
import { repeatUnconfirmed } from './messaging/receipts.ts';
import { Modems } from './modems.ts';
import { chargeApproved, resumeCharges } from './payments/charge.ts';
import { expirePayment } from './payments/expire.ts';
import { inquireAgain } from './payments/inquire.ts';
import { resendRequest } from './payments/resend.ts';
import { unblockDevice } from './people/unblock.ts';
import { servicePrimitives } from './primitives.ts';
import { LedgerRail } from './rails/ledger-rail.ts';
import type { ServiceOptions } from './service.ts';
import { Store } from './store/store.ts';
import { Timers } from './timers.ts';
import { Vault } from './vault.ts';

/** The running parts of a service: inbox, outbox, timers. */
export interface Running {
  readonly context: Context;
  readonly modems: Modems;
  /** Stops the parts, waits for the outcomes of frames that the bearer has, and closes the database. */
  stop(): Promise<void>;
}

/**
 * Builds the parts and starts them in the order that is right after a crash: first the frames that were stored and not
 * handled, and the charges whose answer was lost; then the timers. So an answer that came in time is handled before its
 * time-out.
 */
export function startRunning(options: ServiceOptions): Running {
  const { clock, random, keys, bearer } = options;
  const store = new Store(options.database);
  const primitives = options.primitives ?? servicePrimitives();
  const journal = new Journal(store, clock);
  const timers = new Timers(store, clock);
  const modems = new Modems(options.modems ?? [], clock);
  const ledger = new Ledger(store);
  const context: Context = {
    store,
    clock,
    random,
    primitives,
    keys,
    vault: new Vault(keys.vault, primitives, random),
    journal,
    timers,
    outbox: new Outbox(store, clock, bearer, timers, journal, () => modems.reachability !== 'no-modem'),
    ledger,
    rail: options.rail ?? new LedgerRail(store, ledger, clock),
  };
  if (options.log !== undefined) journal.subscribe(options.log);
  const inbox = new Inbox(context);

  context.outbox.start();
  modems.onChange(() => context.outbox.look());
  store.onCommit(() => chargeApproved(context));
  inbox.readAll();
  resumeCharges(context);
  chargeApproved(context);
  timers.start({
    'payment-resend': (txn) => resendRequest(context, ref(txn)),
    'payment-expiry': (txn) => expirePayment(context, txn),
    'payment-inquiry': (txn) => inquireAgain(context, txn),
    'enrolment-resend': (challenge) => resendAuthRequest(context, ref(challenge)),
    'enrolment-expiry': (challenge) => expireEnrolment(context, ref(challenge)),
    'receipt-repeat': (subject) => repeatUnconfirmed(context, subject),
    'outbox-retry': (id) => context.outbox.retry(id),
    'device-unblock': (device) => unblockDevice(context, Number(device)),
  });
  bearer.receive(inbox);
  return {
    context,
    modems,
    async stop() {
      modems.close();
      timers.stop();
      await context.outbox.stop();
      store.close();
    },
  };
}
