import { fromHex, toHex } from '../pdu/index.ts';
import type { TraceEvent } from './trace.ts';

/** A recording that cannot be read. `message` is one line for a person and names the line of the file. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError';
}

/** A trace event as a line of a recording: JSON, octets in hexadecimal. */
export function recordingLine(event: TraceEvent): string {
  return JSON.stringify('octets' in event ? { ...event, octets: toHex(event.octets) } : event);
}

/** The events of a recording, in order. @throws RecordingError */
export function readRecording(text: string): readonly TraceEvent[] {
  return text
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, number }) => readEvent(line, number));
}

function readEvent(line: string, number: number): TraceEvent {
  const refuse = (why: string) => new RecordingError(`line ${number} of the recording ${why}`);
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw refuse('is not JSON');
  }
  if (typeof value !== 'object' || value === null || !('at' in value) || !('kind' in value)) {
    throw refuse('is no event');
  }
  const { at, kind } = value;
  if (typeof at !== 'number') throw refuse('has no time');
  if (kind === 'opened') return { at, kind };
  if (kind === 'closed') {
    return 'reason' in value && typeof value.reason === 'string' ? { at, kind, reason: value.reason } : { at, kind };
  }
  const octets = 'octets' in value ? value.octets : undefined;
  if ((kind !== 'sent' && kind !== 'received') || typeof octets !== 'string' || !/^([0-9A-F]{2})*$/i.test(octets)) {
    throw refuse('is no event');
  }
  return { at, kind, octets: fromHex(octets) };
}
