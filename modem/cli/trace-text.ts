import type { TraceEvent } from '../port/trace.ts';

const NAMES: Readonly<Record<string, string>> = { '\r': '<CR>', '\n': '<LF>', '\x1a': '<SUB>', '\x1b': '<ESC>' };

/** A trace event as a line for people: `09:00:00.123 > AT+CSQ<CR>`, `>` from the host, `<` from the modem. */
export function traceText(event: TraceEvent): string {
  const time = new Date(event.at).toISOString().slice(11, 23);
  switch (event.kind) {
    case 'sent':
      return `${time} > ${readable(event.octets)}`;
    case 'received':
      return `${time} < ${readable(event.octets)}`;
    case 'opened':
      return `${time} = opened`;
    case 'closed':
      return `${time} = closed${event.reason === undefined ? '' : `: ${event.reason}`}`;
  }
}

function readable(octets: Uint8Array): string {
  return Array.from(octets, (octet) => {
    const character = String.fromCharCode(octet);
    if (octet >= 0x20 && octet < 0x7f) return character;
    return NAMES[character] ?? `<${octet.toString(16).padStart(2, '0').toUpperCase()}>`;
  }).join('');
}
