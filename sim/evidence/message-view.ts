import {
  type Alphabet,
  addressText,
  concatenationOf,
  type Direction,
  decodeTpduLeniently,
  describeStatus,
  fromHex,
  PduError,
  portsOf,
  type Tpdu,
  type UserData,
} from '../../modem/index.ts';

/** A TPDU as far as people want to see it. */
export interface MessageView {
  readonly type: Tpdu['type'];
  /** TP-MR, 0 to 255, of what has one. */
  readonly reference?: number;
  /** What it carries: a text in quotation marks, so many octets, a status or a command in words. One line. */
  readonly body: string;
  readonly alphabet?: Alphabet;
  /** Application ports. */
  readonly ports?: { readonly destination: number; readonly source: number };
  /** Which part of a long message it is. */
  readonly part?: { readonly sequence: number; readonly total: number; readonly reference: number };
  /** A status report was asked for. */
  readonly wantsReport: boolean;
}

/** TP-CT in words, to be followed by what it is about (3GPP TS 23.040, 9.2.3.19). */
const COMMANDS = ['asks for', 'wants no report of', 'deletes', 'wants a report of'];

/** TP-CT, an octet, in words. */
export function commandText(command: number): string {
  return COMMANDS[command] ?? 'wants something unknown of';
}

/** The alphabets, as the standard writes them. */
const ALPHABETS: Readonly<Record<Alphabet, string>> = { gsm7: 'GSM 7-bit', ucs2: 'UCS-2', '8bit': '8-bit' };

/** Looks into a TPDU in hex; `undefined` when nothing can be made of it. */
export function viewMessage(tpdu: string, direction: Direction): MessageView | undefined {
  try {
    return viewOf(decodeTpduLeniently(fromHex(tpdu), direction).tpdu);
  } catch (error) {
    if (error instanceof PduError) return undefined;
    throw error;
  }
}

/** What qualifies the body: alphabet unless it is the default, part, ports, reference, report. */
export function qualifiers({ alphabet, part, ports, reference, wantsReport }: MessageView): readonly string[] {
  return [
    alphabet === undefined || alphabet === 'gsm7' ? '' : ALPHABETS[alphabet],
    part === undefined ? '' : `part ${part.sequence} of ${part.total}`,
    ports === undefined ? '' : `port ${ports.source} to ${ports.destination}`,
    reference === undefined ? '' : `reference ${reference}`,
    wantsReport ? 'wants a report' : '',
  ].filter((word) => word !== '');
}

/** Controls, marks of direction and the like; what joins the parts of an emoji or of a word is none of them. */
const UNFIT = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/gu;

/** A text on one line: line ends are shown, and what else would move or colour a terminal is replaced. */
export function oneLine(text: string): string {
  return text.replaceAll(/\r\n|\r|\n/g, '↵').replaceAll(UNFIT, '·');
}

function viewOf(tpdu: Tpdu): MessageView {
  const { type } = tpdu;
  switch (tpdu.type) {
    case 'SUBMIT':
      return {
        type,
        reference: tpdu.messageReference,
        wantsReport: tpdu.statusReportRequested === true,
        alphabet: tpdu.dcs.alphabet,
        ...viewUserData(tpdu.userData),
      };
    case 'DELIVER':
      return { type, wantsReport: false, alphabet: tpdu.dcs.alphabet, ...viewUserData(tpdu.userData) };
    case 'STATUS-REPORT':
      return {
        type,
        reference: tpdu.messageReference,
        body: `report about ${addressText(tpdu.recipient)}: ${describeStatus(tpdu.status)}`,
        wantsReport: false,
      };
    case 'COMMAND':
      return {
        type,
        reference: tpdu.messageReference,
        body: `${commandText(tpdu.commandType)} the message of reference ${tpdu.messageNumber}`,
        wantsReport: tpdu.statusReportRequested === true,
      };
    default:
      return { type, body: '', wantsReport: false };
  }
}

function viewUserData(userData: UserData): Pick<MessageView, 'body' | 'ports' | 'part'> {
  const ports = portsOf(userData);
  const part = concatenationOf(userData);
  return {
    body: bodyOf(userData),
    ...(ports === undefined ? {} : { ports }),
    ...(part === undefined ? {} : { part }),
  };
}

function bodyOf(userData: UserData): string {
  if (userData.kind === 'text') return `«${oneLine(userData.text)}»`;
  return userData.data.length === 1 ? '1 octet' : `${userData.data.length} octets`;
}
