import { readFileSync } from 'node:fs';
import { Argument, Command, Option } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { levelsOf } from '../../../modem/cli/command-levels.ts';
import { type Executable, runExecutable, wholeProgram } from '../../../modem/cli/executable.ts';

/** The commands that were loaded, and what ran. */
let loaded: string[];
let ran: unknown[];
let out: string;
let err: string;
const { argv } = process;

beforeEach(() => {
  [loaded, ran, out, err] = [[], [], '', ''];
  vi.spyOn(process.stdout, 'on').mockReturnValue(process.stdout);
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text);
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  process.argv = argv;
  process.exitCode = undefined;
});

/** Two commands, of which one has a command of its own; without a command an option is required. */
const toy: Executable = {
  name: 'toy-box',
  description: "A box - with toys: Anna's.",
  withoutCommand: (program) =>
    program.requiredOption('--flash <file>', 'its flash').action((options) => {
      ran.push(['box', options]);
    }),
  commands: {
    pull: {
      description: 'pull: it\n.moves',
      async load() {
        loaded.push('pull');
        return new Command('x')
          .addArgument(new Argument('<side>', 'which side').choices(['left', 'right', 'up:down']))
          .option('--far', "as far as it's long")
          .addOption(new Option('--colour [name]', 'its colour').choices(['red', 'deep blue']))
          .addOption(new Option('--path <file>', 'where'))
          .addOption(new Option('-q', 'without a long name'))
          .addOption(new Option('--secret', 'nobody sees this').hideHelp())
          .addHelpText('after', '\nFor example:\n  toy-box pull left\n  .dots and \\slashes')
          .action((side, options) => {
            ran.push(['pull', side, options]);
          });
      },
    },
    wind: {
      description: 'wind "up"',
      async load() {
        loaded.push('wind');
        const child = new Command('back-up').description('the other way').option('--turns <n>', 'how often', '3');
        const hidden = new Command('oil').description('nobody sees this');
        return new Command('y').addCommand(child).addCommand(hidden, { hidden: true });
      },
    },
  },
};

async function run(...args: readonly string[]): Promise<void> {
  process.argv = ['node', 'toy-box', ...args];
  await runExecutable(toy);
}

describe('an executable', () => {
  test.each<[readonly string[], readonly string[], readonly unknown[]]>([
    [['pull', 'left', '--far'], ['pull'], [['pull', 'left', { far: true }]]],
    [['--json', 'pull', 'right'], ['pull'], [['pull', 'right', {}]]],
    [['pull', '--json', 'right'], ['pull'], [['pull', 'right', {}]]],
    [['--flash', 'a'], [], [['box', { flash: 'a' }]]],
    [['--flash', 'pull'], [], [['box', { flash: 'pull' }]]],
  ])('%j loads and runs what was asked for, and nothing else', async (args, names, expected) => {
    await run(...args);
    expect([loaded, ran, out, err]).toEqual([names, expected, '', '']);
    expect(process.exitCode).toBeUndefined();
  });

  test.each([
    [['pull', '--help'], 'pull'],
    [['help', 'pull'], 'pull'],
    [['--json', 'help', 'pull'], 'pull'],
  ])('%j says the options of that command, under its name and description', async (args, name) => {
    await run(...args);
    expect(loaded).toEqual([name]);
    expect(out).toMatch(/^Usage: toy-box pull \[options\] <side>\n\npull: it\n/);
    expect(out).toContain('--path <file>');
    expect(process.exitCode).toBeUndefined();
  });

  test('--help loads nothing, and names each command with its description', async () => {
    await run('--help');
    expect(loaded).toEqual([]);
    expect(out).toContain("A box - with toys: Anna's.");
    expect(out).toMatch(/\n {2}--flash <file> +its flash\n/);
    expect(out).toMatch(/\n {2}wind +wind "up"\n/);
    expect(out).toMatch(/\n {2}completion +print the completion script of a shell: bash, zsh or fish\n/);
    expect(out).toMatch(/\n {2}man +print the manual page, as man -l and groff -man read it\n/);
  });

  test.each([
    [['--flash', 'a', 'push'], /^toy-box: .*push.*\n$/],
    [[], /^toy-box: required option '--flash <file>' not specified\n$/],
    [['pull'], /^toy-box: missing required argument 'side'\n$/],
    [['completion', 'tcsh'], /^toy-box: .*tcsh.*bash, zsh, fish.*\n$/],
  ])('%j is wrong use: one line, and 2', async (args, line) => {
    await run(...args);
    expect([out, ran]).toEqual(['', []]);
    expect(err).toMatch(line);
    expect(process.exitCode).toBe(2);
  });

  test('whole, it has every command, and the option that it needs without one', async () => {
    const program = await wholeProgram(toy);
    expect(loaded).toEqual(['pull', 'wind']);
    expect(program.commands.map((command) => [command.name(), command.description()])).toEqual([
      ['pull', 'pull: it\n.moves'],
      ['wind', 'wind "up"'],
      ['completion', 'print the completion script of a shell: bash, zsh or fish'],
      ['man', 'print the manual page, as man -l and groff -man read it'],
    ]);
    expect(program.options.map(({ long }) => long)).toEqual(['--version', '--json', '--flash']);
  });
});

describe('the levels of a command line', () => {
  test('have their words, and the options with what may follow; --json is everywhere', async () => {
    const program = await wholeProgram(toy);
    const levels = levelsOf(program);
    expect(levels.map(({ command }) => command.name())).toEqual(levels.map(({ path }) => path.at(-1)));
    const short = levels.map(({ path, words, options }) => ({
      path: path.join(' '),
      words: words.map(({ word, description }) => `${word}: ${description}`),
      options: options.map(({ flag, flags, value }) => [flag, flags, value]),
    }));
    const help = ['--help', '--help', 'none'];
    const json = ['--json', '--json', 'none'];
    expect(short).toEqual([
      {
        path: 'toy-box',
        words: [
          'pull: pull: it\n.moves',
          'wind: wind "up"',
          'completion: print the completion script of a shell: bash, zsh or fish',
          'man: print the manual page, as man -l and groff -man read it',
        ],
        options: [['--version', '--version', 'none'], json, ['--flash', '--flash <file>', 'any'], help],
      },
      {
        path: 'toy-box pull',
        words: ['left: which side', 'right: which side', 'up:down: which side'],
        options: [
          ['--far', '--far', 'none'],
          ['--colour', '--colour [name]', ['red', 'deep blue']],
          ['--path', '--path <file>', 'any'],
          help,
          json,
        ],
      },
      { path: 'toy-box wind', words: ['back-up: the other way'], options: [help, json] },
      {
        path: 'toy-box wind back-up',
        words: [],
        options: [['--turns', '--turns <n>', 'any'], help, json],
      },
      {
        path: 'toy-box completion',
        words: ['bash: the shell', 'zsh: the shell', 'fish: the shell'],
        options: [help, json],
      },
      { path: 'toy-box man', words: [], options: [help, json] },
    ]);
    const described = levels.flatMap(({ options }) => options.map(({ flag, description }) => `${flag} ${description}`));
    expect(described).toContain('--turns how often (default: "3")');
    expect(described).toContain('--colour its colour (choices: "red", "deep blue")');
    expect(described.filter((text) => text === '--json print JSON, one object a line')).toHaveLength(levels.length);
  });
});

describe('what is printed of a command line, whole', () => {
  const expected = (name: string) => readFileSync(new URL(`toy-box/${name}`, import.meta.url), 'utf8');

  test.each(['bash', 'zsh', 'fish'])('the completion script of %s', async (shell) => {
    await run('completion', shell);
    expect(out).toBe(expected(shell));
  });

  test('the manual page', async () => {
    await run('man');
    expect(out.replace(/cash\\-mobile \d+\.\d+\.\d+/, 'cash\\-mobile VERSION')).toBe(expected('man'));
  });
});
