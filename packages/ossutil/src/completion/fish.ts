import type { CompletionCommand, CompletionModel } from './completion-model.js';

const quote = (text: string): string => `'${text.replace(/['\\]/g, '\\$&')}'`;

function lines(program: string, command: CompletionCommand): string[] {
  const condition = `-n ${quote(`__${program}_at ${quote(command.path)}`)}`;
  const start = `complete -c ${program} ${condition}`;
  const children = command.children.map(
    ({ name, summary }) => `${start} -f -a ${quote(name)} -d ${quote(summary)}`,
  );
  const flags = command.flags.map((flag) => {
    const short = flag.shorthand === undefined ? '' : ` -s ${flag.shorthand}`;
    const values = flag.values.length > 0 ? ` -f -a ${quote(flag.values.join(' '))}` : '';
    const value = flag.takesValue ? ` -r${values}` : ' -f';
    return `${start} -l ${flag.name}${short}${value} -d ${quote(flag.help)}`;
  });
  return [...children, ...flags];
}

/** The completion script for fish. */
export function fishCompletion({ program, commands }: CompletionModel): string {
  const parents = commands.filter(({ children }) => children.length > 0);
  const known = parents
    .map(({ path, children }) => {
      const names = children.map(({ name }) => name).join(' ');
      return `      case ${quote(path)}\n        set names ${names}`;
    })
    .join('\n');
  const valued = [
    ...new Set(
      commands
        .flatMap(({ flags }) => flags)
        .filter(({ takesValue }) => takesValue)
        .flatMap(({ name, shorthand }) => [
          `--${name}`,
          ...(shorthand === undefined ? [] : [`-${shorthand}`]),
        ]),
    ),
  ];
  return `# fish completion for ${program}
# Load it with: ${program} completion fish | source

function __${program}_at -a wanted
  set -l path ${program}
  set -l skip 0
  for word in (commandline -opc)[2..-1]
    if test $skip = 1
      set skip 0
      continue
    end
    if string match -q -- '-*' $word
      contains -- $word ${valued.join(' ')}; and set skip 1
      continue
    end
    set -l names
    switch "$path"
${known}
    end
    contains -- $word $names; and set path "$path $word"
  end
  test "$path" = "$wanted"
end

${commands.flatMap((command) => lines(program, command)).join('\n')}
`;
}
