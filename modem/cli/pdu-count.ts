import { Command } from 'commander';
import { type CountedChoice, compareChoices } from '../pdu/index.ts';
import { outputOf } from './program.ts';

/** `gsm-modem pdu count`: how many SMS a text takes with each choice of alphabet and tables. */
export function pduCountCommand(): Command {
  const command = new Command('count')
    .description('say how many SMS a text takes with each alphabet and table; auto is what is sent without options')
    .requiredOption('--text <text>', 'the text');
  return command.action(() => {
    const output = outputOf(command);
    const choices = compareChoices(command.opts<{ readonly text: string }>().text);
    if (!output.json) process.stdout.write(`${row(HEADINGS)}\n`);
    for (const choice of choices) output.print(countRecord(choice), row(cellsOf(choice)));
  });
}

/** A choice as JSON says it. */
export function countRecord(choice: CountedChoice): object {
  return { ...choice, shifts: tablesOf(choice) };
}

function tablesOf({ shifts }: CountedChoice): readonly string[] {
  return shifts.map(({ shift, language }) => `${language} ${shift}`);
}

const HEADINGS = ['choice', 'SMS', 'units', 'per SMS', 'left', 'tables'];
const WIDTHS = [14, 3, 13, 7, 4, 0];

function cellsOf(choice: CountedChoice): readonly string[] {
  const { segments, units, perSegment, left, alphabet } = choice;
  const tables = tablesOf(choice).join(', ');
  const unit = alphabet === 'gsm7' ? 'septets' : 'UTF-16';
  return [choice.choice, String(segments), `${units} ${unit}`, String(perSegment), String(left), tables];
}

function row(cells: readonly string[]): string {
  return cells
    .map((cell, index) => (index === 0 ? cell.padEnd(WIDTHS[index] ?? 0) : cell.padStart(WIDTHS[index] ?? 0)))
    .join('  ')
    .trimEnd();
}
