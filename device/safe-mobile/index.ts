export { formatActivationCode, parseActivationCode } from './activation-code.ts';
export { type Amount, CURRENCIES, type Currency, formatAmount, isCurrency } from './amount.ts';
export {
  ANNOUNCEMENT_OCTETS,
  type AnnouncedKey,
  announcementOctets,
  announcementText,
  decodeAnnouncement,
  encodeAnnouncement,
  type KeyAnnouncement,
  readUnsigned,
} from './announcement.ts';
export { formatApprovalCode, parseApprovalCode } from './approval-code.ts';
export { AUTH_TEXT_OCTETS, type AuthRequest, SIGN_TEXT_OCTETS, type SignRequest } from './auth-request.ts';
export {
  type AdminCommand,
  type AuthKind,
  COMMAND_CODES,
  type NakCode,
  nameOf,
  type QueryKind,
  type RailName,
  type Refusal,
  STATUS_CODES,
  type Status,
} from './codes.ts';
export type { CustomerAddress } from './customer.ts';
export { type DeclineReason, declineCode, declineReasonOf, isDeclineReason } from './decline.ts';
export type { Enrol, PinNew, PinProof } from './enrolment-messages.ts';
export { ifAccepted, SafeMobileError, type SafeMobileErrorCode } from './errors.ts';
export {
  DOWN_OCTETS,
  FRAME_OCTETS,
  type FrameHeader,
  openDown,
  openEnrol,
  openUp,
  type PhoneKeyPair,
  type PublicHalf,
  readFrameHeader,
  type ServiceKeyPair,
  sealDown,
  sealEnrol,
  sealUp,
  UP_OCTETS,
} from './frame.ts';
export { matchCodeOf } from './match-code.ts';
export {
  type DownMessage,
  decodeDown,
  decodePayInit,
  decodeUp,
  encodeDown,
  encodeUp,
  receiptKidOf,
  type UpMessage,
} from './messages.ts';
export { concat, hexOf, isZero, octetsOf, sameOctets } from './octets.ts';
export {
  type Approve,
  INIT_TEXT_OCTETS,
  type PayCancel,
  type PayInit,
  type PayRequest,
  REQUEST_TEXT_OCTETS,
  type Receipt,
  type Refuse,
  type StatusQuery,
} from './payment-messages.ts';
export { phonePrimitives } from './phone-primitives.ts';
export { createPinKey, PHONE_COST, type PinKey, signWithPin } from './pin-key.ts';
export type { Primitives, ScryptCost } from './primitives.ts';
export {
  type Admin,
  BALANCE_AMOUNTS,
  type Balance,
  NAK_TEXT_OCTETS,
  type Nak,
  type TimeRequest,
  type TimeResponse,
} from './service-messages.ts';
export { checkApprovalKey, isSmallOrder, verifySignature } from './signature.ts';
export { adminText, approvalText, pinChangeText, receiptText, timeText } from './signed-texts.ts';
export { checkText, fitText } from './text.ts';
