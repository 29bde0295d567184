import { Chat, type ChatEvents } from '../at/chat.ts';
import { CodeListener } from '../at/code-listener.ts';
import { STARTED_CODES, STARTUP_CODES, type UnsolicitedCode } from '../at/unsolicited.ts';
import { textIn, valuesOf } from '../at/values.ts';
import type { Clock } from '../clock.ts';
import type { Port, PortError } from '../port/port.ts';
import { quirksOf } from '../quirks.ts';
import type { Source } from '../receiving/hand-over.ts';
import { MessageStore } from '../receiving/message-store.ts';
import { Ussd } from '../ussd/ussd.ts';
import { identify, type ModemIdentity, wakeModem } from './identify.ts';
import { hasForgotten, setUpReception } from './reception.ts';
import {
  askRegistration,
  type Registration,
  registrationIn,
  switchRadioOn,
  watchRegistration,
} from './registration.ts';
import { type SimPin, unlockSim } from './unlock.ts';

/** What a session tells the modem it belongs to. */
export interface SessionEvents {
  identified(identity: ModemIdentity): void;
  registration(registration: Registration): void;
  /** A code about messages, or one that only a user of the modem understands. */
  code(code: UnsolicitedCode): void;
  /** The port is gone or dead. */
  ended(reason: PortError): void;
  /** The modem has started anew, and forgot its settings: the session must be closed and another one opened. */
  rebooted(): void;
}

/** A modem from the opening of its port until the port is lost: awake, identified, unlocked, set up. */
export interface Session extends Source {
  readonly chat: Chat;
  readonly identity: ModemIdentity;
  readonly ussd: Ussd;
  /** Closes its ports. */
  close(): Promise<void>;
}

/** The ports of one modem. */
export interface ModemPorts {
  /** Takes commands. */
  readonly command: Port;
  /** Those that are only listened to. */
  readonly codes: readonly Port[];
}

/** How often the opening is begun at most, when the modem starts anew in the middle of it. */
const BEGINNINGS = 3;

/**
 * Opens a modem: wakes it, asks what it is, unlocks its SIM and sets it up to receive. When the modem starts anew
 * meanwhile, as some do when their port is opened, all that is done again.
 *
 * @throws PortError, ModemError, AtTimeout; the ports are closed again then.
 */
export async function openSession(
  ports: ModemPorts,
  clock: Clock,
  sim: SimPin,
  events: SessionEvents,
): Promise<Session> {
  let session: Session | undefined;
  let startedAnew = false;
  const heard: ChatEvents = {
    ended: (reason) => events.ended(reason),
    unsolicited(code) {
      if (STARTUP_CODES.has(code.prefix)) {
        startedAnew = true;
        if (session !== undefined) events.rebooted();
      } else if (session !== undefined && saysStarted(code)) {
        // Said late by a modem that was opened while it was starting, or by one that rebooted just now.
        void hasForgotten(chat, session.reception).then((forgotten) => forgotten && events.rebooted());
      } else if (code.prefix === '+CREG') {
        const registration = registrationIn(code.line);
        if (registration !== undefined) events.registration(registration);
      } else if (code.prefix === '+CUSD') session?.ussd.hear(code);
      else events.code(code);
    },
  };
  const chat = await Chat.open(ports.command, clock, heard);
  const listeners: CodeListener[] = [];
  const close = async () => {
    for (const listener of listeners) await listener.close();
    await chat.close();
  };
  try {
    for (const port of ports.codes) listeners.push(await CodeListener.open(port, heard));
    for (let beginning = 1; session === undefined; beginning += 1) {
      startedAnew = false;
      const isLast = beginning === BEGINNINGS;
      const opened = await setUp(chat, clock, sim, events).catch((error: unknown) => {
        if (!startedAnew || isLast) throw error;
        return undefined;
      });
      if (opened !== undefined && (!startedAnew || isLast)) session = { ...opened, close };
    }
    return session;
  } catch (error) {
    await close();
    throw error;
  }
}

async function setUp(chat: Chat, clock: Clock, sim: SimPin, events: SessionEvents): Promise<Omit<Session, 'close'>> {
  await wakeModem(chat);
  const identity = await identify(chat);
  events.identified(identity);
  const quirks = quirksOf(identity);
  chat.typeSlowly(quirks.characterPauseMs);
  for (const text of quirks.setUp) await chat.run({ text });
  await unlockSim(chat, clock, quirks, sim);
  const reception = await setUpReception(chat, clock, quirks);
  await watchRegistration(chat);
  const registration = await askRegistration(chat);
  if (registration === 'not-searching') await switchRadioOn(chat);
  events.registration(registration);
  return {
    chat,
    identity,
    reception,
    ussd: new Ussd(chat, clock, quirks.ussd === 'packed'),
    store: new MessageStore(chat, quirks),
    acknowledge: async () => {
      await chat.ask({ text: 'AT+CNMA' });
    },
  };
}

/** Codes that a modem says when it has started. */
function saysStarted({ prefix, line }: UnsolicitedCode): boolean {
  return STARTED_CODES.has(prefix) || (prefix === '+CPIN' && textIn(valuesOf(line)[0]) === 'READY');
}
