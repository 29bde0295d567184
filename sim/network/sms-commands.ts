import { type Command, decodeTpdu, PduError } from '../../modem/index.ts';
import { STATUS } from './outcomes.ts';
import type { TracedSms } from './sms.ts';

/** TP-CT (3GPP TS 23.040, 9.2.3.19). */
const COMMAND_TYPES = ['enquire', 'cancel-report', 'delete', 'enable-report'] as const;
/** TP-FCS (3GPP TS 23.040, 9.2.3.22). */
const REFUSED = { cannotBeCarriedOut: 0xa0, notSupported: 0xa1 } as const;

/** The answer to a COMMAND: RP-ERROR with TP-FCS, RP-ACK, or RP-ACK and a STATUS-REPORT with this TP-MR. */
export type CommandResult =
  | { readonly kind: 'refused'; readonly cause: number }
  | { readonly kind: 'done' }
  | { readonly kind: 'report'; readonly messageReference: number; readonly status: number };

/** Reads a COMMAND; `undefined` when it is malformed. */
export function commandIn(tpdu: Uint8Array): Command | undefined {
  try {
    const command = decodeTpdu(tpdu, 'mobile-originated');
    return command.type === 'COMMAND' ? command : undefined;
  } catch (error) {
    if (error instanceof PduError) return undefined;
    throw error;
  }
}

/**
 * Carries a COMMAND out (3GPP TS 23.040, 9.2.2.4 and 9.2.3.19).
 * @param about the message of TP-MN; absent: there is none, and a COMMAND with TP-SRR gets a report with TP-ST 49.
 * @param remove takes the message out of the service centre; false when it is too late.
 */
export function obey(
  command: Command,
  about: TracedSms | undefined,
  remove: (sms: TracedSms) => boolean,
): CommandResult {
  const { messageReference, messageNumber, statusReportRequested = false } = command;
  const type = COMMAND_TYPES[command.commandType];
  if (type === undefined) return { kind: 'refused', cause: REFUSED.notSupported };
  const answer = (status: number, reference = messageReference): CommandResult =>
    statusReportRequested || type === 'enquire'
      ? { kind: 'report', messageReference: reference, status }
      : { kind: 'done' };
  if (about === undefined) {
    return statusReportRequested || type === 'enquire'
      ? answer(STATUS.noSuchMessage, type === 'enquire' ? messageNumber : messageReference)
      : { kind: 'refused', cause: REFUSED.cannotBeCarriedOut };
  }
  const { fate } = about;
  switch (type) {
    case 'enquire':
      // The report of an enquiry has TP-MR of the message (9.2.2.3, note 3).
      return answer(fate.status, messageNumber);
    case 'delete':
      return remove(about) ? answer(STATUS.deletedBySender) : { kind: 'refused', cause: REFUSED.cannotBeCarriedOut };
    case 'cancel-report':
    case 'enable-report':
      if (fate.over) return { kind: 'refused', cause: REFUSED.cannotBeCarriedOut };
      fate.reportWanted = type === 'enable-report';
      return answer(fate.status);
  }
}
