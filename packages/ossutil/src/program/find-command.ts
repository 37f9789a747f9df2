import type { FlagDefinition } from '../arguments/flag-definition.js';
import { FlagTable } from '../arguments/flag-table.js';
import { type CommandDetail, type CommandNode, childNamed } from './command-node.js';

/** The command a line names. */
export interface FoundCommand {
  readonly node: CommandNode;
  readonly detail: CommandDetail;
  /** Names from the root to the node. */
  readonly path: readonly string[];
  /** The line without the names of the commands; flags keep their places. */
  readonly rest: readonly string[];
  /** The word that stands where a subcommand would, and is none. */
  readonly unknown?: string | undefined;
}

/** Whether a flag token swallows the next one as its value. */
function takesNext(token: string, table: FlagTable): boolean {
  if (token.includes('=')) return false;
  if (token.startsWith('--')) return table.byName(token.slice(2))?.type !== 'bool';
  return token.length === 2 && table.byShorthand(token.slice(1))?.type !== 'bool';
}

/** The index of the first token that is neither a flag nor a flag's value; -1 where none is. */
function firstWord(tokens: readonly string[], table: FlagTable): number {
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] ?? '';
    if (token === '--') return -1;
    if (!token.startsWith('-')) return token === '' ? -1 : at;
    if (token !== '-' && takesNext(token, table)) at += 1;
  }
  return -1;
}

/**
 * Finds the command a line names, by cobra's rule: flags may stand before the command's name, and a
 * flag that is not known yet is taken to have a value, because it may belong to the command that
 * is still to come (`ossutil --bucket b api put-object`).
 */
export async function findCommand(
  root: CommandNode,
  tokens: readonly string[],
  globalFlags: readonly FlagDefinition[],
): Promise<FoundCommand> {
  let node = root;
  let detail = await root.detail();
  let rest = tokens;
  const path = [root.name];
  for (;;) {
    if (node.children === undefined) return { node, detail, path, rest };
    const at = firstWord(rest, new FlagTable(detail.flags ?? [], globalFlags));
    const word = rest[at];
    if (word === undefined) return { node, detail, path, rest };
    const child = childNamed(node, word);
    if (child === undefined) return { node, detail, path, rest, unknown: word };
    path.push(child.name);
    rest = [...rest.slice(0, at), ...rest.slice(at + 1)];
    node = child;
    detail = await child.detail();
  }
}
