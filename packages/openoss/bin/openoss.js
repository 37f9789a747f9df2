#!/usr/bin/env node
import { existsSync } from 'node:fs';

const program = new URL('../dist/main.js', import.meta.url);
if (existsSync(program)) {
  await import(program.href);
} else {
  process.stderr.write('openoss is not built yet. Run `npm run build` in the project first.\n');
  process.exitCode = 1;
}
