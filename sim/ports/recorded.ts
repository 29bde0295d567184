import { appendFileSync } from 'node:fs';
import { type Clock, type FarEnd, recordingLine, SecretMask, type TraceEvent } from '../../modem/index.ts';

/** A recording that grows beyond this ends there, as one does that cannot be written any more. */
const RECORDING_OCTETS = 256 * 1024 * 1024;

/**
 * The same line, of which everything is written to a file as it happens: what `gsm-modem trace` prints and `gsm-modem replay`
 * plays. `sent` is what the program at the port typed. PINs are masked.
 * @throws NodeJS.ErrnoException when the file cannot be written.
 */
export function recorded(line: FarEnd, path: string, clock: Clock): FarEnd {
  appendFileSync(path, '', { mode: 0o600 });
  const masks = { sent: new SecretMask(), received: new SecretMask() };
  let room = RECORDING_OCTETS;
  const write = (event: TraceEvent) => {
    const text = `${recordingLine(event)}\n`;
    room -= text.length;
    if (room < 0) return;
    try {
      appendFileSync(path, text);
    } catch {
      // A full disk: the modem is worth more than its recording.
      room = 0;
    }
  };
  const tell = (kind: 'sent' | 'received', octets: Uint8Array) =>
    write({ at: clock.now(), kind, octets: masks[kind].apply(octets) });
  return {
    listen: (events) =>
      line.listen({
        ...events,
        opened() {
          write({ at: clock.now(), kind: 'opened' });
          events.opened();
        },
        data(octets) {
          tell('sent', octets);
          events.data(octets);
        },
        closed() {
          write({ at: clock.now(), kind: 'closed' });
          events.closed();
        },
      }),
    write(octets) {
      tell('received', octets);
      line.write(octets);
    },
    hangUp: () => line.hangUp(),
    plugIn: (renamed) => line.plugIn?.(renamed),
  };
}
