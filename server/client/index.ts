export type { AuthenticationListView, AuthenticationView } from '../http/authentication-schemas.ts';
export type {
  OwnMerchantView,
  PaymentListView,
  PaymentView,
  ReceiptView,
  RefundView,
} from '../http/payment-schemas.ts';
export {
  type AuthenticationListQuery,
  type AuthenticationOrder,
  AuthenticationsClient,
} from './authentications-client.ts';
export { ClientError, type ClientErrorCode } from './client-error.ts';
export type { CallOptions, ClientOptions } from './connection.ts';
export { type PaymentOrder, PaymentsClient } from './payments-client.ts';
