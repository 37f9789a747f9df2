import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { putBucket } from '../load/send-one.mjs';
import { Launched } from '../processes/launch.mjs';
import { RunningServer } from './running-server.mjs';
import { shownCommand } from './shown-command.mjs';

const PACKAGE = path.join(import.meta.dirname, '..', '..', 'packages', 'openoss');
const REGION = 'cn-hangzhou';
const READY =
  /(?:RAM and STS are at (\S+)\n(?:KMS is at .*\n)?)?OpenOSS \S+ is ready at http:\/\/127\.0\.0\.1:(\d+) .* health and metrics at (http:\/\/127\.0\.0\.1:\d+)/;

/** @returns {string} */
export function openossVersion() {
  return JSON.parse(readFileSync(path.join(PACKAGE, 'package.json'), 'utf8')).version;
}

/**
 * OpenOSS as it is started by whoever changes nothing.
 *
 * @type {import('./running-server.mjs').Contestant}
 */
export const openoss = {
  name: 'openoss',
  title: 'OpenOSS',
  about: 'signed (V4), checked, flushed before 200; default settings',
  version: openossVersion,

  async start(directory) {
    const { server } = await startServe(directory, openoss.name);
    return server;
  },
};

/**
 * Starts `openoss serve` with a root access key of its own.
 *
 * @param {string} directory
 * @param {string} name of the contestant
 * @param {object} [more]
 * @param {readonly string[]} [more.flags] after those that name free ports
 * @param {NodeJS.ProcessEnv} [more.env]
 */
export async function startServe(directory, name, { flags = [], env = {} } = {}) {
  const command = /** @type {const} */ ([
    process.execPath,
    path.join(PACKAGE, 'bin', 'openoss.js'),
    'serve',
    ...['--data', path.join(directory, 'data')],
    // Free ports; nothing else differs from the defaults.
    ...['--listen', '127.0.0.1:0', '--admin-listen', '127.0.0.1:0'],
    ...flags,
  ]);
  const style = {
    kind: /** @type {const} */ ('oss-v4'),
    region: REGION,
    accessKeyId: `bench${randomBytes(8).toString('hex')}`,
    accessKeySecret: randomBytes(24).toString('base64url'),
  };
  const launched = new Launched(command, {
    logFile: path.join(directory, 'openoss.log'),
    env: {
      ...process.env,
      OPENOSS_ROOT_ACCESS_KEY_ID: style.accessKeyId,
      OPENOSS_ROOT_ACCESS_KEY_SECRET: style.accessKeySecret,
      ...env,
    },
  });
  const [, rpcEndpoint, port, adminEndpoint] = await launched.printed(READY);
  const server = new RunningServer({
    name,
    command: shownCommand(command, directory),
    port: Number(port),
    style,
    launched: [launched],
    createBucket: putBucket,
    ...(adminEndpoint === undefined ? {} : { adminEndpoint }),
  });
  return { server, rpcEndpoint };
}
