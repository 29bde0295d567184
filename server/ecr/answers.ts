import { formatAmount, type RailName } from '../../device/safe-mobile/index.ts';
import type { EcrResult } from '../merchants/cash-registers.ts';

/** A line of a receipt has 24 characters; a new line is `}`, and the last message ends with six of them and ESC. */
const LINE = 24;
const NEW_LINE = '}';
const END_OF_TICKET = `${NEW_LINE.repeat(6)}\x1b`;

/** Characters of a ticket that one message has. */
const TICKET_PART = 200;

/** `E`: the result of a payment or reversal. There is no card: PAN and acquirer are zeros, the card is "other", and nothing was read. */
export function resultMessage(terminal: string, result: EcrResult, extended = false): string {
  const { outcome, stan, at } = result;
  const how = outcome.ok
    ? `00${zeros(19)}MAN${outcome.approvalCode.slice(-6).padStart(6, '0')}${dayAndTime(at)}`
    : `01${ascii(outcome.why).slice(0, LINE).padEnd(LINE)}${zeros(11)}`;
  const number = String(stan).padStart(6, '0');
  const minor = outcome.ok ? outcome.amount.minor : 0;
  const more = extended ? `${outcome.ok ? '000' : '100'}${String(minor).padStart(8, '0')}${zeros(10)}` : '';
  return `${terminal}0E${how}3${zeros(11)}${number}${number}${more}`;
}

/** `s`: the terminal works. @param at ms since 1970 */
export function statusMessage(terminal: string, at: number): string {
  const now = new Date(at);
  const parts = [now.getDate(), now.getMonth() + 1, now.getFullYear() % 100, now.getHours(), now.getMinutes()];
  return `${terminal}0s${zeros(10)}${parts.map(two).join('')}2CASHMOB1`;
}

/** `T`: what was paid since the totals began. @param minor may be negative after reversals: then it is zero */
export function totalsMessage(terminal: string, minor: number): string {
  return `${terminal}0T00${sixteen(minor)}${zeros(6)}`;
}

/** `C`: the totals of terminal and host, which are one book here. */
export function closedMessage(terminal: string, minor: number): string {
  return `${terminal}0C00${sixteen(minor)}${sixteen(minor)}`;
}

const PAID_BY: Readonly<Record<RailName, string>> = {
  ledger: 'CONTO PREPAGATO',
  card: 'CARTA',
  bank: 'CONTO BANCARIO',
  paypal: 'PAYPAL',
  none: '',
};

/** What has paid, as the receipt of the register says it. @param lastDigits of the card, where they are known */
export function paidByText(rail: RailName, lastDigits: string | undefined): string {
  return lastDigits === undefined ? PAID_BY[rail] : `${PAID_BY[rail]} ****${lastDigits}`;
}

/** The receipt for the printer of the register, as the lines of messages `S`. @param payee the shop */
export function ticketMessages(terminal: string, payee: string, result: EcrResult): readonly string[] {
  const { outcome, stan, at } = result;
  const now = new Date(at);
  const lines = [
    ascii(payee),
    'CASH-MOBILE',
    ...(outcome.ok
      ? [
          formatAmount(outcome.amount, ','),
          ...(outcome.paidBy === undefined ? [] : [outcome.paidBy]),
          `AUT. ${outcome.approvalCode}`,
        ]
      : ['NEGATO', outcome.why]),
    `${two(now.getDate())}/${two(now.getMonth() + 1)}/${now.getFullYear()} ${two(now.getHours())}:${two(now.getMinutes())}`,
    `TERM. ${terminal}`,
    `STAN ${String(stan).padStart(6, '0')}`,
  ];
  // A line of 24 characters ends by itself.
  const text = lines.map((line) => ascii(line).slice(0, LINE - 1) + NEW_LINE).join('') + END_OF_TICKET;
  const parts = Array.from({ length: Math.ceil(text.length / TICKET_PART) }, (_, part) =>
    text.slice(part * TICKET_PART, (part + 1) * TICKET_PART),
  );
  return parts.map((part) => `${terminal}0S${part}`);
}

const zeros = (count: number) => '0'.repeat(count);
const two = (value: number) => String(value).padStart(2, '0');
const sixteen = (minor: number) => String(Math.max(0, minor)).padStart(16, '0');

/** The protocol has ASCII alone, and some of its characters are commands of the printer. */
function ascii(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^ -\]_-z]/gu, '?');
}

/** DDDHHMM, the day of the year from 1 on. */
function dayAndTime(at: number): string {
  const now = new Date(at);
  const day = Math.round((startOfDay(now) - startOfDay(new Date(now.getFullYear(), 0, 1))) / 86_400_000) + 1;
  return `${String(day).padStart(3, '0')}${two(now.getHours())}${two(now.getMinutes())}`;
}

const startOfDay = (time: Date) => Date.UTC(time.getFullYear(), time.getMonth(), time.getDate());
