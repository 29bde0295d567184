import { toHex } from '../../../modem/index.ts';
import { type CardFile, cardFiles } from '../card-files.ts';
import { type Call, type Command, cme } from '../command.ts';
import { cmeError } from '../result.ts';

/** The commands of the card that `+CRSM` passes on (3GPP TS 51.011, 9.2). */
const COMMAND = { readBinary: 176, readRecord: 178, getResponse: 192, updateBinary: 214, updateRecord: 220 } as const;

/** SW1 and SW2 (3GPP TS 51.011, 9.4). */
const STATUS = {
  done: '144,0',
  outOfRange: '148,2',
  noFile: '148,4',
  otherStructure: '148,8',
  notAllowed: '152,4',
  wrongParameter: '107,0',
  noInstruction: '109,0',
} as const;

/** P2 of READ RECORD: the record whose number is in P1. */
const ABSOLUTE = 4;
/** Access conditions: READ in the upper half of the first octet; UPDATE, INCREASE and the others are never allowed. */
const READ_BY = { always: 0x0f, pin: 0x1f } as const;
const NOBODY = 0xff;
const ELEMENTARY_FILE = 0x04;
const VALID = 0x01;

interface Parameters {
  readonly p1: number;
  readonly p2: number;
  /** 0: as much as there is. */
  readonly p3: number;
}

/** The card's response after a file was selected (3GPP TS 51.011, 9.2.1). */
function describe({ id, read, content }: CardFile, { modem }: Call): Uint8Array {
  const isBinary = content.structure === 'transparent';
  const recordOctets = isBinary ? 0 : content.recordOctets;
  const size = isBinary ? content.octets(modem).length : content.records(modem).length * recordOctets;
  return Uint8Array.of(
    ...[0, 0, size >> 8, size & 0xff, id >> 8, id & 0xff, ELEMENTARY_FILE, 0],
    ...[READ_BY[read], NOBODY, NOBODY, VALID, 2, isBinary ? 0 : 1, recordOctets],
  );
}

/** READ BINARY: P1 and P2 are the offset. */
function readBinary({ content }: CardFile, { modem }: Call, { p1, p2, p3 }: Parameters): Uint8Array | string {
  if (content.structure !== 'transparent') return STATUS.otherStructure;
  const octets = content.octets(modem);
  const from = p1 * 256 + p2;
  if (from >= octets.length) return STATUS.wrongParameter;
  const length = p3 === 0 ? octets.length - from : p3;
  return from + length > octets.length ? wrongLength(octets.length - from) : octets.subarray(from, from + length);
}

/** READ RECORD, by its number. */
function readRecord({ content }: CardFile, { modem }: Call, { p1, p2, p3 }: Parameters): Uint8Array | string {
  if (content.structure === 'transparent') return STATUS.otherStructure;
  if (p2 !== ABSOLUTE) return STATUS.wrongParameter;
  if (p3 !== 0 && p3 !== content.recordOctets) return wrongLength(content.recordOctets);
  return content.records(modem)[p1 - 1] ?? STATUS.outOfRange;
}

/** The status word for a wrong P3; SW2 has the right length. */
function wrongLength(right: number): string {
  return `103,${right}`;
}

function answer(call: Call, command: number, file: CardFile | undefined, parameters: Parameters): Uint8Array | string {
  if (file === undefined) return STATUS.noFile;
  if (command === COMMAND.getResponse) {
    const description = describe(file, call);
    return parameters.p3 === 0 ? description : description.subarray(0, parameters.p3);
  }
  if (file.read === 'pin' && call.modem.sim.state !== 'READY') return STATUS.notAllowed;
  if (command === COMMAND.readBinary) return readBinary(file, call, parameters);
  if (command === COMMAND.readRecord) return readRecord(file, call, parameters);
  // UPDATE BINARY and UPDATE RECORD are refused: the card is changed only by `+CPBW`, `+CMGW`, `+CSCA` and the like.
  return STATUS.notAllowed;
}

/** `+CRSM=command[,file[,P1,P2,P3[,data]]]`. */
function access(call: Call): void {
  const { modem, args, respond } = call;
  if (modem.simBusy) throw cmeError(modem.personality.start.simBusyError);
  const command = args.number(0, [0, 255]);
  const file = args.number(1, [0, 65_535], 0);
  const [p1, p2, p3] = [args.number(2, [0, 255], 0), args.number(3, [0, 255], 0), args.number(4, [0, 255], 0)];
  if (!Object.values<number>(COMMAND).includes(command)) {
    respond(`+CRSM: ${STATUS.noInstruction}`);
    return;
  }
  const said = answer(call, command, cardFiles.get(file), { p1, p2, p3 });
  respond(`+CRSM: ${typeof said === 'string' ? said : `${STATUS.done},"${toHex(said)}"`}`);
}

/** Files of the SIM (3GPP TS 27.007, 8.18). */
export const cardFileCommands: readonly Command[] = [cme('+CRSM', { test: '', set: access })];
