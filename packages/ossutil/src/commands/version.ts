import type { CommandNode } from '../program/command-node.js';
import { programVersion } from '../program/program-version.js';

/** `ossutil version`: the bare version and nothing else, because programs compare it as it stands. */
export const versionCommand: CommandNode = {
  name: 'version',
  summary: 'Show the version of ossutil',
  detail: async () => ({
    run: ({ edge }) => edge.stdout.write(`${programVersion}\n`),
  }),
};
