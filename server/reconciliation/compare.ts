import { type Amount, formatAmount } from '../../device/safe-mobile/index.ts';
import type { Period } from '../ledger/statement.ts';
import type { SettlementLine } from '../rails/rail.ts';
import { isSameAmount } from '../store/amount.ts';
import { dayOf, dayText } from '../time/days.ts';
import type { DifferenceKind } from '../vocabulary/events.ts';
import type { Chargeback, Settled } from './book-settled.ts';
import { chargebackOf } from './chargeback.ts';
import type { Movement } from './movements.ts';

/** A movement that is not the same there and here. `other-day` is matched all the same: rails settle near midnight, or later. */
export interface Finding {
  readonly kind: DifferenceKind | 'other-day';
  /** The key of the movement, as rail and service name it. */
  readonly key: string;
  /** When the money moved, ms since 1970: here if the service has the movement, else there. */
  readonly at: number;
  /** What the service has. */
  readonly here: Amount | undefined;
  /** What the settlement has. */
  readonly there: Amount | undefined;
  /** What was seen, as a sentence. */
  readonly detail: string;
}

/** What came of a comparison. */
export interface Comparison {
  /** Movements that are the same there and here. */
  readonly matched: number;
  readonly findings: readonly Finding[];
  /** Movements of one amount there and here that are not booked as settled; the fee of one may be another than it was to be. */
  readonly settled: readonly Settled[];
  /** What customers' banks took back of charges that are done here. */
  readonly takenBack: readonly Chargeback[];
  /** What rails gave back of that, because the dispute was won. */
  readonly wonBack: readonly Chargeback[];
}

/** The lines of a settlement by their keys, earliest first. */
export type Lines = ReadonlyMap<string, readonly SettlementLine[]>;

/** Sorts lines by their keys. */
export function byKey(lines: readonly SettlementLine[]): Lines {
  return Map.groupBy(
    lines.toSorted((a, b) => a.at - b.at),
    ({ key }) => key,
  );
}

/** The key of the charge that this key's reversal undoes, or `undefined` for another key. */
export function chargeUndoneBy(key: string): string | undefined {
  return key.endsWith(':reversal') ? key.replace(/reversal$/, 'charge') : undefined;
}

/**
 * Compares what a rail's settlement says with what the service has, key by key.
 * @param keys those to compare. @param lines also of the days around, where the other half of a movement may be
 * @param movements whatever the service has of these keys
 */
export function compare(keys: Iterable<string>, lines: Lines, movements: ReadonlyMap<string, Movement>): Comparison {
  const left = withoutReversals(withoutChargebacks(lines), movements);
  let matched = 0;
  const findings: Finding[] = [];
  const settled: Settled[] = [];
  const takenBack: Chargeback[] = [];
  const wonBack: Chargeback[] = [];
  for (const key of keys) {
    const movement = movements.get(key);
    const chargeback = chargebackOf(key, lines.get(key) ?? [], movement);
    if (chargeback?.told !== undefined)
      findings.push({ kind: 'chargeback', key, here: movement?.amount, ...chargeback.told });
    if (chargeback?.takenBack !== undefined) takenBack.push(chargeback.takenBack);
    if (chargeback?.wonBack !== undefined) wonBack.push(chargeback.wonBack);
    const found = compareOne(key, left.get(key) ?? [], movement, settled);
    if (found === 'matched' && chargeback?.told === undefined) matched += 1;
    findings.push(...(found === 'matched' ? [] : found));
  }
  return { matched, findings, settled, takenBack, wonBack };
}

/** The findings that belong to a period: each belongs to one moment, so that periods side by side have it once. */
export function findingsIn(findings: readonly Finding[], { from, to }: Period): Finding[] {
  return findings.filter(({ at }) => at >= from && at < to);
}

function withoutChargebacks(lines: Lines): Lines {
  const moved = [...lines].map(
    ([key, ofKey]) => [key, ofKey.filter(({ isChargeback, isWonBack }) => !isChargeback && !isWonBack)] as const,
  );
  return new Map(moved);
}

/**
 * A charge that is not done here and a reversal of it cancel each other: no money moved there either. A rail that lists
 * neither of them says the same.
 */
function withoutReversals(lines: Lines, movements: ReadonlyMap<string, Movement>): Lines {
  const left = new Map(lines);
  for (const [key, reversals] of lines) {
    const charge = chargeUndoneBy(key);
    if (charge === undefined || movements.get(charge)?.state === 'done') continue;
    const charges = [...(left.get(charge) ?? [])];
    const unpaired = reversals.filter((reversal) => {
      const index = charges.findIndex(({ amount }) => isSameAmount(amount, reversal.amount));
      if (index >= 0) charges.splice(index, 1);
      return index < 0;
    });
    left.set(key, unpaired).set(charge, charges);
  }
  return left;
}

/** Differences of a movement that the rail has paid all the same. */
const PAID: readonly Finding['kind'][] = ['other-day', 'other-fee'];

function compareOne(
  key: string,
  lines: readonly SettlementLine[],
  movement: Movement | undefined,
  settled: Settled[],
): 'matched' | Finding[] {
  const here = movement?.state === 'done' && chargeUndoneBy(key) === undefined ? movement : undefined;
  const line = lines.find(({ amount }) => here !== undefined && isSameAmount(amount, here.amount)) ?? lines[0];
  const findings: Finding[] = [];
  const surplus = lines.find((other) => other !== line);
  if (surplus !== undefined) {
    const detail = `the settlement has this movement ${lines.length} times`;
    findings.push({ kind: 'duplicate', key, at: surplus.at, here: here?.amount, there: surplus.amount, detail });
  }
  if (here === undefined) {
    if (line !== undefined) findings.push(onlyThere(key, line, movement));
    return findings;
  }
  if (line === undefined) {
    const detail = `here ${formatAmount(here.amount)} moved on ${dayText(here.at)}, the settlement does not have it`;
    return [{ kind: 'only-here', key, at: here.at, here: here.amount, there: undefined, detail }];
  }
  const differing = differenceOf(line, here);
  if (!here.isSettled && (differing === undefined || PAID.includes(differing.kind))) {
    settled.push({ key, isRefund: here.isRefund, amount: here.amount, fee: line.fee ?? here.fee ?? 0 });
  }
  if (differing !== undefined) return [...findings, { key, at: here.at, there: line.amount, ...differing }];
  return findings.length === 0 ? 'matched' : findings;
}

function differenceOf(line: SettlementLine, here: Movement): Pick<Finding, 'kind' | 'here' | 'detail'> | undefined {
  const there = formatAmount(line.amount);
  if (here.booked === undefined) {
    const detail = `the settlement has ${there}, and the rail had answered that it is done, but the ledger has not posted it`;
    return { kind: 'only-there', here: undefined, detail };
  }
  const differing = [here.booked, here.amount].find((amount) => !isSameAmount(amount, line.amount));
  if (differing !== undefined) {
    const detail = `the settlement has ${there}, here it is ${formatAmount(differing)}`;
    return { kind: 'other-amount', here: differing, detail };
  }
  if (line.fee !== undefined && here.fee !== undefined && line.fee !== here.fee) {
    const [kept, wanted] = [line.fee, here.fee].map((minor) => signedText({ minor, currency: line.amount.currency }));
    const detail = `the rail kept a fee of ${kept}, it was to keep ${wanted}`;
    return { kind: 'other-fee', here: here.amount, detail };
  }
  if (dayOf(line.at) === dayOf(here.at)) return undefined;
  const detail = `settled on ${dayText(line.at)}, here it moved on ${dayText(here.at)}`;
  return { kind: 'other-day', here: here.amount, detail };
}

function onlyThere(key: string, { at, amount }: SettlementLine, movement: Movement | undefined): Finding {
  const there = `the settlement has ${formatAmount(amount)} on ${dayText(at)}`;
  const detail = `${there}, ${movement === undefined ? 'here nothing has this key' : `here ${knownAs(movement)}`}`;
  return { kind: 'only-there', key, at, here: undefined, there: amount, detail };
}

function knownAs({ key, state }: Movement): string {
  if (chargeUndoneBy(key) !== undefined)
    return `the reversal is ${state}, and the settlement has no charge of this amount`;
  if (state === 'declined') return 'it was declined';
  if (state !== 'given-up') return 'its outcome is not known yet';
  return `it is reversed or in review; if it is in review: cash-server payment resolve ${key.slice(0, 16)} --moved --reason settlement`;
}

function signedText({ minor, currency }: Amount): string {
  return minor < 0 ? `-${formatAmount({ minor: -minor, currency })}` : formatAmount({ minor, currency });
}
