import type { CompletionCommand, CompletionModel } from './completion-model.js';

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

const spellings = (command: CompletionCommand, valued: boolean): string[] =>
  command.flags
    .filter((flag) => flag.takesValue === valued)
    .flatMap((flag) => [
      `--${flag.name}`,
      ...(flag.shorthand === undefined ? [] : [`-${flag.shorthand}`]),
    ]);

/** The words that may stand after each command, one case a command. */
function wordCases({ commands }: CompletionModel): string {
  return commands
    .map((command) => {
      const words = command.children.map(({ name }) => name).join(' ');
      const flags = command.flags.map(({ name }) => `--${name}`).join(' ');
      const valued = spellings(command, true).join(' ');
      return `    ${quote(command.path)}) commands=${quote(words)}; flags=${quote(flags)}; valued=${quote(` ${valued} `)} ;;`;
    })
    .join('\n');
}

/** The fixed values of flags; a flag has the same ones in every command that has it. */
function valueCases({ commands }: CompletionModel): string {
  const cases = new Map<string, string>();
  for (const flag of commands.flatMap((command) => command.flags)) {
    const patterns = [
      `--${flag.name}`,
      ...(flag.shorthand === undefined ? [] : [`-${flag.shorthand}`]),
    ];
    if (flag.values.length > 0) {
      cases.set(flag.name, `    ${patterns.join('|')}) values=${quote(flag.values.join(' '))} ;;`);
    }
  }
  return [...cases.values()].join('\n');
}

/** The completion script for bash (3.2 and later, without the bash-completion package). */
export function bashCompletion(model: CompletionModel): string {
  const { program } = model;
  const name = `_${program}_completion`;
  return `# bash completion for ${program}
# Load it with: source <(${program} completion bash)

${name}_words() {
  case "$1" in
${wordCases(model)}
    *) commands=''; flags=''; valued='' ;;
  esac
}

${name}_values() {
  values=''
  case "$1" in
${valueCases(model)}
  esac
}

${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}"
  local path=${quote(program)} commands flags valued values word index skip=''
  COMPREPLY=()
  ${name}_words "$path"
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    if [[ -n $skip ]]; then skip=''; continue; fi
    case "$word" in
      -*) [[ $valued == *" $word "* ]] && skip=1 ;;
      *) if [[ " $commands " == *" $word "* ]]; then path="$path $word"; ${name}_words "$path"; fi ;;
    esac
  done
  if [[ $current == '=' ]]; then
    current=''
  elif [[ $previous == '=' ]]; then
    previous="\${COMP_WORDS[COMP_CWORD-2]}"
    skip=1
  fi
  if [[ -n $skip ]]; then
    ${name}_values "$previous"
    if [[ -n $values ]]; then COMPREPLY=($(compgen -W "$values" -- "$current"))
    else COMPREPLY=($(compgen -f -- "$current")); fi
    return
  fi
  if [[ $current == -* || -z $commands ]]; then COMPREPLY=($(compgen -W "$flags" -- "$current"))
  else COMPREPLY=($(compgen -W "$commands" -- "$current")); fi
}

complete -o bashdefault -o default -F ${name} ${program}
`;
}
