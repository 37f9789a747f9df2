import { completionCommand } from '../commands/completion.js';
import { configCommand } from '../commands/config/config.js';
import { helpCommand } from '../commands/help.js';
import { versionCommand } from '../commands/version.js';
import { showHelp } from '../help/show-help.js';
import type { CommandNode } from './command-node.js';
import { programVersion } from './program-version.js';

/**
 * The root of the command tree: what every ossutil has, and `commands`.
 *
 * @param commands the commands that talk to the service: `api` and its like
 */
export function rootCommand(commands: readonly CommandNode[] = []): CommandNode {
  return {
    name: 'ossutil',
    summary: 'ossutil is a tool for managing OSS (Object Storage Service) data.',
    children: [...commands, completionCommand, configCommand, helpCommand, versionCommand],
    detail: async () => ({
      usage: '',
      flags: [{ name: 'version', type: 'bool', help: 'Show the version of ossutil' }],
      run: async ({ arguments: parsed, edge, globalFlags, path, root }) => {
        if (parsed.boolean('version')) return edge.stdout.write(`${programVersion}\n`);
        return showHelp({ node: root, detail: await root.detail(), path }, globalFlags, edge);
      },
    }),
  };
}

/**
 * `ossutil api`, the group of the commands that stand for one operation each.
 *
 * @param operations one node an operation, `put-object` and so on
 */
export function apiCommand(operations: readonly CommandNode[]): CommandNode {
  return {
    name: 'api',
    summary: 'The API-level commands',
    children: operations,
    detail: async () => ({
      description:
        'The API-level commands: each calls one operation of the service, and only that.',
    }),
  };
}
