import { parseConfigurationFile } from '../../configuration/configuration-file.js';
import { hasProfile, resolveProfile } from '../../configuration/profile.js';
import { readConfigurationText } from '../../configuration/read-configuration.js';
import { ClientError } from '../../errors/client-error.js';
import type { CommandContext, CommandDetail } from '../../program/command-node.js';
import { configTarget, configTargetHelp } from './config-target.js';

async function run(context: CommandContext): Promise<void> {
  const [key = ''] = context.arguments.positionals;
  const target = configTarget(context);
  const { path, profile } = target;
  const file = parseConfigurationFile((await readConfigurationText(target)) ?? '', path);
  if (!hasProfile(file, profile)) {
    throw new ClientError(`the profile "${profile}" is not in the configuration file ${path}`);
  }
  const entry = resolveProfile(file, profile).entry(key);
  if (entry === undefined) {
    throw new ClientError(`${key} is not set in profile "${profile}" of ${path}`);
  }
  await context.edge.stdout.write(`${entry.value}\n`);
}

/**
 * `ossutil config get KEY`. The documentation leaves two things open: a key that is not set ends with
 * status 3 and prints nothing on standard output; a secret is printed, since it was asked for by name.
 */
export const configGet: CommandDetail = {
  description: `Prints the value of a key of the configuration file, also one that the profile takes from its source-profile.\n\n${configTargetHelp}`,
  usage: 'key [flags]',
  positionals: { minimum: 1, maximum: 1 },
  examples: [{ title: 'Print the region.', command: 'ossutil config get region' }],
  run,
};
