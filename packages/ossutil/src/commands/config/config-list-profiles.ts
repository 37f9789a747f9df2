import { parseConfigurationFile, profileNames } from '../../configuration/configuration-file.js';
import { readConfigurationText } from '../../configuration/read-configuration.js';
import type { CommandContext, CommandDetail } from '../../program/command-node.js';
import { configTarget } from './config-target.js';

async function run(context: CommandContext): Promise<void> {
  const target = configTarget(context);
  const file = parseConfigurationFile((await readConfigurationText(target)) ?? '', target.path);
  await context.edge.stdout.write(
    profileNames(file)
      .map((name) => `${name}\n`)
      .join(''),
  );
}

/** `ossutil config list-profiles`: one name a line. */
export const configListProfiles: CommandDetail = {
  description:
    'Prints the names of the profiles in the configuration file, one a line.\n\nThe file is ~/.ossutilconfig, unless --config-file says otherwise.',
  run,
};
