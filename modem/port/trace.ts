import type { Clock } from '../clock.ts';
import { SecretMask } from './mask.ts';
import type { Port } from './port.ts';

/** What happened on a port, and when (ms since 1970). `sent` and `received` are from the host's side. */
export type TraceEvent =
  | { readonly at: number; readonly kind: 'sent' | 'received'; readonly octets: Uint8Array }
  | { readonly at: number; readonly kind: 'opened' }
  | { readonly at: number; readonly kind: 'closed'; readonly reason?: string };

/**
 * The same port, with every octet reported to `report`, in the order of the line. The digits of a SIM PIN are masked with
 * `*`, in commands and in their echoes, so that a user can attach the trace to a bug report.
 */
export function tracePort(port: Port, clock: Clock, report: (event: TraceEvent) => void): Port {
  const masks = { sent: new SecretMask(), received: new SecretMask() };
  const tell = (kind: 'sent' | 'received', octets: Uint8Array) =>
    report({ at: clock.now(), kind, octets: masks[kind].apply(octets) });

  return {
    get name() {
      return port.name;
    },
    async open(events) {
      await port.open({
        data(octets) {
          tell('received', octets);
          events.data(octets);
        },
        closed(reason) {
          const at = clock.now();
          report(reason === undefined ? { at, kind: 'closed' } : { at, kind: 'closed', reason: reason.message });
          events.closed(reason);
        },
      });
      report({ at: clock.now(), kind: 'opened' });
    },
    write(octets) {
      tell('sent', octets);
      return port.write(octets);
    },
    setLines: (lines) => port.setLines(lines),
    close: () => port.close(),
  };
}
