/** Builds everything: first the rule that keeps the rooms apart, then the packages, then the ossutil bundle and
 * what V8 makes of it. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const steps = [
  [process.execPath, ['scripts/check-layers.mjs']],
  [path.join(root, 'node_modules', '.bin', 'tsc'), ['-b']],
  [process.execPath, ['scripts/bundle-ossutil.mjs']],
  [process.execPath, ['scripts/cache-ossutil-code.mjs']],
];

for (const [command, args] of steps) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error !== undefined) console.error(error.message);
  if (status !== 0) process.exit(status ?? 1);
}
