import { addressOf, encodeTpdu, type TimeStamp } from '../../modem/index.ts';
import type { EventLog } from '../log.ts';
import { newFate, type Origin, type Sms, type TracedSms } from './sms.ts';
import type { CommandResult } from './sms-commands.ts';
import { DEFAULT_VALIDITY_MS } from './validity.ts';

/** What reports need of the service centre. */
export interface ReportingOffice {
  readonly log: EventLog;
  /** Its own number. */
  readonly number: string;
  timestamp(): TimeStamp;
  nextId(): number;
  /** Sends a report on its way. */
  send(report: Sms): void;
}

/** The reports of a service centre to those who sent messages (3GPP TS 23.040, 9.2.2.3). */
export class Reporter {
  readonly #office: ReportingOffice;

  constructor(office: ReportingOffice) {
    this.#office = office;
  }

  /** Sends a status report, if the sender asked for reports and TP-ST has changed since the last one. */
  report({ id, to, origin, fate }: TracedSms): void {
    if (origin === undefined || !fate.reportWanted || fate.told === fate.status) return;
    fate.told = fate.status;
    this.#send(to, origin, fate.status, id, false);
  }

  /** Answers a COMMAND about a message to `to`; when there is no such message, the report has the COMMAND's own time. */
  answerCommand(
    sender: string,
    to: string,
    result: CommandResult & { kind: 'report' },
    about: TracedSms | undefined,
  ): void {
    const { messageReference, status } = result;
    const timestamp = about?.origin?.timestamp ?? this.#office.timestamp();
    this.#send(to, { sender, messageReference, timestamp }, status, about?.id ?? 0, true);
  }

  #send(to: string, origin: Origin, status: number, about: number, answersCommand: boolean): void {
    const { log, number } = this.#office;
    const now = this.#office.timestamp();
    const report: Sms = {
      id: this.#office.nextId(),
      from: number,
      to: origin.sender,
      tpdu: encodeTpdu({
        type: 'STATUS-REPORT',
        answersCommand,
        messageReference: origin.messageReference,
        recipient: addressOf(to),
        timestamp: origin.timestamp,
        dischargeTime: now,
        status,
      }),
      pid: 0,
      isReport: true,
      urgency: 2,
      expiresAt: now.at + DEFAULT_VALIDITY_MS,
      singleShot: false,
      fate: newFate(false),
    };
    log.add({ kind: 'report', sms: report.id, about, to: report.to, status });
    this.#office.send(report);
  }
}
