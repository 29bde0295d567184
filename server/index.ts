export type { Activation } from './enrolment/activation.ts';
export type { Alarm, JournalEntry, JournalListener, ServiceEvent } from './journal/journal.ts';
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
export { APPLICATION_PORT } from './outgoing/outbox.ts';
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
export type { ModemStanding, NamedModem, Reachability } from './service/modems.ts';
export { DEFAULT_TTL, openService, type Service } from './service/service.ts';
export type { ServiceOptions } from './service/service-options.ts';
export type { StoreProbe } from './store/sqlite-store.ts';
export { StoreError } from './store/store.ts';
export { ServiceError, type ServiceErrorCode } from './vocabulary/errors.ts';
export type { DeviceId, MerchantId, PersonId, Ref } from './vocabulary/ids.ts';
export type { Language } from './vocabulary/person-fields.ts';
