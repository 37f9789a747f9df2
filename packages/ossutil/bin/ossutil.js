#!/usr/bin/env node
// The launcher: runs the bundle. CommonJS (see package.json beside it), which starts faster than ESM.
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const bundle = join(__dirname, '..', 'dist', 'ossutil.cjs');
if (existsSync(bundle)) {
  require(bundle);
} else {
  process.stderr.write('Error: ossutil is not built yet.\nHint: run "npm run build" first.\n');
  process.exitCode = 1;
}
