export type { Activation } from './enrolment/activation.ts';
export { ServiceError, type ServiceErrorCode } from './errors.ts';
export type { DeviceId, MerchantId, PersonId, Ref } from './ids.ts';
export type { Alarm, JournalEntry, JournalListener, ServiceEvent } from './journal.ts';
export {
  createServiceKeys,
  KeyFileError,
  type NewServiceKeys,
  readKeyFile,
  type ServiceKeys,
  writeKeyFile,
} from './keys.ts';
export type { Account } from './ledger/ledger.ts';
export type { AddedMerchant, Merchant } from './merchants/merchants.ts';
export { APPLICATION_PORT } from './messaging/outbox.ts';
export type { ModemStanding, NamedModem, Reachability } from './modems.ts';
export type { MerchantReceipt } from './payments/merchant-receipt.ts';
export type { PaymentOrder } from './payments/order.ts';
export type { Payment, PaymentQuery } from './payments/payment.ts';
export type { Refund, RefundOrder, RefundState } from './payments/refund.ts';
export type { RequestedPayment } from './payments/request.ts';
export type { Resolution } from './payments/resolve.ts';
export {
  isSettled,
  PAYMENT_STATES,
  type PaymentEvent,
  type PaymentState,
  TRANSITIONS,
} from './payments/transitions.ts';
export type { Device, DeviceState } from './people/devices.ts';
export type { Person } from './people/people.ts';
export type { Language } from './people/person-fields.ts';
export { servicePrimitives } from './primitives.ts';
export type {
  AttemptKind,
  Capabilities,
  Inquiry,
  LocalRail,
  Notice,
  Outcome,
  Rail,
  RailKey,
  RailOrder,
  RemoteRail,
  SettlementLine,
} from './rails/rail.ts';
export { DEFAULT_TTL, openService, type Service } from './service.ts';
export type { ServiceOptions } from './service-options.ts';
export type { StoreProbe } from './store/sqlite-store.ts';
export { StoreError } from './store/store.ts';
