import { addressOf } from '../../modem/index.ts';
import { type Contents, openDeliver, readableIn, submitsOf } from '../envelope.ts';
import { STATUS } from './outcomes.ts';

/** A message that reached a service. */
export interface ServiceRequest {
  readonly from: string;
  /** Whether `from` is a number of a phone, and not one of a service. */
  readonly isFromSubscriber: boolean;
  /** The DELIVER that a phone would be given. */
  readonly tpdu: Uint8Array;
  /** Messages that wait for the sender in the service centre. */
  readonly waiting: number;
  /** ms since 1970. */
  readonly now: number;
}

/** A service's answer: TP-ST for the report, and the reply, if any. */
export interface ServiceAnswer {
  readonly status: number;
  readonly reply?: readonly Contents[];
}

/** A number that the operator answers itself. */
export interface Service {
  readonly number: string;
  readonly name: string;
  /** What it does, as a sentence. */
  readonly sentence: string;
  answer(request: ServiceRequest): ServiceAnswer;
}

/** The operator's numbers. What the USSD codes do is in `ussd.ts`. */
export const services: readonly Service[] = [
  {
    number: '4000',
    name: 'echo',
    sentence: 'Sends every message back as it came, binary ones and parts of long ones too.',
    answer: ({ tpdu }) => ({
      status: STATUS.received,
      reply: [openDeliver(tpdu).contents],
    }),
  },
  {
    number: '4001',
    name: 'report',
    sentence: 'Keeps every message, and reports the TP-ST that its text names in two hex digits, else 00.',
    answer: ({ tpdu }) => ({ status: statusIn(tpdu) }),
  },
  {
    number: '4002',
    name: 'info',
    sentence: 'Answers with the number of the sender, what waits for it, and the time of the network.',
    answer: ({ from, waiting, now }) => ({
      status: STATUS.received,
      reply: submitsOf(
        { kind: 'text', text: `You are ${from}. ${waiting} waiting. ${new Date(now).toISOString().slice(0, 19)}Z` },
        { reference: 0 },
        { messageReference: 0, destination: addressOf(from) },
      ).map(({ contents }) => contents),
    }),
  },
];

/** The service's answer. Services reply to subscribers only: two services would answer each other for ever. */
export function answerOf(service: Service, request: ServiceRequest): ServiceAnswer {
  const answer = service.answer(request);
  return request.isFromSubscriber ? answer : { status: answer.status };
}

function statusIn(tpdu: Uint8Array): number {
  const text = readableIn(tpdu).trim();
  return /^[0-9A-Fa-f]{2}$/.test(text) ? Number.parseInt(text, 16) : STATUS.received;
}
