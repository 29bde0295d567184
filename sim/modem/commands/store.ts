import { decodeTpdu, PduError, toHex } from '../../../modem/index.ts';
import { isStatusReport } from '../../tpdu-fields.ts';
import { fromHost } from '../charset.ts';
import { type Call, type Command, cms } from '../command.ts';
import { type MessageStore, STATUS_WORDS, type StoredMessage } from '../message-store.ts';
import { cmsError } from '../result.ts';
import { listedHeader, readHeader, textOf } from '../text-mode.ts';
import type { VirtualModem } from '../virtual-modem.ts';

const ALL = 4;
/** Service centre and TPDU in a record of the SIM, without its status. */
const RECORD_OCTETS = 175;
const WORDS = [...STATUS_WORDS, 'ALL'];

/** Which statuses each `<delflag>` of `+CMGD` deletes (3GPP TS 27.005, 3.5.4). 0 deletes one place. */
const DELETED_BY: readonly (readonly number[])[] = [[], [1], [1, 3], [1, 2, 3], [0, 1, 2, 3]];

function readStore(modem: VirtualModem): MessageStore {
  return modem.store(modem.settings.stores[0]);
}

/** The line below the header: the PDU or the text. A status report has none in text mode. */
function body(modem: VirtualModem, { status, smsc, tpdu }: StoredMessage): readonly string[] {
  const { settings, personality } = modem;
  if (settings.messageFormat === 'pdu') {
    const fill = 'FF'.repeat(fillOctets(modem, { smsc, tpdu }));
    return [`${personality.stores.showsServiceCentre ? toHex(smsc) : ''}${toHex(tpdu)}${fill}`];
  }
  if (status < 2 && isStatusReport(tpdu)) return [];
  return [textOf(settings.charset, tpdu, status < 2 ? 'mobile-terminated' : 'mobile-originated')];
}

/** `<length>` of a PDU: octets of the TPDU, or of the whole PDU, by the personality. */
function lengthOf(modem: VirtualModem, message: StoredMessage): string {
  const { smsc, tpdu } = message;
  const length = modem.personality.stores.lengthCounts === 'tpdu' ? tpdu.length : smsc.length + tpdu.length;
  return String(length + fillOctets(modem, message));
}

/** Octets of FF behind a report, of a modem that shows the SIM's record to its end (3GPP TS 51.011, 10.5.3). */
function fillOctets({ personality }: VirtualModem, { smsc, tpdu }: Omit<StoredMessage, 'status'>): number {
  if (!personality.stores.reportsFillRecord || !isStatusReport(tpdu)) return 0;
  return RECORD_OCTETS - smsc.length - tpdu.length;
}

/** The header line of `+CMGR`. */
function headerOf(modem: VirtualModem, message: StoredMessage): string {
  const { readHeader: written } = modem.personality.stores;
  if (modem.settings.messageFormat === 'text' || written === 'text') return readHeader(modem, message);
  return written.replace('{stat}', String(message.status)).replace('{length}', lengthOf(modem, message));
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
  const { modem, respond, endWith } = call;
  const { emptyList, listHangs, listIndexOffset, listGlued } = modem.personality.stores;
  const wanted = wantedStatus(call);
  const entries = readStore(modem).entries();
  if (listHangs) {
    endWith('silent');
    return;
  }
  if (entries.length === 0 && emptyList === 'error') throw cmsError('invalidIndex');
  const lines = entries
    .filter(([, { status }]) => wanted === ALL || status === wanted)
    .flatMap(([index, message]) => {
      const header =
        modem.settings.messageFormat === 'pdu'
          ? `${message.status},,${lengthOf(modem, message)}`
          : listedHeader(modem, message);
      const shown = [`+CMGL: ${index + listIndexOffset},${header}`, ...body(modem, message)];
      markRead(modem, index, message);
      return shown;
    });
  respond(...(listGlued ? glued(lines) : lines));
}

/** Lines joined so that each header follows the PDU before it on the same line, as some modems write `+CMGL`. */
function glued(lines: readonly string[]): readonly string[] {
  return lines.join('\n').replaceAll('\n+CMGL: ', '+CMGL: ').split('\n');
}

function read({ modem, args, respond }: Call): void {
  const index = args.number(0, [0, 65_535]);
  const message = readStore(modem).get(index);
  const { emptyPlace, padding } = modem.personality.stores;
  if (message === undefined) {
    if (emptyPlace === 'error') throw cmsError('invalidIndex');
    if (emptyPlace === 'zero') respond('+CMGR: 0,,0');
    return;
  }
  const [first, ...rest] = body(modem, message);
  const padded = first === undefined || modem.settings.messageFormat === 'text' ? first : `${first}${padding}`;
  respond(`+CMGR: ${headerOf(modem, message)}`, ...(padded === undefined ? [] : [padded, ...rest]));
  markRead(modem, index, message);
}

/** `+CMGD=index[,delflag]` */
function remove({ modem, args }: Call): void {
  const store = readStore(modem);
  const { takesDeleteFlag, deletesSiblings } = modem.personality.stores;
  args.atMost(takesDeleteFlag ? 2 : 1);
  const index = args.number(0, [0, 65_535]);
  const flag = args.number(1, [0, 4], 0);
  if (flag === 0) {
    if (index < store.firstIndex || index >= store.firstIndex + store.capacity) throw cmsError('invalidIndex');
    for (const place of deletesSiblings ? siblingsOf(store, index) : [index]) store.delete(place);
  } else {
    const statuses = DELETED_BY[flag] ?? [];
    for (const [place, { status }] of store.entries()) if (statuses.includes(status)) store.delete(place);
  }
  modem.incoming.roomMade();
}

/** The indexes of all parts of the long message of which one part is at `index`. */
function siblingsOf(store: MessageStore, index: number): readonly number[] {
  const wanted = concatenationOf(store.get(index));
  const places = wanted === undefined ? [] : store.entries().filter(([, other]) => concatenationOf(other) === wanted);
  return [index, ...places.map(([place]) => place)];
}

/** The key of the long message of a part: originator and concatenation reference. */
function concatenationOf(message: StoredMessage | undefined): string | undefined {
  if (message === undefined || message.status >= 2) return undefined;
  try {
    const tpdu = decodeTpdu(message.tpdu, 'mobile-terminated');
    if (tpdu.type !== 'DELIVER') return undefined;
    const part = tpdu.userData.header.find((element) => element.kind === 'concatenation');
    return part === undefined ? undefined : `${tpdu.originator.value} ${part.reference}`;
  } catch (error) {
    if (error instanceof PduError) return undefined;
    throw error;
  }
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
      const flags = modem.personality.stores.takesDeleteFlag ? ',(0-4)' : '';
      respond(`+CMGD: (${used.map(([index]) => index).join(',')})${flags}`);
    },
    set: remove,
  }),
];
