import type { System } from '../midp/index.ts';
import { type Amount, declineReasonOf, formatAmount } from '../safe-mobile/index.ts';
import { decimalPointOf, type Texts } from './texts.ts';
import { type Request, requestOf, type Transaction } from './transaction.ts';

/** `EUR 12.50`, with the decimal sign of the language. */
function amountText(amount: Amount, texts: Texts): string {
  return formatAmount(amount, decimalPointOf(texts));
}

/** The other party: on a customer's phone the payee or the relying party, on a merchant's phone the customer's number. */
export function partyOf(request: Request): string {
  switch (request.type) {
    case 'PAY_REQUEST':
      return request.payee;
    case 'AUTH_REQUEST':
      return request.relyingParty;
    case 'PAY_INIT':
      return request.customer.kind === 'number' ? `+${request.customer.digits}` : request.customer.letters;
  }
}

/** The subject: the amount, or the title of an authentication. */
export function matterOf(request: Request, texts: Texts): string {
  return request.type === 'AUTH_REQUEST' ? request.title : amountText(request.amount, texts);
}

/** The kind of transaction, in words. */
export function titleOf(request: Request, texts: Texts): string {
  return request.type === 'AUTH_REQUEST' ? texts.confirmTitle : texts.payTitle;
}

/** Four digits. */
export function matchCodeText(code: number): string {
  return String(code).padStart(4, '0');
}

/** The state of a transaction, in one or two words. */
export function standingText({ sent, standing }: Transaction, texts: Texts): string {
  if (standing !== undefined) return texts.status[standing.status];
  if (sent === undefined || sent.said === 'approved' || sent.said === 'asked' || sent.said === 'cancelled') {
    return texts.status['in-progress'];
  }
  return texts.refusal[sent.said];
}

/** The detail of a receipt: the approval code, or why the money did not move; empty when it has neither. */
export function receiptNote({ standing }: Transaction, texts: Texts): string {
  if (standing === undefined || standing.approvalCode === 0) return '';
  if (standing.status !== 'declined') return `${texts.approvalCode}: ${standing.approvalCode}`;
  const reason = declineReasonOf(standing.approvalCode);
  return reason === undefined ? '' : texts.decline[reason];
}

/** One transaction in one line of a list. */
export function lineOf(transaction: Transaction, texts: Texts): string {
  const request = requestOf(transaction);
  return `${matterOf(request, texts)} ${partyOf(request)}`;
}

/** `2010-03-01 14:07` in the phone's local time. */
export function timeText(at: number, system: System): string {
  return new Date(at + system.timeZoneOffsetMillis(at)).toISOString().slice(0, 16).replace('T', ' ');
}
