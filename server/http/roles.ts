import type { Role } from '../vocabulary/roles.ts';

/** The role that each route for operators needs, by its method and path. A route that is not here is not made. */
export const ROLE_NEEDED: Readonly<Record<string, Role>> = {
  'GET /v1/operator': 'viewer',
  'GET /v1/people': 'viewer',
  'GET /v1/people/:id': 'viewer',
  'GET /v1/people/:id/payments': 'viewer',
  'GET /v1/people/:id/consents': 'viewer',
  'GET /v1/reviews': 'viewer',
  'GET /v1/deposits/pending': 'viewer',
  // The settlements are read again; a difference that is new is an alarm.
  'POST /v1/reconciliations': 'viewer',
  // An own key that nobody else has seen.
  'POST /v1/operator/rotate-key': 'viewer',
  'POST /v1/people': 'clerk',
  'POST /v1/people/:id/activations': 'clerk',
  'POST /v1/people/:id/alias': 'clerk',
  // Whoever answers the call of somebody whose phone was stolen.
  'POST /v1/people/:id/lock': 'clerk',
  'POST /v1/people/:id/consents/revoke': 'clerk',
  // Above the limit of one operator alone: treasurer.
  'POST /v1/people/:id/deposits': 'clerk',
  'POST /v1/merchants': 'clerk',
  'POST /v1/people/:id/unlock': 'treasurer',
  'POST /v1/people/:id/consents/lift-refusal': 'treasurer',
  'POST /v1/people/:id/wipe': 'treasurer',
  'POST /v1/deposits/:id/confirm': 'treasurer',
  'POST /v1/deposits/:id/reject': 'treasurer',
  // Those who confirm deposits know each other.
  'POST /v1/operators/:name/confirm': 'treasurer',
  'POST /v1/payments/:txn/resolve': 'treasurer',
  'POST /v1/merchants/:id/payouts': 'treasurer',
  'POST /v1/reconciliations/accept': 'treasurer',
  'POST /v1/merchants/:id/resume': 'admin',
  'POST /v1/merchants/:id/rotate-key': 'admin',
  'POST /v1/merchants/:id/revoke': 'admin',
  'GET /v1/parties': 'viewer',
  // Whoever it is, people's phones show its name.
  'POST /v1/parties': 'admin',
  'POST /v1/parties/:id/notification-endpoint': 'admin',
  'POST /v1/parties/:id/jwks': 'admin',
  'POST /v1/parties/:id/rotate-key': 'admin',
  'POST /v1/parties/:id/revoke': 'admin',
  'POST /v1/parties/:id/resume': 'admin',
  'GET /v1/keys': 'viewer',
  'POST /v1/keys': 'admin',
  'POST /v1/keys/announcements': 'admin',
  'GET /v1/vault-key': 'viewer',
  'POST /v1/vault-key': 'admin',
  'POST /v1/jws-keys': 'admin',
  'GET /v1/operators': 'admin',
  'POST /v1/operators': 'admin',
  'POST /v1/operators/:name/revoke': 'admin',
  'POST /v1/operators/:name/rotate-key': 'admin',
};
