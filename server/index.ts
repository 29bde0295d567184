export type { Authentication, AuthenticationQuery, Document } from './authentications/authentication.ts';
export type { AuthenticationOrder, RequestedAuthentication } from './authentications/request.ts';
export type { Activation } from './enrolment/activation.ts';
export type { JournalEntry, JournalListener } from './journal/journal.ts';
export {
  createServiceKeys,
  KeyFileError,
  type NewServiceKeys,
  readKeyFile,
  type ServiceKeys,
  writeKeyFile,
} from './keys/key-file.ts';
export { servicePrimitives } from './keys/primitives.ts';
export type { Account } from './ledger/ledger.ts';
export type { AddedMerchant, Merchant } from './merchants/merchants.ts';
export { openService } from './open-service.ts';
export { APPLICATION_PORT } from './outgoing/outbox.ts';
export type { NewRelyingParty, RelyingParty } from './parties/relying-parties.ts';
export type { MerchantReceipt } from './payments/merchant-receipt.ts';
export { DEFAULT_TTL, type PaymentOrder } from './payments/order.ts';
export type { Payment, PaymentQuery } from './payments/payment.ts';
export type { Refund, RefundOrder } from './payments/refund.ts';
export type { RequestedPayment } from './payments/request.ts';
export type { Resolution } from './payments/resolve.ts';
export { TRANSITIONS } from './payments/transitions.ts';
export type { Device } from './people/devices.ts';
export type { Person } from './people/people.ts';
export { type CardRailOptions, cardRail } from './rails/card/card-rail.ts';
export { type Line, type LineEvents, type OpenLine, tcpLine } from './rails/card/line.ts';
export type { AskOverHttp, HttpRequest } from './rails/paypal/http.ts';
export { type PayPalRailOptions, paypalRail } from './rails/paypal/paypal-rail.ts';
export type {
  AttemptKind,
  Capabilities,
  Inquiry,
  LocalRail,
  Notice,
  NoticeHeaders,
  Outcome,
  Rail,
  RailKey,
  RailLimits,
  RailOrder,
  RailRuntime,
  RemoteRail,
  SettlementLine,
} from './rails/rail.ts';
export type { ModemStanding, NamedModem } from './service/modems.ts';
export type { Readiness } from './service/readiness.ts';
export type { Service } from './service/service.ts';
export type { ServiceOptions } from './service/service-options.ts';

export { StoreError, type StoreProbe } from './store/store.ts';
export type { Alarm } from './vocabulary/alarms.ts';
export type { AuthenticationKind, AuthenticationState } from './vocabulary/authentication-states.ts';
export type { DeviceState } from './vocabulary/device-states.ts';
export { ServiceError, type ServiceErrorCode } from './vocabulary/errors.ts';
export type { ServiceEvent } from './vocabulary/events.ts';
export { type DeviceId, type MerchantId, type PartyId, type PersonId, type Ref, ref } from './vocabulary/ids.ts';
export type { RefundState } from './vocabulary/payment-states.ts';
export { isSettled, PAYMENT_STATES, type PaymentEvent, type PaymentState } from './vocabulary/payment-states.ts';
export type { Language } from './vocabulary/person-fields.ts';
