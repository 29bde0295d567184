import { decodeTpdu, fromHex, PduError } from '../../../modem/index.ts';
import type { DeliveryAnswer } from '../../network/radio-link.ts';
import { type Call, type Command, cms } from '../command.ts';
import { cmsError, syntaxError } from '../result.ts';

/** TP-FCS of a refusal without a cause (3GPP TS 23.040, 9.2.3.22). */
const UNSPECIFIED = 0xff;
const ACCEPTED: DeliveryAnswer = { kind: 'accepted' };

function acknowledge({ modem }: Call, answer: DeliveryAnswer): void {
  const { incoming, settings, personality } = modem;
  if (personality.arrivals.refusesAcknowledgement === 'always') throw cmsError('operationNotAllowed');
  if (settings.messageService === 0 || !incoming.acknowledge(answer)) throw cmsError('noAcknowledgementExpected');
}

/** `+CNMA=n[,length]`: 0 and 1 acknowledge, 2 refuses; with a length a DELIVER-REPORT is typed, which may have TP-FCS. */
async function acknowledgeWith(call: Call): Promise<void> {
  const n = call.args.number(0, [0, 2]);
  if (call.modem.settings.messageFormat === 'text') throw cmsError('operationNotSupported');
  const length = call.args.number(1, [0, 164], 0);
  if (length > 0 && call.modem.personality.arrivals.refusesAcknowledgement === 'with-pdu') throw syntaxError();
  let cause = UNSPECIFIED;
  if (length > 0) {
    const typed = await call.terminal.prompt('pdu');
    if (typed === undefined) return;
    cause = failureCauseIn(typed, length) ?? UNSPECIFIED;
  }
  acknowledge(call, n === 2 ? { kind: 'refused', cause } : ACCEPTED);
}

/** TP-FCS of the DELIVER-REPORT that was typed, between quotes or without them, and without a service centre's address. */
function failureCauseIn(typed: Uint8Array, length: number): number | undefined {
  try {
    const octets = fromHex(Buffer.from(typed).toString('latin1').replaceAll(/["\s]/g, ''));
    const tpdu = decodeTpdu(octets, 'mobile-originated');
    if (octets.length !== length || tpdu.type !== 'DELIVER-REPORT') throw cmsError('invalidPduParameter');
    return tpdu.failureCause;
  } catch (error) {
    if (error instanceof PduError) throw cmsError('invalidPduParameter');
    throw error;
  }
}

/** The acknowledgement of a message that was passed on to the host (3GPP TS 27.005, 3.4.4 and 4.7). */
export const acknowledgeCommands: readonly Command[] = [
  cms('+CNMA', {
    test: '(0-2)',
    set: acknowledgeWith,
    execute: (call) => acknowledge(call, ACCEPTED),
  }),
];
