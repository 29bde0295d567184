import { createReadStream } from 'node:fs';
import { linesOf } from './lines.ts';
import { dialledNumber } from './options.ts';
import { UsageError } from './program.ts';

/** One message of a file. */
export interface BatchMessage {
  /** Its line in the file, from 1. */
  readonly line: number;
  readonly number: string;
  readonly text: string;
}

/** Messages in one file; a longer one is refused before anything is sent. */
const MESSAGES_LIMIT = 100_000;

/** `number,text`, either in quotes, where `""` is a quote (RFC 4180); the number without them has no comma. */
const ROW = /^(?:"((?:[^"]|"")*)"|([^",]*)),(?:"((?:[^"]|"")*)"|([^"].*|))$/;

/**
 * Reads a file of messages, one a line: a JSON object with `number` and `text`, or a CSV row of the two. Empty lines and
 * a first row `number,text` are passed over. `-` is the standard input.
 *
 * @throws UsageError when it cannot be read, or some line is neither; it names the line.
 */
export async function readBatch(path: string): Promise<readonly BatchMessage[]> {
  const messages: BatchMessage[] = [];
  let line = 0;
  for await (const lines of linesOf(path === '-' ? process.stdin : streamOf(path))) {
    for (const text of lines) {
      line += 1;
      if (typeof text !== 'string') throw new UsageError(`${path}, line ${line}: ${text.fault}`);
      if (text.trim() === '' || (line === 1 && text === 'number,text')) continue;
      if (messages.length === MESSAGES_LIMIT) throw new UsageError(`${path} has more than ${MESSAGES_LIMIT} messages`);
      const message = messageOf(text);
      if (message === undefined) {
        throw new UsageError(`${path}, line ${line}: write {"number":"+39…","text":"…"} or +39…,"…"`);
      }
      messages.push({ line, ...message });
    }
  }
  if (messages.length === 0) throw new UsageError(`${path} has no messages`);
  return messages;
}

async function* streamOf(path: string): AsyncGenerator<Buffer | string> {
  try {
    yield* createReadStream(path);
  } catch (error) {
    throw new UsageError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function messageOf(line: string): Omit<BatchMessage, 'line'> | undefined {
  if (line.trimStart().startsWith('{')) return messageOfJson(line);
  const [, quotedNumber, number = '', quotedText, text = ''] = ROW.exec(line) ?? [];
  const to = dialledNumber(unquoted(quotedNumber) ?? number);
  return to === undefined ? undefined : { number: to, text: unquoted(quotedText) ?? text };
}

function unquoted(text: string | undefined): string | undefined {
  return text?.replaceAll('""', '"');
}

function messageOfJson(line: string): Omit<BatchMessage, 'line'> | undefined {
  try {
    const { number, text }: { number?: unknown; text?: unknown } = JSON.parse(line);
    const to = typeof number === 'string' ? dialledNumber(number) : undefined;
    return to !== undefined && typeof text === 'string' ? { number: to, text } : undefined;
  } catch {
    return undefined;
  }
}
