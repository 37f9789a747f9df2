import type { FlagDefinition } from '../arguments/flag-definition.js';
import { type CommandNode, listChildren, visibleChildren } from '../program/command-node.js';

/** A flag as a completion script needs it. */
export interface CompletionFlag {
  readonly name: string;
  readonly shorthand: string | undefined;
  readonly help: string;
  /** Whether a value follows it. */
  readonly takesValue: boolean;
  readonly values: readonly string[];
  readonly completesFiles: boolean;
}

/** One command, with what may follow it. */
export interface CompletionCommand {
  /** Names from the root on, joined by spaces: `ossutil api put-object`. */
  readonly path: string;
  readonly children: readonly { readonly name: string; readonly summary: string }[];
  readonly flags: readonly CompletionFlag[];
}

/** Everything the completion scripts are made from. */
export interface CompletionModel {
  /** The program's name. */
  readonly program: string;
  /** Every command, parents before their children. */
  readonly commands: readonly CompletionCommand[];
}

function completionFlags(flags: readonly FlagDefinition[]): CompletionFlag[] {
  return flags
    .filter((flag) => flag.hidden !== true)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((flag) => ({
      name: flag.name,
      shorthand: flag.shorthand,
      help: flag.help,
      takesValue: flag.type !== 'bool',
      values: flag.validValues ?? flag.knownValues ?? [],
      completesFiles: flag.completesFiles === true,
    }));
}

/** Collects the whole tree, loading every command's detail. */
export async function completionModel(
  root: CommandNode,
  globalFlags: readonly FlagDefinition[],
): Promise<CompletionModel> {
  const commands: CompletionCommand[] = [];
  const visit = async (node: CommandNode, parents: readonly string[]): Promise<void> => {
    const path = [...parents, node.name];
    const own = (await node.detail()).flags ?? [];
    const hiddenByOwn = new Set(own.map(({ name }) => name));
    const inherited = globalFlags.filter(({ name }) => !hiddenByOwn.has(name));
    commands.push({
      path: path.join(' '),
      children: (await listChildren(node)).map(({ name, summary }) => ({ name, summary })),
      flags: completionFlags([...own, ...inherited]),
    });
    for (const child of visibleChildren(node)) await visit(child, path);
  };
  await visit(root, []);
  return { program: root.name, commands };
}
