import type { CompletionCommand, CompletionModel } from './completion-model.js';

const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;

const list = (texts: readonly string[]): string => `@(${texts.map(quote).join(', ')})`;

function entry(command: CompletionCommand): string {
  const valued = command.flags.filter(({ takesValue }) => takesValue);
  const spelled = valued.flatMap(({ name, shorthand }) => [
    `--${name}`,
    ...(shorthand === undefined ? [] : [`-${shorthand}`]),
  ]);
  const children = list(command.children.map(({ name }) => name));
  const flags = list(command.flags.map(({ name }) => `--${name}`));
  return `    ${quote(command.path)} = @{ Commands = ${children}; Flags = ${flags}; Valued = ${list(spelled)} }`;
}

/** The completion script for PowerShell 5.1 and later. */
export function powershellCompletion({ program, commands }: CompletionModel): string {
  const values = new Map(
    commands
      .flatMap(({ flags }) => flags)
      .filter((flag) => flag.values.length > 0)
      .map((flag) => [`--${flag.name}`, `    ${quote(`--${flag.name}`)} = ${list(flag.values)}`]),
  );
  return `# PowerShell completion for ${program}
# Load it with: ${program} completion powershell | Out-String | Invoke-Expression

Register-ArgumentCompleter -Native -CommandName ${quote(program)} -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $known = @{
${commands.map(entry).join('\n')}
  }
  $values = @{
${[...values.values()].join('\n')}
  }
  $path = ${quote(program)}
  $previous = ''
  $skip = $false
  foreach ($element in $commandAst.CommandElements | Select-Object -Skip 1) {
    if ($element.Extent.EndOffset -ge $cursorPosition) { break }
    $word = $element.Extent.Text
    $previous = $word
    if ($skip) { $skip = $false; continue }
    if ($word -like '-*') { $skip = $known[$path].Valued -contains $word; continue }
    if ($known[$path].Commands -contains $word) { $path = "$path $word" }
  }
  if ($skip) { $candidates = $values[$previous] }
  elseif ($wordToComplete -like '-*' -or -not $known[$path].Commands) { $candidates = $known[$path].Flags }
  else { $candidates = $known[$path].Commands }
  $candidates | Where-Object { $_ -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
  }
}
`;
}
