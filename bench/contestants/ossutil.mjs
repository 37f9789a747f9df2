import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';

const PACKAGE = path.join(import.meta.dirname, '..', '..', 'packages', 'ossutil');

/** The version of the command line that is measured. @returns {string} */
export function ossutilVersion() {
  return JSON.parse(readFileSync(path.join(PACKAGE, 'package.json'), 'utf8')).version;
}

/**
 * `ossutil`, as built and shipped, set up for a server by a configuration file; nothing of the user's
 * own settings is used.
 *
 * @param {import('./running-server.mjs').RunningServer} server
 * @param {string} directory
 * @returns {Promise<{ command: [string, string], env: NodeJS.ProcessEnv }>}
 */
export async function ossutilFor({ host, port, style }, directory) {
  const configuration = path.join(directory, 'ossutilconfig');
  await writeFile(
    configuration,
    `[default]
endpoint=http://${host}:${port}
region=${style.region}
accessKeyId=${style.accessKeyId}
accessKeySecret=${style.accessKeySecret}
`,
    { mode: 0o600 },
  );
  const kept = Object.entries(process.env).filter(([name]) => !/^OSS(UTIL)?_/i.test(name));
  return {
    command: [process.execPath, path.join(PACKAGE, 'bin', 'ossutil.js')],
    env: { ...Object.fromEntries(kept), OSSUTIL_CONFIG_FILE: configuration },
  };
}
