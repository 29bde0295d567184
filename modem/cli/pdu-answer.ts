import type { ApplicationPorts, SmsContent } from '../bearer.ts';
import {
  type Alphabet,
  addressOf,
  addressText,
  concatenationOf,
  type DataCodingScheme,
  type Direction,
  dataCodingOctet,
  decodeTpduFromHex,
  encodeTpduToHex,
  fromHex,
  isoTime,
  PduEncodeError,
  PduError,
  portsOf,
  type Segment,
  segment,
  type Tpdu,
  timeStampOf,
  toHex,
  type UserData,
} from '../pdu/index.ts';
import { Request, RequestError } from './pdu-request.ts';

const ALPHABETS: readonly Alphabet[] = ['gsm7', '8bit', 'ucs2'];

/** What a decode request calls a TPDU, which way that goes, and its type. */
const DIRECTIONS: ReadonlyMap<string, readonly [Direction, Tpdu['type']]> = new Map([
  ['submit', ['mobile-originated', 'SUBMIT']],
  ['deliver', ['mobile-terminated', 'DELIVER']],
  ['status-report', ['mobile-terminated', 'STATUS-REPORT']],
]);

const OPERATIONS: ReadonlyMap<string, (request: Request) => object> = new Map([
  ['encodeSubmit', (request: Request) => ({ tpdus: encodeSubmit(request) })],
  ['encodeDeliver', (request) => ({ tpdus: encodeDeliver(request) })],
  ['encodeStatusReport', (request) => ({ tpdus: [encodeStatusReport(request)] })],
  ['decode', decode],
]);

/** The answer to one line of `gsm-modem pdu --jsonl`: an object to be printed as JSON, `{ error }` when refused. */
export function answerTo(line: string): object {
  try {
    const request = new Request(line);
    const operation = OPERATIONS.get(request.text('op'));
    if (operation === undefined) throw new RequestError(`"op" must be one of ${[...OPERATIONS.keys()].join(', ')}`);
    return operation(request);
  } catch (error) {
    if (error instanceof RequestError || error instanceof PduError || error instanceof PduEncodeError) {
      return { error: shortened(error.message) };
    }
    throw error;
  }
}

/** Characters of an error's message; it may quote what was asked. */
const LONGEST_MESSAGE = 1000;

function shortened(message: string): string {
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
}

function contentOf(request: Request): SmsContent {
  const destination = request.number('destinationPort', 0xffff);
  const source = request.number('sourcePort', 0xffff);
  const ports: { ports?: ApplicationPorts } =
    destination === undefined && source === undefined
      ? {}
      : { ports: { destination: destination ?? 0, source: source ?? 0 } };
  if (request.has('text') === request.has('data')) throw new RequestError('give either "text" or "data"');
  return request.has('text')
    ? { kind: 'text', text: request.text('text'), ...ports }
    : { kind: 'data', data: fromHex(request.text('data')), ...ports };
}

/** The segments that a request asks for; a reference that needs 16 bits gets them. */
function segmentsOf(request: Request): readonly Segment[] {
  const reference = request.number('reference', 0xffff) ?? 0;
  const alphabet = request.word('alphabet', ALPHABETS);
  const referenceWidth = reference > 0xff ? 16 : 8;
  return segment(contentOf(request), { reference, referenceWidth, ...(alphabet !== undefined && { alphabet }) });
}

function encodeSubmit(request: Request): readonly string[] {
  const destination = addressOf(request.text('destination'));
  const messageReference = request.number('messageReference', 0xff) ?? 0;
  const pid = request.number('pid', 0xff) ?? 0;
  const statusReportRequested = request.flag('statusReport');
  return segmentsOf(request).map(({ dcs, userData }) =>
    encodeTpduToHex({
      type: 'SUBMIT',
      statusReportRequested,
      messageReference,
      destination,
      pid,
      dcs,
      userData,
    }),
  );
}

function encodeDeliver(request: Request): readonly string[] {
  const originator = addressOf(request.text('originator'));
  const timestamp = timeStampOf(request.text('timestamp'));
  const pid = request.number('pid', 0xff) ?? 0;
  const statusReportIndication = request.flag('statusReport');
  return segmentsOf(request).map(({ dcs, userData }) =>
    encodeTpduToHex({ type: 'DELIVER', statusReportIndication, originator, pid, dcs, timestamp, userData }),
  );
}

function encodeStatusReport(request: Request): string {
  return encodeTpduToHex({
    type: 'STATUS-REPORT',
    messageReference: request.wanted('messageReference', 0xff),
    recipient: addressOf(request.text('recipient')),
    timestamp: timeStampOf(request.text('timestamp')),
    dischargeTime: timeStampOf(request.text('dischargeTime')),
    status: request.wanted('status', 0xff),
  });
}

function decode(request: Request): object {
  const known = DIRECTIONS.get(request.text('direction'));
  if (known === undefined) throw new RequestError(`"direction" must be one of ${[...DIRECTIONS.keys()].join(', ')}`);
  const [direction, type] = known;
  const tpdu = decodeTpduFromHex(request.text('tpdu'), direction);
  if (tpdu.type !== type) throw new RequestError(`a ${tpdu.type}, not a ${type}`);
  return recordOf(tpdu);
}

/** What a decode answer says of a TPDU. */
function recordOf(tpdu: Tpdu): object {
  switch (tpdu.type) {
    case 'SUBMIT':
      return {
        number: addressText(tpdu.destination),
        ...contentRecord(tpdu.dcs, tpdu.userData),
        pid: tpdu.pid,
        dcs: dataCodingOctet(tpdu.dcs),
        messageReference: tpdu.messageReference,
        statusReportRequested: tpdu.statusReportRequested,
      };
    case 'DELIVER':
      return {
        number: addressText(tpdu.originator),
        ...contentRecord(tpdu.dcs, tpdu.userData),
        pid: tpdu.pid,
        dcs: dataCodingOctet(tpdu.dcs),
        statusReportRequested: tpdu.statusReportIndication,
        timestamp: isoTime(tpdu.timestamp),
      };
    case 'STATUS-REPORT':
      return {
        number: addressText(tpdu.recipient),
        messageReference: tpdu.messageReference,
        timestamp: isoTime(tpdu.timestamp),
        dischargeTime: isoTime(tpdu.dischargeTime),
        status: tpdu.status,
      };
    default:
      return { type: tpdu.type };
  }
}

function contentRecord({ alphabet }: DataCodingScheme, userData: UserData): object {
  const ports = portsOf(userData);
  const concatenation = concatenationOf(userData);
  return {
    alphabet,
    ...(userData.kind === 'text' ? { text: userData.text } : { data: toHex(userData.data) }),
    ...(ports && { destinationPort: ports.destination, sourcePort: ports.source }),
    ...(concatenation && {
      concat: {
        reference: concatenation.reference,
        total: concatenation.total,
        sequence: concatenation.sequence,
      },
    }),
  };
}
