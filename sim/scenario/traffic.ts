import type { SeededRandom } from '../random.ts';
import type { Traffic } from './schema.ts';

/** One message of a {@link Traffic}. */
export interface Passage {
  /** From the beginning of the traffic, ms. */
  readonly at: number;
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

/** The messages of a traffic, in the order of their times, each between two different phones. */
export function passagesOf(
  { messages, during, text }: Traffic,
  senders: readonly string[],
  recipients: readonly string[],
  random: SeededRandom,
): readonly Passage[] {
  const times = Array.from({ length: messages }, () => Math.floor(random.fraction() * during)).sort((a, b) => a - b);
  return times.map((at, i) => {
    const from = oneOf(senders, random);
    const to = other(recipients, from, random);
    return { at, from, to, text: text.replaceAll('{n}', String(i + 1)) };
  });
}

function oneOf(numbers: readonly string[], random: SeededRandom): string {
  return numbers[Math.floor(random.fraction() * numbers.length)] ?? '';
}

/** One of the numbers that is not `than`, where there is one. */
function other(numbers: readonly string[], than: string, random: SeededRandom): string {
  const at = Math.floor(random.fraction() * numbers.length);
  const drawn = numbers[at] ?? '';
  return drawn === than ? (numbers[(at + 1) % numbers.length] ?? '') : drawn;
}
