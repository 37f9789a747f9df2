import { knownKey, nearestKey, valueProblem } from '../../configuration/configuration-key.js';
import { editConfiguration } from '../../configuration/edit-configuration.js';
import { writeConfiguration } from '../../configuration/write-configuration.js';
import { UsageError } from '../../errors/usage-error.js';
import type { CommandContext, CommandDetail } from '../../program/command-node.js';
import { configTarget, configTargetHelp, readForChange } from './config-target.js';

/** Refuses what could not be read back, and values that a known key does not take. */
function check(key: string, value: string): void {
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(key)) {
    throw new UsageError(`"${key}" cannot be a key of the configuration file`);
  }
  if (/[\r\n]/.test(value)) throw new UsageError(`${key}: a value cannot have line breaks`);
  const problem = value === '' ? undefined : valueProblem(key, value);
  if (problem !== undefined) throw new UsageError(`${knownKey(key)} ${problem}, not "${value}"`);
}

async function run(context: CommandContext): Promise<void> {
  const { arguments: parsed, edge } = context;
  const [key = '', value = ''] = parsed.positionals;
  check(key, value);
  const { path, profile } = configTarget(context);
  const before = await readForChange(path);
  const after = editConfiguration(before, { profile, key, value });
  if (after !== before) await writeConfiguration(path, after);
  if (knownKey(key) === undefined && !parsed.boolean('quiet')) {
    const nearest = nearestKey(key);
    const advice = nearest === undefined ? '' : `; did you mean ${nearest}?`;
    await edge.stderr.write(`Hint: "${key}" is not a key that ossutil knows${advice}\n`);
  }
}

/** `ossutil config set KEY VALUE`. */
export const configSet: CommandDetail = {
  description: `Sets a key of the configuration file; an empty value deletes it.\n\n${configTargetHelp}`,
  usage: 'key value [flags]',
  positionals: { minimum: 2, maximum: 2 },
  examples: [
    { title: 'Set the region.', command: 'ossutil config set region cn-hangzhou' },
    {
      title: 'Set the region of the profile dev in a file of its own.',
      command: 'ossutil config set region cn-hangzhou --config-file myconfig --profile dev',
    },
    { title: 'Delete the endpoint.', command: 'ossutil config set endpoint ""' },
  ],
  run,
};
