import { Command } from 'commander';
import { createProgram, runProgram } from './program.ts';

/** A command of an executable: its line in `--help`, and how it is loaded when the user runs it. */
interface Subcommand {
  readonly description: string;
  /** Its options and arguments, without the name and the description, which are here. */
  load(): Promise<Command>;
}

/** An executable of the project. Only the command that is asked for is loaded, so that `--help` answers at once. */
export interface Executable {
  readonly name: string;
  readonly description: string;
  /** Gives the program the options and the action that it has without a command. */
  readonly withoutCommand?: (program: Command) => void;
  /** By name. */
  readonly commands: Readonly<Record<string, Subcommand>>;
}

/** Runs an executable with the arguments of the process. */
export async function runExecutable(executable: Executable): Promise<void> {
  const wanted = wantedCommand(process.argv.slice(2));
  await runProgram(await programOf(executable, (name) => name === wanted));
}

/** The whole command line of an executable, with every command loaded: for completions and man pages. */
export async function wholeProgram(executable: Executable): Promise<Command> {
  const program = await programOf(executable, () => true);
  executable.withoutCommand?.(program);
  return program;
}

/** The command that the user wants: the first argument that is not `--json`, or the one after `help`. */
function wantedCommand(args: readonly string[]): string | undefined {
  const [first, second] = args.filter((argument) => argument !== '--json');
  return first === 'help' ? second : first;
}

async function programOf(executable: Executable, isWanted: (name: string) => boolean): Promise<Command> {
  const commands: Command[] = [];
  let hasWanted = false;
  for (const [name, { description, load }] of Object.entries(allCommands(executable))) {
    const isLoaded = isWanted(name);
    hasWanted ||= isLoaded;
    const command = isLoaded ? (await load()).name(name) : new Command(name);
    commands.push(command.description(description));
  }
  const program = createProgram(executable.name, executable.description, commands);
  // An option that the program requires without a command must not be required of its commands.
  if (!hasWanted) executable.withoutCommand?.(program);
  return program;
}

function allCommands(executable: Executable): Executable['commands'] {
  return {
    ...executable.commands,
    completion: {
      description: 'print the completion script of a shell: bash, zsh or fish',
      load: async () => (await import('./completion.ts')).completionCommand(executable),
    },
    man: {
      description: 'print the manual page, as man -l and groff -man read it',
      load: async () => (await import('./man-page.ts')).manCommand(executable),
    },
  };
}
