import type { FlagDefinition } from '../arguments/flag-definition.js';
import { type CommandDetail, type CommandNode, listChildren } from '../program/command-node.js';
import type { ProgramEdge } from '../program/program-edge.js';

/** What a help page is about. */
export interface HelpSubject {
  readonly node: CommandNode;
  readonly detail: CommandDetail;
  /** Names from the root to the node. */
  readonly path: readonly string[];
}

/**
 * Writes a command's help page to standard output, as wide as the terminal. The renderer is loaded
 * only now: most runs show no help.
 */
export async function showHelp(
  { node, detail, path }: HelpSubject,
  globalFlags: readonly FlagDefinition[],
  edge: Pick<ProgramEdge, 'stdout'>,
): Promise<void> {
  const { renderHelp } = await import('./render-help.js');
  const columns = edge.stdout.isTerminal ? edge.stdout.columns() : undefined;
  const children = await listChildren(node);
  await edge.stdout.write(renderHelp(node, detail, { path, globalFlags, children, columns }));
}
