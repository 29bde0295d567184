import { closeSync, openSync, readSync, writeFileSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { type EventLog, jsonLine } from '../log.ts';

/** Lines that are written together at most; fewer at the end of each turn of the event loop. */
const LINES = 1_000;
/** Octets that are read together. */
const CHUNK = 65_536;

/**
 * Writes a log down as it happens, in JSON lines, from its beginning: for worlds that outlast what the log keeps in memory.
 * The answer ends that. @param failed is told once when writing fails later on, as on a full disk; then it ends by itself.
 * @throws Error when the file cannot be opened.
 */
export function keepLog(log: EventLog, path: string, failed: (error: Error) => void): () => void {
  const file = openForWriting(path);
  let waiting: string[] = log.entries().map(jsonLine);
  let turn: NodeJS.Immediate | undefined;
  const unlisten = log.listen((entry) => {
    waiting.push(jsonLine(entry));
    if (waiting.length >= LINES) write();
    else turn ??= setImmediate(write);
  });
  let ended = false;
  const end = () => {
    if (ended) return;
    unlisten();
    write();
    ended = true;
    closeSync(file);
  };
  write();
  return end;

  function write(): void {
    clearImmediate(turn);
    turn = undefined;
    const lines = waiting;
    waiting = [];
    if (lines.length === 0 || ended) return;
    try {
      writeFileSync(file, `${lines.join('\n')}\n`);
    } catch (error) {
      end();
      failed(new Error(`The log ${path} ends here: ${error instanceof Error ? error.message : error}`));
    }
  }
}

/** The lines of a file, one by one, whatever its size. @throws NodeJS.ErrnoException when it cannot be read. */
export function* linesOf(path: string | number): Generator<string> {
  const file = typeof path === 'number' ? path : openSync(path, 'r');
  try {
    const decoder = new StringDecoder('utf8');
    const chunk = Buffer.alloc(CHUNK);
    let rest = '';
    for (let count = readSync(file, chunk); count > 0; count = readSync(file, chunk)) {
      const lines = (rest + decoder.write(chunk.subarray(0, count))).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    yield rest + decoder.end();
  } finally {
    if (typeof path !== 'number') closeSync(file);
  }
}

function openForWriting(path: string): number {
  try {
    return openSync(path, 'w', 0o600);
  } catch (cause) {
    throw new Error(`Cannot write the log ${path}: does its folder exist, and may you write there?`, { cause });
  }
}
