import type { Chat } from '../at/chat.ts';
import { AtRefused, type AtResult } from '../at/command.ts';
import { numberIn, valuesOf } from '../at/values.ts';
import type { OutgoingSms, SendOutcome } from '../bearer.ts';
import { addressOf, encodePdu, PduEncodeError, type Submit, segment, toHex, tpduLength } from '../pdu/index.ts';
import type { References } from './message-references.ts';
import type { ReportMatcher } from './status-reports.ts';

/** How long `+CMGS` may take by default, in ms: Quectel's manuals say 120 s. */
export const SUBMIT_TIMEOUT_MS = 120_000;

/**
 * Refusals of a passing cause: the network was busy, the radio weak, the SIM or the modem not ready
 * (3GPP TS 27.005, 3.2.5; modems use 500, 512 and 513 for a collision or a weak radio, 515 and 3517 while they start).
 */
const PASSING: Readonly<Record<'CMS' | 'CME', ReadonlySet<number>>> = {
  CMS: new Set([
    22, 27, 38, 41, 42, 47, 192, 194, 208, 211, 300, 301, 311, 314, 320, 322, 331, 500, 512, 513, 515, 3517,
  ]),
  CME: new Set([11, 14, 20, 30, 100, 515, 3517]),
};

/** How one segment ended. */
type SegmentOutcome =
  | { readonly kind: 'sent'; readonly reference: number }
  | { readonly kind: 'failed'; readonly reason: string; readonly retry: boolean }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The SUBMITs of a message, in order. @throws PduEncodeError when a number, text or period cannot be written. */
function submitsOf(message: OutgoingSms, reference: number): readonly Submit[] {
  const destination = addressOf(message.destination);
  return segment(message.content, { ...message.coding, reference }).map(({ dcs, userData }) => ({
    type: 'SUBMIT',
    messageReference: 0,
    destination,
    dcs,
    userData,
    ...(message.statusReport === true && { statusReportRequested: true }),
    ...(message.validityMs !== undefined && { validity: { format: 'relative', ms: message.validityMs } }),
  }));
}

/** What sending needs of the modem. */
export interface Outlet {
  readonly chat: Chat;
  readonly reports: ReportMatcher;
  readonly references: References;
  /** How long the network may take to take an SMS, in ms. */
  readonly submitTimeoutMs: number;
  /** Whether more messages wait behind this one. */
  readonly isBusy: boolean;
  /** The modem refuses to send because its store is full (`+CMS ERROR: 322`): called so that the store is swept. */
  storeFull(): void;
  /** The modem refuses to send because the SIM waits for its PIN. */
  simLocked(): void;
  /** Another SMS follows at once: asks the modem to keep its link to the network open (`+CMMS`). */
  keepLink(): Promise<void>;
}

/**
 * Sends a message, segment by segment, each once. After a segment whose answer was lost the others are still sent, since the
 * recipient may get all of them. After a refused segment the others are not sent: the message cannot be complete.
 */
export async function sendMessage(
  outlet: Outlet,
  message: OutgoingSms,
  concatenationReference: number,
): Promise<SendOutcome> {
  const { reports } = outlet;
  let submits: readonly Submit[];
  try {
    submits = submitsOf(message, concatenationReference);
  } catch (error) {
    if (error instanceof PduEncodeError) return { kind: 'failed', reason: error.message, retry: false };
    throw error;
  }
  if (outlet.isBusy || submits.length > 1) await outlet.keepLink();
  if (message.statusReport === true) reports.begin(message.id, message.destination);
  const wentOut = (reference: number | undefined) => reports.addPart(message.id, reference);
  const outcome = await sendSegments(outlet, submits, wentOut);
  if (outcome.kind === 'failed') reports.fail(message.id);
  else reports.complete(message.id);
  return outcome;
}

async function sendSegments(
  outlet: Outlet,
  submits: readonly Submit[],
  wentOut: (reference: number | undefined) => void,
): Promise<SendOutcome> {
  const references: number[] = [];
  let lost: SendOutcome | undefined;
  for (const [index, submit] of submits.entries()) {
    const outcome = await submitSegment(outlet, submit);
    if (outcome.kind === 'failed') {
      const which = submits.length > 1 ? `segment ${index + 1} of ${submits.length}: ` : '';
      return { ...outcome, reason: `${which}${outcome.reason}` };
    }
    if (outcome.kind === 'unknown') lost ??= outcome;
    else references.push(outcome.reference);
    wentOut(outcome.kind === 'sent' ? outcome.reference : undefined);
  }
  return lost ?? { kind: 'sent', references };
}

async function submitSegment(outlet: Outlet, submit: Submit): Promise<SegmentOutcome> {
  const pdu = encodePdu({ tpdu: submit });
  const result = await outlet.chat.run({
    text: `AT+CMGS=${tpduLength(pdu)}`,
    payload: toHex(pdu),
    response: { prefix: '+CMGS:', mayBeLate: (line) => outlet.references.mayBeLate(line) },
    timeoutMs: outlet.submitTimeoutMs,
    repeatable: true,
  });
  if (result.kind === 'error' && isStoreFull(result.error)) outlet.storeFull();
  if (result.kind === 'error' && isSimLocked(result.error)) outlet.simLocked();
  const outcome = outcomeOf(result);
  if (outcome.kind === 'sent') outlet.references.answered(outcome.reference);
  else if (result.kind === 'error') outlet.references.refused();
  else if (result.kind === 'timeout' && result.payloadTyped) outlet.references.lost();
  return outcome;
}

function outcomeOf(result: AtResult): SegmentOutcome {
  if (result.kind === 'ok') {
    const reference = numberIn(valuesOf(result.lines[0]?.text ?? '')[0]);
    if (reference !== undefined) return { kind: 'sent', reference };
    return { kind: 'unknown', reason: 'the modem said OK without a message reference' };
  }
  const reason = result.error.message;
  if (result.error instanceof AtRefused && !(result.payloadTyped && isNetworkSilent(result.error))) {
    return { kind: 'failed', reason, retry: isPassing(result.error) };
  }
  // When the PDU was typed and the answer lost, the SMS was perhaps sent; when it was not typed, the SMS was not sent.
  return result.payloadTyped ? { kind: 'unknown', reason } : { kind: 'failed', reason, retry: true };
}

/** Whether the cause may pass. A refusal without a number (`ERROR`) tells no cause, so it counts as passing. */
function isPassing({ code }: AtRefused): boolean {
  return code.family === 'other' || PASSING[code.family].has(code.number);
}

/** Whether the modem got no answer from the network: then the network may have the message, and the outcome is `unknown`. */
function isNetworkSilent(error: AtRefused): boolean {
  return error.is('CMS', 332) || error.is('CME', 31);
}

/** Whether the SIM waits for its PIN: the modem has rebooted. */
function isSimLocked(error: AtRefused): boolean {
  return error.is('CMS', 311, 316) || error.is('CME', 11, 12);
}

function isStoreFull(error: AtRefused): boolean {
  return error.is('CMS', 322) || error.is('CME', 20);
}
