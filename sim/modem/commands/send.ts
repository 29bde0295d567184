import { fromHex, PduEncodeError, PduError } from '../../../modem/index.ts';
import { openSubmit } from '../../envelope.ts';
import { isCommand, isSubmit } from '../../tpdu-fields.ts';
import { type Call, type Command, cms } from '../command.ts';
import { type MessageStatus, STATUS_WORDS, type StoredMessage } from '../message-store.ts';
import { cmsError } from '../result.ts';
import { composeSubmit, redirect, type WrittenNumber } from '../text-submit.ts';
import type { VirtualModem } from '../virtual-modem.ts';

/** The longest TPDU: a SUBMIT with 12 octets of address, 7 of validity and 140 of user data (3GPP TS 23.040, 9.2.2.2). */
const TPDU_OCTETS = 176;
const UNSENT = 2;
const SENT = 3;

/** A PDU as it is typed: the service centre's address field, and the TPDU. */
interface TypedPdu {
  readonly smsc: Uint8Array;
  readonly tpdu: Uint8Array;
}

/** Reads the PDU that was typed at the prompt. `<length>` counts the TPDU alone. */
function readPdu(typed: Uint8Array, length: number): TypedPdu {
  try {
    const octets = fromHex(Buffer.from(typed).toString('latin1').replaceAll(/\s/g, ''));
    const smscOctets = 1 + (octets[0] ?? 0);
    const tpdu = octets.subarray(smscOctets);
    if (tpdu.length !== length) throw cmsError('invalidPduParameter');
    return { smsc: octets.subarray(0, smscOctets), tpdu };
  } catch (error) {
    if (error instanceof PduError) throw cmsError('invalidPduParameter');
    throw error;
  }
}

/** Refuses a malformed SUBMIT. */
function checkSubmit(tpdu: Uint8Array): void {
  try {
    openSubmit(tpdu);
  } catch (error) {
    if (error instanceof PduError) throw cmsError('invalidPduParameter');
    throw error;
  }
}

/** Prompts for a message in the current format. `undefined` when the host typed ESC. */
async function typeMessage({ modem, terminal, args, endWith }: Call): Promise<TypedPdu | undefined> {
  const { settings, personality } = modem;
  const abandoned = () => {
    if (!personality.wire.answersEscape) endWith('silent');
    return undefined;
  };
  if (settings.messageFormat === 'pdu') {
    const length = args.number(0, [1, TPDU_OCTETS]);
    const typed = await terminal.prompt('pdu');
    if (typed === undefined) return abandoned();
    return readPdu(typed, length);
  }
  const number = args.string(0, '');
  const type = args.has(1) ? args.number(1, [128, 255]) : undefined;
  const typed = await terminal.prompt('text');
  if (typed === undefined) return abandoned();
  try {
    return { smsc: Uint8Array.of(0), tpdu: composeSubmit(settings, { number, type }, typed) };
  } catch (error) {
    if (error instanceof PduEncodeError || error instanceof PduError) throw cmsError('invalidTextParameter');
    throw error;
  }
}

/** Hands a TPDU to the network and answers with its TP-MR. */
async function transmit({ modem, respond, endWith }: Call, name: string, { smsc, tpdu }: TypedPdu): Promise<boolean> {
  if (smsc.length === 1 && modem.sim.smsc.number === '') throw cmsError('smscUnknown');
  if (!modem.radio.registered) throw cmsError('noNetworkService');
  const received = modem.store(modem.settings.stores[2]);
  if (modem.personality.sending.needsRoom && received.used >= received.capacity) throw cmsError('memoryFull');
  const { reference, answer } = await modem.outgoing.send(tpdu);
  switch (answer.kind) {
    case 'accepted':
      respond(`${name}: ${reference}`);
      return true;
    case 'refused':
      throw cmsError(answer.cause);
    case 'lost':
      endWith('silent');
      return false;
  }
}

async function send(call: Call): Promise<void> {
  if (call.modem.settings.messageFormat === 'text' && !call.args.has(0)) throw cmsError('invalidTextParameter');
  const message = await typeMessage(call);
  if (message === undefined) return;
  if (!isSubmit(message.tpdu)) throw cmsError('invalidPduParameter');
  checkSubmit(message.tpdu);
  await transmit(call, '+CMGS', message);
}

/** `+CMGW=length[,stat]` or `="number"[,type[,stat]]`. */
async function write(call: Call): Promise<void> {
  const { modem, args, respond } = call;
  const pduMode = modem.settings.messageFormat === 'pdu';
  const status = statusOf(call, pduMode ? 1 : 2);
  const message = await typeMessage(call);
  if (message === undefined) return;
  if (status >= UNSENT) checkSubmit(message.tpdu);
  else if (!pduMode || args.count === 0) throw cmsError('operationNotSupported');
  const index = modem.store(modem.settings.stores[1]).add({ status, ...message });
  if (index === undefined) throw cmsError('memoryFull');
  respond(`+CMGW: ${index}`);
}

function statusOf({ args }: Call, index: number): MessageStatus {
  const word = STATUS_WORDS.indexOf(args.string(index, ''));
  const number = word >= 0 ? word : args.number(index, [0, 3], UNSENT);
  return number === 0 || number === 1 || number === SENT ? number : UNSENT;
}

/** A stored SUBMIT to another number. */
function redirected({ settings }: VirtualModem, tpdu: Uint8Array, to: WrittenNumber): Uint8Array {
  try {
    return redirect(settings.charset, tpdu, to);
  } catch (error) {
    if (error instanceof PduEncodeError || error instanceof PduError) throw cmsError('invalidTextParameter');
    throw error;
  }
}

/** `+CMSS=index[,number[,type]]`. */
async function sendStored(call: Call): Promise<void> {
  const { modem, args } = call;
  const store = modem.store(modem.settings.stores[1]);
  const index = args.number(0, [0, 65_535]);
  const stored: StoredMessage | undefined = store.get(index);
  if (stored === undefined) throw cmsError('invalidIndex');
  if (stored.status < UNSENT || !isSubmit(stored.tpdu)) throw cmsError('operationNotAllowed');
  const type = args.has(2) ? args.number(2, [128, 255]) : undefined;
  const tpdu = args.has(1) ? redirected(modem, stored.tpdu, { number: args.string(1), type }) : stored.tpdu;
  if (await transmit(call, '+CMSS', { smsc: stored.smsc, tpdu })) store.update(index, { ...stored, status: SENT });
}

/** `+CMGC=length`: a COMMAND about an earlier SUBMIT, in PDU mode. */
async function sendCommand(call: Call): Promise<void> {
  if (call.modem.settings.messageFormat === 'text') throw cmsError('operationNotSupported');
  const message = await typeMessage(call);
  if (message === undefined) return;
  if (!isCommand(message.tpdu)) throw cmsError('invalidPduParameter');
  await transmit(call, '+CMGC', message);
}

/** Messages to the network and into the store (3GPP TS 27.005, 3.5.1 to 3.5.3 and 3.5.5). */
export const sendCommands: readonly Command[] = [
  cms('+CMGS', { needsSim: true, test: '', set: send }),
  cms('+CMGW', { needsSim: true, test: '', set: write, execute: write }),
  cms('+CMSS', { needsSim: true, test: '', set: sendStored }),
  cms('+CMGC', { needsSim: true, test: '', set: sendCommand }),
];
