import { UsageError } from '../errors/usage-error.js';
import { showHelp } from '../help/show-help.js';
import { type CommandNode, childNamed } from '../program/command-node.js';
import { unknownCommand } from '../suggest.js';

/** `ossutil help api put-object`: the same page as `ossutil api put-object --help`. */
export const helpCommand: CommandNode = {
  name: 'help',
  summary: 'Help about any command',
  detail: async () => ({
    description: 'Shows the help of any command: ossutil help followed by its name.',
    usage: '[command]',
    positionals: { minimum: 0, maximum: 9 },
    run: async ({ arguments: parsed, edge, globalFlags, root }) => {
      let node = root;
      const path = [root.name];
      for (const name of parsed.positionals) {
        const child = childNamed(node, name);
        if (child === undefined) {
          throw new UsageError(unknownCommand(name, path.join(' '), node.children ?? []));
        }
        node = child;
        path.push(child.name);
      }
      await showHelp({ node, detail: await node.detail(), path }, globalFlags, edge);
    },
  }),
};
