import type { HandsetEvent } from '../firmware/index.ts';

/** One line about a message or an application; `undefined` for what the phone itself shows. */
export function traceText(event: HandsetEvent): string | undefined {
  switch (event.kind) {
    case 'received':
      return `← ${event.from}${portText(event.port)} ${event.octets} octets, ${event.destination}`;
    case 'sent':
      return `→ ${event.to}${portText(event.port)} ${event.octets} octets, ${event.outcome}`;
    case 'application':
      return `${event.name} ${event.state}`;
    default:
      return undefined;
  }
}

function portText(port: number | undefined): string {
  return port === undefined ? '' : `:${port}`;
}
