import type { FlagDefinition } from '../arguments/flag-definition.js';
import type {
  CommandDetail,
  CommandExample,
  CommandNode,
  ListedCommand,
} from '../program/command-node.js';
import { flagRows } from './flag-rows.js';
import { type Row, twoColumns } from './two-columns.js';
import { wrapText } from './wrap-text.js';

/** Where and how a help page is shown. */
export interface HelpLayout {
  /** Names from the root to the command, `['ossutil', 'api']`. */
  readonly path: readonly string[];
  readonly globalFlags: readonly FlagDefinition[];
  /** The command's children as `listChildren` gives them; a leaf has none. */
  readonly children?: readonly ListedCommand[] | undefined;
  /** Columns of the terminal; undefined when no person looks at it. */
  readonly columns?: number | undefined;
}

/** pflag: the right column starts three columns after the longest left text. */
const flagGap = 3;
/** cobra pads the names of commands to eleven columns. */
const commandNameWidth = 2 + 11;

function usageLines(node: CommandNode, detail: CommandDetail, path: string): string {
  const lines: string[] = [];
  const runs = detail.run !== undefined && detail.usage !== '';
  if (runs) lines.push(`${path} ${detail.usage ?? '[flags]'}`);
  if (node.children !== undefined) lines.push(`${path} [command]`);
  return `Usage: ${lines.join('\n       ')}\n`;
}

function examplesText(examples: readonly CommandExample[], columns: number | undefined): string {
  const width = columns === undefined ? undefined : Math.max(20, columns - 5);
  const blocks = examples.map(({ title, command }, index) => {
    const number = `  ${index + 1}) `;
    const indent = ' '.repeat(number.length);
    // The command is never wrapped: it is there to be copied.
    const lines = [...wrapText(title, width), ...command.split('\n').map((line) => `  ${line}`)];
    return `${number}${lines.join(`\n${indent}`)}\n`;
  });
  return `Examples:\n${blocks.join('\n')}`;
}

const commandRows = (commands: readonly ListedCommand[]): Row[] =>
  commands.map(({ name, summary }) => [`  ${name}`, summary]);

function parentSections(
  { children = [], path, columns }: HelpLayout,
  flags: readonly string[],
): string[] {
  const topics = children.filter((child) => child.topic);
  const commands = children.filter((child) => !child.topic);
  const name = path.join(' ');
  const table = (title: string, listed: readonly ListedCommand[]): string[] =>
    listed.length === 0
      ? []
      : [`${title}:\n${twoColumns(commandRows(listed), columns, 1, commandNameWidth)}`];
  const more = [`Use "${name} [command] --help" for more information about a command.\n`];
  if (topics.length > 0) more.push(`Use "${name} [topic]" for more information about a topic.\n`);
  return [
    ...table('Available Commands', commands),
    ...flags,
    ...table('Additional help topics', topics),
    more.join(''),
  ];
}

/**
 * The help page of a command, in the layout of ossutil 2 (cobra's): description, usage, then for a
 * parent its commands, for a leaf its examples and flags.
 */
export function renderHelp(node: CommandNode, detail: CommandDetail, layout: HelpLayout): string {
  const { columns, globalFlags, path } = layout;
  const own = detail.flags ?? [];
  const flags = (title: string, list: readonly FlagDefinition[]): string[] => {
    const rows = flagRows(list);
    return rows.length === 0 ? [] : [`${title}:\n${twoColumns(rows, columns, flagGap)}`];
  };
  const description = wrapText((detail.description ?? node.summary ?? '').trim(), columns).join(
    '\n',
  );
  const sections = [`${description}\n`];
  if (node.topic === true) return sections.join('\n');
  sections.push(usageLines(node, detail, path.join(' ')));
  if (node.aliases !== undefined && node.aliases.length > 0) {
    sections.push(`Aliases: ${[node.name, ...node.aliases].join(', ')}\n`);
  }
  if (detail.examples !== undefined && detail.examples.length > 0) {
    sections.push(examplesText(detail.examples, columns));
  }
  if (node.children === undefined) {
    const inherited = globalFlags.filter((flag) => !own.some(({ name }) => name === flag.name));
    sections.push(...flags('Flags', own), ...flags('Global Flags', inherited));
  } else {
    sections.push(...parentSections(layout, flags('Flags', own)));
  }
  return sections.join('\n');
}
