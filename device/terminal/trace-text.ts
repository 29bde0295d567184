import type { HandsetEvent } from '../firmware/index.ts';
import { legible } from '../hal/index.ts';

/** One line about a message or an application; `undefined` for what the phone itself shows. */
export function traceText(event: HandsetEvent): string | undefined {
  const line = lineOf(event);
  return line === undefined ? undefined : legible(line);
}

function lineOf(event: HandsetEvent): string | undefined {
  switch (event.kind) {
    case 'received':
      return `← ${event.from}${portText(event.port)} ${event.octets} octets, ${event.destination}`;
    case 'sent':
      return `→ ${event.to}${portText(event.port)} ${event.octets} octets, ${event.outcome}`;
    case 'application':
      return `${event.name} ${event.state}`;
    case 'installed':
      return installedText(event);
    case 'removed':
      return `${event.name} ${event.version} removed`;
    case 'not-installed':
      return `not installed${event.status === undefined ? '' : ` (${event.status})`}: ${event.reason}`;
    default:
      return undefined;
  }
}

/** One line about an installation. */
function installedText({ name, version, replaced, isDowngrade }: Extract<HandsetEvent, { kind: 'installed' }>): string {
  if (replaced === undefined) return `${name} ${version} installed`;
  return `${name} ${version} installed in place of ${replaced}${isDowngrade ? ', which is newer' : ''}`;
}

function portText(port: number | undefined): string {
  return port === undefined ? '' : `:${port}`;
}
