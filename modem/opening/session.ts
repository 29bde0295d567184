import { Chat, type ChatEvents } from '../at/chat.ts';
import { CodeListener } from '../at/code-listener.ts';
import { STARTUP_CODES } from '../at/unsolicited.ts';
import type { Clock } from '../clock.ts';
import type { Port } from '../port/port.ts';
import { quirksOf } from '../quirks.ts';
import type { Source } from '../receiving/hand-over.ts';
import { MessageStore } from '../receiving/message-store.ts';
import { Ussd } from '../ussd/ussd.ts';
import { chooseCharacterSet } from './character-set.ts';
import { askIdentity, isIdentified, type ModemIdentity, requireIdentity, wakeModem } from './identify.ts';
import type { SimPin } from './pin-attempts.ts';
import { setUpReception } from './reception.ts';
import { askRegistration, type Registration, switchRadioOn, watchRegistration } from './registration.ts';
import { askSimState, simStateOfRefusal } from './sim-state.ts';
import { unlockSim } from './unlock.ts';

/** The events of a session; unsolicited codes come also while the modem is being opened. */
export interface SessionOwner extends ChatEvents {
  /** The modem is identified and its SIM not touched yet. Throws when it is another modem than before, which ends the opening. */
  identified(identity: ModemIdentity): void;
}

/** A modem from the opening of its port until the port is lost: awake, identified, unlocked, set up. */
export interface Session extends Source {
  readonly chat: Chat;
  readonly identity: ModemIdentity;
  /** `+CSCS`, in which the modem writes strings; undefined when it does not say. */
  readonly charset: string | undefined;
  /** The registration when the session was opened. */
  readonly registration: Registration;
  readonly ussd: Ussd;
  /** Closes the modem's ports. */
  close(): Promise<void>;
}

/** The ports of one modem. */
export interface ModemPorts {
  /** Takes commands. */
  readonly command: Port;
  /** Ports that are only listened to, for unsolicited codes. */
  readonly codes: readonly Port[];
}

/** How often the opening begins at most, when the modem reboots meanwhile. */
const BEGINNINGS = 3;

/**
 * Opens a modem: wakes it, identifies it, unlocks its SIM and sets it up to receive. Some modems reboot when their port is
 * opened: then all steps are done again.
 *
 * @throws PortError, ModemError, AtTimeout; the ports are closed again then.
 */
export async function openSession(ports: ModemPorts, clock: Clock, sim: SimPin, owner: SessionOwner): Promise<Session> {
  let startedAnew = false;
  const events: ChatEvents = {
    ended: (reason) => owner.ended(reason),
    unsolicited(code) {
      startedAnew ||= STARTUP_CODES.has(code.prefix);
      owner.unsolicited(code);
    },
  };
  const chat = await Chat.open(ports.command, clock, events);
  const listeners: CodeListener[] = [];
  const close = async () => {
    for (const listener of listeners) await listener.close();
    await chat.close();
  };
  try {
    for (const port of ports.codes) listeners.push(await CodeListener.open(port, clock, events));
    for (let beginning = 1; ; beginning += 1) {
      startedAnew = false;
      const isLast = beginning === BEGINNINGS;
      const opened = await openOnce(chat, clock, sim, owner).catch((error: unknown) => {
        if (!startedAnew || isLast) throw error;
        return undefined;
      });
      if (opened !== undefined && (!startedAnew || isLast)) return { ...opened, close };
    }
  } catch (error) {
    await close();
    throw error;
  }
}

async function openOnce(chat: Chat, clock: Clock, sim: SimPin, owner: SessionOwner): Promise<Omit<Session, 'close'>> {
  await wakeModem(chat);
  const identity = await identifyAndUnlock(chat, clock, sim, owner);
  const quirks = quirksOf(identity);
  const charset = await chooseCharacterSet(chat);
  const reception = await setUpReception(chat, clock, quirks);
  await watchRegistration(chat);
  const registration = await askRegistration(chat);
  if (registration === 'not-searching') await switchRadioOn(chat);
  return {
    chat,
    identity,
    charset,
    registration,
    reception,
    ussd: new Ussd(chat, clock, charset, quirks.ussd === 'packed'),
    store: new MessageStore(chat, clock, quirks, reception),
    acknowledge: async () => {
      await chat.ask({ text: 'AT+CNMA' });
    },
  };
}

/** The pause after the PIN, in ms, on a modem that is not identified yet: the longest that a known modem needs (Huawei). */
const CAUTIOUS_PAUSE_MS = 3_000;

/**
 * Identifies the modem and unlocks its SIM. Before the PIN some modems answer `+CGMI` to `+CGSN` with `+CME ERROR: 11`
 * (Qualcomm 6280, ZTE K3565-Z): these commands are asked again after the PIN.
 */
async function identifyAndUnlock(chat: Chat, clock: Clock, sim: SimPin, owner: SessionOwner): Promise<ModemIdentity> {
  const said = await askSimState(chat, clock);
  const { identity, refusal } = await askIdentity(chat);
  const state = said.kind === 'unknown' && refusal !== undefined ? simStateOfRefusal(refusal) : said;
  if (state.kind === 'ready' || state.kind === 'unknown') requireIdentity(identity);
  if (isIdentified(identity)) {
    owner.identified(identity);
    await applyQuirks(chat, identity);
  }
  const pauseMs = isIdentified(identity) ? quirksOf(identity).pauseAfterPinMs : CAUTIOUS_PAUSE_MS;
  const isUnlocked = await unlockSim(chat, clock, state, sim, pauseMs);
  if (!isUnlocked || refusal === undefined) return identity;
  const { identity: rest } = await askIdentity(chat);
  const whole = { ...identity, ...rest };
  requireIdentity(whole);
  owner.identified(whole);
  await applyQuirks(chat, whole);
  return whole;
}

async function applyQuirks(chat: Chat, identity: ModemIdentity): Promise<void> {
  const { characterPauseMs, setUp } = quirksOf(identity);
  chat.typeSlowly(characterPauseMs);
  for (const text of setUp) await chat.run({ text });
}
