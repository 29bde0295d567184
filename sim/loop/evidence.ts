import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Screen, textOf, withoutSecrets } from '../../device/index.ts';
import type { JournalEntry } from '../../server/index.ts';
import { capture } from '../evidence/capture.ts';
import { dayOf, textLine, timeText } from '../evidence/columns.ts';
import { conversationOf } from '../evidence/conversation.ts';
import { mermaidOf } from '../evidence/mermaid.ts';
import { select } from '../evidence/selection.ts';
import { sequenceDiagram } from '../evidence/sequence-diagram.ts';
import { jsonLine, type LogEntry } from '../log.ts';
import type { Story } from './diary.ts';
import { type EpisodePlan, playEpisode } from './episode.ts';
import { wordsOf } from './fault-script.ts';
import type { Violation } from './judge.ts';
import { SERVICE_NUMBER, type Town } from './town.ts';

/** Steps of a diagram: more than a person reads, fewer than a drawing can have. */
const STEPS = 300;
/** The file that `npm run loop -- --script` plays again. */
export const SCRIPT_FILE = 'script.json';

interface Dated {
  readonly at: number;
}

/** All that a town did, kept in memory. */
class Recording {
  readonly network: LogEntry[] = [];
  readonly journal: JournalEntry[] = [];
  readonly screens: (Dated & { readonly number: string; readonly screen: Screen })[] = [];
  readonly faults: (Dated & { readonly words: string })[] = [];
  stories: readonly Story[] = [];

  attend(town: Town): void {
    const now = () => town.clock.now();
    this.stories = town.diary.stories;
    town.world.log.listen((entry) => this.network.push(entry));
    town.witnesses.push({
      journal: (entry) => this.journal.push(entry),
      screen: (number, screen) => this.screens.push({ at: now(), number, screen: withoutSecrets(screen) }),
      fault: (words) => this.faults.push({ at: now(), words }),
    });
  }
}

/**
 * Plays an episode again and writes into a folder what a person needs to see why a rule was broken: the script and how it is played, what
 * happened in the order of time, who sent which SMS, what the customer's phone showed, and what the service wrote into its journal.
 * @throws Error when the folder cannot be written
 */
export async function writeEvidence(plan: EpisodePlan, violation: Violation, folder: string): Promise<void> {
  const recording = new Recording();
  await playEpisode(plan, (town) => recording.attend(town));
  const part = partOf(recording, violation);
  const conversation = conversationOf(part.network, { steps: STEPS });
  const files: Readonly<Record<string, string | Uint8Array>> = {
    'failure.txt': summary(plan, violation, join(folder, SCRIPT_FILE)),
    [SCRIPT_FILE]: `${JSON.stringify(plan, null, 2)}\n`,
    'timeline.txt': timeline(part),
    'diagram.svg': sequenceDiagram(conversation),
    'diagram.mmd': mermaidOf(conversation),
    'capture.pcapng': capture(part.network),
    'network.jsonl': lines(part.network.map(jsonLine)),
    'screens.txt': part.screens.map(({ at, screen }) => `${moment(at)}\n${textOf(screen)}\n`).join('\n'),
    'journal.jsonl': lines(part.journal.map((entry) => JSON.stringify(entry))),
  };
  mkdirSync(folder, { recursive: true });
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}

/** What concerns the customer and the payment with which the rule was broken, from the moment in which the shop asked; all, when it was with nobody alone. */
function partOf(recording: Recording, { customer, reference }: Violation): Recording {
  if (customer === undefined) return recording;
  const { network, journal, screens, faults, stories } = recording;
  const ofCustomer = stories.filter((story) => story.customer === customer);
  const story = ofCustomer.filter((one) => reference === undefined || one.reference === reference);
  const since = Math.min(...story.flatMap(({ events }) => events.map(({ at }) => at)));
  const isLater = ({ at }: Dated) => at >= since;
  const part = new Recording();
  part.network.push(...select(network, { numbers: [customer, SERVICE_NUMBER], since }));
  part.journal.push(...journal.filter(({ event }) => story.some(({ txn }) => 'txn' in event && event.txn === txn)));
  part.screens.push(...screens.filter(isLater).filter(({ number }) => number === customer));
  part.faults.push(...faults.filter(isLater));
  part.stories = story;
  return part;
}

function summary({ seed, faults, ...plan }: EpisodePlan, { rule, text, customer }: Violation, script: string): string {
  const { payments, customers, shops, rail, depth } = plan;
  return lines([
    `broken: ${rule}`,
    `by: ${text}${customer === undefined ? '' : `, customer ${customer}`}`,
    `seed: ${seed}; ${payments} payments, ${customers} customers, ${shops} shops, rail ${rail}, depth ${depth}`,
    `again: npm run loop -- --script ${script}`,
    `faults: ${faults.length}`,
    ...faults.map((fault) => `  ${(fault.at / 1_000).toFixed(1)} s after the shops opened: ${wordsOf(fault)}`),
  ]);
}

/** Everything in the order of time, a line each; above the first one of a day stands the day. */
function timeline({ network, journal, screens, faults, stories }: Recording): string {
  const told = [
    ...faults.map(({ at, words }) => ({ at, line: row(at, 'fault', words) })),
    ...stories.flatMap(({ events, reference }) =>
      events.map(({ at, kind, ...rest }) => ({ at, line: row(at, kind, `${reference} ${JSON.stringify(rest)}`) })),
    ),
    ...network.map((entry) => ({ at: entry.at, line: textLine(entry) })),
    ...journal.map(({ at, event }) => ({ at, line: row(at, 'journal', JSON.stringify(event)) })),
    ...screens.map(({ at, screen }) => ({ at, line: row(at, 'screen', textOf(screen).replaceAll('\n', ' / ')) })),
  ].toSorted((one, other) => one.at - other.at);
  return lines(
    told.flatMap((event, n) => {
      const before = told[n - 1];
      const isNewDay = before === undefined || dayOf(before) !== dayOf(event);
      return isNewDay ? [dayOf(event), event.line] : [event.line];
    }),
  );
}

function row(at: number, what: string, words: string): string {
  return `${timeText(at)}        ${what.padEnd(25)} ${words}`;
}

function moment(at: number): string {
  return `${dayOf({ at })} ${timeText(at)}`;
}

function lines(all: readonly string[]): string {
  return all.map((line) => `${line}\n`).join('');
}
