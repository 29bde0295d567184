export { type Address, addressOf, addressText, type NumberingPlan, type TypeOfNumber } from './address.ts';
export { LANGUAGE_CODES, type Language, languageOf } from './alphabet/language.ts';
export type { Command } from './command.ts';
export type { ApplicationPorts, SmsContent } from './content.ts';
export { type CountedChoice, compareChoices, count, type TextCount } from './count.ts';
export {
  type Alphabet,
  type DataCodingScheme,
  dataCodingOctet,
  dataCodingOf,
  type MessageClass,
  type WaitingKind,
} from './data-coding-scheme.ts';
export type { Deliver } from './deliver.ts';
export type { DeliverReport } from './deliver-report.ts';
export { type DescribeOptions, type Description, describePdu, type FieldDescription } from './describe.ts';
export { CompressedTextError, PduEncodeError, PduError } from './error.ts';
export { describeFailureCause } from './failure-cause.ts';
export { fromHex, toHex } from './hex.ts';
export type {
  Concatenation,
  InformationElement,
  NationalLanguage,
  OtherElement,
  Ports,
  SpecialMessage,
} from './information-element.ts';
export { isoTime, timeStampOf } from './iso-time.ts';
export type { LayoutOptions } from './layout.ts';
export {
  decodePdu,
  decodePduLeniently,
  encodePdu,
  type LenientPdu,
  type Pdu,
  tpduLength,
} from './pdu.ts';
export { describeProtocol, type ProtocolIdentifier, protocolOf, type SpecialPurpose } from './protocol-identifier.ts';
export type { Deviation } from './reader.ts';
export {
  createReassembly,
  type DroppedMessage,
  type Reassembly,
  type ReassemblyLimits,
  type ReassemblyOutcome,
  type ReassemblyPart,
  type ReassemblyResult,
} from './reassemble.ts';
export type { ReportParameters } from './report-parameters.ts';
export { type CodingOptions, type Segment, type SegmentOptions, segment } from './segment.ts';
export { type DeliveryStatus, describeStatus, statusOf } from './status.ts';
export type { StatusReport } from './status-report.ts';
export type { Submit } from './submit.ts';
export type { SubmitReport } from './submit-report.ts';
export type { TimeStamp } from './time-stamp.ts';
export {
  type Direction,
  decodeTpdu,
  decodeTpduFromHex,
  decodeTpduLeniently,
  encodeTpdu,
  encodeTpduToHex,
  type LenientTpdu,
  type Tpdu,
} from './tpdu.ts';
export { concatenationOf, portsOf, type UserData } from './user-data.ts';
export type { EnhancedPeriod, ValidityPeriod } from './validity-period.ts';
export type { Charset } from './wap/charset.ts';
export {
  decodeServiceIndication,
  encodeServiceIndication,
  type ServiceAction,
  type ServiceIndication,
  type ServiceIndicationOptions,
  serviceIndicationContent,
} from './wap/service-indication.ts';
