import { enrol, repeatEnrolment } from '../enrolment/enrol.ts';
import type { MessageHandlers } from '../intake/dispatch.ts';
import { sendTime } from '../outgoing/compose.ts';
import { cancelByPhone } from '../payments/cancel.ts';
import type { PaymentContext } from '../payments/context.ts';
import { startByPhone } from '../payments/pay-init.ts';
import { newPin, pinProof } from '../pin-change/pin-change.ts';
import { answerStatusQuery } from '../queries/status-query.ts';
import { refOf } from '../vocabulary/ids.ts';

/** What each message of a phone leads to. */
export function messageHandlers(context: PaymentContext): MessageHandlers {
  return {
    async ENROL(tx, device, message, arrival) {
      if (!arrival.repeated) return `ENROL: ${await enrol(tx, context, device, message, arrival)}`;
      await repeatEnrolment(tx, context, device);
      return 'ENROL, repeated';
    },
    APPROVE: (tx, opened, arrival) => context.approvals.answer(tx, opened, arrival),
    REFUSE: (tx, opened, arrival) => context.approvals.answer(tx, opened, arrival),
    PAY_INIT: (tx, { recipient, message, plaintext }) => startByPhone(tx, context, recipient, message, plaintext),
    PAY_CANCEL: (tx, { recipient, message }) => cancelByPhone(tx, context, recipient, message),
    STATUS_QUERY: (tx, { device, recipient, message }) => answerStatusQuery(tx, context, device, recipient, message),
    TIME_REQUEST: (tx, { recipient, message: { nonce } }) => sendTime(tx, context, recipient, nonce, refOf(nonce)),
    PIN_NEW: (tx, opened) => newPin(tx, context, opened),
    PIN_PROOF: (tx, opened) => pinProof(tx, context, opened),
  };
}
