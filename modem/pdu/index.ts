export { type Address, addressOf, addressText, type NumberingPlan, type TypeOfNumber } from './address.ts';
export type { Language } from './alphabet/language.ts';
export type { Alphabet, DataCodingScheme, MessageClass, WaitingKind } from './data-coding-scheme.ts';
export { CompressedTextError, PduEncodeError, PduError } from './error.ts';
export { fromHex, toHex } from './hex.ts';
export type {
  Concatenation,
  InformationElement,
  NationalLanguage,
  OtherElement,
  Ports,
  SpecialMessage,
} from './information-element.ts';
export { decodePdu, encodePdu, type Pdu } from './pdu.ts';
export {
  createReassembly,
  type DroppedMessage,
  type Reassembly,
  type ReassemblyLimits,
  type ReassemblyOutcome,
  type ReassemblyPart,
  type ReassemblyResult,
} from './reassemble.ts';
export { type MessageContent, type Segment, type SegmentOptions, segment } from './segment.ts';
export { type DeliveryStatus, statusOf } from './status.ts';
export type { TimeStamp } from './time-stamp.ts';
export {
  type Command,
  type Deliver,
  type DeliverReport,
  type Direction,
  decodeTpdu,
  encodeTpdu,
  type ReportParameters,
  type StatusReport,
  type Submit,
  type SubmitReport,
  type Tpdu,
} from './tpdu.ts';
export { concatenationOf, portsOf, type UserData } from './user-data.ts';
export type { EnhancedPeriod, ValidityPeriod } from './validity-period.ts';
