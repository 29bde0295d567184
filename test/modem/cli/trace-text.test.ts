import { expect, test } from 'vitest';
import { traceText } from '../../../modem/cli/trace-text.ts';
import type { TraceEvent } from '../../../modem/index.ts';

const at = Date.UTC(2026, 1, 3, 4, 5, 6, 7);
const octets = (text: string) => new Uint8Array(Buffer.from(text, 'latin1'));

test.each<[TraceEvent, string]>([
  [{ at, kind: 'opened' }, '= opened'],
  [{ at, kind: 'sent', octets: octets('AT+CSQ\r') }, '> AT+CSQ<CR>'],
  [{ at, kind: 'received', octets: octets('\r\nOK\r\n') }, '< <CR><LF>OK<CR><LF>'],
  // The ends of what is printable, and the octets that have names.
  [{ at, kind: 'sent', octets: octets('\x00\x1a\x1b\x1f ~\x7f\xff') }, '> <00><SUB><ESC><1F> ~<7F><FF>'],
  [{ at, kind: 'closed' }, '= closed'],
  [{ at, kind: 'closed', reason: 'unplugged' }, '= closed: unplugged'],
])('%j is a line for people', (event, text) => {
  expect(traceText(event)).toBe(`04:05:06.007 ${text}`);
});
