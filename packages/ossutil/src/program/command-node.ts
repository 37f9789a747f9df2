import type { FlagDefinition } from '../arguments/flag-definition.js';
import type { ParsedArguments } from '../arguments/parsed-arguments.js';
import type { ProgramEdge } from './program-edge.js';

/** An example in a command's help. */
export interface CommandExample {
  /** What it does, one sentence. */
  readonly title: string;
  /** The command line, without a prompt; it may have several lines. */
  readonly command: string;
}

/** What a command is given to run. */
export interface CommandContext {
  /** The names from the root on: `['ossutil', 'api', 'put-object']`. */
  readonly path: readonly string[];
  readonly arguments: ParsedArguments;
  readonly edge: ProgramEdge;
  /** The root of the tree, for commands about commands (help, completion). */
  readonly root: CommandNode;
  /** The global flags of the program, as help and completion list them. */
  readonly globalFlags: readonly FlagDefinition[];
}

/**
 * What a command consists of beyond its name. It is loaded when the command runs or its help is
 * shown, so that starting one command does not evaluate all the others.
 */
export interface CommandDetail {
  /** The help's first paragraphs; the node's summary stands in where it is absent. */
  readonly description?: string | undefined;
  /** What follows the command's path in the usage line: `--bucket value --key value [flags]`. */
  readonly usage?: string | undefined;
  readonly examples?: readonly CommandExample[] | undefined;
  /** The command's own flags; the global ones are added by the program. */
  readonly flags?: readonly FlagDefinition[] | undefined;
  /** How many arguments beside the flags it takes; none where absent. */
  readonly positionals?: { readonly minimum: number; readonly maximum: number } | undefined;
  /** Whether the elapsed line follows its output, as for every command that asks the service. */
  readonly printsElapsed?: boolean | undefined;
  /**
   * Does the work. It writes its output to `edge.stdout` and throws a `CommandError` when it fails.
   * A command without `run` only groups its children.
   */
  readonly run?: ((context: CommandContext) => Promise<void>) | undefined;
}

/** One command in the tree. The node itself is cheap; its detail may be loaded on demand. */
export interface CommandNode {
  readonly name: string;
  /**
   * One line for the list in its parent's help. Without it the first sentence of the description is
   * taken, for which the list has to load the command.
   */
  readonly summary?: string | undefined;
  readonly aliases?: readonly string[] | undefined;
  /** Left out of lists, completion and suggestions. */
  readonly hidden?: boolean | undefined;
  /** A page of help rather than a command: listed under "Additional help topics". */
  readonly topic?: boolean | undefined;
  readonly children?: readonly CommandNode[] | undefined;
  /** Loads what the command consists of. */
  detail(): Promise<CommandDetail>;
}

/** The child called `name`, by its name or an alias. */
export function childNamed(node: CommandNode, name: string): CommandNode | undefined {
  return node.children?.find((child) => child.name === name || child.aliases?.includes(name));
}

/** A child as lists show it. */
export interface ListedCommand {
  readonly name: string;
  readonly summary: string;
  readonly topic: boolean;
}

/** The first sentence of a text, without its full stop. */
function firstSentence(text: string): string {
  return (/^.*?(?=\.(?:\s|$)|\n|$)/s.exec(text.trim())?.[0] ?? '').trim();
}

/** The children that lists show, in order of name. */
export function visibleChildren(node: CommandNode): CommandNode[] {
  return (node.children ?? [])
    .filter((child) => child.hidden !== true)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The children that lists show, with their summaries; loads those that have none themselves. */
export async function listChildren(node: CommandNode): Promise<ListedCommand[]> {
  return Promise.all(
    visibleChildren(node).map(async (child) => ({
      name: child.name,
      summary: child.summary ?? firstSentence((await child.detail()).description ?? ''),
      topic: child.topic === true,
    })),
  );
}
