import type { Chat } from '../at/chat.ts';
import { AtRefused } from '../at/command.ts';
import type { Clock } from '../clock.ts';
import type { Quirks } from '../quirks.ts';
import type { Source } from '../receiving/hand-over.ts';
import { announcedBy, type Indications, setUpIndications } from './indications.ts';
import { chooseMemories, type Memories } from './memories.ts';
import { enterPduMode } from './pdu-mode.ts';

/** How messages and status reports come: the memories where they are stored, and how the modem announces them. */
export interface Reception extends Indications {
  /** Memories that may hold messages or stored reports, the one where new messages arrive last. */
  readonly memories: readonly string[];
  /** See {@link Memories.receiving}. */
  readonly receiving: Memories['receiving'];
}

/**
 * Sets a modem up to receive: PDU mode, memories, and the best `+CNMI` that it accepts.
 *
 * @throws ModemError (`unsuitable`) when the modem has no PDU mode; AtTimeout, AtAborted, PortError
 */
export async function setUpReception(chat: Chat, clock: Clock, quirks: Quirks): Promise<Reception> {
  await enterPduMode(chat, clock);
  const { messages, reports, receiving } = await chooseMemories(chat, clock);
  const indications = await setUpIndications(chat, quirks.acknowledges);
  // When SR is full, the modem delivers no more reports: so SR is read and emptied too.
  const memories = indications.reports === 'announced' ? [...reports, ...messages] : messages;
  return { ...indications, memories, receiving };
}

/** The result of listing a memory. */
export type MemoryListing =
  | {
      readonly kind: 'listed';
      readonly memory: string;
      readonly messages: number;
      readonly capacity: number | undefined;
    }
  | { readonly kind: 'refused'; readonly memory: string; readonly reason: string };

/** Whether and how messages can be received. */
export interface ReceptionProof extends Pick<Indications, 'messages' | 'reports'> {
  readonly memories: readonly MemoryListing[];
  /** A sentence for each thing that the modem cannot do. */
  readonly shortcomings: readonly string[];
}

/** Lists every memory of an open modem. @throws AtTimeout, AtAborted, PortError */
export async function proveReception({ store, reception }: Source): Promise<ReceptionProof> {
  const memories: MemoryListing[] = [];
  for (const memory of reception.memories) {
    try {
      const { length } = await store.list(memory);
      memories.push({ kind: 'listed', memory, messages: length, capacity: store.capacityOf(memory) });
    } catch (error) {
      if (!(error instanceof AtRefused)) throw error;
      memories.push({ kind: 'refused', memory, reason: error.message });
    }
  }
  const { messages, reports } = reception;
  return { memories, messages, reports, shortcomings: shortcomingsOf(reception) };
}

/** A sentence for people about each thing that the modem cannot do (announcements, status reports, other memories). */
export function shortcomingsOf({ messages, reports, receiving, offered }: Reception): readonly string[] {
  return [
    ...(messages === 'polled'
      ? [
          `the modem does not announce new messages (${whyNot('messages', offered)}): its memories are looked through every 10 s`,
        ]
      : []),
    ...(reports === 'none' ? [`the modem passes no status reports on (${whyNot('reports', offered)})`] : []),
    ...(receiving === undefined ? ['the modem refuses +CPMS=: only the memory in force is read'] : []),
  ];
}

/** Why messages or status reports do not come: the modem has no setting for them, or offers one and refuses it. */
function whyNot(what: 'messages' | 'reports', offered: string | undefined): string {
  if (offered === undefined) return 'it does not answer +CNMI=?';
  const isOffered = announcedBy(offered)[what];
  return isOffered ? `it refuses all that it offers for this: +CNMI=? says ${offered}` : `+CNMI=? offers ${offered}`;
}
