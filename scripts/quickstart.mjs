/**
 * The main job, shown: builds what is needed, starts a server of its own in a fresh data directory,
 * puts an object with ossutil, and shows it back. Nothing of the user's own configuration is used.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const scratch = mkdtempSync(path.join(tmpdir(), 'openoss-quickstart-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

const quiet = spawnSync(process.execPath, [path.join(root, 'scripts', 'build.mjs')], {
  cwd: root,
  encoding: 'utf8',
});
if (quiet.status !== 0) {
  process.stderr.write(quiet.stdout + quiet.stderr);
  process.exit(quiet.status ?? 1);
}

const { startOpenOss } = await import('openoss');
const oss = await startOpenOss();
console.log(`An OpenOSS server runs at ${oss.endpoint}, in a fresh data directory.\n`);

// The user's own OSS_* and OSSUTIL_* variables and ~/.ossutilconfig stay out of this.
const environment = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^OSS(?:UTIL)?_/i.test(name)),
);
const configuration = path.join(scratch, 'ossutilconfig');
writeFileSync(
  configuration,
  `[default]
region=${oss.region}
endpoint=${oss.endpoint}
accessKeyId=${oss.credentials.accessKeyId}
accessKeySecret=${oss.credentials.accessKeySecret}
`,
  { mode: 0o600 },
);
environment.OSSUTIL_CONFIG_FILE = configuration;

const { spawn } = await import('node:child_process');

/** Runs one ossutil command line as shown. The server lives in this process, so the call must not block it. */
function show(...args) {
  const shown = args.map((arg) => (/^[\w./:=-]+$/.test(arg) ? arg : `"${arg}"`)).join(' ');
  console.log(`$ ossutil ${shown}`);
  return new Promise((resolve) => {
    const child = spawn(
      process.execPath,
      [path.join(root, 'packages', 'ossutil', 'bin', 'ossutil.js'), ...args],
      {
        cwd: scratch,
        env: environment,
        stdio: ['ignore', 'inherit', 'inherit'],
      },
    );
    child.on('close', (status) => {
      console.log('');
      if (status !== 0) process.exit(status ?? 1);
      resolve();
    });
  });
}

const object = ['--bucket', 'examplebucket', '--key', 'exampleobject'];
await show('api', 'put-bucket', '--bucket', 'examplebucket', '-q');
await show('api', 'put-object', ...object, '--body', 'hi oss');
await show('api', 'head-object', ...object, '--output-format', 'json', '-q');
await show('api', 'get-object', ...object);
await oss.close();

console.log(`That is OpenOSS. What next:
  npx openoss serve                                  a server that keeps its data, at 127.0.0.1:9000
  npx openoss dev --bucket b -- npm test             a throw-away server around your own tests
  npx ossutil api put-object --help                  everything that an upload can be told
  import { startOpenOss } from 'openoss'             the same, inside a test suite
  README.md                                          the rest`);
