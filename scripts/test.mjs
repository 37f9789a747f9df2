/**
 * The whole of what must hold, in the order in which a fault is cheapest to see: build, layers and
 * lint, generated files, types of the tests, then every test. The last line counts the tests.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');
const bin = (name) => path.join(root, 'node_modules', '.bin', name);

const steps = [
  ['build', process.execPath, [path.join(root, 'scripts', 'build.mjs')]],
  ['lint', bin('biome'), ['check', '--error-on-warnings', '.']],
  ['unused code', bin('knip'), []],
  ['generated files', process.execPath, ['scripts/generate-indexes.mjs', '--check']],
  [
    'operations reference',
    process.execPath,
    ['scripts/generate-operations-reference.mjs', '--check'],
  ],
  ['types of the tests', bin('tsc'), ['-p', 'tsconfig.test.json']],
  ['types of the benchmark', bin('tsc'), ['-p', 'bench/tsconfig.json']],
  ['types of the torture', bin('tsc'), ['-p', 'torture/tsconfig.json']],
  ['tests', bin('vitest'), ['run']],
];

for (const [name, command, args] of steps) {
  const startedAt = Date.now();
  console.log(`\n== ${name}`);
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error !== undefined) console.error(error.message);
  if (status !== 0) {
    console.error(`== ${name} failed`);
    process.exit(status ?? 1);
  }
  if (name !== 'tests')
    console.log(`== ${name}: ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}
