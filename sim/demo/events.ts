import { type HandsetEvent, type Screen, withoutSecrets } from '../../device/index.ts';
import { fromHex } from '../../modem/index.ts';
import type { JournalEntry, ServiceEvent } from '../../server/index.ts';
import { openSubmit } from '../envelope.ts';
import type { LogEntry } from '../log.ts';
import { CUSTOMER, MERCHANT, SERVICE_NUMBER } from './cast.ts';
import type { Booked, PurseHost } from './purse-host.ts';
import type { Stage } from './stage.ts';

/** One thing that happened on the stage, at a time in ms since 1970. `text` says it to people. */
export interface StageEvent {
  readonly at: number;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly text: string;
}

const NAMES: ReadonlyMap<string, string> = new Map([
  [SERVICE_NUMBER, 'service'],
  [MERCHANT.number, 'merchant'],
  [CUSTOMER.number, 'customer'],
]);

/** Who has this number on the stage. */
export function nameOfNumber(number: string): string {
  return NAMES.get(number) ?? number;
}

/** Octets of TP-UD in a SUBMIT given in hex, 140 at most. */
export function userDataOctets(tpdu: string): number {
  const { userData } = openSubmit(fromHex(tpdu)).contents;
  return userData.length - 1;
}

/** Tells `listener` of everything on the stage from now on: the network, the service, the screens of the phones. */
export function watchStage(stage: Stage, listener: (event: StageEvent) => void): () => void {
  const { clock, merchant, customer, purseHost } = stage;
  const phones = [
    ['merchant', merchant.phone.handset],
    ['customer', customer.phone.handset],
  ] as const;
  const ends = [
    stage.world.log.listen((entry) => {
      if (entry.kind !== 'accept' && entry.kind !== 'attempt') listener(networkEvent(entry));
    }),
    stage.service.subscribe((entry) => listener(serviceEvent(entry))),
    ...(purseHost === undefined
      ? []
      : [purseHost.listen((booked) => listener(hostEvent(purseHost, booked, clock.now())))]),
    ...phones.map(([who, handset]) => {
      let shown = '';
      return handset.watch((event) => {
        const words = screenWords(event);
        if (words === undefined || words === shown) return;
        shown = words;
        const text = `${who.padEnd(9)} sees   ${words}`;
        listener({ at: clock.now(), event: 'screen', data: { phone: who, shows: words }, text });
      });
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

function hostEvent({ name, title }: PurseHost, { data, text }: Booked, at: number): StageEvent {
  return { at, event: name, data, text: `${title.padEnd(9)} ${text}` };
}

function networkEvent(entry: LogEntry): StageEvent {
  const { seq: _seq, at, kind, ...data } = entry;
  return { at, event: kind, data, text: `network   ${kind.padEnd(6)} ${networkWords(entry)}` };
}

function networkWords(entry: LogEntry): string {
  switch (entry.kind) {
    case 'submit':
      return `SMS ${entry.sms} ${nameOfNumber(entry.from)} → ${nameOfNumber(entry.to)}, ${userDataOctets(entry.tpdu)} octets`;
    case 'deliver':
      return `SMS ${entry.sms} ${nameOfNumber(entry.from)} → ${nameOfNumber(entry.to)}`;
    case 'refuse':
    case 'fault':
      return `${nameOfNumber(entry.from)} → ${nameOfNumber(entry.to)}`;
    case 'start':
    case 'profile':
      return entry.profile;
    case 'line-fault':
      return nameOfNumber(entry.number ?? '');
    default:
      return 'number' in entry ? nameOfNumber(entry.number) : `SMS ${entry.sms} → ${nameOfNumber(entry.to)}`;
  }
}

function serviceEvent({ at, event }: JournalEntry): StageEvent {
  const { kind, ...data } = event;
  return { at, event: kind, data, text: `service   ${kind.padEnd(6)} ${serviceWords(event)}` };
}

function serviceWords(event: ServiceEvent): string {
  switch (event.kind) {
    case 'payment':
      return `${event.txn} ${event.from === undefined ? '' : `${event.from} → `}${event.to}${event.reason ? `, ${event.reason}` : ''}`;
    case 'device':
      return `${event.deviceId} ${event.state}`;
    case 'pin-changed':
      return `${event.deviceId}`;
    case 'wrong-pin':
      return `${event.ref} tries left: ${event.triesLeft}`;
    case 'order':
      return `${event.deviceId} ${event.command} ${event.state}`;
    case 'alarm':
      return `${event.alarm} ${event.ref}`;
    case 'refund':
      return `${event.key} ${event.state}`;
    case 'resolved':
      return `${event.key} ${event.moved ? 'moved' : 'did not move'}: ${event.reason}`;
    case 'authentication':
      return `${event.id} ${event.to}${event.reason ? `, ${event.reason}` : ''}`;
    case 'payout':
      return `${event.reference} to ${event.merchantId}`;
    case 'consent':
      return `person ${event.personId}, party ${event.partyId}: ${event.to}`;
    case 'alias':
      return `person ${event.personId}: ${event.alias ?? 'none'}`;
    case 'merchant-resumed':
      return `${event.merchantId} ${event.reason}`;
    case 'party-resumed':
      return `${event.partyId} ${event.reason}`;
    case 'undelivered':
      return `${event.message} to ${event.deviceId}: ${event.reason}`;
    case 'difference-ended':
      return `${event.rail} ${event.key}: no longer ${event.difference}`;
    case 'difference-accepted':
      return `${event.rail} ${event.key}: ${event.difference} is accepted, ${event.reason}`;
    case 'fault':
      return event.reason;
  }
}

/** Title and lines of a screen; what is typed is left out. */
function screenWords(event: HandsetEvent): string | undefined {
  return event.kind === 'screen' ? wordsOfScreen(withoutSecrets(event.screen)) : undefined;
}

function wordsOfScreen(screen: Screen): string {
  if (screen.kind === 'off' || screen.kind === 'idle') return screen.kind;
  const lines = screen.items.map(({ label, value }) =>
    screen.input === undefined && value ? `${label}: ${value}` : label,
  );
  return [screen.title, ...lines]
    .flatMap((line) => line.split('\n'))
    .filter((line) => line !== '')
    .join(' · ');
}
