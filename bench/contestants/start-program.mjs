import path from 'node:path';
import { Launched } from '../processes/launch.mjs';
import { RunningServer } from './running-server.mjs';
import { shownCommand } from './shown-command.mjs';

/**
 * How servers that look at no signature are sent the same bytes as OpenOSS: a head as long as a signed
 * one costs a parser as much as a signed one.
 */
export const IGNORED_SIGNATURE = {
  kind: /** @type {const} */ ('oss-v4'),
  region: 'cn-hangzhou',
  accessKeyId: 'bench0123456789abcdef',
  accessKeySecret: 'ignored-by-who-looks-at-no-signature',
};

/**
 * Starts one of the servers in `programs/`, which print `ready PORT`.
 *
 * @param {string} name of the contestant
 * @param {string} program its file's name
 * @param {string} directory
 * @param {readonly string[]} [args]
 * @returns {Promise<RunningServer>}
 */
export async function startProgram(name, program, directory, args = []) {
  const command = /** @type {const} */ ([
    process.execPath,
    path.join(import.meta.dirname, 'programs', program),
    ...args,
  ]);
  const launched = new Launched(command, { logFile: path.join(directory, `${name}.log`) });
  const [, port] = await launched.printed(/^ready (\d+)$/m);
  return new RunningServer({
    name,
    command: shownCommand(command, directory),
    port: Number(port),
    style: IGNORED_SIGNATURE,
    launched: [launched],
  });
}
