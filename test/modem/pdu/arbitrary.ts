import fc from 'fast-check';
import type {
  Address,
  Command,
  DataCodingScheme,
  Deliver,
  DeliverReport,
  Direction,
  InformationElement,
  ReportParameters,
  StatusReport,
  Submit,
  SubmitReport,
  TimeStamp,
  Tpdu,
  UserData,
  ValidityPeriod,
} from '../../../modem/pdu/index.ts';
import { anyCharacter } from '../../any-text.ts';

/** The default alphabet with its extension, as people type it. */
export const GSM_CHARACTERS: string =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿' +
  'abcdefghijklmnopqrstuvwxyzäöñüà\f^{}\\[~]|€';

const octet = fc.integer({ min: 0, max: 255 });
const word = fc.integer({ min: 0, max: 65_535 });
const digits = fc.string({ unit: fc.constantFrom(...'0123456789*#abc'), maxLength: 20 });

/** GSM text that any segment with a short header holds. */
export const gsmText: fc.Arbitrary<string> = fc.string({ unit: fc.constantFrom(...GSM_CHARACTERS), maxLength: 50 });

/** Any UTF-16 text that any segment with a short header holds. */
export const utf16Text: fc.Arbitrary<string> = fc.string({ unit: anyCharacter, maxLength: 25 });

const data = fc.uint8Array({ maxLength: 90 });

const plan = fc.constantFrom(
  ...(['unknown', 'isdn', 'reserved-2', 'data', 'telex', 'service-centre-5', 'national', 'private', 'ermes'] as const),
);

export const address: fc.Arbitrary<Address> = fc.oneof(
  fc.record({
    type: fc.constantFrom(
      ...([
        'unknown',
        'international',
        'national',
        'network-specific',
        'subscriber',
        'abbreviated',
        'reserved',
      ] as const),
    ),
    plan,
    value: digits,
  }),
  fc.record({
    type: fc.constant('alphanumeric' as const),
    plan,
    value: fc.string({ unit: fc.constantFrom(...'@£Øa{ Z9'), maxLength: 5 }),
  }),
);

export const timestamp: fc.Arbitrary<TimeStamp> = fc
  .record({ seconds: fc.integer({ min: 0, max: 3_155_000_000 }), zone: fc.integer({ min: -79, max: 79 }) })
  .filter(({ seconds, zone }) => seconds + zone * 900 >= 0)
  .map(({ seconds, zone }) => ({ at: seconds * 1000, zone }));

const messageClass = fc.constantFrom(...([0, 1, 2, 3] as const));
const waiting = fc.constantFrom(...(['voicemail', 'fax', 'email', 'other'] as const));

function codingOf<A extends DataCodingScheme['alphabet']>(alphabet: A) {
  return fc.record({
    group: fc.constant('general' as const),
    alphabet: fc.constant(alphabet),
    automaticDeletion: fc.boolean(),
  });
}

function withClass<A extends DataCodingScheme['alphabet']>(alphabet: A) {
  return fc.tuple(codingOf(alphabet), messageClass).map(([coding, value]) => ({ ...coding, messageClass: value }));
}

function range(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

function reservedCoding<A extends DataCodingScheme['alphabet']>(alphabet: A, octets: readonly number[]) {
  return fc.record({
    group: fc.constant('reserved' as const),
    octet: fc.constantFrom(...octets),
    alphabet: fc.constant(alphabet),
  });
}

const gsmCoding: fc.Arbitrary<DataCodingScheme> = fc.oneof(
  codingOf('gsm7' as const),
  withClass('gsm7' as const),
  fc.record({
    group: fc.constant('message-waiting' as const),
    alphabet: fc.constant('gsm7' as const),
    store: fc.boolean(),
    active: fc.boolean(),
    waiting,
  }),
  fc.record({ group: fc.constant('data-coding' as const), alphabet: fc.constant('gsm7' as const), messageClass }),
  reservedCoding('gsm7' as const, [0x01, 0x0c, 0x43, ...range(0x80, 0xbf), 0xc4, 0xdf, 0xf8]),
);

const utf16Coding: fc.Arbitrary<DataCodingScheme> = fc.oneof(
  codingOf('ucs2' as const),
  withClass('ucs2' as const),
  fc.record({
    group: fc.constant('message-waiting' as const),
    alphabet: fc.constant('ucs2' as const),
    store: fc.constant(true as const),
    active: fc.boolean(),
    waiting,
  }),
  reservedCoding('ucs2' as const, [0x09, 0x4b, 0xe4, 0xef]),
);

const dataCoding: fc.Arbitrary<DataCodingScheme> = fc.oneof(
  codingOf('8bit' as const),
  withClass('8bit' as const),
  fc.record({ group: fc.constant('data-coding' as const), alphabet: fc.constant('8bit' as const), messageClass }),
  reservedCoding('8bit' as const, [0x05, 0x47, 0xfc, 0xff]),
);

const KNOWN_ELEMENTS = [0x00, 0x01, 0x04, 0x05, 0x08, 0x24, 0x25];

const element: fc.Arbitrary<InformationElement> = fc.oneof(
  fc
    .record({ width: fc.constantFrom(...([8, 16] as const)), reference: word, total: octet, sequence: octet })
    .filter(({ total, sequence }) => sequence >= 1 && sequence <= total)
    .map(({ width, reference, ...part }) => ({
      kind: 'concatenation' as const,
      width,
      reference: reference % 2 ** width,
      ...part,
    })),
  fc
    .record({ width: fc.constantFrom(...([8, 16] as const)), destination: word, source: word })
    .map(({ width, destination, source }) => ({
      kind: 'ports' as const,
      width,
      destination: destination % 2 ** width,
      source: source % 2 ** width,
    })),
  fc.record({
    kind: fc.constant('special-message' as const),
    store: fc.boolean(),
    waiting,
    extendedType: fc.integer({ min: 0, max: 7 }),
    profile: fc.integer({ min: 1, max: 4 }),
    count: octet,
  }),
  fc.record({
    kind: fc.constant('other' as const),
    id: octet.filter((id) => !KNOWN_ELEMENTS.includes(id)),
    data: fc.uint8Array({ maxLength: 8 }),
  }),
);

const header = fc.array(element, { maxLength: 3 });

/** User data and the coding scheme that goes with it. */
export const coded: fc.Arbitrary<{ dcs: DataCodingScheme; userData: UserData }> = fc.oneof(
  fc.record({ dcs: gsmCoding, userData: fc.record({ kind: fc.constant('text' as const), header, text: gsmText }) }),
  fc.record({ dcs: utf16Coding, userData: fc.record({ kind: fc.constant('text' as const), header, text: utf16Text }) }),
  fc.record({ dcs: dataCoding, userData: fc.record({ kind: fc.constant('data' as const), header, data }) }),
);

const relativeMs = fc.oneof(
  fc.integer({ min: 1, max: 144 }).map((fives) => fives * 5 * 60_000),
  fc.integer({ min: 25, max: 48 }).map((halves) => halves * 30 * 60_000),
  fc.integer({ min: 2, max: 30 }).map((days) => days * 86_400_000),
  fc.integer({ min: 5, max: 63 }).map((weeks) => weeks * 7 * 86_400_000),
);

const validity: fc.Arbitrary<ValidityPeriod> = fc.oneof(
  fc.record({ format: fc.constant('relative' as const), ms: relativeMs }),
  fc.record({ format: fc.constant('absolute' as const), until: timestamp }),
  fc.record({
    format: fc.constant('enhanced' as const),
    singleShot: fc.boolean(),
    period: fc.oneof(
      fc.constant({ kind: 'none' as const }),
      fc.record({ kind: fc.constant('relative' as const), ms: relativeMs }),
      fc.record({ kind: fc.constant('seconds' as const), seconds: fc.integer({ min: 1, max: 255 }) }),
      fc.record({
        kind: fc.constant('clock' as const),
        hours: fc.integer({ min: 0, max: 99 }),
        minutes: fc.integer({ min: 0, max: 59 }),
        seconds: fc.integer({ min: 0, max: 59 }),
      }),
    ),
  }),
);

const optional = { requiredKeys: [] as [] };

const parameters: fc.Arbitrary<ReportParameters> = fc.oneof(
  fc.record({ pid: octet, dcs: gsmCoding }, optional),
  fc.record(
    { pid: octet, userData: fc.record({ kind: fc.constant('text' as const), header, text: gsmText }) },
    optional,
  ),
  fc.tuple(fc.record({ pid: octet }, optional), coded).map(([pid, both]) => ({ ...pid, ...both })),
);

export const deliver: fc.Arbitrary<Deliver> = fc
  .record({
    type: fc.constant('DELIVER' as const),
    moreMessagesToSend: fc.boolean(),
    loopPrevention: fc.boolean(),
    statusReportIndication: fc.boolean(),
    replyPath: fc.boolean(),
    originator: address,
    pid: octet,
    timestamp,
    coded,
  })
  .map(({ coded: { dcs, userData }, ...rest }) => ({ ...rest, dcs, userData }));

export const submit: fc.Arbitrary<Submit> = fc
  .record({
    fixed: fc.record({
      type: fc.constant('SUBMIT' as const),
      rejectDuplicates: fc.boolean(),
      statusReportRequested: fc.boolean(),
      replyPath: fc.boolean(),
      messageReference: octet,
      destination: address,
      pid: octet,
    }),
    validity: fc.record({ validity }, optional),
    coded,
  })
  .map(({ fixed, validity: period, coded: { dcs, userData } }) => ({ ...fixed, ...period, dcs, userData }));

export const statusReport: fc.Arbitrary<StatusReport> = fc
  .record({
    fixed: fc.record({
      type: fc.constant('STATUS-REPORT' as const),
      moreMessagesToSend: fc.boolean(),
      loopPrevention: fc.boolean(),
      answersCommand: fc.boolean(),
      messageReference: octet,
      recipient: address,
      timestamp,
      dischargeTime: timestamp,
      status: octet,
    }),
    extra: fc.record({ parameters }, optional),
  })
  .map(({ fixed, extra }) => ({ ...fixed, ...extra }));

const failureCause = fc.record({ failureCause: fc.integer({ min: 128, max: 255 }) }, optional);

export const deliverReport: fc.Arbitrary<DeliverReport> = fc
  .tuple(failureCause, parameters)
  .map(([cause, rest]) => ({ type: 'DELIVER-REPORT', ...cause, parameters: rest }));

export const submitReport: fc.Arbitrary<SubmitReport> = fc
  .tuple(failureCause, timestamp, parameters)
  .map(([cause, at, rest]) => ({ type: 'SUBMIT-REPORT', ...cause, timestamp: at, parameters: rest }));

export const command: fc.Arbitrary<Command> = fc.record({
  type: fc.constant('COMMAND' as const),
  hasHeader: fc.boolean(),
  statusReportRequested: fc.boolean(),
  messageReference: octet,
  pid: octet,
  commandType: octet,
  messageNumber: octet,
  destination: address,
  data: fc.uint8Array({ maxLength: 146 }),
});

/** Any TPDU. */
export const tpdu: fc.Arbitrary<Tpdu> = fc.oneof(deliver, submit, statusReport, deliverReport, submitReport, command);

/** The way that a TPDU goes. */
export function directionOf({ type }: Tpdu): Direction {
  return type === 'SUBMIT' || type === 'DELIVER-REPORT' || type === 'COMMAND'
    ? 'mobile-originated'
    : 'mobile-terminated';
}
