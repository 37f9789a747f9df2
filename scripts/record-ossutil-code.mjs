// Runs ossutil with the arguments given and, when it has done what they say, writes the code that V8
// has of it by then beside the bundle; a part of cache-ossutil-code.mjs.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

const ossutil = path.join(import.meta.dirname, '..', 'packages', 'ossutil');
const bundle = path.join(ossutil, 'dist', 'ossutil.cjs');
const cache = path.join(ossutil, 'dist', `ossutil.${process.version}-${process.arch}.cache`);

const script = createRequire(import.meta.url)(path.join(ossutil, 'bin', 'ossutil.js'));
process.once('exit', (status) => {
  if (status !== 0) return;
  const id = readFileSync(bundle).subarray(0, 32);
  // Whole on disk before it has its name: V8 checks whom code is from, not that it is undamaged.
  const code = Buffer.concat([id, script.createCachedData()]);
  writeFileSync(`${cache}.new`, code, { flush: true });
  renameSync(`${cache}.new`, cache);
});
