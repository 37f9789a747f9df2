import { createRequire } from 'node:module';
import path from 'node:path';
import { putBucket } from '../load/send-one.mjs';
import { Launched } from '../processes/launch.mjs';
import { HOST, RunningServer } from './running-server.mjs';
import { shownCommand } from './shown-command.mjs';

const require = createRequire(import.meta.url);

/**
 * A test server for S3, from npm.
 *
 * @type {import('./running-server.mjs').Contestant}
 */
export const s3rver = {
  name: 's3rver',
  title: 's3rver',
  about: 'signed (Amazon V4), files in a directory, MD5; no flush',
  install: 'run npm ci',

  version() {
    const manifest = manifestFile();
    return manifest === undefined ? undefined : require(manifest).version;
  },

  async start(directory) {
    const program = path.join(path.dirname(manifestFile() ?? ''), 'bin', 's3rver.js');
    const command = /** @type {const} */ ([
      process.execPath,
      program,
      ...['--directory', path.join(directory, 'data'), '--address', HOST, '--port', '0'],
      '--silent',
    ]);
    const launched = new Launched(command, { logFile: path.join(directory, 's3rver.log') });
    const [, port] = await launched.printed(/listening on [\d.]+:(\d+)/);
    return new RunningServer({
      name: 's3rver',
      command: shownCommand(command, directory),
      port: Number(port),
      style: {
        kind: 'aws-v4',
        region: 'us-east-1',
        // The key that it is made with.
        accessKeyId: 'S3RVER',
        accessKeySecret: 'S3RVER',
      },
      launched: [launched],
      createBucket: putBucket,
    });
  },
};

/** Where its package.json is; undefined where it is not installed. */
function manifestFile() {
  try {
    return require.resolve('s3rver/package.json');
  } catch {
    return undefined;
  }
}
