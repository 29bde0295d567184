import { type Item, StringItem, type System } from '../midp/index.ts';
import {
  type Amount,
  type AuthRequest,
  declineReasonOf,
  formatAmount,
  formatApprovalCode,
  matchCodeOf,
} from '../safe-mobile/index.ts';
import { decimalPointOf, filled, type Texts } from './texts.ts';
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
  if (request.type !== 'AUTH_REQUEST') return texts.payTitle;
  if (request.kind === 'login') return texts.loginTitle;
  return request.kind === 'sign' ? texts.signTitle : texts.confirmTitle;
}

/** The match code of a request, to be compared with that on the other screen. That of a login is typed, so it is never shown here. */
export function matchCodeItems(request: Request, { matchCode }: Texts): readonly Item[] {
  if (isLogin(request)) return [];
  const code = request.type === 'PAY_INIT' ? matchCodeOf(request.mref) : request.matchCode;
  return [new StringItem(matchCode, matchCodeText(code))];
}

/** Four digits. */
export function matchCodeText(code: number): string {
  return String(code).padStart(4, '0');
}

/** A request for which the customer types digits of the match code, before the PIN. */
export type LoginRequest = AuthRequest & { readonly kind: 'login' };

export function isLogin(request: Request): request is LoginRequest {
  return request.type === 'AUTH_REQUEST' && request.kind === 'login';
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
  if (standing.status !== 'declined') return `${texts.approvalCode}: ${formatApprovalCode(standing.approvalCode)}`;
  const reason = declineReasonOf(standing.approvalCode);
  return reason === undefined ? '' : texts.decline[reason];
}

/** One transaction in one line of a list. */
export function lineOf(transaction: Transaction, texts: Texts): string {
  const request = requestOf(transaction);
  if (isLogin(request) && transaction.standing?.status === 'confirmed')
    return filled(texts.loggedInAt, request.relyingParty);
  return `${matterOf(request, texts)} ${partyOf(request)}`;
}

/** `2010-03-01 14:07` in the phone's local time. */
export function timeText(at: number, system: System): string {
  return new Date(at + system.timeZoneOffsetMillis(at)).toISOString().slice(0, 16).replace('T', ' ');
}
