import { createReadStream } from 'node:fs';
import { Command } from 'commander';
import { readRecording } from '../port/recording.ts';
import type { TraceEvent } from '../port/trace.ts';
import { outputOf, UsageError } from './program.ts';
import { traceText } from './trace-text.ts';

/** The largest recording that is read, in octets. */
const RECORDING_LIMIT = 256 * 1024 * 1024;

/** Reads a recording from a file. @throws UsageError when the file cannot be read; RecordingError */
export async function readRecordingFile(path: string): Promise<readonly TraceEvent[]> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of createReadStream(path)) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > RECORDING_LIMIT) throw new UsageError(`${path} is larger than ${RECORDING_LIMIT} octets`);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return readRecording(Buffer.concat(chunks).toString('utf8'));
}

/** `gsm-modem trace`: a recording, readable. */
export function traceCommand(): Command {
  const command = new Command('trace').argument('<file>', 'the recording');
  return command.action(async (file: string) => {
    const output = outputOf(command);
    for (const event of await readRecordingFile(file)) output.print(event, traceText(event));
  });
}
