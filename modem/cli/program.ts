import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { packageVersion } from '../package-file.ts';
import { PortError } from '../port/port.ts';

/** A wrong use of the command line, which the user can correct: printed as one line, then exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Where an executable's results go: a line for people, or one JSON object a line with `--json`. */
export interface Output {
  readonly json: boolean;
  /** Prints `record` as JSON, or `text` (nothing when absent), whichever the user asked for. */
  print(record: object, text?: string): void;
}

/** The output for a command, by its `--json` option. Never writes colour codes. */
export function outputOf(command: Command): Output {
  const json = command.optsWithGlobals()['json'] === true;
  return {
    json,
    print(record, text) {
      if (json) process.stdout.write(`${JSON.stringify(record)}\n`);
      else if (text !== undefined) process.stdout.write(`${text}\n`);
    },
  };
}

/**
 * A command line with the options that every executable of the project has: `--help`, `--version`, `--json`. Commands and
 * their subcommands take over its settings of output and errors.
 */
export function createProgram(name: string, description: string, commands: readonly Command[] = []): Command {
  const program = new Command(name)
    .description(description)
    .version(packageVersion(), '--version', 'print the version')
    .option('--json', 'print JSON, one object a line')
    .helpOption('--help', 'say how to use it')
    .showHelpAfterError(false)
    .configureOutput({ outputError: () => {} })
    .exitOverride();
  for (const command of commands) program.addCommand(inherit(program, command));
  return program;
}

function inherit(parent: Command, command: Command): Command {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) inherit(command, child);
  return command;
}

/**
 * Runs a program and turns whatever it throws into one line on stderr and an exit code:
 * 0 done, 1 the operation failed, 2 wrong use.
 */
export async function runProgram(program: Command, argv: readonly string[] = process.argv): Promise<void> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return;
      if (error.code === 'commander.help') process.exitCode = 2;
      else fail(program, error.message.replace(/^error: /, ''), 2);
      return;
    }
    fail(program, error instanceof Error ? error.message : String(error), isUsersToMend(error) ? 2 : 1);
  }
}

function isUsersToMend(error: unknown): boolean {
  return error instanceof UsageError || (error instanceof PortError && error.code === 'misnamed');
}

function fail(program: Command, message: string, exitCode: 1 | 2): void {
  const line = message.replaceAll(/\s*\n\s*/g, ' ');
  const json = process.argv.includes('--json');
  process.stderr.write(
    json ? `${JSON.stringify({ event: 'error', message: line })}\n` : `${program.name()}: ${line}\n`,
  );
  process.exitCode = exitCode;
}

/** Reads the name of a port from the command line. An empty one comes from `--port "$UNSET"` and from `GSM_MODEM_PORT=`. */
export function portNameOption(text: string): string {
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('Give a device path or tcp://host:port.');
}
