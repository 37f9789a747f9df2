// Bundles the ossutil program into one CommonJS file, packages/ossutil/dist/ossutil.cjs, and each
// library that it uses into a file of its own in lib/ beside it.
//
// One file, because finding and reading many costs more than parsing one; CommonJS, because Node.js
// starts it faster than ESM. What the sources load with `import()` is in the file too, but is
// evaluated only when it is asked for. Options: --outfile FILE writes the bundle elsewhere,
// --metafile FILE esbuild's account of what is in it and why.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { importPastIndexes } from './import-past-indexes.mjs';
import { bundleLibraries, keepLibrariesApart } from './keep-libraries-apart.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({
  options: { metafile: { type: 'string' }, outfile: { type: 'string' } },
});
const outfile = values.outfile ?? join(root, 'packages/ossutil/dist/ossutil.cjs');

await mkdir(dirname(outfile), { recursive: true });
const options = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // `import()` would be Node's own for what is outside the file, and load its loader of ESM first.
  supported: { 'dynamic-import': false },
  mainFields: ['module', 'main'],
  minifySyntax: true,
  minifyWhitespace: true,
  // Names stay: a stack trace in a bug report has to be readable.
  minifyIdentifiers: false,
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
};
const libraries = new Map();
const result = await build({
  ...options,
  entryPoints: ['packages/ossutil/src/main.ts'],
  outfile,
  // The sources themselves, so that the bundle never holds a stale build of another package.
  conditions: ['@openoss/source'],
  plugins: [
    keepLibrariesApart(libraries),
    importPastIndexes({
      '@openoss/protocol': join(root, 'packages/protocol/src/index.ts'),
      '@openoss/client': join(root, 'packages/client/src/index.ts'),
    }),
  ],
});
await bundleLibraries(libraries, dirname(outfile), options);
await writeFile(outfile, identified(await readFile(outfile, 'latin1')), 'latin1');
if (values.metafile !== undefined)
  await writeFile(values.metafile, JSON.stringify(result.metafile));
const [output] = Object.entries(result.metafile.outputs).filter(([file]) => file.endsWith('.cjs'));
console.log(`ossutil bundle: ${Math.round((output?.[1].bytes ?? 0) / 1024)} KiB`);

/** A program with an id of what is in it at its very beginning, in 32 characters (see bin/ossutil.js). */
function identified(text) {
  if (/[^\0-\x7f]/.test(text)) throw new Error('the bundle is not ASCII');
  const id = createHash('sha256').update(text).digest('hex').slice(0, 26);
  return `/* ${id} */${text}`;
}
