import type { ApplicationPorts, SmsContent } from '../bearer.ts';
import {
  addressOf,
  addressText,
  type CodingOptions,
  compareChoices,
  concatenationOf,
  type DataCodingScheme,
  type Deviation,
  type Direction,
  dataCodingOctet,
  dataCodingOf,
  decodePdu,
  decodePduLeniently,
  decodeTpduFromHex,
  decodeTpduLeniently,
  type EnhancedPeriod,
  encodePdu,
  encodeTpduToHex,
  fromHex,
  isoTime,
  type LenientPdu,
  PduEncodeError,
  PduError,
  portsOf,
  type Segment,
  segment,
  type Tpdu,
  timeStampOf,
  toHex,
  type UserData,
  type ValidityPeriod,
} from '../pdu/index.ts';
import { ALPHABETS, CLASSES, LANGUAGE_WORDS, languageChoice } from './coding-options.ts';
import { countRecord } from './pdu-count.ts';
import { Request, RequestError } from './pdu-request.ts';

/** The names of TPDUs in a decode request, with direction and type. */
const DIRECTIONS: ReadonlyMap<string, readonly [Direction, Tpdu['type']]> = new Map([
  ['submit', ['mobile-originated', 'SUBMIT']],
  ['deliver', ['mobile-terminated', 'DELIVER']],
  ['status-report', ['mobile-terminated', 'STATUS-REPORT']],
]);

const OPERATIONS: ReadonlyMap<string, (request: Request) => object> = new Map([
  ['encodeSubmit', (request: Request) => encoded(request, encodeSubmit(request))],
  ['encodeDeliver', (request) => encoded(request, encodeDeliver(request))],
  ['encodeStatusReport', (request) => encoded(request, [encodeStatusReport(request)])],
  ['decode', decode],
  ['count', count],
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

/** Characters of an error's message at most, since it may quote a long request. */
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
  const referenceWidth = reference > 0xff ? 16 : 8;
  return segment(contentOf(request), { ...codingOf(request), reference, referenceWidth });
}

function codingOf(request: Request): CodingOptions {
  const alphabet = request.word('alphabet', ALPHABETS);
  const language = request.meaning('language', languageChoice, `one of ${LANGUAGE_WORDS.join(', ')}`);
  const messageClass = request.number('class', 3);
  const dcs = request.number('dcs', 0xff);
  return {
    ...(alphabet !== undefined && { alphabet }),
    ...(language !== undefined && { language }),
    transliterate: request.flag('transliterate'),
    ...(messageClass !== undefined && { messageClass: CLASSES[messageClass] ?? 0 }),
    ...(dcs !== undefined && { dcs: dataCodingOf(dcs) }),
  };
}

/** TPDUs, and with the service centre's address in front of each, if the request has one (empty: the modem's own). */
function encoded(request: Request, tpdus: readonly Tpdu[]): object {
  const hex = tpdus.map(encodeTpduToHex);
  if (!request.has('smsc')) return { tpdus: hex };
  const number = request.text('smsc');
  const smsc = number === '' ? {} : { smsc: addressOf(number) };
  return { tpdus: hex, pdus: tpdus.map((tpdu) => toHex(encodePdu({ ...smsc, tpdu }))) };
}

function count(request: Request): object {
  return { choices: compareChoices(request.text('text')).map(countRecord) };
}

function encodeSubmit(request: Request): readonly Tpdu[] {
  const destination = addressOf(request.text('destination'));
  const messageReference = request.number('messageReference', 0xff) ?? 0;
  const pid = request.number('pid', 0xff) ?? 0;
  const statusReportRequested = request.flag('statusReport');
  const seconds = request.number('validity', LONGEST_VALIDITY_S);
  return segmentsOf(request).map(({ dcs, userData }) => ({
    type: 'SUBMIT',
    statusReportRequested,
    messageReference,
    destination,
    pid,
    dcs,
    ...(seconds !== undefined && { validity: { format: 'relative', ms: seconds * 1000 } }),
    userData,
  }));
}

/** 63 weeks. */
const LONGEST_VALIDITY_S = 63 * 7 * 86_400;

function encodeDeliver(request: Request): readonly Tpdu[] {
  const originator = addressOf(request.text('originator'));
  const timestamp = timeStampOf(request.text('timestamp'));
  const pid = request.number('pid', 0xff) ?? 0;
  const statusReportIndication = request.flag('statusReport');
  return segmentsOf(request).map(({ dcs, userData }) => ({
    type: 'DELIVER',
    statusReportIndication,
    originator,
    pid,
    dcs,
    timestamp,
    userData,
  }));
}

function encodeStatusReport(request: Request): Tpdu {
  return {
    type: 'STATUS-REPORT',
    messageReference: request.wanted('messageReference', 0xff),
    recipient: addressOf(request.text('recipient')),
    timestamp: timeStampOf(request.text('timestamp')),
    dischargeTime: timeStampOf(request.text('dischargeTime')),
    status: request.wanted('status', 0xff),
  };
}

function decode(request: Request): object {
  const known = DIRECTIONS.get(request.text('direction'));
  if (known === undefined) throw new RequestError(`"direction" must be one of ${[...DIRECTIONS.keys()].join(', ')}`);
  const [direction, type] = known;
  const { tpdu, smsc, deviations } = decoded(request, direction);
  if (tpdu.type !== type) throw new RequestError(`a ${tpdu.type}, not a ${type}`);
  return { ...(smsc && { smsc: addressText(smsc) }), ...recordOf(tpdu), deviations };
}

/** Decodes `tpdu`, or `pdu`, which has the service centre's address in front. */
function decoded(request: Request, direction: Direction): LenientPdu {
  const lenient = request.flag('lenient');
  if (request.has('tpdu') === request.has('pdu')) throw new RequestError('give either "tpdu" or "pdu"');
  const deviations: Deviation[] = [];
  if (request.has('pdu')) {
    const octets = fromHex(request.text('pdu'));
    return lenient
      ? decodePduLeniently(octets, direction)
      : { ...decodePdu(octets, direction, { deviations }), deviations };
  }
  const hex = request.text('tpdu');
  return lenient
    ? decodeTpduLeniently(fromHex(hex), direction)
    : { tpdu: decodeTpduFromHex(hex, direction, { deviations }), deviations };
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
        ...(tpdu.validity && { validity: validityRecord(tpdu.validity) }),
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

function validityRecord(validity: ValidityPeriod): object {
  const { format } = validity;
  switch (format) {
    case 'relative':
      return { format, seconds: validity.ms / 1000 };
    case 'absolute':
      return { format, until: isoTime(validity.until) };
    case 'enhanced':
      return { format, singleShot: validity.singleShot, ...secondsOf(validity.period) };
  }
}

function secondsOf(period: EnhancedPeriod): { readonly seconds?: number } {
  switch (period.kind) {
    case 'none':
      return {};
    case 'relative':
      return { seconds: period.ms / 1000 };
    case 'seconds':
      return { seconds: period.seconds };
    case 'clock':
      return { seconds: (period.hours * 60 + period.minutes) * 60 + period.seconds };
  }
}

function contentRecord(dcs: DataCodingScheme, userData: UserData): object {
  const { alphabet } = dcs;
  const messageClass = 'messageClass' in dcs ? dcs.messageClass : undefined;
  const ports = portsOf(userData);
  const concatenation = concatenationOf(userData);
  return {
    alphabet,
    ...(messageClass !== undefined && { class: messageClass }),
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
