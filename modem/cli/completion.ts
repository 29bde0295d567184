import { Argument, Command } from 'commander';
import { type Level, levelsOf } from './command-levels.ts';
import { type Executable, wholeProgram } from './executable.ts';

/** Completion scripts by shell. They are whole: a shell that completes does not start the program. */
const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** `completion`: prints the script that makes a shell complete the commands and options of an executable. */
export function completionCommand(executable: Executable): Command {
  const help = HELP.replaceAll('NAME', executable.name);
  return new Command('completion')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', help)
    .action(async (shell: keyof typeof SCRIPTS) => {
      process.stdout.write(SCRIPTS[shell](levelsOf(await wholeProgram(executable))));
    });
}

const HELP = `
Where the shells look for it:
  NAME completion bash > ~/.local/share/bash-completion/completions/NAME
  NAME completion zsh > "\${fpath[1]}/_NAME"
  NAME completion fish > ~/.config/fish/completions/NAME.fish`;

function nameOf(levels: readonly Level[]): string {
  return levels[0]?.path[0] ?? '';
}

/** A text between single quotes, as POSIX shells read it. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The lines of a `case` that follows the words typed so far to the level that they lead to. */
function pathCases(levels: readonly Level[]): readonly string[] {
  return levels.slice(1).map(({ path }) => quoted(path.join(' ')));
}

/** The lines of a `case` for what stands behind an option that takes a value: its words, or what the shell completes by itself. */
function valueCases(levels: readonly Level[], words: (words: readonly string[]) => string, any: string): string {
  const places = new Map<string, string[]>();
  for (const { path, options } of levels) {
    for (const { flag, value } of options) {
      if (value === 'none') continue;
      const offer = value === 'any' ? any : words(value);
      places.set(offer, [...(places.get(offer) ?? []), quoted([...path, flag].join(' '))]);
    }
  }
  return [...places].map(([offer, patterns]) => `    ${patterns.join('|')}) ${offer}; return ;;`).join('\n');
}

function bashScript(levels: readonly Level[]): string {
  const name = nameOf(levels);
  const reply = (words: readonly string[]) => `COMPREPLY=($(compgen -W ${quoted(words.join(' '))} -- "$current"))`;
  const offers = levels.map(
    ({ path, words, options }) =>
      `    ${quoted(path.join(' '))}) ${reply([...words.map(({ word }) => word), ...options.map(({ flag }) => flag)])} ;;`,
  );
  return `# bash completion of ${name}, printed by "${name} completion bash"
_${name.replaceAll('-', '_')}() {
  local current=\${COMP_WORDS[COMP_CWORD]} level=${name} i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$level \${COMP_WORDS[i]}" in
      ${pathCases(levels).join('|')}) level="$level \${COMP_WORDS[i]}" ;;
    esac
  done
  case "$level \${COMP_WORDS[COMP_CWORD - 1]}" in
${valueCases(levels, reply, 'COMPREPLY=($(compgen -f -- "$current"))')}
  esac
  case "$level" in
${offers.join('\n')}
  esac
}
complete -o default -F _${name.replaceAll('-', '_')} ${name}
`;
}

function zshScript(levels: readonly Level[]): string {
  const name = nameOf(levels);
  const described = (items: readonly (readonly [word: string, description: string])[]) =>
    items.map(([word, description]) => quoted(`${word.replaceAll(':', '\\:')}:${description}`)).join(' ');
  const offers = levels.map(({ path, words, options }) =>
    [
      `    ${quoted(path.join(' '))})`,
      `      commands=(${described(words.map(({ word, description }) => [word, description]))})`,
      `      options=(${described(options.map(({ flag, description }) => [flag, description]))}) ;;`,
    ].join('\n'),
  );
  return `#compdef ${name}
# zsh completion of ${name}, printed by "${name} completion zsh"
_${name}() {
  local level=${name} i
  local -a commands options
  for ((i = 2; i < CURRENT; i++)); do
    case "$level \${words[i]}" in
      ${pathCases(levels).join('|')}) level="$level \${words[i]}" ;;
    esac
  done
  case "$level \${words[CURRENT - 1]}" in
${valueCases(levels, (words) => `compadd -- ${words.map(quoted).join(' ')}`, '_files')}
  esac
  case "$level" in
${offers.join('\n')}
  esac
  if [[ \${words[CURRENT]} == -* ]]; then
    _describe option options
  elif (( \${#commands} )); then
    _describe command commands
  else
    _files
  fi
}
if [[ $funcstack[1] == _${name} ]]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
}

function fishScript(levels: readonly Level[]): string {
  const name = nameOf(levels);
  const lines = levels.flatMap(({ path, words, options }) => {
    const seen = path.slice(1).map((word) => `__fish_seen_subcommand_from ${word}`);
    const others = words.map(({ word }) => word).join(' ');
    const before = others === '' ? [] : [`not __fish_seen_subcommand_from ${others}`];
    const when = [...seen, ...before].join('; and ');
    const condition = when === '' ? '' : ` -n ${quoted(when)}`;
    return [
      ...words.map(
        ({ word, description }) => `complete -c ${name} -f${condition} -a ${word} -d ${quoted(description)}`,
      ),
      ...options.map(({ flag, description, value }) => {
        const argument = value === 'none' ? '' : value === 'any' ? ' -r' : ` -x -a ${quoted(value.join(' '))}`;
        return `complete -c ${name}${condition} -l ${flag.slice(2)}${argument} -d ${quoted(description)}`;
      }),
    ];
  });
  return `# fish completion of ${name}, printed by "${name} completion fish"\n${lines.join('\n')}\n`;
}
