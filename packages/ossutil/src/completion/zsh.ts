import type { CompletionCommand, CompletionFlag, CompletionModel } from './completion-model.js';

const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** A description inside `_arguments`' and `_describe`'s own syntax. */
const describe = (text: string): string => text.replace(/[[\]:\\]/g, '\\$&');

function flagSpecs(flag: CompletionFlag): string[] {
  const action =
    flag.values.length > 0
      ? `(${flag.values.join(' ')})`
      : flag.completesFiles
        ? '_files'
        : '_default';
  const value = flag.takesValue ? `:value:${action}` : '';
  const spelled = (spelling: string) => quote(`${spelling}[${describe(flag.help)}]${value}`);
  // + and =: the value may be joined to the flag.
  const long = spelled(`--${flag.name}${flag.takesValue ? '=' : ''}`);
  return flag.shorthand === undefined
    ? [long]
    : [long, spelled(`-${flag.shorthand}${flag.takesValue ? '+' : ''}`)];
}

const functionName = (command: CompletionCommand): string =>
  `_${command.path.replace(/[^a-z0-9]/g, '_')}`;

function commandFunction(command: CompletionCommand): string {
  const specs = command.flags.flatMap(flagSpecs).map((spec) => `    ${spec} \\`);
  if (command.children.length === 0) {
    return `${functionName(command)}() {\n  _arguments -s -S \\\n${specs.join('\n')}\n    '*::: :'\n}`;
  }
  const children = command.children
    .map(({ name, summary }) => `      ${quote(`${name}:${describe(summary)}`)}`)
    .join('\n');
  const cases = command.children
    .map(({ name }) => {
      const child = functionName({ ...command, path: `${command.path} ${name}` });
      return `      ${name}) ${child} ;;`;
    })
    .join('\n');
  return `${functionName(command)}() {
  local line state
  _arguments -s -S -C \\
${specs.join('\n')}
    '1: :->command' '*:: :->rest'
  case $state in
  command)
    local -a commands=(
${children}
    )
    _describe command commands
    ;;
  rest)
    case $line[1] in
${cases}
    esac
    ;;
  esac
}`;
}

/** The completion script for zsh. */
export function zshCompletion(model: CompletionModel): string {
  const { program, commands } = model;
  return `#compdef ${program}
# zsh completion for ${program}
# Load it with: source <(${program} completion zsh)

${commands.map(commandFunction).join('\n\n')}

if [ "$funcstack[1]" = "_${program}" ]; then _${program} "$@"; else compdef _${program} ${program}; fi
`;
}
