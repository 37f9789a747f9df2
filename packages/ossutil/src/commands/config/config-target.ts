import { parseConfigurationFile } from '../../configuration/configuration-file.js';
import {
  type ConfigurationPath,
  configurationPath,
} from '../../configuration/configuration-path.js';
import {
  configurationVariables,
  effectiveEnvironment,
} from '../../configuration/environment-variables.js';
import { readConfigurationText } from '../../configuration/read-configuration.js';
import { ClientError } from '../../errors/client-error.js';
import type { CommandContext } from '../../program/command-node.js';

/** The file and the profile that a `config` command works on. */
export interface ConfigTarget extends ConfigurationPath {
  readonly profile: string;
}

/**
 * Finds the file and the profile: the flags, then `OSSUTIL_CONFIG_FILE` and `OSSUTIL_PROFILE`, then
 * the file in the home directory and the default profile.
 */
export function configTarget({ arguments: parsed, edge }: CommandContext): ConfigTarget {
  const environment = effectiveEnvironment(edge.environment, false);
  const flag = (name: string) => (parsed.isSet(name) ? parsed.string(name) : undefined);
  const location = configurationPath(
    flag('config-file'),
    environment[configurationVariables.configFile],
    edge,
  );
  if (location === undefined) {
    throw new ClientError('there is no home directory to keep the configuration file in', {
      advice: 'name a file with --config-file',
    });
  }
  return {
    ...location,
    profile: flag('profile') || environment[configurationVariables.profile] || 'default',
  };
}

/**
 * The text of a file that is about to be changed: empty when there is none yet, refused when it is
 * malformed, because nobody could tell what a change to it would mean.
 */
export async function readForChange(path: string): Promise<string> {
  const text = (await readConfigurationText({ path, explicit: false })) ?? '';
  parseConfigurationFile(text, path);
  return text;
}

/** The sentence about the two flags, for the help of every `config` command. */
export const configTargetHelp =
  'The file is ~/.ossutilconfig and the profile is default, unless --config-file or --profile say otherwise.';
