import type { Operation } from '@openoss/protocol';
import type { CommandDetail, CommandNode } from '../program/command-node.js';

/**
 * The command of one operation, all of it from the operation's description. The node holds only the
 * name; description and code are loaded when the command runs or its help is shown.
 */
export function operationCommand(name: string, load: () => Promise<Operation>): CommandNode {
  return { name, detail: async () => describeCommand(await load()) };
}

async function describeCommand(operation: Operation): Promise<CommandDetail> {
  const { operationFlags, targetFlags } = await import('./operation-flags.js');
  const targets = targetFlags(operation);
  const flags = [...targets, ...operationFlags(operation).map(({ flag }) => flag)];
  const required = flags.filter((flag) => flag.required === true);
  return {
    description: `${operation.doc}\n\n${permissions(operation)}`,
    usage: [...required.map(({ name }) => `--${name} value`), '[flags]'].join(' '),
    examples: operation.examples.map(({ doc, command }) => ({ title: doc, command })),
    flags,
    printsElapsed: true,
    run: async (context) => {
      const { callOperation } = await import('./call-operation.js');
      await callOperation(operation, context);
    },
  };
}

function permissions({ actions }: Operation): string {
  const needed = actions.map(({ action, when }) => {
    if (when === undefined) return action;
    return when.startsWith('on ') ? `${action} (${when})` : `${action} (when ${when})`;
  });
  return `Needed permissions: ${needed.join(', ')}.`;
}
