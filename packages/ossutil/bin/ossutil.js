#!/usr/bin/env node
// The launcher: runs the bundle. CommonJS (see package.json beside it), which starts faster than ESM.
//
// Parsing and compiling the bundle takes longer than what it does. So the build keeps, for the Node.js
// that it ran on, what V8 made of it, and here V8 takes that instead of the source if it fits. It is of no
// consequence otherwise: V8 refuses what another version or other flags made, and the build's id,
// which both files begin with, tells a cache of another build. See scripts/cache-ossutil-code.mjs.
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');
const { Script } = require('node:vm');

const ID_BYTES = 32;
const WRAPPER = ['(function (exports, require, module, __filename, __dirname) {', '\n})'];

const dist = join(__dirname, '..', 'dist');
const bundle = join(dist, 'ossutil.cjs');
const cache = join(dist, `ossutil.${process.version}-${process.arch}.cache`);

/** What V8 made of this very source; undefined where it is not there. */
function compiledCode(source) {
  if (!existsSync(cache)) return undefined;
  const bytes = readFileSync(cache);
  const isOfThisBuild = bytes.latin1Slice(0, ID_BYTES) === source.slice(0, ID_BYTES);
  return isOfThisBuild ? bytes.subarray(ID_BYTES) : undefined;
}

function run() {
  // All of it is ASCII; the build holds it to that.
  const source = readFileSync(bundle, 'latin1');
  const script = new Script(WRAPPER.join(source), {
    filename: bundle,
    // Places in stack traces are those of the file.
    columnOffset: -WRAPPER[0].length,
    cachedData: compiledCode(source),
  });
  const requireFromDist = (name) => require(name.startsWith('./') ? join(dist, name) : name);
  const evaluate = script.runInThisContext();
  evaluate(exports, requireFromDist, module, bundle, dist);
  return script;
}

if (existsSync(bundle)) {
  // For the build, which asks it for its code.
  module.exports = run();
} else {
  process.stderr.write('Error: ossutil is not built yet.\nHint: run "npm run build" first.\n');
  process.exitCode = 1;
}
