import { closeSync, openSync, writeSync } from 'node:fs';
import { type EventLog, jsonLine } from '../log.ts';

/** Lines that are written together at most; fewer at the end of each turn of the event loop. */
const LINES = 1_000;

/**
 * Writes a log down as it happens, in JSON lines, from its beginning: for worlds that outlast what the log keeps in memory.
 * The answer ends that. @throws Error when the file cannot be written.
 */
export function keepLog(log: EventLog, path: string): () => void {
  const file = open(path);
  let waiting: string[] = log.entries().map(jsonLine);
  let turn: NodeJS.Immediate | undefined;
  const write = () => {
    clearImmediate(turn);
    turn = undefined;
    if (waiting.length > 0) writeSync(file, `${waiting.join('\n')}\n`);
    waiting = [];
  };
  write();
  const unlisten = log.listen((entry) => {
    waiting.push(jsonLine(entry));
    if (waiting.length >= LINES) write();
    else turn ??= setImmediate(write);
  });
  return () => {
    unlisten();
    write();
    closeSync(file);
  };
}

function open(path: string): number {
  try {
    return openSync(path, 'w');
  } catch (cause) {
    throw new Error(`Cannot write the log ${path}: does its folder exist, and may you write there?`, { cause });
  }
}
