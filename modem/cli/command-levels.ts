import type { Command, Option } from 'commander';

/** What may follow an option, for a shell: nothing, one of these words, or something else (file names are offered). */
export type OptionValue = 'none' | 'any' | readonly string[];

/** An option as a shell or a man page sees it. */
export interface LevelOption {
  /** As `--port`. */
  readonly flag: string;
  /** As `--port <name>`. */
  readonly flags: string;
  readonly description: string;
  readonly value: OptionValue;
}

/** One level of a command line: what may be typed there. */
export interface Level {
  readonly command: Command;
  /** The words that lead here, the program's name first: `['gsm-modem', 'pdu', 'encode']`. */
  readonly path: readonly string[];
  /** The commands, or the words that the first argument may be. */
  readonly words: readonly { readonly word: string; readonly description: string }[];
  readonly options: readonly LevelOption[];
}

/** The levels of a command line, the program's own first. Every command takes `--json`, as its program does. */
export function levelsOf(program: Command): readonly Level[] {
  const shared = program.options.filter(({ long }) => long === '--json').flatMap((option) => levelOption(option));
  return levels(program, [], shared);
}

function levels(command: Command, above: readonly string[], shared: readonly LevelOption[]): readonly Level[] {
  const path = [...above, command.name()];
  const help = command.createHelp();
  const commands = help.visibleCommands(command).filter((child) => child.name() !== 'help');
  const own = help.visibleOptions(command).flatMap((option) => levelOption(option, help.optionDescription(option)));
  const level: Level = {
    command,
    path,
    words: [
      ...commands.map((child) => ({ word: child.name(), description: child.description() })),
      ...argumentWords(command),
    ],
    options: above.length === 0 ? own : [...own, ...shared],
  };
  return [level, ...commands.flatMap((child) => levels(child, path, shared))];
}

function argumentWords({ registeredArguments: [first] }: Command): Level['words'] {
  return (first?.argChoices ?? []).map((word) => ({ word, description: first?.description ?? '' }));
}

function levelOption(option: Option, description = option.description): readonly LevelOption[] {
  const { long, flags } = option;
  return typeof long === 'string' ? [{ flag: long, flags, description, value: optionValue(option) }] : [];
}

function optionValue({ required, optional, argChoices }: Option): OptionValue {
  if (!required && !optional) return 'none';
  return argChoices ?? 'any';
}
