import type { Mailbox } from './mailbox.ts';
import type { Sms, Urgency } from './sms.ts';

/** A message that waits in the service centre, as data. */
export interface WaitingMessage {
  /** Its number in the log. */
  readonly sms: number;
  readonly from: string;
  readonly to: string;
  readonly isReport: boolean;
  /** 0 priority, 1 class 0, 2 all others. */
  readonly urgency: Urgency;
  /** TP-ST as it stands (3GPP TS 23.040, 9.2.3.15). */
  readonly status: number;
  /** Whether the message is being delivered to the phone. */
  readonly onAir: boolean;
  /** When it is given up, ms since 1970. */
  readonly expiresAt: number;
  /** When it is tried again at the latest, ms since 1970; absent: no attempt has failed. */
  readonly retryAt?: number;
}

/** The waiting messages of all mailboxes, or of that of `number`. */
export function waitingIn(mailboxes: ReadonlyMap<string, Mailbox>, number?: string): readonly WaitingMessage[] {
  const chosen = number === undefined ? [...mailboxes.values()] : [mailboxes.get(number)];
  return chosen.flatMap((mailbox) => mailbox?.waiting.map((sms) => asData(sms, mailbox)) ?? []);
}

function asData({ id, from, to, isReport, urgency, expiresAt, fate }: Sms, mailbox: Mailbox): WaitingMessage {
  const retry = mailbox.retryAt === undefined ? {} : { retryAt: mailbox.retryAt };
  const onAir = mailbox.onAir?.id === id;
  return { sms: id, from, to, isReport, urgency, status: fate.status, onAir, expiresAt, ...retry };
}
