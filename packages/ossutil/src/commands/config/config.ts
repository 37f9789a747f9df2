import type { CommandDetail, CommandNode } from '../../program/command-node.js';

const child = (
  name: string,
  summary: string,
  detail: () => Promise<CommandDetail>,
): CommandNode => ({ name, summary, detail });

/** `ossutil config`: the wizard, and commands for single keys. */
export const configCommand: CommandNode = {
  name: 'config',
  summary: 'Creates a config file and stores configuration settings and credentials',
  detail: async () => (await import('./config-wizard.js')).configWizard,
  children: [
    child(
      'get',
      'Print the value of a key',
      async () => (await import('./config-get.js')).configGet,
    ),
    child(
      'list-profiles',
      'Print the names of all profiles',
      async () => (await import('./config-list-profiles.js')).configListProfiles,
    ),
    child('set', 'Set or delete a key', async () => (await import('./config-set.js')).configSet),
  ],
};
