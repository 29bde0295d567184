import { toHex } from '../../../modem/index.ts';
import { fromHost } from '../charset.ts';
import { type Call, type Command, cms } from '../command.ts';
import { type MessageStore, STATUS_WORDS, type StoredMessage } from '../message-store.ts';
import { cmsError } from '../result.ts';
import { listedHeader, readHeader, textOf } from '../text-mode.ts';
import { isStatusReport } from '../tpdu-fields.ts';
import type { VirtualModem } from '../virtual-modem.ts';

const ALL = 4;
const WORDS = [...STATUS_WORDS, 'ALL'];

/** Which statuses each `<delflag>` of `+CMGD` deletes (3GPP TS 27.005, 3.5.4). 0 deletes one place. */
const DELETED_BY: readonly (readonly number[])[] = [[], [1], [1, 3], [1, 2, 3], [0, 1, 2, 3]];

function readStore(modem: VirtualModem): MessageStore {
  return modem.store(modem.settings.stores[0]);
}

/** The line below the header: the PDU or the text. A status report has none in text mode. */
function body({ settings }: VirtualModem, { status, smsc, tpdu }: StoredMessage): readonly string[] {
  if (settings.messageFormat === 'pdu') return [`${toHex(smsc)}${toHex(tpdu)}`];
  if (status < 2 && isStatusReport(tpdu)) return [];
  return [textOf(settings.charset, tpdu, status < 2 ? 'mobile-terminated' : 'mobile-originated')];
}

function markRead(modem: VirtualModem, index: number, message: StoredMessage): void {
  if (message.status === 0) readStore(modem).update(index, { ...message, status: 1 });
}

/** `+CMGL[=stat]`: 0 to 4, or the words of text mode. */
function wantedStatus({ modem: { settings }, args }: Call): number {
  if (settings.messageFormat === 'pdu') return args.number(0, [0, ALL], 0);
  const word = args.string(0, 'REC UNREAD');
  const status = WORDS.findIndex((known) => known === word.toUpperCase() || known === fromHost(settings.charset, word));
  if (status < 0) throw cmsError('invalidTextParameter');
  return status;
}

function list(call: Call): void {
  const { modem, respond } = call;
  const wanted = wantedStatus(call);
  const entries = readStore(modem).entries();
  if (entries.length === 0 && modem.personality.messages.emptyList === 'error') throw cmsError('invalidIndex');
  for (const [index, message] of entries) {
    if (wanted !== ALL && message.status !== wanted) continue;
    const header =
      modem.settings.messageFormat === 'pdu'
        ? `${message.status},,${message.tpdu.length}`
        : listedHeader(modem, message);
    respond(`+CMGL: ${index},${header}`, ...body(modem, message));
    markRead(modem, index, message);
  }
}

function read({ modem, args, respond }: Call): void {
  const index = args.number(0, [0, 65_535]);
  const message = readStore(modem).get(index);
  if (message === undefined) {
    const { emptyPlace } = modem.personality.messages;
    if (emptyPlace === 'error') throw cmsError('invalidIndex');
    if (emptyPlace === 'zero') respond('+CMGR: 0,,0');
    return;
  }
  const header =
    modem.settings.messageFormat === 'pdu' ? `${message.status},,${message.tpdu.length}` : readHeader(modem, message);
  respond(`+CMGR: ${header}`, ...body(modem, message));
  markRead(modem, index, message);
}

function remove({ modem, args }: Call): void {
  const store = readStore(modem);
  const index = args.number(0, [0, 65_535]);
  const flag = args.number(1, [0, 4], 0);
  if (flag === 0) {
    if (index < store.firstIndex || index >= store.firstIndex + store.capacity) throw cmsError('invalidIndex');
    store.delete(index);
  } else {
    const statuses = DELETED_BY[flag] ?? [];
    for (const [place, { status }] of store.entries()) if (statuses.includes(status)) store.delete(place);
  }
  modem.incoming.roomMade();
}

/** Messages in the stores (3GPP TS 27.005, 3.4.2, 3.4.3 and 3.5.4). */
export const storeCommands: readonly Command[] = [
  cms('+CMGL', {
    needsSim: true,
    test: ({ modem, respond }) =>
      respond(
        `+CMGL: (${modem.settings.messageFormat === 'pdu' ? '0-4' : WORDS.map((word) => `"${word}"`).join(',')})`,
      ),
    set: list,
    execute: list,
  }),
  cms('+CMGR', { needsSim: true, test: '', set: read }),
  cms('+CMGD', {
    needsSim: true,
    test: ({ modem, respond }) => {
      const used = readStore(modem).entries();
      respond(`+CMGD: (${used.map(([index]) => index).join(',')}),(0-4)`);
    },
    set: remove,
  }),
];
