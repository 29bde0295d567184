import { Command } from 'commander';
import { type Level, levelsOf } from './command-levels.ts';
import { type Executable, wholeProgram } from './executable.ts';

/** `man`: prints the man page of an executable. */
export function manCommand(executable: Executable): Command {
  return new Command('man').action(async () => {
    process.stdout.write(await manPage(executable));
  });
}

/** The man page of an executable in section 1, in the macros of man(7), from the definitions that `--help` prints. */
export async function manPage(executable: Executable): Promise<string> {
  const program = await wholeProgram(executable);
  const [top, ...commands] = levelsOf(program);
  if (top === undefined) return '';
  const { name, description } = executable;
  const title = name.toUpperCase();
  return [
    `.TH ${title} 1 "" ${argument(`cash-mobile ${program.version() ?? ''}`)} "Cash-Mobile"`,
    '.SH NAME',
    escaped(`${name} - ${description}`),
    '.SH SYNOPSIS',
    ...usage(top),
    '.SH OPTIONS',
    ...options(top),
    ...afterHelp(top),
    '.SH COMMANDS',
    ...commands.flatMap((level) => [
      `.SS ${argument(level.path.slice(1).join(' '))}`,
      escaped(level.command.description()),
      '.PP',
      ...usage(level),
      ...options(level),
      ...afterHelp(level),
    ]),
    '.SH EXIT STATUS',
    ...EXIT_STATUS.flatMap(([status, meaning]) => ['.TP', String(status), meaning]),
    '',
  ].join('\n');
}

const EXIT_STATUS = [
  [0, 'It is done.'],
  [1, 'It failed.'],
  [2, 'It was used wrongly.'],
] as const;

function usage({ command, path }: Level): readonly string[] {
  return [`.B ${escaped(path.join(' '))}`, escaped(command.usage())];
}

function options({ options: all }: Level): readonly string[] {
  return all.flatMap(({ flags, description }) => ['.TP', `.B ${escaped(flags)}`, escaped(description)]);
}

/** What stands under the options in `--help`, its lines as they are. */
function afterHelp({ command }: Level): readonly string[] {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  const after = text.replace(command.helpInformation(), '').trim();
  return after === '' ? [] : ['.PP', '.nf', ...after.split('\n').map(escaped), '.fi'];
}

/** A line of text: no character of it is a request or an escape of roff. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^([.'])/gm, '\\&$1');
}

/** An argument of a macro, which may hold blanks, and no quotes. */
function argument(text: string): string {
  return `"${escaped(text)}"`;
}
