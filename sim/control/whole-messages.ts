import type { Submitted } from '../network/submitted.ts';
import { type ReadableContent, readableSubmit } from './readable.ts';

/** A message that the network took, whole: long ones with all their parts. */
export interface WholeMessage extends Omit<ReadableContent, 'part'> {
  /** When its last part was taken, ISO 8601. */
  readonly at: string;
  readonly from: string;
  readonly to: string;
  /** The SUBMITs in hex, in the order of the parts. */
  readonly tpdus: readonly string[];
}

type Part = Submitted & { readonly content: ReadableContent };

/** Joins what belongs together, in the order in which the messages became whole; what lacks a part is left out. */
export function wholeMessages(taken: readonly Submitted[]): readonly WholeMessage[] {
  const open = new Map<string, Map<number, Part>>();
  return taken.flatMap((message) => {
    const content = readableSubmit(message.tpdu);
    const part = { ...message, content };
    if (content.part === undefined) return [joined([part])];
    const { reference, total, sequence } = content.part;
    const key = `${message.from} ${message.to} ${reference} ${total}`;
    const parts = open.get(key) ?? new Map<number, Part>();
    parts.set(sequence, part);
    open.set(key, parts);
    if (parts.size < total) return [];
    open.delete(key);
    return [joined([...parts].sort(([a], [b]) => a - b).map(([, ofWhole]) => ofWhole))];
  });
}

function joined(parts: readonly Part[]): WholeMessage {
  const [first] = parts;
  const { text, data, part: _, deviations: _of, ...content } = first?.content ?? {};
  const contents = parts.map((part) => part.content);
  const deviations = contents.flatMap((of) => of.deviations ?? []);
  return {
    at: new Date(Math.max(...parts.map(({ at }) => at))).toISOString(),
    from: first?.from ?? '',
    to: first?.to ?? '',
    ...(text === undefined ? {} : { text: contents.map((of) => of.text ?? '').join('') }),
    ...(data === undefined ? {} : { data: contents.map((of) => of.data ?? '').join('') }),
    ...content,
    ...(deviations.length === 0 ? {} : { deviations }),
    tpdus: parts.map(({ tpdu }) => tpdu),
  };
}
