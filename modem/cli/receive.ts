import { Command } from 'commander';
import type { IncomingSms, UnreadableSms } from '../bearer.ts';
import { type Clock, systemClock } from '../clock.ts';
import type { Modem } from '../modem.ts';
import { toHex } from '../pdu/hex.ts';
import { withConnection, withModem } from './connection.ts';
import { numberOption } from './options.ts';
import { type Output, outputOf } from './program.ts';

interface ReceiveOptions {
  readonly count?: number;
  readonly timeout?: number;
}

/** `gsm-modem receive`: prints messages as they come, and deletes them from the modem once printed. */
export function receiveCommand(): Command {
  const command = new Command('receive')
    .option('--count <n>', 'end after so many; default: never', numberOption(1, 1_000_000))
    .option('--timeout <seconds>', 'fail when they have not come by then', numberOption(1, 1_000_000));
  return withConnection(command).action(() =>
    withModem(command, (modem) => receive(modem, command.opts<ReceiveOptions>(), outputOf(command), systemClock)),
  );
}

/**
 * Prints messages as they come: `count` of them, or until `timeout`, in seconds.
 *
 * @throws Error when fewer than `count` came in time
 */
export async function receive(
  modem: Pick<Modem, 'receive'>,
  { count, timeout }: ReceiveOptions,
  output: Output,
  clock: Clock,
): Promise<void> {
  let received = 0;
  await new Promise<void>((resolve, reject) => {
    const cancel =
      timeout === undefined
        ? () => {}
        : clock.after(timeout * 1_000, () => {
            if (count === undefined) resolve();
            else reject(new Error(`${received} of ${count} messages came within ${timeout} s`));
          });
    const take = (record: object, line: string): void => {
      // `--count` messages were printed: the next one is refused, and so stays in the modem.
      if (received === count) throw new Error('enough were received');
      received += 1;
      output.print(record, line);
      if (received < (count ?? Number.POSITIVE_INFINITY)) return;
      cancel();
      resolve();
    };
    modem.receive({
      message: async (sms) => take(recordOf(sms), lineOf(sms)),
      report() {},
      unreadable: async (record) => take({ unreadable: record.reason, pdu: record.pdu }, lineOfUnreadable(record)),
    });
  });
}

function recordOf({ originator, sentAt, content, immediate, wire }: IncomingSms): object {
  return {
    from: originator,
    sentAt: new Date(sentAt).toISOString(),
    ...(wire && {
      zone: zoneText(wire.zoneMinutes),
      ...(wire.serviceCentre !== undefined && { serviceCentre: wire.serviceCentre }),
      ...(wire.messageClass !== undefined && { class: wire.messageClass }),
      pdus: wire.pdus,
    }),
    ...(content.kind === 'text' ? { text: content.text } : { data: toHex(content.data) }),
    ...(content.ports && { destinationPort: content.ports.destination, sourcePort: content.ports.source }),
    ...(immediate === true && { immediate }),
  };
}

function lineOfUnreadable({ pdu, reason }: UnreadableSms): string {
  return `a message that cannot be read (${reason}): ${pdu}`;
}

/** `+02:00`, as ISO 8601 writes it. */
function zoneText(minutes: number): string {
  const digits = (value: number) => String(value).padStart(2, '0');
  const ahead = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${digits(Math.floor(ahead / 60))}:${digits(ahead % 60)}`;
}

function lineOf({ originator, sentAt, content }: IncomingSms): string {
  const time = new Date(sentAt).toISOString();
  const port = content.ports === undefined ? '' : ` port ${content.ports.destination}`;
  return `${time} ${originator}${port}: ${content.kind === 'text' ? content.text : toHex(content.data)}`;
}
