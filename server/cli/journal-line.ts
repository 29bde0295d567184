import { formatAmount } from '../../device/safe-mobile/index.ts';
import type { JournalEntry } from '../journal/journal.ts';
import { ALARM_ADVICE } from '../vocabulary/alarms.ts';
import type { ServiceEvent } from '../vocabulary/events.ts';

/** An entry of the journal as one line for people. */
export function journalLine({ at, event }: JournalEntry): string {
  return `${new Date(at).toISOString()} ${describe(event)}`;
}

function describe(event: ServiceEvent): string {
  switch (event.kind) {
    case 'payment':
      return `payment ${event.txn} ${event.to}${event.reason === undefined ? '' : ` (${event.reason})`}`;
    case 'authentication':
      return `authentication ${event.id} of party ${event.partyId} ${event.to}${event.reason === undefined ? '' : ` (${event.reason})`}`;
    case 'consent':
      return `consent of person ${event.personId} for relying party ${event.partyId} ${event.to}`;
    case 'alias':
      return `person ${event.personId} ${event.alias === null ? 'has no alias any more' : `is ${event.alias}`}`;
    case 'refund':
      return `refund ${event.key} of ${formatAmount(event.amount)} ${event.state}${event.reason === undefined ? '' : ` (${event.reason})`}`;
    case 'resolved':
      return `RESOLVED ${event.key}: the money ${event.moved ? 'moved' : 'did not move'} (${event.reason})`;
    case 'payout':
      return `PAYOUT of ${formatAmount(event.amount)} to merchant ${event.merchantId}, reference ${event.reference}`;
    case 'merchant-resumed':
      return `RESUMED merchant ${event.merchantId} (${event.reason})`;
    case 'party-resumed':
      return `RESUMED relying party ${event.partyId} (${event.reason})`;
    case 'wrong-pin':
      return `device ${event.deviceId} wrong PIN, tries left: ${event.triesLeft}`;
    case 'pin-changed':
      return `device ${event.deviceId} of person ${event.personId} has a new PIN`;
    case 'device':
      return `device ${event.deviceId} of person ${event.personId} ${event.state}`;
    case 'order':
      return `device ${event.deviceId} order ${event.command} ${event.state}`;
    case 'alarm':
      return `ALARM ${event.alarm} ${event.deviceId === undefined ? '' : `device ${event.deviceId} `}${event.ref}: ${alarmText(event)}`;
    case 'undelivered':
      return `device ${event.deviceId} ${event.message} was not sent: ${event.reason}`;
    case 'difference-ended':
      return `reconciled ${event.rail} ${event.key}: no longer ${event.difference}`;
    case 'difference-accepted':
      return `ACCEPTED ${event.rail} ${event.key}: ${event.difference} (${event.reason})`;
    case 'fault':
      return `FAULT ${event.reason}`;
  }
}

function alarmText({ alarm, detail }: Extract<ServiceEvent, { kind: 'alarm' }>): string {
  return detail ?? ALARM_ADVICE[alarm];
}
